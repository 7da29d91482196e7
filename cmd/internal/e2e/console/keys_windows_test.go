package console

import (
	"testing"

	"kakaotalk-mcp/cmd/internal/chat/clovatest"
	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// Ctrl-Z ends the input, where elsewhere it stops a job: it leaves whatever asks.
func TestCtrlZLeaves(t *testing.T) {
	t.Parallel()
	const ctrlZ = "\x1a"
	c := e2etest.NewFreshComputer(t)
	x := c.Open("setup")
	x.Expect("누구에게 보낼까요?", "번호")
	x.Press(e2etest.EndOfInput)
	x.Expect("이어서 할 수 있어요")
	x.Exit(2)

	c.Set("KAKAO_CLIENT_ID", c.App.Key)
	x = c.Open("setup", "--for", "me")
	x.Expect("입력(보이지 않아요):")
	x.Press("abc", ctrlZ)
	x.Expect("이어서 할 수 있어요")
	x.Exit(2)

	model := e2etest.StartModel(t, func(*e2etest.Model, clovatest.Request) clovatest.Reply { return clovatest.Reply{} })
	x = e2etest.OpenTerminal(t, model.Env(t), 80, e2etest.Program(t), "chat", "--sandbox")
	x.Expect("Ctrl-D를 눌러 주세요")
	x.Press(ctrlZ)
	x.Exit(0)
}
