package main

import (
	"net/http"
	"regexp"
	"testing"
)

// The rehearsal lets people make mistakes, reaches the message, and leaves
// nothing behind.
func TestSetupRehearsal(t *testing.T) {
	w := newWorld(t)
	w.env["KAKAO_CLIENT_ID"] = wrongKey32 // of no use to the sandbox
	x := w.open("setup", "--sandbox")
	x.expect("연습이에요", "누구에게", "번호")
	x.press(keyEnter)
	x.expect("연습용 키:")
	key := x.word(32) // as long as setup says that keys are
	x.expect("(틀린", "입력:")
	x.press("abc", keyEnter)
	x.expect("32글자예요", "입력:")
	x.press(key, keyEnter)
	x.expect("연습용 시크릿", "입력(보이지 않아요):")
	x.press("wrong", keyEnter)
	x.expect("KOE010", "연습용 시크릿:")
	secret := x.word(32)
	x.expect("입력(보이지 않아요):")
	x.press(secret, keyEnter)
	x.expect("맞아요", "(연습)", "동의항목 설정을 잊은 척하기", "번호")
	for _, slip := range []struct{ keys, koe string }{{"2", "KOE004"}, {"3", "KOE006"}, {"4", "OpenID Connect가 꺼져"}, {"5", "KOE205"}} {
		x.press(slip.keys, keyEnter)
		x.expect(slip.koe, "다시 확인할까요?", "그냥 계속")
		x.press(keyEnter)
		x.expect("(연습)", "동의항목 설정을 잊은 척하기", "번호")
	}
	x.press(keyEnter)
	x.expect("✔ 콘솔 설정을", "✔ 로그인했어요", "메시지를 보냈어요", "대화방을 브라우저로", "Enter")
	res, err := http.Get(x.address("/rooms")) // there as long as the person looks
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Errorf("the chat rooms: %s", res.Status)
	}
	x.press(keyEnter)
	x.expect("✔ 연습이 끝났어요", "setup`", "install --sandbox`")
	x.exit(0)
	if x.saw("설정이 끝났어요. `") {
		t.Error("a rehearsal says that all is set")
	}
	if x.saw("친구목록은 없어도 돼요") {
		t.Error("the friend list is spoken of where only [카카오톡 메시지 전송] is missing")
	}
	if got := files(t, w.home); len(got) > 0 {
		t.Errorf("left in the home: %v", keysOf(got))
	}
}

// Over SSH a rehearsal's login page needs its own port forwarded, too.
func TestRehearsalOverSSH(t *testing.T) {
	w := newWorld(t)
	x := w.open("login", "--sandbox", "--no-browser")
	x.expect("카카오 로그인 주소", "http://127.0.0.1:")
	page := regexp.MustCompile(`^\d+`).FindString(x.word(5))
	x.expect("ssh -L", "-L "+page+":127.0.0.1:"+page+" 서버")
	x.press(keyCtrlC)
	x.exit(2)
	if x.saw("아무 컴퓨터에서") {
		t.Error("offers a login on another computer, where the page does not open")
	}
}
