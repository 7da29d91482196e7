package chat

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/mark3labs/mcp-go/mcp"
	openai "github.com/sashabaranov/go-openai"

	"kakaotalk-mcp/auth/ground/wording"
)

// answering is a model server that answers everything alike, without a network.
type answering struct {
	status        int
	kind, retry   string
	body          string
	requestsTaken int
}

func (a *answering) RoundTrip(r *http.Request) (*http.Response, error) {
	a.requestsTaken++
	return &http.Response{StatusCode: a.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {a.kind}, "Retry-After": {a.retry}}, Body: io.NopCloser(strings.NewReader(a.body))}, nil
}

// Whatever the model server sends is an answer that can go back to it, or an
// error in words that repeats nothing of it, after a bounded number of requests.
func FuzzModelAnswer(f *testing.F) {
	call := func(index, id, name, arguments string) string {
		return `data: {"choices":[{"delta":{"tool_calls":[{` + index + `"id":"` + id + `","function":{"name":"` + name + `","arguments":` + arguments + `}}]}}]}` + "\n\n"
	}
	for _, body := range []string{
		"data: {\"choices\":[{\"delta\":{\"content\":\"네\"}}]}\n\ndata: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
		call(`"index":0,`, "a", "send", `"{\"a\""`) + call(`"index":0,`, "", "", `":1}"`) + call(`"index":1000000000,`, "b", "send", `{"a":1}`) + "data: [DONE]\n",
		call("", "a", "send", `"{"`) + call("", "", "", `"}"`) + "data: [DONE]", call(`"index":-1,`, "", "", "null") + "data: [DONE]",
		"data: {\"choices\":[{\"delta\":{\"content\":\"SE-CRET\"}}]}\n", "event: error\ndata: {\"error\":\"SE-CRET\"}\n\n", "data: {\"status\":{\"code\":\"42901\"}}\n",
		": comment\r\ndata:{\"choices\":null}\r\n\r\ndata: [DONE]\r\n", "data: {\"choices\":[null,{\"delta\":null}]}\ndata: [DONE]\n", "data: [DONE]\n", "\x00", strings.Repeat("data: {}\n", 400) + "data: [DONE]\n",
		strings.Repeat(call("", "", "x", `"{}"`), maxCalls+1) + "data: [DONE]\n",
	} {
		f.Add(200, "text/event-stream", "", body)
	}
	for _, body := range []string{
		`{"choices":[{"message":{"content":"네","tool_calls":[{"id":"a","function":{"name":"b","arguments":{"c":"d"}}},null]},"finish_reason":"length"}]}`,
		`{"choices":[{"message":{"content":[{"type":"text","text":"네"}]}}]}`, `{"choices":[null]}`, `{"choices":[{"message":{"tool_calls":[{"function":null}]}}]}`,
		`{"status":{"code":"40103","message":"SE-CRET"}}`, `{"error":{"code":{"a":1},"type":"SE-CRET \u001b[2J"}}`, `{"error":{"type":"SE-CRET"}}`, `[]`, `<html>SE-CRET</html>`, `{"choices":[]}`,
	} {
		f.Add(200, "application/json", "", body)
	}
	f.Add(429, "application/json", "7", `{"error":{"code":"rate_limit_exceeded","message":"SE-CRET"}}`)
	f.Add(429, "", "Fri, 31 Dec 9999 23:59:59 GMT", "SE-CRET")
	f.Add(503, "text/html", "-1", "SE-CRET")
	f.Add(400, "application/json", "99999999999999999999", `{"status":{"code":"40003"}}`)
	f.Add(302, "", "", "")
	f.Fuzz(func(t *testing.T, status int, kind, retry, body string) {
		if status < 200 || status > 599 {
			return // no HTTP answer
		}
		stub := &answering{status: status, kind: kind, retry: retry, body: body}
		api := openai.DefaultConfig("key")
		api.BaseURL, api.HTTPClient = "https://model.example/v1", &http.Client{Transport: wire{stub}}
		m := &model{api: openai.NewClientWithConfig(api), name: "HCX-005", stream: true, lang: wording.English, host: "model.example",
			notice: func(string) {}, sleep: func(_ context.Context, d time.Duration) error {
				if d < 0 || d > maxWait+maxWait/4 {
					t.Errorf("a pause of %v", d)
				}
				return nil
			}}
		h := history{budget: historyTokens}
		h.begin("안녕")
		shown := ""
		got, err := m.complete(t.Context(), h.messages("x"), oneTool, func(part string) { shown += part })
		if stub.requestsTaken > 2*maxTries {
			t.Errorf("%d requests", stub.requestsTaken)
		}
		if err != nil {
			if text := m.explain(err); text == "" || strings.Contains(text, "SE-CRET") || strings.ContainsFunc(text, unicode.IsControl) {
				t.Errorf("%v is told as %q", err, text)
			}
			return
		}
		if status != http.StatusOK || got.text == "" && len(got.calls) == 0 || got.text != shown || len(got.calls) > maxCalls {
			t.Errorf("status %d: text %q, shown %q, %d calls", status, got.text, shown, len(got.calls))
		}
		if len(got.text) > len(body) {
			t.Errorf("%d bytes of text from %d", len(got.text), len(body))
		}
		calls, arguments := readable(got.calls)
		for i, c := range calls {
			var object map[string]any
			if c.ID == "" || c.Type != openai.ToolTypeFunction || c.Index != nil || json.Unmarshal([]byte(c.Function.Arguments), &object) != nil || object == nil {
				t.Errorf("call %+v cannot go back to the server", c)
			}
			if arguments[i] != nil && !cmp.Equal(arguments[i], object) {
				t.Errorf("called with %v, told %s", arguments[i], c.Function.Arguments)
			}
		}
	})
}

