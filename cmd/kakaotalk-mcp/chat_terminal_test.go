package main

import (
	"net/http"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/cmd/internal/chat/clovatest"
)

// console is the program in a terminal with a person at it.
type console struct {
	t      *testing.T
	cmd    *exec.Cmd
	keys   func(string)
	chunks chan string // closed when the program closed the terminal
	seen   string      // everything so far
	from   int         // where the next await looks
}

func startConsole(t *testing.T, env []string, args ...string) *console {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("component missing: pty")
	}
	c := &console{t: t, cmd: exec.Command(program(t), args...), chunks: make(chan string, 10_000)}
	c.cmd.Env, c.cmd.Dir = env, t.TempDir()
	tty, err := pty.StartWithSize(c.cmd, &pty.Winsize{Rows: 24, Cols: 60})
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(c.chunks)
		for {
			buf := make([]byte, 4096)
			n, err := tty.Read(buf)
			c.chunks <- string(buf[:n])
			if err != nil {
				return
			}
		}
	}()
	c.keys = func(text string) {
		t.Helper()
		if _, err := tty.WriteString(text); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		c.cmd.Process.Kill()
		tty.Close()
		if t.Failed() {
			t.Logf("on the screen: %q", c.seen)
		}
	})
	return c
}

// await waits until the program has written text, after what was awaited before.
func (c *console) await(text string) {
	c.t.Helper()
	deadline := time.After(patience)
	for !strings.Contains(c.seen[c.from:], text) {
		select {
		case chunk, ok := <-c.chunks:
			if !ok {
				c.t.Fatalf("the program ended before it wrote %q", text)
			}
			c.seen += chunk
		case <-deadline:
			c.t.Fatalf("the program does not write %q", text)
		}
	}
	c.from += strings.Index(c.seen[c.from:], text) + len(text)
}

// end waits for the program's end and returns its exit code.
func (c *console) end() int {
	c.t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case chunk, ok := <-c.chunks:
			if !ok {
				c.cmd.Wait()
				return c.cmd.ProcessState.ExitCode()
			}
			c.seen += chunk
		case <-deadline:
			c.t.Fatal("the program does not end")
		}
	}
}

const (
	ctrlC, ctrlD, ctrlU = "\x03", "\x04", "\x15"
	arrowUp, arrowLeft  = "\x1b[A", "\x1b[D"
	rubout              = "\x7f"
)

