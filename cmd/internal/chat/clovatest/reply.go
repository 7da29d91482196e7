package clovatest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// Reply is what the model answers, or an error in its place.
type Reply struct {
	Text   string
	Calls  []ToolCall
	Object bool // arguments as a JSON object, as CLOVA Studio's own API has them
	Short  bool // it ended at max_tokens

	Status     int // of an error, with Body; 0: an answer
	Body       string
	RetryAfter string // header, "" for none
	Cut        bool   // the connection breaks in the middle
	Hang       <-chan struct{}
}

// ToolCall is a call by the model. Arguments is JSON text.
type ToolCall struct{ ID, Name, Arguments string }

// piece is how many bytes of a streamed answer go out at once: it divides Hangul
// syllables, which have three.
const piece = 5

func (r Reply) write(w http.ResponseWriter, stream bool) {
	if r.Hang != nil {
		<-r.Hang
	}
	if r.RetryAfter != "" {
		w.Header().Set("Retry-After", r.RetryAfter)
	}
	switch {
	case r.Status != 0:
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(r.Status)
		fmt.Fprint(w, r.Body)
	case stream:
		w.Header().Set("Content-Type", "text/event-stream;charset=utf-8")
		r.send(w, r.events())
	default:
		w.Header().Set("Content-Type", "application/json")
		body, _ := json.Marshal(map[string]any{"choices": []any{map[string]any{
			"index": 0, "message": r.message(), "finish_reason": r.reason()}}})
		if r.Cut {
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			body = body[:len(body)/2]
		}
		r.send(w, body)
	}
}

// send writes in small pieces, and breaks off in the middle if the reply does.
func (r Reply) send(w http.ResponseWriter, body []byte) {
	flush := http.NewResponseController(w)
	if r.Cut {
		body = body[:len(body)/2]
	}
	for len(body) > 0 {
		n := min(piece, len(body))
		w.Write(body[:n]) //nolint:errcheck // the client may have gone
		flush.Flush()     //nolint:errcheck
		body = body[n:]
	}
	if r.Cut {
		panic(http.ErrAbortHandler)
	}
}

func (r Reply) reason() string {
	switch {
	case r.Short:
		return "length"
	case len(r.Calls) > 0:
		return "tool_calls"
	}
	return "stop"
}

func (r Reply) calls() []any {
	list := []any{}
	for i, c := range r.Calls {
		var arguments any = c.Arguments
		if r.Object {
			arguments = json.RawMessage(c.Arguments)
		}
		list = append(list, map[string]any{"index": i, "id": c.ID, "type": "function",
			"function": map[string]any{"name": c.Name, "arguments": arguments}})
	}
	return list
}

// message has a null content beside calls, as servers answer.
func (r Reply) message() map[string]any {
	m := map[string]any{"role": "assistant", "content": nil}
	if r.Text != "" {
		m["content"] = r.Text
	}
	if len(r.Calls) > 0 {
		m["tool_calls"] = r.calls()
	}
	return m
}

// events is a streamed answer: text by the character, arguments in two halves.
func (r Reply) events() []byte {
	var out []byte
	add := func(delta map[string]any, reason any) {
		raw, _ := json.Marshal(map[string]any{"choices": []any{map[string]any{"index": 0, "delta": delta, "finish_reason": reason}}})
		out = fmt.Appendf(out, "id: 1\nevent: token\ndata:%s\n\n", raw)
	}
	add(map[string]any{"role": "assistant", "content": ""}, nil)
	for _, c := range r.Text {
		add(map[string]any{"content": string(c)}, nil)
	}
	for i, c := range r.calls() {
		call := c.(map[string]any)
		if text := r.Calls[i].Arguments; !r.Object {
			half := len([]rune(text)) / 2
			call["function"] = map[string]any{"name": r.Calls[i].Name, "arguments": string([]rune(text)[:half])}
			add(map[string]any{"tool_calls": []any{call}}, nil)
			call = map[string]any{"index": i, "function": map[string]any{"arguments": string([]rune(text)[half:])}}
		}
		add(map[string]any{"tool_calls": []any{call}}, nil)
	}
	add(map[string]any{}, r.reason())
	return append(out, "data: [DONE]\n\n"...)
}
