package tools

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// answer is a tool call's result as a client sees it.
type answer struct {
	Content []struct{ Text string }
	IsError bool
	Result  map[string]any `json:"structuredContent"`
	Type    string         `json:"resultType"`
	State   string         `json:"requestState"`
	Asks    map[string]struct {
		Params struct {
			Message, URL, Mode, ElicitationID string
			RequestedSchema                   json.RawMessage
		}
	} `json:"inputRequests"`
}

func (a answer) text() string {
	if len(a.Content) == 0 {
		return ""
	}
	return a.Content[0].Text
}

func (a answer) str(name string) string { s, _ := a.Result[name].(string); return s }

func (a answer) names(name string) []string {
	out := []string{}
	list, _ := a.Result[name].([]any)
	for _, e := range list {
		m, _ := e.(map[string]any)
		s, _ := m["name"].(string)
		out = append(out, s)
	}
	return out
}

// call calls a tool over JSON-RPC and checks the answer against the tool's
// output schema. arguments is JSON text.
func (w *world) call(tool, arguments string) answer {
	w.T.Helper()
	return w.callIn(w.T.Context(), tool, arguments, "")
}

func (w *world) callIn(ctx context.Context, tool, arguments, more string) answer {
	w.T.Helper()
	a, err := w.rpc(ctx, tool, arguments, more)
	if err != nil {
		w.T.Fatal(err)
	}
	return a
}

func (w *world) rpc(ctx context.Context, tool, arguments, more string) (answer, error) {
	raw := fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":%q,"arguments":%s%s}}`, tool, arguments, more)
	response := w.srv.HandleMessage(ctx, json.RawMessage(raw))
	text, err := json.Marshal(response)
	if err != nil {
		return answer{}, err
	}
	var a struct {
		Result *answer
		Error  json.RawMessage
	}
	if err := json.Unmarshal(text, &a); err != nil || a.Result == nil {
		return answer{}, fmt.Errorf("%s answered %s (%v)", tool, text, err)
	}
	if a.Result.Type == "input_required" {
		return *a.Result, nil
	}
	if a.Result.text() == "" {
		return answer{}, fmt.Errorf("%s: no text: %s", tool, text)
	}
	if next := a.Result.str("next_step"); a.Result.IsError && (a.Result.str("reason") == "" || next == "" || a.Result.str("retry") == "" || strings.Count(a.Result.text(), next) != 1) {
		return answer{}, fmt.Errorf("%s: an error without reason, next step or retry: %s", tool, text)
	}
	schema := outputSchema(tool)
	for field, value := range a.Result.Result {
		nobody := field == "failed" && len(a.Result.names(field)) == 0
		if schema.Properties[field] == nil && !a.Result.IsError && !nobody && field != "chat_rooms" { // of practice
			return answer{}, fmt.Errorf("%s: a success with %s %v, which its schema does not name", tool, field, value)
		}
	}
	return *a.Result, schema.Validate(any(a.Result.Result))
}

var outputSchema = func() func(string) *jsonschema.Schema {
	var mu sync.Mutex
	compiled := map[string]*jsonschema.Schema{}
	return func(tool string) *jsonschema.Schema {
		mu.Lock()
		defer mu.Unlock()
		if compiled[tool] == nil {
			raw := toMeTool().RawOutputSchema
			switch tool {
			case toolSearch:
				raw = searchTool().RawOutputSchema
			case toolRemind:
				raw = remindTool().RawOutputSchema
			case toolSend:
				raw = sendTool().RawOutputSchema
			}
			compiled[tool] = compile(raw)
		}
		return compiled[tool]
	}
}()

func compile(raw json.RawMessage) *jsonschema.Schema {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(raw)))
	if err != nil {
		panic(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		panic(err)
	}
	return c.MustCompile("schema.json")
}

// person is the human behind a legacy client that shows forms.
type person struct {
	mu     sync.Mutex
	asked  []string
	answer func(ctx context.Context, question string) (*mcp.ElicitationResult, error)
	client string // its name
}

// Questions returns what was asked so far.
func (p *person) questions() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.asked)
}

func (p *person) SessionID() string { return "legacy" }
func (p *person) Initialize()       {}
func (p *person) Initialized() bool { return true }
func (p *person) NotificationChannel() chan<- mcp.JSONRPCNotification {
	return make(chan mcp.JSONRPCNotification, 1)
}
func (p *person) GetClientInfo() mcp.Implementation            { return mcp.Implementation{Name: p.client} }
func (p *person) SetClientInfo(mcp.Implementation)             {}
func (p *person) SetClientCapabilities(mcp.ClientCapabilities) {}
func (p *person) GetClientCapabilities() mcp.ClientCapabilities {
	return mcp.ClientCapabilities{Elicitation: &mcp.ElicitationCapability{}}
}

func (p *person) RequestElicitation(ctx context.Context, r mcp.ElicitationRequest) (*mcp.ElicitationResult, error) {
	p.mu.Lock()
	p.asked = append(p.asked, r.Params.Message)
	p.mu.Unlock()
	return p.answer(ctx, r.Params.Message)
}

var (
	_ server.SessionWithElicitation = (*person)(nil)
	_ server.SessionWithClientInfo  = (*person)(nil)
)

// answering is a person who reads the question first.
func answering(action mcp.ElicitationResponseAction, choice string) *person {
	return &person{answer: func(ctx context.Context, _ string) (*mcp.ElicitationResult, error) {
		if action != accept {
			select {
			case <-time.After(tooFast + 50*time.Millisecond):
			case <-ctx.Done():
			}
		}
		return &mcp.ElicitationResult{ElicitationResponse: mcp.ElicitationResponse{Action: action, Content: map[string]any{"answer": choice}}}, nil
	}}
}

// asked calls a tool as a legacy client with forms, answered by p.
func (w *world) asked(p *person, tool, arguments string) answer {
	w.T.Helper()
	return w.callIn(w.srv.WithContext(w.T.Context(), p), tool, arguments, "")
}

func hints(a mcp.ToolAnnotation) [4]*bool {
	return [4]*bool{a.ReadOnlyHint, a.DestructiveHint, a.IdempotentHint, a.OpenWorldHint}
}

// modern makes a call of protocol 2026-07-28 out of more parameters.
func modern(capabilities, more string) string {
	return `,"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":` + capabilities +
		`,"io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"}}` + more
}
