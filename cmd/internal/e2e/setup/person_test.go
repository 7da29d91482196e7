package setup

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

const wrongKey32 = "ffffffffffffffffffffffffffffffff"

// From nothing to the first message, with a wrong key, a wrong secret and a
// forgotten redirect URI on the way. Then once more: nothing changes.
func TestSetupToFirstMessage(t *testing.T) {
	t.Parallel()
	w := e2etest.NewFreshComputer(t)
	w.Kakao.UpdateApp(func(a *sandbox.App) { a.RedirectURIs = a.RedirectURIs[:1] })
	x := w.Open("setup")
	x.Expect("누구에게 보낼까요?", "번호")
	x.Press("2", e2etest.Enter)
	x.Expect("1. 앱 만들기", "https://developers.kakao.com/console/app", "REST API 키", "입력:")
	x.Press("abc", e2etest.Enter)
	x.Expect("32글자예요")
	x.Expect("입력:")
	x.Press(wrongKey32, e2etest.Enter)
	x.Expect("KOE101", "[앱] > [플랫폼 키] > [REST API 키]", "입력:")
	x.Press(w.App.Key, e2etest.Enter)
	x.Expect("✔ REST API 키를 입력했어요", "2. 클라이언트 시크릿", "입력(보이지 않아요):")
	x.Press("wrong", e2etest.Enter)
	x.Expect("KOE010", "입력(보이지 않아요):")
	if x.Saw("setup`으로 다시") {
		t.Error("setup tells the person to run setup")
	}
	x.Press(w.App.Secret, e2etest.Enter)
	x.Expect("맞아요", "톡캘린더 알림도", "동의항목 [톡캘린더 및 일정 생성, 조회, 편집/삭제]", "번호")
	x.Press("1", e2etest.Enter)
	x.Expect("3. 카카오 로그인", "/auth/callback", "/friends/callback", "5. 동의항목", "친구목록] → [이용 중 동의]", "모두 설정했나요?", "나중에 하기")
	x.Press(e2etest.Enter)
	x.Expect("KOE006", "/friends/callback", "다시 확인할까요?", "확인하지 않고 계속하기")
	w.Kakao.UpdateApp(func(a *sandbox.App) { a.RedirectURIs = w.App.RedirectURIs })
	x.Press(e2etest.Enter)
	x.Expect("모두 설정했나요?", "나중에 하기")
	x.Press("1", e2etest.Enter)
	x.Expect("✔ 리다이렉트 URI 두 개가", "- 동의항목", "로그인할 때", "✔ 로그인했어요", "메시지를 보냈어요", "언제 물어볼까요?", "번호")
	x.Press("1", e2etest.Enter)
	x.Expect("✔ 설정이 끝났어요", "등록하려면:", " install`")
	x.Exit(0)
	sent := w.Kakao.Deliveries()
	if len(sent) != 1 {
		t.Fatalf("%d messages were delivered", len(sent))
	}
	if x.Saw(w.App.Secret) {
		t.Error("the secret is on the screen")
	}

	w.LoginOver()
	before := e2etest.Files(t, w.User)
	for _, text := range before {
		if strings.Contains(text, "KAKAO_CLIENT_SECRET=") {
			t.Error("the secret is in config.env")
		}
	}
	x = w.Open("setup") // knows from the login for whom, and what was answered
	x.Expect("✔ REST API 키를 입력했어요", "맞아요", "✔ 리다이렉트 URI 두 개가", "✔ 로그인한 계정으로", "로그인되어 있어요", "테스트 메시지", "건너뛰기")
	x.Press("2", e2etest.Enter)
	x.Expect("✔ 설정이 끝났어요")
	x.Exit(0)
	if diff := cmp.Diff(before, e2etest.Files(t, w.User)); diff != "" {
		t.Errorf("the second run changed files:\n%s", diff)
	}
	if n := len(w.Kakao.Deliveries()); n != 1 {
		t.Errorf("%d messages after the second run", n)
	}
}

