package chat

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
)

const (
	// maxAnswer bounds an answer of the model server, in bytes; 4,096 tokens are
	// a hundredth of it.
	maxAnswer = 4 << 20
	// maxStream bounds a streamed answer with the wrapping of every token, in bytes.
	maxStream = 4 * maxAnswer
	// maxText bounds the text, and the arguments of the calls, of a streamed answer, in
	// bytes: many times what maxTokens are.
	maxText = 256 << 10
	// maxEvent bounds one event of a streamed answer, in bytes.
	maxEvent = 1 << 20
)

// wire stands between go-openai and the network, where "compatible" servers
// differ: it gives every message a content (HCX refuses messages without one),
// turns tool arguments sent as an object into the string OpenAI has, and makes a
// *modelError of every answer that is none, whatever its shape.
type wire struct{ base http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (w wire) RoundTrip(r *http.Request) (*http.Response, error) {
	raw, err := io.ReadAll(r.Body)
	r.Body.Close()
	if err != nil {
		return nil, fmt.Errorf("reading the request: %w", err)
	}
	if raw, err = fillContent(raw); err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Body, r.ContentLength, r.GetBody = io.NopCloser(bytes.NewReader(raw)), int64(len(raw)), nil
	resp, err := w.base.RoundTrip(r)
	broken, isBroken := errors.AsType[*net.OpError](err)
	if errors.Is(err, io.EOF) || isBroken && broken.Op != "dial" {
		return nil, fmt.Errorf("%w: %w", errCut, err)
	} else if err != nil {
		return nil, err
	}
	if resp.StatusCode == http.StatusOK && strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		resp.Body = newEvents(resp.Body)
		return resp, nil
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case resp.StatusCode != http.StatusOK: // what could be read of the body is enough
		return nil, refused(resp, body)
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errCut, err)
	case len(body) > maxAnswer:
		return nil, errNoAnswer
	}
	if body, err = straighten(body); err != nil {
		return nil, err
	}
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return resp, nil
}

// fillContent gives messages without content an empty one.
func fillContent(raw []byte) ([]byte, error) {
	var request map[string]json.RawMessage
	var messages []map[string]json.RawMessage
	if err := errors.Join(json.Unmarshal(raw, &request), json.Unmarshal(request["messages"], &messages)); err != nil {
		return nil, fmt.Errorf("preparing the request: %w", err)
	}
	for _, m := range messages {
		if c := m["content"]; c == nil || string(c) == "null" {
			m["content"] = json.RawMessage(`""`)
		}
	}
	request["messages"], _ = json.Marshal(messages) // came from JSON
	return json.Marshal(request)
}

// straighten checks an answer, or one event of it, for an error that came with
// status 200, and makes a string of arguments that are an object.
func straighten(raw []byte) ([]byte, error) {
	var answer map[string]json.RawMessage
	if json.Unmarshal(raw, &answer) != nil {
		return nil, errNoAnswer
	}
	if failed(raw) {
		return nil, &modelError{status: http.StatusOK, code: errorCode(raw), retryAfter: -1}
	}
	var choices []map[string]json.RawMessage
	if answer["choices"] == nil || json.Unmarshal(answer["choices"], &choices) != nil {
		return raw, nil
	}
	changed := false
	for _, choice := range choices {
		for _, part := range []string{"message", "delta"} {
			if m, ok := stringArguments(choice[part]); ok {
				choice[part], changed = m, true
			}
		}
	}
	if !changed {
		return raw, nil
	}
	answer["choices"], _ = json.Marshal(choices) // came from JSON
	return json.Marshal(answer)
}

// stringArguments returns the message with its calls' arguments as strings, and
// whether any had to be changed.
func stringArguments(raw json.RawMessage) (json.RawMessage, bool) {
	var message map[string]json.RawMessage
	var calls []map[string]json.RawMessage
	if json.Unmarshal(raw, &message) != nil || json.Unmarshal(message["tool_calls"], &calls) != nil {
		return nil, false
	}
	changed := false
	for _, call := range calls {
		var function map[string]json.RawMessage
		if json.Unmarshal(call["function"], &function) != nil || !bytes.HasPrefix(bytes.TrimSpace(function["arguments"]), []byte("{")) {
			continue
		}
		function["arguments"], _ = json.Marshal(string(function["arguments"])) // this and what follows came from JSON
		call["function"], _ = json.Marshal(function)
		changed = true
	}
	if !changed {
		return nil, false
	}
	message["tool_calls"], _ = json.Marshal(calls)
	out, _ := json.Marshal(message)
	return out, true
}

// events passes on the data lines of a streamed answer, straightened. Its end
// without [DONE] or a finish reason is errCut: a closed connection looks like a
// short answer otherwise.
type events struct {
	body     io.ReadCloser
	in       *bufio.Reader
	ready    []byte
	finished bool
	total    int
}

func newEvents(body io.ReadCloser) *events {
	return &events{body: body, in: bufio.NewReaderSize(body, 64<<10)}
}

func (e *events) Close() error { return e.body.Close() }

func (e *events) Read(p []byte) (int, error) {
	for len(e.ready) == 0 {
		line, err := e.line()
		if data, ok := bytes.CutPrefix(line, []byte("data:")); ok && err == nil {
			if e.ready, err = e.data(bytes.TrimSpace(data)); err != nil {
				return 0, err
			}
			continue
		}
		if err == io.EOF && e.finished {
			return 0, io.EOF
		} else if err == io.EOF {
			return 0, errCut
		} else if err != nil {
			return 0, err
		}
	}
	n := copy(p, e.ready)
	e.ready = e.ready[n:]
	return n, nil
}

// data returns the line to pass on for one event.
func (e *events) data(data []byte) ([]byte, error) {
	if len(data) == 0 {
		return nil, nil
	}
	if string(data) == "[DONE]" {
		e.finished = true
		return []byte("data: [DONE]\n"), nil
	}
	data, err := straighten(data)
	if err != nil {
		return nil, err
	}
	var end struct {
		Choices []struct {
			Reason string `json:"finish_reason"`
		} `json:"choices"`
	}
	if json.Unmarshal(data, &end) == nil && len(end.Choices) > 0 && end.Choices[0].Reason != "" {
		e.finished = true
	}
	return fmt.Appendf(nil, "data: %s\n", data), nil
}

// line reads one line, the last one even without its end.
func (e *events) line() ([]byte, error) {
	var line []byte
	for {
		part, err := e.in.ReadSlice('\n')
		line = append(line, part...)
		e.total += len(part)
		if len(line) > maxEvent || e.total > maxStream {
			return nil, errNoAnswer
		}
		switch {
		case err == bufio.ErrBufferFull:
		case err == io.EOF && len(line) > 0:
			return line, nil
		case err != nil && err != io.EOF:
			return nil, fmt.Errorf("%w: %w", errCut, err)
		default:
			return line, err
		}
	}
}
