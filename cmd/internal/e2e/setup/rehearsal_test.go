package setup

import (
	"net/http"
	"regexp"
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// The rehearsal lets people make mistakes, reaches the message, and leaves
// nothing behind.
func TestSetupRehearsal(t *testing.T) {
	t.Parallel()
	w := e2etest.NewFreshComputer(t)
	w.Set("KAKAO_CLIENT_ID", wrongKey32) // of no use to the sandbox
	x := w.Open("setup", "--sandbox")
	x.ShowsSecret = true
	x.Expect("연습이에요", "누구에게", "번호")
	x.Press(e2etest.Enter)
	x.Expect("연습용 키:")
	key := x.Word(32) // as long as setup says that keys are
	x.Expect("(틀린", "입력:")
	x.Press("abc", e2etest.Enter)
	x.Expect("32글자예요", "입력:")
	x.Press(key, e2etest.Enter)
	x.Expect("연습용 시크릿", "입력(보이지 않아요):")
	x.Press("wrong", e2etest.Enter)
	x.Expect("KOE010", "연습용 시크릿:")
	secret := x.Word(32)
	x.Expect("입력(보이지 않아요):")
	x.Press(secret, e2etest.Enter)
	x.Expect("맞아요", "연습할까요?", "동의항목을 설정하지 않은 경우", "번호")
	for _, slip := range []struct{ keys, koe string }{{"2", "KOE004"}, {"3", "KOE006"}} {
		x.Press(slip.keys, e2etest.Enter)
		x.Expect(slip.koe, "다시 확인할까요?", "확인하지 않고 계속하기")
		x.Press(e2etest.Enter)
		x.Expect("연습할까요?", "동의항목을 설정하지 않은 경우", "번호")
	}
	x.Press("5", e2etest.Enter) // shows at the login, which cannot come back
	x.Expect("로그인할 때 확인해요", "카카오 로그인 주소")
	x.Press(e2etest.Enter)
	x.Expect("고쳤다고 가정", "✔ 로그인했어요: 김하늘", "메시지를 보냈어요", "대화방을 브라우저로", "Enter")
	res, err := http.Get(x.Address("/rooms")) // there as long as the person looks
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Errorf("the chat rooms: %s", res.Status)
	}
	x.Press(e2etest.Enter)
	x.Expect("✔ 연습이 끝났어요", "setup`", "install --sandbox`")
	x.Exit(0)
	if x.Saw("설정이 끝났어요. `") {
		t.Error("a rehearsal says that all is set")
	}
	if x.Saw("친구목록은 없어도 돼요") {
		t.Error("the friend list is spoken of where only [카카오톡 메시지 전송] is missing")
	}
	if got := e2etest.Files(t, w.User); len(got) > 0 {
		t.Errorf("left in the home: %v", keysOf(got))
	}
}

// Over SSH a rehearsal's login page needs its own port forwarded, too.
func TestRehearsalOverSSH(t *testing.T) {
	t.Parallel()
	w := e2etest.NewFreshComputer(t)
	x := w.Open("login", "--sandbox", "--no-browser")
	x.Expect("카카오 로그인 주소", "http://127.0.0.1:")
	page := regexp.MustCompile(`^\d+`).FindString(x.Word(5))
	x.Expect("ssh -L", "-L "+page+":127.0.0.1:"+page+" 서버")
	x.Press(e2etest.CtrlC)
	x.Exit(2)
	if x.Saw("다른 컴퓨터에서") {
		t.Error("offers a login on another computer, where the page does not open")
	}
}
