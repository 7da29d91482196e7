package chat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/client/transport"
	"github.com/mark3labs/mcp-go/mcp"
	openai "github.com/sashabaranov/go-openai"
)

const (
	startTime = 30 * time.Second // the usual limit of MCP clients
	// callTime bounds one tool call; a person may be answering a question in it.
	callTime = 15 * time.Minute
	// stderrTime is how long after the child's end its messages are waited for: a
	// browser that it started may hold its stderr open for days.
	stderrTime = 300 * time.Millisecond
	// maxLists bounds pages of tools/list.
	maxLists = 20
)

// errServerGone: the MCP server ended while it was needed.
var errServerGone = errors.New("the MCP server ended")

// server is the MCP server, a child process, with its tools as the model sees them.
type server struct {
	client *client.Client
	tools  []openai.Tool
}

// tap sees the tool lists as they came: decoding them would lose what the
// protocol library does not know of a schema.
type tap struct {
	*transport.Stdio
	lists []json.RawMessage
}

// SendRequest implements transport.Interface.
func (t *tap) SendRequest(ctx context.Context, r transport.JSONRPCRequest) (*transport.JSONRPCResponse, error) {
	resp, err := t.Stdio.SendRequest(ctx, r)
	if err == nil && r.Method == string(mcp.MethodToolsList) {
		t.lists = append(t.lists, resp.Result)
	}
	return resp, err
}

// startServer starts the child and asks for its tools. The child lives until
// close; ctx only bounds the start, and goes with the questions of old servers.
func startServer(ctx context.Context, c Config, stderr io.Writer, forms client.ElicitationHandler, progress func(string)) (*server, error) {
	command := func(_ context.Context, path string, env, args []string) (*exec.Cmd, error) {
		cmd := exec.Command(path, args...) // not killed with ctx: closing its stdin lets it tidy up
		cmd.Env, cmd.Stderr = env, stderr
		cmd.WaitDelay = stderrTime
		return cmd, nil
	}
	wire := &tap{Stdio: transport.NewStdioWithOptions(c.Server[0], c.Env, c.Server[1:],
		transport.WithCommandFunc(command), transport.WithCommandLogger(slog.New(slog.DiscardHandler)))}
	// Forms only: the login page is opened by the server itself.
	s := &server{client: client.NewClient(wire, client.WithElicitationHandler(forms),
		client.WithClientCapabilities(mcp.ClientCapabilities{Elicitation: &mcp.ElicitationCapability{Form: &struct{}{}}}))}
	if err := s.client.Start(ctx); err != nil {
		return nil, err
	}
	s.client.OnNotification(func(n mcp.JSONRPCNotification) {
		if text, ok := n.Params.AdditionalFields["message"].(string); ok && n.Method == "notifications/progress" {
			progress(text)
		}
	})
	limited, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	request := mcp.InitializeRequest{}
	request.Params.ClientInfo = mcp.Implementation{Name: "kakaotalk-mcp chat", Version: c.Version}
	_, err := s.client.Initialize(limited, request)
	if err == nil {
		err = s.loadTools(limited, wire)
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// loadTools offers the server's tools to the model with the server's own schemas.
func (s *server) loadTools(ctx context.Context, wire *tap) error {
	request := mcp.ListToolsRequest{}
	for range maxLists {
		page, err := s.client.ListToolsByPage(ctx, request)
		if err != nil {
			return err
		}
		if page.NextCursor == "" {
			break
		}
		request.Params.Cursor = page.NextCursor
	}
	for _, raw := range wire.lists {
		var list struct {
			Tools []struct {
				Name        string          `json:"name"`
				Description string          `json:"description"`
				Schema      json.RawMessage `json:"inputSchema"`
			} `json:"tools"`
		}
		if err := json.Unmarshal(raw, &list); err != nil {
			return fmt.Errorf("reading the tools: %w", err)
		}
		for _, t := range list.Tools {
			s.tools = append(s.tools, openai.Tool{Type: openai.ToolTypeFunction,
				Function: &openai.FunctionDefinition{Name: t.Name, Description: t.Description, Parameters: t.Schema}})
		}
	}
	return nil
}

func (s *server) has(name string) bool {
	return slices.ContainsFunc(s.tools, func(t openai.Tool) bool { return t.Function.Name == name })
}

// close ends the child: its stdin is closed, and after 2 s it is killed.
func (s *server) close() { s.client.Close() } //nolint:errcheck // it ended, one way or the other

// result is a tool's answer.
type result struct {
	text       string // for the person
	structured map[string]any
	isError    bool
}

// call runs a tool. Its errors are ctx's, errServerGone and the server's own.
func (s *server) call(ctx context.Context, id, name string, arguments map[string]any) (result, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	request := mcp.CallToolRequest{}
	request.Params.Name, request.Params.Arguments = name, arguments
	request.Params.Meta = &mcp.Meta{ProgressToken: id}
	answer, err := s.client.CallTool(ctx, request)
	var lost *transport.Error
	switch {
	case err != nil && ctx.Err() != nil:
		return result{}, ctx.Err()
	case errors.As(err, &lost):
		return result{}, errServerGone
	case err != nil:
		return result{}, err
	}
	r := result{isError: answer.IsError}
	var texts []string
	for _, c := range answer.Content {
		if t, ok := c.(mcp.TextContent); ok {
			texts = append(texts, t.Text)
		}
	}
	r.text = strings.Join(texts, "\n")
	r.structured, _ = answer.StructuredContent.(map[string]any)
	return r, nil
}

// forModel is the result as the model reads it: complete, so rather the
// structured one, and bounded.
func (r result) forModel() string {
	text := r.text
	if r.structured != nil {
		if raw, err := json.Marshal(r.structured); err == nil {
			text = string(raw)
		}
	}
	if list := []rune(text); len(list) > maxToolText {
		text = string(list[:maxToolText]) + " …(cut)"
	}
	if r.isError {
		return "error: " + text
	}
	return text
}

// field is a string of the structured result, "" if there is none.
func (r result) field(name string) string {
	text, _ := r.structured[name].(string)
	return text
}
