package e2etest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// The tools of the program.
const (
	ToolToMe   = "send_message_to_me"
	ToolSend   = "send_message"
	ToolSearch = "search_kakao_friends"
)

// ToolCalls are one plain call of each tool: its arguments as JSON.
var ToolCalls = map[string]string{
	ToolToMe:   `{"message":"hi"}`,
	ToolSend:   `{"to":["홍길동"],"message":"hi"}`,
	ToolSearch: `{}`,
}

// Revisions of the protocol: the newest with a handshake, and the one without.
const (
	OldRevision = "2025-11-25"
	NewRevision = "2026-07-28"
)

// Elicitation is how a client declares what it can show.
var Elicitation = map[string]map[string]any{
	"none": {},
	"form": {"elicitation": map[string]any{"form": map[string]any{}}},
	"url":  {"elicitation": map[string]any{"url": map[string]any{}}},
}

// Message is a line of the program's stdout.
type Message struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

func (m Message) String() string {
	if m.Error != nil {
		return fmt.Sprintf("[%s: error %d %s]", m.ID, m.Error.Code, m.Error.Message)
	}
	return fmt.Sprintf("[%s: %s %s %s]", m.ID, m.Method, m.Params, m.Result)
}

// ToolResult is the answer to tools/call.
type ToolResult struct {
	Content []struct {
		Text string `json:"text"`
	} `json:"content"`
	Structured map[string]any `json:"structuredContent"`
	IsError    bool           `json:"isError"`
}

// Text returns all texts of the result.
func (r ToolResult) Text() string {
	var b strings.Builder
	for _, c := range r.Content {
		b.WriteString(c.Text)
	}
	return b.String()
}

// Modern adds what every request of protocol 2026-07-28 carries.
func Modern(params, capabilities map[string]any) map[string]any {
	out := map[string]any{"_meta": map[string]any{
		"io.modelcontextprotocol/protocolVersion": NewRevision, "io.modelcontextprotocol/clientCapabilities": capabilities,
		"io.modelcontextprotocol/clientInfo": map[string]any{"name": "test", "version": "1"},
	}}
	for k, v := range params {
		out[k] = v
	}
	return out
}

// SendCall are the params of a call that sends text to oneself.
func SendCall(text string) map[string]any {
	return map[string]any{"name": ToolToMe, "arguments": map[string]any{"message": text}}
}

// JSON returns v as JSON text.
func JSON(t testing.TB, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// Request sends one request and returns its id.
func (s *Server) Request(method string, params map[string]any) int {
	s.T.Helper()
	s.Next++
	s.Send(JSON(s.T, map[string]any{"jsonrpc": "2.0", "id": s.Next, "method": method, "params": params}))
	return s.Next
}

// Ask sends one request and returns its result.
func (s *Server) Ask(method string, params map[string]any) json.RawMessage {
	s.T.Helper()
	m := s.Await(s.Request(method, params))
	if m.Error != nil {
		s.T.Fatalf("%s: %d %s", method, m.Error.Code, m.Error.Message)
	}
	return m.Result
}

// Initialize opens a connection of the handshake era.
func (s *Server) Initialize(capabilities map[string]any) {
	s.T.Helper()
	s.Ask("initialize", map[string]any{"protocolVersion": OldRevision, "capabilities": capabilities, "clientInfo": map[string]any{"name": "test", "version": "1"}})
	s.Send(`{"jsonrpc":"2.0","method":"notifications/initialized"}`)
}

// Probe asks everything that clients ask only to see what is there.
func (s *Server) Probe() {
	s.T.Helper()
	s.Initialize(map[string]any{})
	s.Ask("server/discover", Modern(nil, map[string]any{}))
	for _, method := range []string{"tools/list", "resources/list", "resources/templates/list", "prompts/list"} {
		s.Ask(method, map[string]any{})
		s.Ask(method, Modern(nil, map[string]any{}))
	}
}

// CallTool calls a tool with arguments as JSON text.
func (s *Server) CallTool(name, arguments string) ToolResult {
	s.T.Helper()
	return s.Result(s.Await(s.Request("tools/call", map[string]any{"name": name, "arguments": json.RawMessage(arguments)})))
}

// Result is the tool result in an answer.
func (s *Server) Result(m Message) (r ToolResult) {
	s.T.Helper()
	if m.Error != nil {
		s.T.Fatalf("tools/call: %d %s", m.Error.Code, m.Error.Message)
	}
	if err := json.Unmarshal(m.Result, &r); err != nil {
		s.T.Fatal(err)
	}
	return r
}
