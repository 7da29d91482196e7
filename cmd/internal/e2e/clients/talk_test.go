//go:build linux

package clients

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/cmd/internal/e2e/modeltest"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// The messages of a conversation.
const (
	toMe     = "오늘 할 일"
	toFriend = "3시에 봐요"
	stopped  = "조금 늦어요"
)

// TestClientsTalk: one conversation with each client, none of which shows a form when
// nobody sits in front of it. The person logs in on the way; the model finds the tools,
// also where it has to look them up, reads a second page, sends to its user, is refused,
// and sends to a friend, which waits for the person's press on our page: nothing before
// it, one message after it, and its address is nowhere but in the browser. Ctrl-C while
// a message is under way ends the client and the server, and nothing is sent twice.
func TestClientsTalk(t *testing.T) {
	t.Parallel()
	for _, d := range drivers {
		t.Run(d.id, func(t *testing.T) {
			t.Parallel()
			s, program := sit(t, d, e2etest.Pressing("-"), e2etest.Thinking(*think)), installed(t)
			s.register(program)
			var journal atomic.Int64 // its length before the last message
			// A headless client turns a form down by itself. One that is slower at it than a
			// person could be is taken for a person, and its model tries again.
			friend := modeltest.Turn{Tool: e2etest.ToolSend, Arguments: `{"to":["홍길동"],"message":"` + toFriend + `"}`}
			again := friend
			again.Skip = func() bool { return len(s.Questions()) > 0 }
			turns := []modeltest.Turn{
				{Tool: e2etest.ToolSearch, Arguments: `{"limit":2}`},
				{Tool: e2etest.ToolSearch, Arguments: `{"limit":2,"offset":2}`},
				{Tool: e2etest.ToolToMe, Arguments: `{"message":"` + toMe + `"}`},
				{Tool: e2etest.ToolSend, Arguments: `{"to":["아무개"],"message":"` + toFriend + `"}`},
				friend, again, again, again,
				{Tool: e2etest.ToolSend, Arguments: `{"to":["홍길동"],"message":"` + stopped + `"}`,
					Before: func() {
						s.Kakao.SetFaults(sandbox.Faults{Latency: e2etest.Patience})
						journal.Store(s.size("journal"))
					}},
			}
			seen := []string{"김지민", "홍길동", "나", "아무개"} // what the model reads, call by call
			if d.finder != "" {
				turns = append([]modeltest.Turn{{Tool: d.finder, Arguments: `{"query":"kakao send message friends"}`}}, turns...)
				seen = append([]string{""}, seen...)
			}
			model := modeltest.Start(t, turns...)
			client := s.start(model)

			client.await(t, "the login", func() bool { return len(s.Opened()) > 0 })
			began := time.Now()
			client.await(t, "the first answer", func() bool { return len(model.Results()) > len(seen)-4 })
			t.Logf("logged in, and answered %s after the page had opened", time.Since(began).Round(time.Second/10))
			client.await(t, "a message to oneself", func() bool { return len(e2etest.Delivered(s.Kakao)) > 0 })
			client.await(t, "a question", func() bool { return len(s.Questions()) > 0 })
			if diff := cmp.Diff([]string{toMe}, e2etest.Delivered(s.Kakao)); diff != "" {
				t.Errorf("delivered before the press (- wanted, + arrived):\n%s", diff)
			}
			page := s.Questions()[0]
			if said, ok, err := e2etest.Press(page, "always"); err != nil || !ok || !strings.Contains(said, "보냈어요") {
				t.Fatalf("the page: %v\n%s", err, said)
			}
			client.await(t, "the next message is under way", func() bool { return journal.Load() > 0 && s.size("journal") > journal.Load() && s.Kakao.Held() > 0 })
			if diff := cmp.Diff([]string{toMe, toFriend}, e2etest.Delivered(s.Kakao)); diff != "" {
				t.Errorf("delivered (- wanted, + arrived):\n%s", diff)
			}
			results := model.Results()
			client.interrupt(t)
			s.stop()
			gone(t, program)

			if len(results) <= len(seen) {
				t.Fatalf("%d results; tools %q\n%v", len(results), model.Tools(), results)
			}
			seen = append(seen, slices.Repeat([]string{""}, len(results)-len(seen)-1)...)
			for i, want := range append(seen, "홍길동") {
				if r := results[i]; !strings.Contains(r.Text, want) || r.IsError && want != "아무개" && want != "" {
					t.Errorf("result %d: error %v, without %q:\n%s", i+1, r.IsError, want, r.Text)
				}
			}
			log, err := os.ReadFile(s.log)
			if err != nil {
				t.Fatal(err)
			}
			secret := page[strings.LastIndex(page, "/")+1:]
			for where, text := range map[string]string{"model": model.Sent(), "client": client.out.String(), "log": string(log)} {
				if strings.Contains(text, secret) {
					t.Errorf("the page's address is in what the %s received", where)
				}
			}
			if strings.Contains(model.Sent(), s.Get("KAKAO_AUTH_URL")) {
				t.Error("the model was told the address of a login that its own call waited for")
			}
			if pages, n := len(s.Opened()), len(s.Questions()); pages != 2 || n != 1 {
				t.Errorf("%d pages, %d of them questions, for one login and a person who agreed once, for ever", pages, n)
			}
			s.again()
		})
	}
}

// size is the length of a file of the program's.
func (s *desk) size(name string) int64 {
	s.Helper()
	info, err := os.Stat(filepath.Join(s.Home, name))
	if err != nil {
		s.Error(err)
		return 0
	}
	return info.Size()
}

// again makes the call that was stopped once more: it is not known to have arrived, so
// nothing is sent.
func (s *desk) again() {
	s.Helper()
	s.Kakao.SetFaults(sandbox.Faults{})
	s.Set("KAKAOTALK_MCP_HOME", s.Home)
	s.Set("HOME", s.TempDir()) // not where the client keeps what it was told
	server := s.Serve()
	server.Initialize(map[string]any{})
	r := server.Result(server.Await(server.Request("tools/call", map[string]any{"name": e2etest.ToolSend,
		"arguments": json.RawMessage(`{"to":["홍길동"],"message":"` + stopped + `"}`)})))
	if r.Structured["status"] != "unknown" {
		s.Errorf("the same call again: %s", r.Text())
	}
	if diff := cmp.Diff([]string{toMe, toFriend}, e2etest.Delivered(s.Kakao)); diff != "" {
		s.Errorf("delivered in the end (- wanted, + arrived):\n%s", diff)
	}
}
