package chat

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	openai "github.com/sashabaranov/go-openai"

	"kakaotalk-mcp/auth/ground/wording"
)

// A model server that does not end its answer is left, whatever the answer is made of:
// memory and time stay those of an honest one.
func TestEndlessAnswer(t *testing.T) {
	padding := `"x":"` + strings.Repeat("x", 2000) + `"` // few events make many bytes
	for name, c := range map[string]struct {
		event string
		most  int64 // bytes that may be taken before
	}{
		"text":      {`{"choices":[{"index":0,"delta":{"content":"abcdefghij"}}]}`, maxText/10*80 + 1<<20},
		"arguments": {`{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"abcdefghij"}}]}}]}`, maxText/10*160 + 1<<20},
		"nothing":   {`{"choices":[{"index":0,"delta":{}}],` + padding + `}`, maxStream + 1<<20},
		"comments":  {`{` + padding + `}`, maxStream + 1<<20},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var taken atomic.Int64
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/event-stream")
				lines := []byte(strings.Repeat("data: "+c.event+"\n\n", 100))
				for taken.Load() < 400<<20 {
					n, err := w.Write(lines)
					if taken.Add(int64(n)); err != nil {
						return
					}
				}
			}))
			defer server.Close()
			m := newModel(Config{BaseURL: server.URL, Model: "m", Lang: wording.English}, func(string) {})
			_, err := m.streamed(t.Context(), openai.ChatCompletionRequest{Model: "m", Messages: []openai.ChatCompletionMessage{{Role: "user", Content: "a"}}}, func(string) {})
			if !errors.Is(err, errNoAnswer) || taken.Load() > c.most+8<<20 { // what the sockets hold
				t.Errorf("%d bytes taken: %v", taken.Load(), err)
			}
		})
	}
}

// Lines of the MCP server, which may be any program, do nothing to the terminal.
func TestServersMessagesAreCleaned(t *testing.T) {
	var out strings.Builder
	w := (&plainView{err: &out}).stderr()
	for _, piece := range []string{"a\x1b[2Jb\xec\x95", "\x88\u202e c\r\n", strings.Repeat("x", maxStderr+1), "\x9b\n"} {
		if n, err := io.WriteString(w, piece); n != len(piece) || err != nil {
			t.Error(n, err)
		}
	}
	if want := "a[2Jb안 c\n" + strings.Repeat("x", maxStderr+1) + "\ufffd\n"; out.String() != want {
		t.Errorf("got %.80q", out.String())
	}
}

// TestClean: what a model or a tool says cannot steer the terminal or hide text;
// emoji made of several and words with joiners stay.
func TestClean(t *testing.T) {
	for text, want := range map[string]string{
		"\x1b[31m빨강\x1b[0m\x07\u009b2J": "[31m빨강[0m2J", "a\r\nb\tc": "a\nb\tc", "\u202eabc\u202c\u2066d\u2069": "abcd",
		"a\u200b\u200e\u200f\u061c\u2060\ufeff\u00adb": "ab", "a\u2028b\u2029c\u0085d": "abcd", "\U000e0041\U000e007ftag": "tag",
		"👩\u200d👩\u200d👧 ❤\ufe0f 가나다 é": "👩\u200d👩\u200d👧 ❤\ufe0f 가나다 é", "می\u200cخواهم": "می\u200cخواهم",
	} {
		if got := clean(text); got != want {
			t.Errorf("clean(%q) = %q, want %q", text, got, want)
		}
	}
}