// The model's arguments reach a tool as the JSON object they are, or not at all.
func FuzzToolArguments(f *testing.F) {
	for _, text := range []string{`{"message":"a"}`, `"{\"message\":\"a\"}"`, ``, `null`, `[]`, `{`, `"null"`, `""`, `{"a":1}{"b":2}`, `{"a":1e400}`, "{\"a\":\"\xff\"}", ` {"a":{"a":[]}} `, strings.Repeat(`{"a":`, 20000)} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		calls, arguments := readable([]openai.ToolCall{{ID: "a", Function: openai.FunctionCall{Name: "b", Arguments: text}}})
		var back map[string]any
		if json.Unmarshal([]byte(calls[0].Function.Arguments), &back) != nil || back == nil {
			t.Fatalf("%q goes back as %q", text, calls[0].Function.Arguments)
		}
		var given map[string]any
		if json.Unmarshal([]byte(text), &given) == nil && given != nil && !cmp.Equal(given, arguments[0]) {
			t.Errorf("%q is read as %v", text, arguments[0])
		}
		if arguments[0] != nil && !cmp.Equal(arguments[0], back) {
			t.Errorf("called with %v, told %v", arguments[0], back)
		}
		if line := compact(arguments[0]); utf8.RuneCountInString(line) > maxShown || strings.ContainsFunc(line, unicode.IsControl) {
			t.Errorf("shown as %q", line)
		}
	})
}