// Stopped with Ctrl-C at every question, and each time resumed.
func TestSetupResumes(t *testing.T) {
	t.Parallel()
	w := e2etest.NewFreshComputer(t)
	w.Kakao.UpdateApp(func(a *sandbox.App) { a.RedirectURIs = nil })
	w.Set("BROWSER", touching(t, w)) // shows nothing: the login stays open
	const nothing, stored = "이번에 저장한 것은 없어요", "여기까지 한 것은 저장했어요"
	stop := func(x *e2etest.Terminal, told string) {
		t.Helper()
		x.Press(e2etest.CtrlC)
		x.Expect(told, "이어서 할 수 있어요")
		x.Exit(2)
	}
	x := w.Open("setup")
	x.Expect("누구에게", "번호")
	stop(x, nothing)
	if got := e2etest.Files(t, w.User); len(got) > 0 {
		t.Errorf("stored before anything was answered: %v", keysOf(got))
	}
	x = w.Open("setup")
	x.Expect("누구에게", "번호")
	x.Press(e2etest.Enter)
	x.Expect("1. 앱", "입력:")
	stop(x, nothing)

	x = w.Open("setup", "--for", "me")
	x.Expect("1. 앱", "입력:")
	x.Press(w.App.Key, e2etest.Enter)
	x.Expect("2. 클라이언트 시크릿", "입력(보이지 않아요):")
	stop(x, stored)

	x = w.Open("setup", "--for", "me") // the key is not asked for again
	x.Expect("✔ REST API 키를", "2. 클라이언트 시크릿", "입력(보이지 않아요):")
	x.Press(w.App.Secret, e2etest.Enter)
	x.Expect("톡캘린더 알림도", "번호")
	stop(x, stored)

	x = w.Open("setup", "--for", "me") // nor the secret
	x.Expect("맞아요", "톡캘린더 알림도", "번호")
	x.Press(e2etest.Enter)
	x.Expect("모두 설정했나요?", "나중에")
	stop(x, stored)

	x = w.Open("setup", "--for", "me") // nor that
	x.Expect("맞아요", "모두 설정했나요?", "나중에")
	x.Press("2", e2etest.Enter)
	x.Expect(nothing, "이어서 할 수 있어요")
	x.Exit(2)

	w.Kakao.UpdateApp(func(a *sandbox.App) { a.RedirectURIs = w.App.RedirectURIs })
	x = w.Open("setup", "--for", "me")
	x.Expect("이미 등록되어 있어요", "모두 설정했나요?", "나중에")
	x.Press("1", e2etest.Enter)
	x.Expect("로그인할 때", "기다리고 있어요")
	stop(x, nothing)

	w.Set("BROWSER", e2etest.Self(t))
	x = w.Open("setup", "--for", "me")
	x.Expect("모두 설정했나요?", "나중에")
	x.Press("1", e2etest.Enter)
	x.Expect("✔ 로그인했어요", "메시지를 보냈어요", "✔ 설정이 끝났어요")
	x.Exit(0)
	if n := len(w.Kakao.Deliveries()); n != 1 {
		t.Errorf("%d messages were delivered", n)
	}
}

// Many questions in a row: no key is swallowed by the question before.
func TestSetupLosesNoKey(t *testing.T) {
	t.Parallel()
	w := e2etest.NewFreshComputer(t)
	x := w.Open("setup", "--sandbox", "--for", "me")
	for range 15 {
		x.Expect("연습용 키", "입력:")
		x.Press(wrongKey32, e2etest.Enter)
		x.Expect("KOE101")
	}
	x.Expect("입력:")
	x.Press(e2etest.CtrlC)
	x.Exit(2)
}

