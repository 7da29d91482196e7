package modeltest

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// id names the next tool call of a conversation.
func id(c conversation) string { return fmt.Sprintf("call_%d", len(c.results)+1) }

// chat is POST /v1/chat/completions (OpenAI API reference, Chat Completions).
func (m *Model) chat(w http.ResponseWriter, body []byte) {
	var in struct {
		Model    string
		Stream   bool
		Tools    []struct{ Function struct{ Name string } }
		Messages []struct {
			Role    string
			Content json.RawMessage
		}
	}
	if json.Unmarshal(body, &in) != nil {
		http.Error(w, `{"error":{"message":"not JSON"}}`, http.StatusBadRequest)
		return
	}
	c := conversation{body: body}
	for _, tool := range in.Tools {
		c.tools = append(c.tools, tool.Function.Name)
	}
	for _, message := range in.Messages {
		if message.Role == "tool" {
			c.results = append(c.results, Result{Text: text(message.Content)})
		}
	}
	turn := m.next(c)
	message, reason := map[string]any{"role": "assistant", "content": turn.Say}, "stop"
	if turn.Tool != "" {
		call := map[string]any{"index": 0, "id": id(c), "type": "function", "function": map[string]any{"name": turn.Tool, "arguments": turn.Arguments}}
		message, reason = map[string]any{"role": "assistant", "content": nil, "tool_calls": []any{call}}, "tool_calls"
	}
	usage := map[string]any{"prompt_tokens": 10, "completion_tokens": 10, "total_tokens": 20}
	answer := func(object, part string, finish any) map[string]any {
		choice := map[string]any{"index": 0, part: message, "finish_reason": finish}
		return map[string]any{"id": "chatcmpl-1", "object": object, "created": 1, "model": in.Model, "choices": []any{choice}, "usage": usage}
	}
	if !in.Stream {
		writeJSON(w, answer("chat.completion", "message", reason))
		return
	}
	first := answer("chat.completion.chunk", "delta", nil)
	message = map[string]any{}
	events(w, event{data: first}, event{data: answer("chat.completion.chunk", "delta", reason)})
	fmt.Fprint(w, "data: [DONE]\n\n")
}

// responses is POST /v1/responses (OpenAI API reference, Responses and streaming).
func (m *Model) responses(w http.ResponseWriter, body []byte) {
	var in struct {
		Model  string
		Stream bool
		Tools  []responsesTool
		Input  json.RawMessage
	}
	if json.Unmarshal(body, &in) != nil {
		http.Error(w, `{"error":{"message":"not JSON"}}`, http.StatusBadRequest)
		return
	}
	c := conversation{body: body}
	var space []string // namespaces of c.tools
	for _, tool := range in.Tools {
		list := tool.Tools
		if len(list) == 0 {
			list = []responsesTool{tool}
		}
		for _, inner := range list {
			if inner.Name == "" {
				continue
			}
			namespace := ""
			if len(tool.Tools) > 0 {
				namespace = tool.Name
			}
			c.tools, space = append(c.tools, inner.Name), append(space, namespace)
		}
	}
	var items []struct {
		Type   string
		Output json.RawMessage
	}
	_ = json.Unmarshal(in.Input, &items) // a text alone has none
	for _, item := range items {
		if item.Type == "function_call_output" {
			c.results = append(c.results, Result{Text: text(item.Output)})
		}
	}
	turn := m.next(c)
	item := map[string]any{"id": "msg_1", "type": "message", "role": "assistant", "status": "completed",
		"content": []any{map[string]any{"type": "output_text", "text": turn.Say, "annotations": []any{}}}}
	if turn.Tool != "" {
		item = map[string]any{"id": "fc_1", "type": "function_call", "status": "completed", "call_id": id(c), "name": turn.Tool, "arguments": turn.Arguments}
		for i, name := range c.tools {
			if name == turn.Tool && space[i] != "" {
				item["namespace"] = space[i]
				break
			}
		}
	}
	usage := map[string]any{"input_tokens": 10, "output_tokens": 10, "total_tokens": 20,
		"input_tokens_details": map[string]any{"cached_tokens": 0}, "output_tokens_details": map[string]any{"reasoning_tokens": 0}}
	response := map[string]any{"id": "resp_1", "object": "response", "created_at": 1, "status": "completed", "model": in.Model, "output": []any{item}, "usage": usage}
	if !in.Stream {
		writeJSON(w, response)
		return
	}
	list := []event{
		{"response.created", map[string]any{"type": "response.created", "response": map[string]any{"id": "resp_1", "object": "response", "created_at": 1, "status": "in_progress", "model": in.Model, "output": []any{}}}},
		{"response.output_item.added", map[string]any{"type": "response.output_item.added", "output_index": 0, "item": item}},
	}
	if turn.Tool == "" {
		list = append(list, event{"response.output_text.delta", map[string]any{"type": "response.output_text.delta", "item_id": "msg_1", "output_index": 0, "content_index": 0, "delta": turn.Say}})
	}
	events(w, append(list,
		event{"response.output_item.done", map[string]any{"type": "response.output_item.done", "output_index": 0, "item": item}},
		event{"response.completed", map[string]any{"type": "response.completed", "response": response}})...)
}

// responsesTool is a tool, or a namespace of tools.
type responsesTool struct {
	Name  string
	Tools []responsesTool
}
