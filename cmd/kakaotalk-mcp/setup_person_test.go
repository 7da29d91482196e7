package main

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/tools/kakao/sandbox"
)

const wrongKey32 = "ffffffffffffffffffffffffffffffff"

// From nothing to the first message, with a wrong key, a wrong secret and a
// forgotten redirect URI on the way. Then once more: nothing changes.
func TestSetupToFirstMessage(t *testing.T) {
	w := newWorld(t)
	w.kakao.UpdateApp(func(a *sandbox.App) { a.RedirectURIs = a.RedirectURIs[:1] })
	x := w.open("setup")
	x.expect("누구에게 보낼까요?", "번호")
	x.press("2", keyEnter)
	x.expect("1. 앱 만들기", "https://developers.kakao.com/console/app", "REST API 키", "입력:")
	x.press("abc", keyEnter)
	x.expect("32글자예요")
	x.expect("입력:")
	x.press(wrongKey32, keyEnter)
	x.expect("KOE101", "[앱] > [플랫폼 키] > [REST API 키]", "입력:")
	x.press(w.app.Key, keyEnter)
	x.expect("✔ REST API 키가 있어요", "2. 클라이언트 시크릿", "입력(보이지 않아요):")
	x.press("wrong", keyEnter)
	x.expect("KOE010", "입력(보이지 않아요):")
	if x.saw("setup`으로 다시") {
		t.Error("setup tells the person to run setup")
	}
	x.press(w.app.Secret, keyEnter)
	x.expect("맞아요", "3. 카카오 로그인", "/auth/callback", "/friends/callback", "5. 동의항목", "친구목록] → [이용 중 동의]", "모두 설정했나요?", "나중에 할게요")
	x.press(keyEnter)
	x.expect("KOE006", "/friends/callback", "다시 확인할까요?", "그냥 계속")
	w.kakao.UpdateApp(func(a *sandbox.App) { a.RedirectURIs = w.app.RedirectURIs })
	x.press(keyEnter)
	x.expect("모두 설정했나요?", "나중에 할게요")
	x.press("1", keyEnter)
	x.expect("✔ 콘솔 설정을 확인했어요", "✔ 로그인했어요", "메시지를 보냈어요", "✔ 설정이 끝났어요")
	x.exit(0)
	sent := w.kakao.Deliveries()
	if len(sent) != 1 {
		t.Fatalf("%d messages were delivered", len(sent))
	}
	if x.saw(w.app.Secret) {
		t.Error("the secret is on the screen")
	}

	before := files(t, w.home)
	for _, text := range before {
		if strings.Contains(text, "KAKAO_CLIENT_SECRET=") {
			t.Error("the secret is in config.env")
		}
	}
	x = w.open("setup", "--for", "friends")
	x.expect("✔ REST API 키가 있어요", "맞아요", "콘솔에 설정되어 있어요", "✔ 로그인되어 있어요", "시험 메시지", "건너뛰기")
	x.press("2", keyEnter)
	x.expect("✔ 설정이 끝났어요")
	x.exit(0)
	if diff := cmp.Diff(before, files(t, w.home)); diff != "" {
		t.Errorf("the second run changed files:\n%s", diff)
	}
	if n := len(w.kakao.Deliveries()); n != 1 {
		t.Errorf("%d messages after the second run", n)
	}
}

// Stopped with Ctrl-C at every question, and each time resumed.
func TestSetupResumes(t *testing.T) {
	w := newWorld(t)
	w.kakao.UpdateApp(func(a *sandbox.App) { a.RedirectURIs = nil })
	w.env["BROWSER"] = touching(t, w) // shows nothing: the login stays open
	const nothing, stored = "이번에 저장한 것은 없어요", "여기까지 한 것은 저장했어요"
	stop := func(x *terminal, told string) {
		t.Helper()
		x.press(keyCtrlC)
		x.expect(told, "이어서 할 수 있어요")
		x.exit(2)
	}
	x := w.open("setup")
	x.expect("누구에게", "번호")
	stop(x, nothing)
	if got := files(t, w.home); len(got) > 0 {
		t.Errorf("stored before anything was answered: %v", keysOf(got))
	}
	x = w.open("setup")
	x.expect("누구에게", "번호")
	x.press(keyEnter)
	x.expect("1. 앱", "입력:")
	stop(x, nothing)

	x = w.open("setup", "--for", "me")
	x.expect("1. 앱", "입력:")
	x.press(w.app.Key, keyEnter)
	x.expect("2. 클라이언트 시크릿", "입력(보이지 않아요):")
	stop(x, stored)

	x = w.open("setup", "--for", "me") // the key is not asked for again
	x.expect("✔ REST API 키가", "2. 클라이언트 시크릿", "입력(보이지 않아요):")
	x.press(w.app.Secret, keyEnter)
	x.expect("모두 설정했나요?", "나중에")
	stop(x, stored)

	x = w.open("setup", "--for", "me") // nor the secret
	x.expect("맞아요", "모두 설정했나요?", "나중에")
	x.press("2", keyEnter)
	x.expect(nothing, "이어서 할 수 있어요")
	x.exit(2)

	w.kakao.UpdateApp(func(a *sandbox.App) { a.RedirectURIs = w.app.RedirectURIs })
	x = w.open("setup", "--for", "me")
	x.expect("콘솔에 설정되어 있어요", "기다리고 있어요")
	stop(x, nothing)

	w.env["BROWSER"] = os.Args[0]
	x = w.open("setup", "--for", "me")
	x.expect("✔ 로그인했어요", "메시지를 보냈어요", "✔ 설정이 끝났어요")
	x.exit(0)
	if n := len(w.kakao.Deliveries()); n != 1 {
		t.Errorf("%d messages were delivered", n)
	}
}