// A form is answered only by what it asks for, and never agreed to by an unclear
// answer.
func FuzzForms(f *testing.F) {
	const choice = `{"properties":{"answer":{"type":"string","enum":["Send once","Cancel"],"title":"How?"}},"required":["answer"]}`
	f.Add(choice, "1")
	f.Add(choice, "Cancel\n")
	f.Add(choice, "3\n-1\n+1\n0x1\n1.0\nsend once")
	f.Add(`{"properties":{"a":{"type":"boolean"},"b":{"type":"integer"},"c":{"type":"number"},"d":{"oneOf":[{"const":7,"title":"x"},null]}}}`, "1\n99999999999999999999\n7\nNaN\nx")
	f.Add(`{"properties":{"a":{"enum":[null,{"b":1},["c"]]}},"required":[1,null,"a"]}`, "2")
	f.Add(`{"properties":{"a":null}}`, "x")
	f.Add(`{"properties":[]}`, "x")
	f.Fuzz(func(t *testing.T, schema, lines string) {
		var s any
		if json.Unmarshal([]byte(schema), &s) != nil {
			return // not JSON-RPC
		}
		fm := &forms{view: &person{lines: strings.Split(lines, "\n")}, lang: wording.English}
		defer fm.during(t.Context())()
		got, err := fm.Elicit(t.Context(), mcp.ElicitationRequest{Params: mcp.ElicitationParams{Message: "?", RequestedSchema: s}})
		if err != nil {
			return
		}
		content, _ := got.Content.(map[string]any)
		if accepted := got.Action == mcp.ElicitationResponseActionAccept; accepted != (content != nil) {
			t.Fatalf("%s with %v", got.Action, content)
		}
		if content == nil {
			return
		}
		if _, err := json.Marshal(content); err != nil {
			t.Errorf("an answer that cannot be sent: %v", err)
		}
		properties := s.(map[string]any)["properties"].(map[string]any)
		if len(properties) != len(content) {
			t.Errorf("asked %v, answered %v", properties, content)
		}
		for name, p := range properties {
			p, _ := p.(map[string]any)
			value, told := content[name]
			enum, _ := p["enum"].([]any)
			said := func(line string) bool {
				line = strings.TrimSpace(line)
				n, err := strconv.Atoi(line)
				return line == fmt.Sprint(value) || err == nil && n >= 1 && n <= len(enum) && cmp.Equal(enum[n-1], value)
			}
			choice := len(enum) > 0 && p["type"] != "boolean" && p["oneOf"] == nil
			if choice && !slices.ContainsFunc(strings.Split(lines, "\n"), said) {
				t.Errorf("%s: %v, but the person said %q", name, value, lines)
			}
			if !told || choice && !slices.ContainsFunc(enum, func(v any) bool { return cmp.Equal(v, value) }) {
				t.Errorf("%s: %v answered with %v", name, p, value)
			}
		}
	})
}

// Nothing that is pasted acts: it is text until the end of the paste, and the
// Enter after it is one.
func FuzzPaste(f *testing.F) {
	for _, text := range []string{"첫 줄\r둘째\t줄", "a\x03b\x04\x1b[A", "\x1b", "\x1b[", "\x1b[2", "\x1b\r", "\x1b\x03", "\x1bO", "\x1b[200~", "\xe3\x80", "\x1b\x1b", "\x1b[201", "\x1b[1;1;1;1;1;1;1;1;1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		const start, end = "\x1b[200~", "\x1b[201~"
		if strings.Index(text+end, end) != len(text) || len(text) > maxTyped {
			return // it ends the paste itself
		}
		k := newKeyboard(strings.NewReader(start + text + end + "\r"))
		var typed strings.Builder
		for {
			press, err := k.next(t.Context())
			if err != nil {
				t.Fatalf("%q: no Enter, typed %q", text, typed.String())
			}
			if press.code == keyEnter {
				break
			}
			if press.code != keyText || unicode.IsControl(press.r) && press.r != '\n' {
				t.Fatalf("%q: key %+v", text, press)
			}
			typed.WriteRune(press.r)
		}
		if press, err := k.next(t.Context()); err == nil {
			t.Errorf("%q: after Enter %+v", text, press)
		}
		plain := func(r rune) bool { return !unicode.IsControl(r) && r != utf8.RuneError }
		if !strings.ContainsFunc(text, func(r rune) bool { return !plain(r) }) && typed.String() != text {
			t.Errorf("pasted %q, typed %q", text, typed.String())
		}
	})
}
