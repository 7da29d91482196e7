package stdio

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// resultTypes are the schemas' names of each method's result.
var resultTypes = map[string]string{
	"initialize": "InitializeResult", "ping": "EmptyResult", "server/discover": "DiscoverResult",
	"tools/list": "ListToolsResult", "tools/call": "CallToolResult",
	"resources/list": "ListResourcesResult", "resources/templates/list": "ListResourceTemplatesResult", "resources/read": "ReadResourceResult",
	"prompts/list": "ListPromptsResult", "prompts/get": "GetPromptResult", "completion/complete": "CompleteResult",
}

// protocol checks lines against the schema of one revision.
type protocol struct {
	t        *testing.T
	compiler *jsonschema.Compiler
}

func newProtocol(t *testing.T, revision string) protocol {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(e2etest.Root(t), "tools", "testdata", "mcp-"+revision+".schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	p := protocol{t, jsonschema.NewCompiler()}
	if err := p.compiler.AddResource("mcp.json", doc); err != nil {
		t.Fatal(err)
	}
	return p
}

// check validates value against the named type; line is shown on failure.
func (p protocol) check(name string, value any, line []byte) {
	p.t.Helper()
	schema, err := p.compiler.Compile("mcp.json#/$defs/" + name)
	if err != nil {
		p.t.Fatal(err)
	}
	if err := schema.Validate(value); err != nil {
		p.t.Errorf("not a %s: %v\n%s", name, err, line)
	}
}

// conversation is a server with what it was asked, by id.
type conversation struct {
	*e2etest.Server
	asked  map[string]string // id → method
	modern map[string]bool   // id → asked in the new revision
}

func (c *conversation) post(method string, params map[string]any, isModern bool) int {
	c.T.Helper()
	id := c.Request(method, params)
	c.asked[strconv.Itoa(id)], c.modern[strconv.Itoa(id)] = method, isModern
	return id
}

// both asks the same in the old and in the new revision.
func (c *conversation) both(method string, params map[string]any) {
	c.T.Helper()
	c.Await(c.post(method, params, false))
	c.Await(c.post(method, e2etest.Modern(params, map[string]any{}), true))
}

// awaitQuestion reads until the server asks the client something.
func (c *conversation) awaitQuestion() e2etest.Message {
	c.T.Helper()
	for {
		if m := c.Read(); m.Method == "elicitation/create" {
			return m
		}
	}
}

// follow logs in at the page that an elicitation's params name.
func (c *conversation) follow(v *sandbox.Visitor, params json.RawMessage) {
	c.T.Helper()
	var p struct{ URL string }
	if err := json.Unmarshal(params, &p); err != nil || p.URL == "" {
		c.T.Fatalf("not a URL elicitation: %s", params)
	}
	if page, err := v.Visit(context.Background(), p.URL); err != nil || page.Status != 200 {
		c.T.Fatalf("login page: %d %v", page.Status, err)
	}
}

func (c *conversation) reply(m e2etest.Message, result string) {
	c.Send(`{"jsonrpc":"2.0","id":` + string(m.ID) + `,"result":` + result + `}`)
}

// TestStdoutIsProtocol records a conversation of both revisions on one process,
// with errors, progress, questions and broken lines, and checks every line.
func TestStdoutIsProtocol(t *testing.T) {
	t.Parallel()
	c := &conversation{Server: e2etest.Start(t, e2etest.BareEnv(t, "KAKAO_LANG=en"), "serve", "--sandbox"), asked: map[string]string{}, modern: map[string]bool{}}
	all := map[string]any{"elicitation": map[string]any{"form": map[string]any{}, "url": map[string]any{}}}
	var person sandbox.Visitor

	c.Await(c.post("initialize", map[string]any{"protocolVersion": e2etest.OldRevision, "capabilities": all, "clientInfo": map[string]any{"name": "t", "version": "1"}}, false))
	c.Send(`{"jsonrpc":"2.0","method":"notifications/initialized"}`)
	c.Await(c.post("ping", nil, false))
	c.Await(c.post("server/discover", e2etest.Modern(nil, all), true))
	for _, method := range []string{"tools/list", "resources/list", "resources/templates/list", "prompts/list", "no/such/method"} {
		c.both(method, map[string]any{})
	}
	c.both("tools/call", map[string]any{"name": "no_such_tool", "arguments": map[string]any{}})
	c.both("tools/call", map[string]any{"name": e2etest.ToolToMe, "arguments": map[string]any{"message": ""}})
	c.both("tools/call", map[string]any{"name": e2etest.ToolToMe, "arguments": []any{1}})
	c.both("prompts/get", map[string]any{"name": "no-such-prompt"})
	c.both("resources/read", map[string]any{"uri": "kakao://templates"})
	c.both("resources/read", map[string]any{"uri": "kakao://nothing"})
	c.Await(c.post("ping", e2etest.Modern(nil, all), true))
	c.Await(c.post("logging/setLevel", map[string]any{"level": "debug"}, false))
	c.Await(c.post("tools/list", map[string]any{"_meta": map[string]any{"io.modelcontextprotocol/protocolVersion": "2030-01-01", "io.modelcontextprotocol/clientCapabilities": map[string]any{}}}, true))
	for _, line := range []string{"", "not json", `{"jsonrpc":"2.0"`, `[{"jsonrpc":"2.0","id":900,"method":"ping"}]`, `"text"`, `{"jsonrpc":"2.0","id":901,"result":{}}`, "\xff\xfe"} {
		c.Send(line)
	}

	// The first login on the old connection: a page to open, with progress while
	// the person takes their time.
	id := c.post("tools/call", map[string]any{"name": e2etest.ToolToMe, "arguments": map[string]any{"message": "hello"}, "_meta": map[string]any{"progressToken": "p1"}}, false)
	var question e2etest.Message
	for progressed := false; !progressed || question.ID == nil; { // in any order
		switch m := c.Read(); m.Method {
		case "notifications/progress":
			progressed = true
		case "elicitation/create":
			question = m
		}
	}
	c.follow(&person, question.Params)
	c.reply(question, `{"action":"accept"}`)
	c.Await(id)

	// The friends consent in the new revision, by asking for input and repeating.
	search := map[string]any{"name": e2etest.ToolSearch, "arguments": map[string]any{"query": "홍길동"}}
	var round struct {
		Requests map[string]struct{ Params json.RawMessage } `json:"inputRequests"`
		State    string                                      `json:"requestState"`
	}
	if err := json.Unmarshal(c.Await(c.post("tools/call", e2etest.Modern(search, all), true)).Result, &round); err != nil || len(round.Requests) != 1 {
		t.Fatalf("the search asks for no login: %v", err)
	}
	for key, request := range round.Requests {
		c.follow(&person, request.Params)
		search["inputResponses"] = map[string]any{key: map[string]any{"action": "accept"}}
	}
	search["requestState"] = round.State
	found := c.Await(c.post("tools/call", e2etest.Modern(search, all), true))
	var friends struct {
		Structured struct{ Friends []struct{ UUID string } } `json:"structuredContent"`
	}
	if err := json.Unmarshal(found.Result, &friends); err != nil || len(friends.Structured.Friends) != 1 {
		t.Fatalf("search: %s", found.Result)
	}

	// A form on the old connection, refused and then accepted; in the new
	// revision, left unanswered.
	toFriend := map[string]any{"name": e2etest.ToolSend, "arguments": map[string]any{"to": friends.Structured.Friends[0].UUID, "message": "hi"}}
	c.Await(c.post("initialize", map[string]any{"protocolVersion": e2etest.OldRevision, "capabilities": all, "clientInfo": map[string]any{"name": "t", "version": "1"}}, false))
	for _, answer := range []string{`{"action":"decline"}`, `{"action":"accept","content":{"answer":"Send once"}}`} {
		id := c.post("tools/call", toFriend, false)
		c.reply(c.awaitQuestion(), answer)
		c.Await(id)
	}
	toFriend["arguments"].(map[string]any)["message"] = "another"
	c.Await(c.post("tools/call", e2etest.Modern(toFriend, all), true))
	c.both("resources/read", map[string]any{"uri": "kakao://friends"})
	// What is not there, or left out, has the code that each revision asks for.
	for _, wrong := range []struct {
		method       string
		params       map[string]any
		older, newer int
	}{
		{"resources/read", map[string]any{"uri": "kakao://friends/none"}, -32002, -32602},
		{"resources/read", map[string]any{"uri": "kakao://nothing"}, -32002, -32602},
		{"prompts/get", map[string]any{"name": "message_a_friend"}, -32602, -32602},
	} {
		for isModern, code := range map[bool]int{false: wrong.older, true: wrong.newer} {
			params := wrong.params
			if isModern {
				params = e2etest.Modern(params, map[string]any{})
			}
			if m := c.Await(c.post(wrong.method, params, isModern)); m.Error == nil || m.Error.Code != code {
				t.Errorf("%s %v, modern %v: want %d, got %s", wrong.method, wrong.params, isModern, code, m)
			}
		}
	}
	c.both("completion/complete", map[string]any{"ref": map[string]any{"type": "ref/resource", "uri": "kakao://friends/{uuid}"}, "argument": map[string]any{"name": "uuid", "value": ""}})

	c.Send(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":12345}}`)
	if code, _ := c.End(); code != e2etest.ExitOK {
		t.Errorf("exit code %d", code)
	}
	for line := range c.Lines {
		c.Said = append(c.Said, line)
	}
	c.validate(newProtocol(t, e2etest.OldRevision), newProtocol(t, e2etest.NewRevision))
}

func (c *conversation) validate(older, newer protocol) {
	counts := map[string]int{}
	for _, line := range c.Said {
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(line))
		object, ok := value.(map[string]any)
		if err != nil || !ok || line[len(line)-1] != '\n' || bytes.ContainsAny(line[:len(line)-1], "\r\n") {
			c.T.Errorf("not one JSON object on a line: %q", line)
			continue
		}
		id := idText(object["id"])
		p := older
		if c.modern[id] {
			p = newer
		}
		switch {
		case object["method"] != nil && object["id"] != nil:
			older.check("ServerRequest", object, line) // the new revision has none
			older.check("JSONRPCRequest", object, line)
			counts["request"]++
		case object["method"] != nil:
			older.check("ServerNotification", object, line)
			newer.check("JSONRPCNotification", object, line)
			counts["notification"]++
		case object["error"] != nil:
			if object["id"] == nil {
				delete(object, "id") // JSON-RPC wants null, MCP's schema nothing, where the id is unknown
				counts["error without id"]++
			}
			p.check("JSONRPCErrorResponse", object, line)
			counts["error"]++
		default:
			kind := resultTypes[c.asked[id]]
			if result, ok := object["result"].(map[string]any); ok && result["resultType"] == "input_required" {
				kind = "InputRequiredResult"
				counts[kind]++
			}
			if kind == "" || len(object) != 3 || object["jsonrpc"] != "2.0" {
				c.T.Errorf("an answer to nothing: %s", line)
				continue
			}
			p.check(kind, object["result"], line)
			counts["result"]++
		}
		if c.asked[id] != "" {
			delete(c.asked, id)
		}
	}
	for id, method := range c.asked {
		c.T.Errorf("no answer to %s (%s)", id, method)
	}
	for kind, least := range map[string]int{"request": 3, "notification": 1, "error": 10, "error without id": 4, "result": 20, "InputRequiredResult": 2} {
		if counts[kind] < least {
			c.T.Errorf("%d lines of kind %q, expected at least %d", counts[kind], kind, least)
		}
	}
}

func idText(id any) string {
	if n, ok := id.(json.Number); ok {
		return n.String()
	}
	text, _ := id.(string)
	return text
}
