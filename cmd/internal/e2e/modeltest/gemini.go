package modeltest

import (
	"encoding/json"
	"net/http"
)

// gemini is POST …:generateContent and …:streamGenerateContent?alt=sse (Gemini API
// reference, Generating content, and Function calling).
func (m *Model) gemini(w http.ResponseWriter, body []byte, stream bool) {
	var in struct {
		Tools []struct {
			FunctionDeclarations []struct{ Name string } `json:"functionDeclarations"`
		}
		Contents []struct {
			Parts []struct {
				FunctionResponse *struct{ Response json.RawMessage } `json:"functionResponse"`
			}
		}
	}
	if json.Unmarshal(body, &in) != nil {
		http.Error(w, `{"error":{"message":"not JSON"}}`, http.StatusBadRequest)
		return
	}
	c := conversation{body: body}
	for _, tool := range in.Tools {
		for _, f := range tool.FunctionDeclarations {
			c.tools = append(c.tools, f.Name)
		}
	}
	for _, content := range in.Contents {
		for _, part := range content.Parts {
			if r := part.FunctionResponse; r != nil {
				c.results = append(c.results, geminiResult(r.Response))
			}
		}
	}
	turn := m.next(c)
	part := map[string]any{"text": turn.Say}
	if turn.Tool != "" {
		part = map[string]any{"functionCall": map[string]any{"id": id(c), "name": turn.Tool, "args": json.RawMessage(turn.Arguments)}}
	}
	answer := map[string]any{
		"candidates":    []any{map[string]any{"index": 0, "finishReason": "STOP", "content": map[string]any{"role": "model", "parts": []any{part}}}},
		"usageMetadata": map[string]any{"promptTokenCount": 10, "candidatesTokenCount": 10, "totalTokenCount": 20},
	}
	if stream {
		events(w, event{data: answer})
		return
	}
	writeJSON(w, answer)
}

// geminiResult is the text of a function response: its output, or its error.
func geminiResult(raw json.RawMessage) Result {
	var response struct{ Output, Error string }
	if json.Unmarshal(raw, &response) != nil || response.Output == "" && response.Error == "" {
		return Result{Text: string(raw)}
	}
	return Result{Text: response.Output + response.Error, IsError: response.Error != ""}
}
