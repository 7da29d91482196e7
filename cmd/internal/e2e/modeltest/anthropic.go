package modeltest

import (
	"encoding/json"
	"net/http"
)

// anthropic is POST /v1/messages (Anthropic API reference, Messages and streaming).
func (m *Model) anthropic(w http.ResponseWriter, body []byte) {
	var in struct {
		Model    string
		Stream   bool
		Tools    []struct{ Name string }
		Messages []struct {
			Content json.RawMessage
		}
	}
	if json.Unmarshal(body, &in) != nil {
		http.Error(w, `{"type":"error","error":{"type":"invalid_request_error","message":"not JSON"}}`, http.StatusBadRequest)
		return
	}
	c := conversation{body: body}
	for _, tool := range in.Tools {
		c.tools = append(c.tools, tool.Name)
	}
	for _, message := range in.Messages {
		var blocks []struct {
			Type    string
			IsError bool `json:"is_error"`
			Content json.RawMessage
		}
		if json.Unmarshal(message.Content, &blocks) != nil {
			continue // a text
		}
		for _, b := range blocks {
			if b.Type == "tool_result" {
				c.results = append(c.results, Result{text(b.Content), b.IsError})
			}
		}
	}
	turn := m.next(c)
	block, reason := map[string]any{"type": "text", "text": turn.Say}, "end_turn"
	if turn.Tool != "" {
		block, reason = map[string]any{"type": "tool_use", "id": id(c), "name": turn.Tool, "input": json.RawMessage(turn.Arguments)}, "tool_use"
	}
	usage := map[string]any{"input_tokens": 10, "output_tokens": 10}
	message := map[string]any{"id": "msg_1", "type": "message", "role": "assistant", "model": in.Model, "content": []any{block},
		"stop_reason": reason, "stop_sequence": nil, "usage": usage}
	if !in.Stream {
		writeJSON(w, message)
		return
	}
	message["content"], message["stop_reason"] = []any{}, nil
	start, delta := map[string]any{"type": "text", "text": ""}, map[string]any{"type": "text_delta", "text": turn.Say}
	if turn.Tool != "" {
		start = map[string]any{"type": "tool_use", "id": id(c), "name": turn.Tool, "input": map[string]any{}}
		delta = map[string]any{"type": "input_json_delta", "partial_json": turn.Arguments}
	}
	events(w,
		event{"message_start", map[string]any{"type": "message_start", "message": message}},
		event{"content_block_start", map[string]any{"type": "content_block_start", "index": 0, "content_block": start}},
		event{"content_block_delta", map[string]any{"type": "content_block_delta", "index": 0, "delta": delta}},
		event{"content_block_stop", map[string]any{"type": "content_block_stop", "index": 0}},
		event{"message_delta", map[string]any{"type": "message_delta", "delta": map[string]any{"stop_reason": reason, "stop_sequence": nil}, "usage": usage}},
		event{"message_stop", map[string]any{"type": "message_stop"}})
}
