package stdio

import (
	"os"
	"strings"
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// TestPageAsksWhereNoFormDoes: a client without forms sends nothing before the
// person pressed, once after, and learns the page's address from nothing: no
// answer, no progress, no log.
func TestPageAsksWhereNoFormDoes(t *testing.T) {
	c := e2etest.NewComputer(t)
	c.LogIn("--friends")
	for _, step := range []struct {
		press, status string
		sent          int
	}{{"cancel", `"not_sent"`, 0}, {"once", `"sent"`, 1}, {"always", `"sent"`, 2}, {"-", `"sent"`, 3}} {
		before := c.Opened()
		s := e2etest.Start(t, append(c.Env, e2etest.Pressing(step.press), "KAKAO_LOG_LEVEL=debug"), "serve")
		s.Initialize(nil)
		id := s.Request("tools/call", map[string]any{"name": e2etest.ToolSend, "_meta": map[string]any{"progressToken": "p"},
			"arguments": map[string]any{"to": []string{"홍길동"}, "message": "안녕 " + step.press}})
		answer := s.Await(id)
		if !strings.Contains(string(answer.Result), step.status) || len(c.Kakao.Deliveries()) != step.sent {
			t.Errorf("%s: %d sent: %s", step.press, len(c.Kakao.Deliveries()), answer.Result)
		}
		if rest, code, _ := s.Drain(); len(rest) > 0 || code != e2etest.ExitOK {
			t.Errorf("%s: exit code %d, %s", step.press, code, rest)
		}
		opened := c.Opened()[len(before):]
		if want := map[bool]int{false: 1, true: 0}[step.press == "-"]; len(opened) != want { // approved by then
			t.Errorf("%s: %d pages opened, want %d", step.press, len(opened), want)
		}
		for _, tab := range opened {
			address, err := os.ReadFile(tab)
			if err != nil {
				t.Fatal(err)
			}
			path := string(address)[strings.LastIndexByte(string(address), '/')+1:]
			if len(path) < 20 {
				t.Errorf("a path that can be guessed: %s", address)
			}
			for where, text := range map[string]string{"the answer": string(answer.Result), "the log": s.Stderr.String()} {
				if strings.Contains(text, path) {
					t.Errorf("%s: the address is in %s:\n%s", step.press, where, text)
				}
			}
			for name, text := range e2etest.Files(t, c.Home) {
				if strings.Contains(text, path) {
					t.Errorf("%s: the address is in %s", step.press, name)
				}
			}
		}
	}
}