// TestChatConversation is a person who asks for a message to one of three people
// of the same name: search, ambiguity, question to the human, send.
func TestChatConversation(t *testing.T) {
	var arrived, before []string
	asked := []string{}
	var k *talker
	k = startTalker(t, func(r clovatest.Request) clovatest.Reply {
		if m := r.Messages[len(r.Messages)-1]; m.Role == "user" {
			asked = append(asked, *m.Content)
		}
		switch result := toolJSON(r.Last()); {
		case result["friends"] != nil:
			before = k.deliveries(t)
		case result["status"] == "sent":
			arrived = k.deliveries(t)
		}
		return meetingModel(r)
	})
	c := startConsole(t, k.env(t), "chat", "--sandbox")
	c.await("> ")
	// A syllable too much, rubbed out; a word put in by moving back; decomposed text.
	c.keys("지민이에겐" + rubout + "게 내일 회의라고 보내줘" + strings.Repeat(arrowLeft, len([]rune("회의라고 보내줘"))) + "3시 " + "\r")
	c.await("누구에게 보낼까요?")
	c.await("> ")
	c.keys("\u1100\u1175\u11b7지민\r" + "1\r") // 김 in three pieces; an answer before the question counts for nothing
	c.await("김지민님께 카카오톡을 보낼까요?")
	c.await("내일 3시 회의예요")
	c.await("1) 이번만 보내기")
	c.await("[번호 1-3]")
	c.keys("\r9\r") // no choice, and none of them
	c.await("[번호 1-3]")
	k.mu.Lock()
	if len(arrived) > 0 {
		t.Error("sent without an answer")
	}
	k.mu.Unlock()
	c.keys("1\r")
	c.await("김지민님께 보냈어요.")
	c.await("> ")
	c.keys(arrowUp + arrowUp) // an earlier line
	c.await("지민이에게 내일 3시 회의라고 보내줘")
	c.keys(ctrlU + "종료\r")
	if code := c.end(); code != 0 {
		t.Errorf("exit %d", code)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if diff := cmp.Diff([]string{"지민이에게 내일 3시 회의라고 보내줘", "김지민"}, asked); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if len(before) > 0 || !cmp.Equal(arrived, []string{"김지민: 내일 3시 회의예요"}) || len(k.server.Refused()) > 0 {
		t.Errorf("arrived before %q, after %q; refused %q", before, arrived, k.server.Refused())
	}
}

// TestChatStop: Ctrl-C ends what is going on, a second one the program.
func TestChatStop(t *testing.T) {
	hang := make(chan struct{})
	defer close(hang)
	var k *talker
	var arrived []string
	var last clovatest.Request
	k = startTalker(t, func(r clovatest.Request) clovatest.Reply {
		last = r
		switch r.Last() {
		case "기다려":
			return clovatest.Reply{Text: "늦은 답", Hang: hang}
		case "보내줘":
			return chatCall("send_message", `{"to":["김지민"],"message":"회의예요"}`)
		case "친구 찾아줘":
			return chatCall("search_kakao_friends", `{"query":"김지민"}`)
		case "어떻게 됐어?":
			arrived = k.deliveries(t)
		}
		return clovatest.Reply{Text: "네, 그래요."}
	})
	c := startConsole(t, k.env(t), "chat", "--sandbox")
	c.await("> ")
	c.keys("기다려\r")
	c.await("생각하고 있어요") // the spinner
	c.keys(ctrlC)
	c.await("중단했어요")
	c.await("> ")
	c.keys("친구 찾아줘\r")
	c.await("네, 그래요.")
	c.await("> ")
	c.keys("보내줘\r")
	c.await("[번호 1-3]")
	c.keys(ctrlC)
	c.await("중단했어요")
	c.await("> ")
	c.keys("어떻게 됐어?\r")
	c.await("네, 그래요.")
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(arrived) > 0 {
		t.Errorf("arrived %q although it was stopped", arrived)
	}
	var told []string
	for _, m := range last.Messages {
		told = append(told, m.Role)
	}
	// The request that got no answer is forgotten; the stopped call is not.
	want := []string{"system", "user", "assistant", "tool", "assistant", "user", "assistant", "tool", "assistant", "user"}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	c.await("> ")
	c.keys("글" + ctrlC)
	c.await("끝내려면 Ctrl-C를 한 번 더")
	c.await("> ")
	c.keys(ctrlC)
	if code := c.end(); code != 2 {
		t.Errorf("exit %d", code)
	}
}

func TestChatLeave(t *testing.T) {
	hang := make(chan struct{})
	defer close(hang)
	for _, c := range []struct {
		name string
		args []string
		keys string
		want int
	}{
		{"Ctrl-D", nil, ctrlD, 0},
		{"exit", nil, "EXIT\r", 0},
		{"종료", nil, " 종료 \r", 0},
		{"Ctrl-C twice", nil, ctrlC + ctrlC, 2},
		{"Ctrl-C twice in a turn", nil, "기다려\r" + "…" + ctrlC + ctrlC, 2},
		{"Ctrl-C in a single request", []string{"기다려"}, "…" + ctrlC, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := startTalker(t, func(clovatest.Request) clovatest.Reply {
				return clovatest.Reply{Status: http.StatusTeapot, Hang: hang}
			})
			p := startConsole(t, k.env(t), append([]string{"chat", "--sandbox"}, c.args...)...)
			if c.args == nil {
				p.await("> ")
			}
			first, rest, wait := strings.Cut(c.keys, "…")
			p.keys(first)
			if wait {
				p.await("생각하고 있어요")
				p.keys(rest)
			}
			if code := p.end(); code != c.want {
				t.Errorf("exit %d, want %d", code, c.want)
			}
		})
	}
}
