// Package modeltest is a scripted language model behind the APIs that AI clients
// speak: Anthropic's Messages, OpenAI's Chat Completions and Responses, and Gemini's
// generateContent. A test writes down what the model does, turn by turn, points the
// real client at it, and reads what the client showed the model.
//
// It is written from the public API references, knows nothing of this project, and
// is for tests only.
package modeltest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Turn is one answer of the model: a tool call, or a text.
type Turn struct {
	Tool      string // the tool's own name; the client's prefix is found by itself
	Arguments string // JSON
	Say       string
	Before    func()      // runs, if set, before the model gives this answer
	Skip      func() bool // says, if set, that the model goes on to its next turn instead
}

// Result is what a client gave back for a tool call, as the model sees it.
type Result struct {
	Text    string // all text of the result
	IsError bool   // marked as an error, where the API can
}

// Model answers the requests of one client.
type Model struct {
	URL string // without a path

	mu       sync.Mutex
	turns    []Turn
	results  []Result
	tools    []string
	requests []string // method and path, for the error of a test
	sent     strings.Builder
}

// Start starts a model with a script. After the script it says nothing but "done".
func Start(t testing.TB, turns ...Turn) *Model {
	t.Helper()
	m := &Model{turns: slices.Clone(turns)}
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	m.URL = server.URL
	return m
}

// Results are the tool results that the client has shown so far, in order.
func (m *Model) Results() []Result {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.results)
}

// Tools are the names of all tools that the client has offered.
func (m *Model) Tools() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.tools)
}

// Requests are the methods and paths that were asked for.
func (m *Model) Requests() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.requests)
}

// Sent is all that the client has sent, as it came.
func (m *Model) Sent() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sent.String()
}

// conversation is a request in the form that all APIs have in common.
type conversation struct {
	tools   []string
	results []Result
	body    []byte // of the request, where deferred tools are named in prose
}

// next takes note of a request and returns the model's answer. Requests without
// tools are the client's own business (titles, summaries) and get a word.
func (m *Model) next(c conversation) Turn {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(c.tools) == 0 {
		return Turn{Say: "ok"}
	}
	for _, name := range c.tools {
		if !slices.Contains(m.tools, name) {
			m.tools = append(m.tools, name)
		}
	}
	if len(c.results) > len(m.results) {
		m.results = slices.Clone(c.results)
	}
	done := len(c.results)
	for done < len(m.turns) && m.turns[done].Skip != nil && m.turns[done].Skip() {
		m.turns = slices.Delete(m.turns, done, done+1)
	}
	if done >= len(m.turns) {
		return Turn{Say: "done"}
	}
	turn := m.turns[done]
	if turn.Before != nil {
		turn.Before()
	}
	if turn.Tool != "" {
		full := offered(c.tools, turn.Tool)
		if full == "" {
			full = mentioned(c.body, turn.Tool)
		}
		if full == "" {
			return Turn{Say: "no tool " + turn.Tool}
		}
		turn.Tool = full
		if turn.Arguments == "" {
			turn.Arguments = "{}"
		}
	}
	return turn
}

// offered finds the client's name of a tool: alone, or behind a prefix.
func offered(names []string, tool string) string {
	for _, name := range names {
		before, found := strings.CutSuffix(name, tool)
		if found && (before == "" || strings.ContainsAny(before[len(before)-1:], "_-./")) {
			return name
		}
	}
	return ""
}

// mentioned finds the full name of a tool that the client names, but lists only
// after it was looked up.
func mentioned(body []byte, tool string) string {
	return string(regexp.MustCompile(`\b[a-z0-9]+_[A-Za-z0-9_-]*_` + regexp.QuoteMeta(tool) + `\b`).Find(body))
}

// ServeHTTP answers any of the APIs by its path.
func (m *Model) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 32<<20))
	if err != nil {
		http.Error(w, "reading", http.StatusBadRequest)
		return
	}
	m.mu.Lock()
	m.requests = append(m.requests, r.Method+" "+r.URL.Path)
	m.sent.Write(body)
	m.mu.Unlock()
	path := strings.TrimSuffix(r.URL.Path, "/")
	switch {
	case r.Method == http.MethodGet && strings.HasSuffix(path, "/models"):
		writeJSON(w, map[string]any{"object": "list", "data": []any{map[string]any{"id": "scripted", "object": "model"}}, "models": []any{}})
	case strings.HasSuffix(path, "/messages/count_tokens"):
		writeJSON(w, map[string]any{"input_tokens": 100})
	case strings.HasSuffix(path, "/messages"):
		m.anthropic(w, body)
	case strings.HasSuffix(path, "/chat/completions"):
		m.chat(w, body)
	case strings.HasSuffix(path, "/responses"):
		m.responses(w, body)
	case strings.Contains(path, ":generateContent"), strings.Contains(path, ":streamGenerateContent"):
		m.gemini(w, body, strings.Contains(path, ":stream"))
	case strings.Contains(path, ":countTokens"):
		writeJSON(w, map[string]any{"totalTokens": 100})
	default:
		http.NotFound(w, r)
	}
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // a client that went away is no failure
}

// events writes server-sent events; an event without a name has data alone.
func events(w http.ResponseWriter, list ...event) {
	w.Header().Set("Content-Type", "text/event-stream")
	for _, e := range list {
		raw, err := json.Marshal(e.data)
		if err != nil {
			panic(err)
		}
		if e.name != "" {
			fmt.Fprintf(w, "event: %s\n", e.name)
		}
		fmt.Fprintf(w, "data: %s\n\n", raw)
	}
}

type event struct {
	name string
	data any
}

// text joins the text parts of a content that is a string or a list of blocks.
func text(raw json.RawMessage) string {
	var whole string
	if json.Unmarshal(raw, &whole) == nil {
		return whole
	}
	var blocks []struct{ Text string }
	if json.Unmarshal(raw, &blocks) != nil {
		return string(raw)
	}
	var parts []string
	for _, b := range blocks {
		parts = append(parts, b.Text)
	}
	return strings.Join(parts, "\n")
}