// Plain questions for screen readers: numbered choices, lines, nothing redrawn.
func TestSetupAccessible(t *testing.T) {
	t.Parallel()
	w := e2etest.NewFreshComputer(t)
	w.Kakao.UpdateApp(func(a *sandbox.App) { a.RedirectURIs = nil })
	x := w.Open("setup")
	x.Expect("1. 나에게만", "2. 친구에게도", "번호")
	x.Press("5\r")
	x.Expect("1에서 2 사이", "번호")
	x.Press("1\r")
	x.Expect("1. 앱 만들기", "REST API 키", "입력:")
	x.Press("abc\r")
	x.Expect("32글자예요", "입력:")
	x.Press(w.App.Key + "\r")
	x.Expect("2. 클라이언트 시크릿", "입력(보이지 않아요):")
	x.Press(w.App.Secret + "x\x7f\r")
	x.Expect("맞아요", "톡캘린더 알림도", "1. 사용하지 않기", "2. 사용하기", "번호")
	x.Press("2\r")
	x.Expect("[톡캘린더 및 일정 생성, 조회, 편집/삭제] → [이용 중 동의]", "모두 설정했나요?", "1. 네", "2. 나중에", "번호")
	w.Kakao.UpdateApp(func(a *sandbox.App) { a.RedirectURIs = w.App.RedirectURIs })
	x.Press("1\r")
	x.Expect("✔ 로그인했어요", "✔ 설정이 끝났어요", "doctor --try-reminder")
	x.Exit(0)
	if raw, err := os.ReadFile(filepath.Join(w.Home, "config.env")); err != nil || !strings.Contains(string(raw), "KAKAO_CALENDAR=on") {
		t.Errorf("config.env: %v\n%s", err, raw)
	}
	if x.Saw(w.App.Secret) {
		t.Error("the secret was echoed")
	}
	if len(w.Kakao.Deliveries()) != 1 {
		t.Error("no message was delivered")
	}

	x = w.Open("setup", "--for", "me") // Ctrl-C and Ctrl-D leave a plain question
	x.Expect("테스트 메시지", "번호")
	x.Press(e2etest.CtrlC)
	x.Exit(2)
	if err := os.RemoveAll(filepath.Join(w.Home, "secrets")); err != nil { // and with them the login
		t.Fatal(err)
	}
	x = w.Open("setup")
	x.Expect("누구에게", "번호")
	x.Press(e2etest.EndOfInput)
	x.Exit(2)
}

var loginPage = regexp.MustCompile(`http://127\.0\.0\.1:\d+/oauth/authorize\?[!-~]*state=[\w-]{27}`)

// Without a browser the address is shown and the login done elsewhere. What waits
// for a pasted address meanwhile takes none of the next question's keys.
func TestSetupWithoutBrowser(t *testing.T) {
	t.Parallel()
	w := e2etest.NewFreshComputer(t)
	w.SetUp()
	w.Set("BROWSER", e2etest.NoBrowser)
	if err := os.Mkdir(filepath.Join(w.User, ".cursor"), 0o700); err != nil {
		t.Fatal(err)
	}
	x := w.Open("setup", "--for", "me", "--calendar", "off")
	x.Expect("모두 설정했나요?", "나중에")
	x.Press("1", e2etest.Enter)
	x.Expect("로그인할 때", "카카오 로그인 주소", "브라우저를 열 수 없었어요", "붙여 넣어 주세요")
	x.Press("http://localhost/elsewhere" + e2etest.Enter)
	x.Expect("이 로그인의 주소가 아니에요")
	page := loginPage.FindString(x.Seen())
	var v sandbox.Visitor
	if got, err := v.Visit(t.Context(), page); err != nil || got.Status != 200 {
		t.Fatalf("%q: %d %v", page, got.Status, err)
	}
	x.Expect("✔ 로그인했어요", "메시지를 보냈어요", "어떤 AI 클라이언트에 등록할까요?", "Cursor", "번호")
	x.Press(e2etest.Enter) // as in install: what was found
	x.Expect("Cursor에 등록했어요", "✔ 설정이 끝났어요", "AI 클라이언트(Cursor)", "내 카톡으로 오늘 할 일 보내 줘")
	x.Exit(0)
	x = w.Open("setup", "--no-message")
	x.Expect("나에게 보내도록 설정되어 있어요", "✔ Cursor에 등록되어 있어요", "✔ 설정이 끝났어요")
	x.Exit(0)
}
