package chat

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/cmd/internal/chat/clovatest"
	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

const (
	ctrlU              = "\x15"
	arrowUp, arrowLeft = "\x1b[A", "\x1b[D"
	rubout             = "\x7f"
)

// openChat starts the program in a narrow terminal, with this model.
func openChat(t *testing.T, model *e2etest.Model, args ...string) *e2etest.Terminal {
	t.Helper()
	return e2etest.OpenTerminal(t, model.Env(t), 60, e2etest.Program(t), args...)
}

// TestChatConversation is a person who asks for a message to one of three people
// of the same name: search, ambiguity, question to the human, send.
func TestChatConversation(t *testing.T) {
	t.Parallel()
	var arrived, before []string
	asked := []string{}
	k := e2etest.StartModel(t, func(m *e2etest.Model, r clovatest.Request) clovatest.Reply {
		if last := r.Messages[len(r.Messages)-1]; last.Role == "user" {
			asked = append(asked, *last.Content)
		}
		switch result := e2etest.ToolJSON(r.Last()); {
		case result["friends"] != nil:
			before = m.Arrived(t)
		case result["status"] == "sent":
			arrived = m.Arrived(t)
		}
		return meetingModel(r)
	})
	c := openChat(t, k, "chat", "--sandbox")
	c.Await("> ")
	// A syllable too much, rubbed out; a word put in by moving back; decomposed text.
	c.Press("지민이에겐" + rubout + "게 내일 회의라고 보내줘" + strings.Repeat(arrowLeft, len([]rune("회의라고 보내줘"))) + "3시 " + "\r")
	c.Await("누구에게 보낼까요?")
	c.Await("> ")
	c.Press("\u1100\u1175\u11b7지민\r" + "1\r") // 김 in three pieces; an answer before the question counts for nothing
	c.Await("카카오톡 메시지를 보낼까요?")
	c.Await("내일 3시 회의예요")
	c.Await("1) 이번만 보내기")
	c.Await("[번호 1-3]")
	c.Press("\r9\r") // no choice, and none of them
	c.Await("[번호 1-3]")
	k.Lock()
	if len(arrived) > 0 {
		t.Error("sent without an answer")
	}
	k.Unlock()
	c.Press("1\r")
	c.Await("김지민님에게 보냈어요.")
	c.Await("> ")
	c.Press(arrowUp + arrowUp) // an earlier line
	c.Await("지민이에게 내일 3시 회의라고 보내줘")
	c.Press(ctrlU + "종료\r")
	if code := c.End(); code != 0 {
		t.Errorf("exit %d", code)
	}
	k.Lock()
	defer k.Unlock()
	if diff := cmp.Diff([]string{"지민이에게 내일 3시 회의라고 보내줘", "김지민"}, asked); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if len(before) > 0 || !cmp.Equal(arrived, []string{"김지민: 내일 3시 회의예요"}) || len(k.Refused()) > 0 {
		t.Errorf("arrived before %q, after %q; refused %q", before, arrived, k.Refused())
	}
}

// TestChatStop: Ctrl-C ends what is going on, a second one the program.
func TestChatStop(t *testing.T) {
	t.Parallel()
	hang := make(chan struct{})
	defer close(hang)
	var arrived []string
	var last clovatest.Request
	k := e2etest.StartModel(t, func(m *e2etest.Model, r clovatest.Request) clovatest.Reply {
		last = r
		switch r.Last() {
		case "기다려":
			return clovatest.Reply{Text: "늦은 답", Hang: hang}
		case "보내줘":
			return e2etest.ChatCall("send_message", `{"to":["김지민"],"message":"회의예요"}`)
		case "친구 찾아줘":
			return e2etest.ChatCall("search_kakao_friends", `{"query":"김지민"}`)
		case "어떻게 됐어?":
			arrived = m.Arrived(t)
		}
		return clovatest.Reply{Text: "네, 그래요."}
	})
	c := openChat(t, k, "chat", "--sandbox")
	c.Await("> ")
	c.Press("기다려\r")
	c.Await("생각하고 있어요") // the spinner
	c.Press(e2etest.CtrlC)
	c.Await("중단했어요")
	c.Await("> ")
	c.Press("친구 찾아줘\r")
	c.Await("네, 그래요.")
	c.Await("> ")
	c.Press("보내줘\r")
	c.Await("[번호 1-3]")
	c.Press(e2etest.CtrlC)
	c.Await("중단했어요")
	c.Await("> ")
	c.Press("어떻게 됐어?\r")
	c.Await("네, 그래요.")
	k.Lock()
	defer k.Unlock()
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
	c.Await("> ")
	c.Press("글" + e2etest.CtrlC)
	c.Await("끝내려면 Ctrl-C를 한 번 더")
	c.Await("> ")
	c.Press(e2etest.CtrlC)
	if code := c.End(); code != 2 {
		t.Errorf("exit %d", code)
	}
}

func TestChatLeave(t *testing.T) {
	t.Parallel()
	hang := make(chan struct{})
	t.Cleanup(func() { close(hang) })
	for _, c := range []struct {
		name string
		args []string
		keys string
		want int
	}{
		{"Ctrl-D", nil, e2etest.CtrlD, 0},
		{"exit", nil, "EXIT\r", 0},
		{"종료", nil, " 종료 \r", 0},
		{"Ctrl-C twice", nil, e2etest.CtrlC + e2etest.CtrlC, 2},
		{"Ctrl-C twice in a turn", nil, "기다려\r" + "…" + e2etest.CtrlC + e2etest.CtrlC, 2},
		{"Ctrl-C in a single request", []string{"기다려"}, "…" + e2etest.CtrlC, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			k := e2etest.StartModel(t, func(*e2etest.Model, clovatest.Request) clovatest.Reply {
				return clovatest.Reply{Status: http.StatusTeapot, Hang: hang}
			})
			p := openChat(t, k, append([]string{"chat", "--sandbox"}, c.args...)...)
			if c.args == nil {
				p.Await("> ")
			}
			first, rest, wait := strings.Cut(c.keys, "…")
			p.Press(first)
			if wait {
				p.Await("생각하고 있어요")
				p.Press(rest)
			}
			if code := p.End(); code != c.want {
				t.Errorf("exit %d, want %d", code, c.want)
			}
		})
	}
}
