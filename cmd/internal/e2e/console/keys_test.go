package console

import (
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// One Enter is one answer: each question comes up again, and none answers itself.
func TestOneEnterIsOneAnswer(t *testing.T) {
	x := e2etest.NewFreshComputer(t).Open("setup", "--sandbox", "--clients", "none")
	x.Expect("누구에게 보낼까요?", "번호")
	x.Press("3", e2etest.Enter)
	x.Expect("1부터 2 사이", "번호")
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
