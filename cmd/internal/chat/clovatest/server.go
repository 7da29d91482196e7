// Package clovatest is a stand-in for CLOVA Studio's OpenAI-compatible address,
// for tests. It is strict: it refuses what the real one is known to refuse, and
// every field that is not documented. It decides nothing: the test says what the
// model answers. Standard library only.
package clovatest

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
)

// Key is the only API key the server accepts.
const Key = "nv-0123456789abcdef-test"

// Request is one request, after all checks.
type Request struct {
	Model     string    `json:"model"`
	Messages  []Message `json:"messages"`
	Tools     []Tool    `json:"tools"`
	MaxTokens *int      `json:"max_tokens"`
	Stream    bool      `json:"stream"`

	ToolChoice  any      `json:"tool_choice"`
	Temperature *float64 `json:"temperature"`
	TopP        *float64 `json:"top_p"`
	Stop        []string `json:"stop"`
	Seed        *int     `json:"seed"`
}

// Message is a message of the conversation.
type Message struct {
	Role       string  `json:"role"`
	Content    *string `json:"content"`
	ToolCalls  []Call  `json:"tool_calls"`
	ToolCallID string  `json:"tool_call_id"`
}

// Call is a tool call in a request.
type Call struct {
	ID       string `json:"id"`
	Type     string `json:"type"`
	Function struct {
		Name      string `json:"name"`
		Arguments string `json:"arguments"`
	} `json:"function"`
}

// Tool is an offered tool.
type Tool struct {
	Type     string `json:"type"`
	Function struct {
		Name        string          `json:"name"`
		Description string          `json:"description"`
		Parameters  json.RawMessage `json:"parameters"`
	} `json:"function"`
}

// Last is the content of the last message.
func (r Request) Last() string { return *r.Messages[len(r.Messages)-1].Content }

// Server is a running stand-in.
type Server struct {
	URL string // what CHAT_BASE_URL is set to

	// NoStream refuses streamed answers together with tools, as the government
	// zone does.
	NoStream bool

	answer   func(Request) Reply
	http     http.Server
	mu       sync.Mutex
	requests []Request
	refused  []string
}

// Start starts a server that answers with what answer returns.
func Start(answer func(Request) Reply) (*Server, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("starting the stand-in: %w", err)
	}
	s := &Server{URL: "http://" + l.Addr().String() + "/v1/openai", answer: answer}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/openai/chat/completions", s.chat)
	s.http.Handler = mux
	go s.http.Serve(l) //nolint:errcheck // ends with Close
	return s, nil
}

// Close ends the server and its connections.
func (s *Server) Close() { s.http.Close() }

// Requests returns the requests that were accepted so far.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

// Refused returns why requests were refused so far.
func (s *Server) Refused() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.refused...)
}

func (s *Server) chat(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer "+Key {
		Reply{Status: http.StatusUnauthorized, Body: `{"error":{"message":"Unauthorized ` + r.Header.Get("Authorization") + `","type":"invalid_request_error","code":"40100"}}`}.write(w, false)
		return
	}
	var request Request
	d := json.NewDecoder(io.LimitReader(r.Body, 4<<20))
	d.DisallowUnknownFields()
	problem := ""
	if err := d.Decode(&request); err != nil {
		problem = err.Error()
	} else {
		problem = check(request)
	}
	code := "40001"
	if problem == "" && s.NoStream && request.Stream && len(request.Tools) > 0 {
		problem, code = "stream with tools", "40009"
	}
	if problem != "" {
		s.mu.Lock()
		s.refused = append(s.refused, problem)
		s.mu.Unlock()
		body, _ := json.Marshal(map[string]any{"status": map[string]any{"code": code, "message": "Invalid parameter: " + problem}, "result": nil})
		Reply{Status: http.StatusBadRequest, Body: string(body)}.write(w, false)
		return
	}
	s.mu.Lock()
	s.requests = append(s.requests, request)
	s.mu.Unlock()
	s.answer(request).write(w, request.Stream)
}

// check returns what CLOVA Studio would refuse about the request.
func check(r Request) string {
	switch {
	case r.Model != "HCX-005":
		return "model"
	case len(r.Messages) == 0:
		return "messages"
	case len(r.Tools) > 0 && (r.MaxTokens == nil || *r.MaxTokens < 1024 || *r.MaxTokens > 4096):
		return "max_tokens"
	}
	for _, t := range r.Tools {
		var schema map[string]any
		if t.Type != "function" || t.Function.Name == "" || json.Unmarshal(t.Function.Parameters, &schema) != nil || schema["type"] != "object" {
			return "tools"
		}
	}
	open := map[string]bool{} // calls without a result
	for i, m := range r.Messages {
		switch {
		case m.Content == nil:
			return fmt.Sprintf("messages[%d].content is null", i)
		case m.Role == "system" && i > 0:
			return "more than one system message"
		case !strings.Contains(" system user assistant tool ", " "+m.Role+" "):
			return "role " + m.Role
		case m.Role == "tool" && !open[m.ToolCallID]:
			return "tool result without its call"
		case m.Role != "tool" && len(open) > 0:
			return "tool call without its result"
		case m.Role == "user" && *m.Content == "":
			return "empty user message"
		}
		delete(open, m.ToolCallID)
		for _, c := range m.ToolCalls {
			if c.ID == "" || c.Type != "function" || !json.Valid([]byte(c.Function.Arguments)) {
				return "tool_calls"
			}
			open[c.ID] = true
		}
	}
	if len(open) > 0 {
		return "tool call without its result"
	}
	return ""
}