// Many questions in a row: no key is swallowed by the question before.
func TestSetupLosesNoKey(t *testing.T) {
	w := newWorld(t)
	x := w.open("setup", "--sandbox", "--for", "me")
	for range 15 {
		x.expect("연습용 키", "입력:")
		x.press(wrongKey32, keyEnter)
		x.expect("KOE101")
	}
	x.expect("입력:")
	x.press(keyCtrlC)
	x.exit(2)
}

// Plain questions for screen readers: numbered choices, lines, nothing redrawn.
func TestSetupAccessible(t *testing.T) {
	w := newWorld(t)
	w.kakao.UpdateApp(func(a *sandbox.App) { a.RedirectURIs = nil })
	x := w.open("setup")
	x.expect("1. 나에게만", "2. 친구에게도", "번호")
	x.press("5\r")
	x.expect("1부터 2 사이", "번호")
	x.press("1\r")
	x.expect("1. 앱 만들기", "REST API 키", "입력:")
	x.press("abc\r")
	x.expect("32글자예요", "입력:")
	x.press(w.app.Key + "\r")
	x.expect("2. 클라이언트 시크릿", "입력(보이지 않아요):")
	x.press(w.app.Secret + "x\x7f\r")
	x.expect("맞아요", "모두 설정했나요?", "1. 네", "2. 나중에", "번호")
	w.kakao.UpdateApp(func(a *sandbox.App) { a.RedirectURIs = w.app.RedirectURIs })
	x.press("1\r")
	x.expect("✔ 로그인했어요", "✔ 설정이 끝났어요")
	x.exit(0)
	if x.saw(w.app.Secret) {
		t.Error("the secret was echoed")
	}
	if len(w.kakao.Deliveries()) != 1 {
		t.Error("no message was delivered")
	}

	x = w.open("setup", "--for", "me") // Ctrl-C and Ctrl-D leave a plain question
	x.expect("시험 메시지", "번호")
	x.press(keyCtrlC)
	x.exit(2)
	x = w.open("setup")
	x.expect("번호")
	x.press("\x04")
	x.exit(2)
}

var loginPage = regexp.MustCompile(`http://127\.0\.0\.1:\d+/oauth/authorize\?[!-~]*state=[\w-]{27}`)

// Without a browser the address is shown and the login done elsewhere. What waits
// for a pasted address meanwhile takes none of the next question's keys.
func TestSetupWithoutBrowser(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("component missing: a computer without a browser")
	}
	w := newWorld(t)
	w.setUp()
	w.env["BROWSER"] = ""
	w.env["TMPDIR"] = t.TempDir() // the program must not lie in it to be registered
	if err := os.Mkdir(filepath.Join(w.home, ".cursor"), 0o700); err != nil {
		t.Fatal(err)
	}
	x := w.open("setup", "--for", "me")
	x.expect("콘솔에 설정되어 있어요", "카카오 로그인 주소", "브라우저를 열 수 없었어요", "붙여 넣어 주세요")
	x.press("http://localhost/elsewhere" + keyEnter)
	x.expect("이 로그인의 주소가 아니에요")
	x.mu.Lock()
	page := loginPage.FindString(x.seen)
	x.mu.Unlock()
	var v sandbox.Visitor
	if got, err := v.Visit(t.Context(), page); err != nil || got.Status != 200 {
		t.Fatalf("%q: %d %v", page, got.Status, err)
	}
	x.expect("✔ 로그인했어요", "메시지를 보냈어요", "어디에 등록할까요?", "Cursor", "번호")
	x.press(keyEnter)
	x.expect("✔ 설정이 끝났어요")
	x.exit(0)
}
