package console

import (
	"testing"

	"kakaotalk-mcp/cmd/internal/chat/clovatest"
	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// One Enter is one answer: each question comes up again, and none answers itself.
func TestOneEnterIsOneAnswer(t *testing.T) {
	t.Parallel()
	x := e2etest.NewFreshComputer(t).Open("setup", "--sandbox", "--clients", "none")
	x.Expect("누구에게 보낼까요?", "번호")
	x.Press("3", e2etest.Enter)
	x.Expect("1에서 2 사이", "번호")
	x.Press("2", e2etest.Enter)
	x.Expect("REST API 키", "입력:")
	x.Press(e2etest.Enter)
	x.Expect("32글자예요", "입력:")
	x.Press("가나 다라", e2etest.Enter)
	x.Expect("32글자예요", "입력:")
	x.Press(e2etest.CtrlC)
	x.Expect("저장한 것은 없어요")
	x.Exit(2)
	if n := x.Times("32글자예요"); n != 2 {
		t.Errorf("%d answers to two questions", n)
	}
}

// A person asks the assistant for a message, agrees, and leaves with Ctrl-C. How the
// line that is typed is drawn is not looked at.
func TestChatOnAConsole(t *testing.T) {
	t.Parallel()
	var arrived []string
	model := e2etest.StartModel(t, func(m *e2etest.Model, r clovatest.Request) clovatest.Reply {
		switch last := r.Last(); {
		case last == "지민이에게 회의라고 전해줘":
			return e2etest.ChatCall("send_message", `{"to":["김지민"],"message":"3시 회의예요"}`)
		case e2etest.ToolJSON(last)["status"] == "sent":
			arrived = m.Arrived(t)
			return clovatest.Reply{Text: "잘 전했어요!"}
		default:
			return clovatest.Reply{Text: "못 전했어요: " + last}
		}
	})
	x := e2etest.OpenTerminal(t, model.Env(t), 80, e2etest.Program(t), "chat", "--sandbox")
	x.Expect("Ctrl-D를 눌러 주세요")
	x.Press("지민이에게 회의라고 전해줘", e2etest.Enter)
	x.Expect("카카오톡 메시지를 보낼까요?", "3시 회의예요", "[번호 1-3]")
	x.Press("1", e2etest.Enter)
	x.Expect("잘 전했어요!")
	x.Press(e2etest.CtrlC)
	x.Expect("한 번 더")
	x.Press(e2etest.CtrlC)
	x.Exit(2)
	model.Lock()
	defer model.Unlock()
	if len(arrived) != 1 || arrived[0] != "김지민: 3시 회의예요" {
		t.Errorf("arrived: %q", arrived)
	}
}
