package login

import (
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

func TestStatusLoginLogout(t *testing.T) {
	t.Parallel()
	h := e2etest.NewComputer(t)
	if s := h.Status(e2etest.ExitLogin); !s.SetUp || s.Login.LoggedIn || s.Login.Store != "file" {
		t.Errorf("before the login: %+v", s)
	}
	h.Expect(e2etest.ExitOK, "로그인되어 있지 않아요", "logout")
	h.Expect(e2etest.ExitOK, "로그인했어요", "login")
	h.Expect(e2etest.ExitOK, "이미 로그인되어 있어요", "login")
	if n := len(h.Opened()); n != 1 {
		t.Errorf("%d tabs", n)
	}
	s := h.Status(e2etest.ExitOK)
	if diff := cmp.Diff([]string{"openid", "talk_message"}, s.Login.Scopes); diff != "" || !s.Login.LoggedIn || s.Login.ID != fmt.Sprint(h.Kakao.Owner().ID) {
		t.Errorf("after the login: %+v", s)
	}
	for name, got := range map[string]struct {
		at   time.Time
		want time.Duration
	}{"access": {s.Login.Access, 6 * time.Hour}, "login": {s.Login.Refresh, 60 * 24 * time.Hour}} {
		if left := time.Until(got.at); left < got.want-time.Minute || left > got.want {
			t.Errorf("%s ends in %v", name, left)
		}
	}
	for _, set := range s.Settings {
		if set.Name == "KAKAO_CLIENT_SECRET" && (set.Value == h.Kakao.App().Secret || set.Origin != "environment") {
			t.Errorf("%+v", set)
		}
	}
	text := h.Expect(e2etest.ExitOK, "", "status")
	for _, words := range []string{"[카카오톡 메시지 전송]", "파일", "본인만", "회원번호"} {
		if !strings.Contains(text, words) {
			t.Errorf("status does not say %q:\n%s", words, text)
		}
	}
	h.Expect(e2etest.ExitOK, "로그인했어요", "login", "--friends") // the extra consent
	if s := h.Status(e2etest.ExitOK); len(s.Login.Scopes) < 3 || s.Login.Name != h.Kakao.Owner().Nickname && s.Login.Name != s.Login.ID {
		t.Errorf("after --friends: %+v", s.Login)
	}

	h.Kakao.SetFaults(sandbox.Faults{FailPath: "/v1/user/", Cut: "before", FailCount: -1})
	h.Expect(e2etest.ExitError, "저장된 로그인 정보는 그대로", "logout")
	h.Status(e2etest.ExitOK)
	h.Kakao.SetFaults(sandbox.Faults{})
	h.Kakao.ExpireAccessTokens() // the refresh token must go all the same
	h.Expect(e2etest.ExitOK, "로그아웃했어요", "logout")
	h.Status(e2etest.ExitLogin)
	h.Expect(e2etest.ExitOK, "로그인했어요", "login")
	h.Expect(e2etest.ExitOK, "연결을 끊고", "logout", "--unlink")
	h.Status(e2etest.ExitLogin)
	h.Expect(e2etest.ExitOK, "로그인했어요", "login")
	h.Kakao.ExpireAccessTokens()
	h.Kakao.ExpireRefreshTokens()
	if _, said, code := h.Run("logout", "--unlink"); code != e2etest.ExitOK || !strings.Contains(said, "앱 연결을 끊지 못했어요") || !strings.Contains(said, "로그아웃했어요") {
		t.Errorf("with a login that has ended: exit code %d\n%s", code, said)
	}
	h.Status(e2etest.ExitLogin)
}

func TestLoginSwitch(t *testing.T) {
	t.Parallel()
	h := e2etest.NewComputer(t)
	servers := h.Servers(1)
	h.SendAll(servers, "as the owner")
	before := h.Status(e2etest.ExitOK).Login
	other := h.Kakao.People()[1]
	h.Env = append(h.Env, e2etest.Person(other.Nickname))
	h.Expect(e2etest.ExitOK, "로그인했어요", "login", "--switch")
	after := h.Status(e2etest.ExitOK).Login
	if after.ID != fmt.Sprint(other.ID) || after.ID == before.ID {
		t.Errorf("logged in as %s", after.ID)
	}
	h.SendAll(servers, "as the other") // a server that ran all the time
	list := h.Kakao.Deliveries()
	if from := list[len(list)-1].From; from != other.ID {
		t.Errorf("the running server still sends as %d", from)
	}
}

// A login that a server has open is finished from the terminal.
func TestLoginTakesOver(t *testing.T) {
	t.Parallel()
	h := e2etest.NewComputer(t)
	h.Leave()
	s := h.Servers(1)[0]
	id := s.Request("tools/call", e2etest.SendCall("hello 0"))
	e2etest.WaitUntil(h, "a tab", func() bool { return len(h.Opened()) == 1 })
	st := h.Status(e2etest.ExitLogin).Login
	if st.Pending == "" || len(st.Locks) != 1 || st.Locks[0].PID != h.Keeper() || h.Keeper() == s.Cmd.Process.Pid {
		t.Errorf("status during a login: %+v", st)
	}
	h.Return()
	h.Expect(e2etest.ExitOK, "함께 기다려요", "login")
	h.Sent(s, id)
	expectLogins(h, 2, 1) // the same page, opened once more because somebody typed login
}

func TestLoginDeclinedAndUnusable(t *testing.T) {
	t.Parallel()
	h := e2etest.NewComputer(t)
	h.Env = append(h.Env, e2etest.Person("-"))
	h.Expect(e2etest.ExitUsage, "취소해서", "login")
	h.Env = append(h.Env, "KAKAO_LANG=en")
	h.Expect(e2etest.ExitUsage, "cancelled", "login")
}

// callback logs in on any computer and returns the address where the browser
// ended there.
func callback(h *e2etest.Computer, page string) string {
	h.Helper()
	return callbackOf(h, page, h.Kakao.Owner().ID)
}

func callbackOf(h *e2etest.Computer, page string, person int64) string {
	h.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.Fatal(err)
	}
	var ended string
	browser := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasSuffix(r.URL.Path, "/callback") {
			ended = r.URL.String()
			return http.ErrUseLastResponse
		}
		return nil
	}}
	open := func(res *http.Response, err error) *url.URL {
		h.Helper()
		if err != nil {
			h.Fatal(err)
		}
		res.Body.Close()
		return res.Request.URL
	}
	at := open(browser.Get(page))
	flow, host := at.Query().Get("flow"), "http://"+at.Host
	open(browser.PostForm(host+"/login", url.Values{"flow": {flow}, "person": {fmt.Sprint(person)}}))
	open(browser.PostForm(host+"/consent", url.Values{"flow": {flow}, "scope": {"talk_message", "friends", "profile_nickname"}, "answer": {"agree"}}))
	return ended
}

// pageIn returns the login page's address in what a command printed.
func pageIn(text string) string {
	for _, word := range strings.Fields(text) {
		if strings.Contains(word, "/oauth/authorize?") {
			return word
		}
	}
	return ""
}

func TestLoginWithPastedAddress(t *testing.T) {
	t.Parallel()
	h := e2etest.NewComputer(t)
	s := e2etest.Start(t, h.Env, "login", "--no-browser")
	e2etest.WaitUntil(h, "the page", func() bool { return strings.Contains(s.Stderr.String(), "붙여 넣어 주세요") })
	page := pageIn(s.Stderr.String())
	if !strings.Contains(s.Stderr.String(), "ssh -L") {
		t.Errorf("no line for SSH in:\n%s", s.Stderr)
	}
	right := callback(h, page)
	wrong := []string{"hello", page, "https://example.com/auth/callback?code=x&state=y", strings.Replace(right, "state=", "state=x", 1), strings.Replace(right, "/auth/", "/friends/", 1)}
	for i, line := range wrong {
		s.Send(line)
		e2etest.WaitUntil(h, "a refusal", func() bool { return strings.Count(s.Stderr.String(), "이 로그인의 주소가 아니에요") == i+1 })
	}
	s.Send("")
	s.Send("  " + right + "  ")
	if code := s.Exit(); code != e2etest.ExitOK || !strings.Contains(s.Stderr.String(), "로그인했어요") {
		t.Errorf("exit code %d:\n%s", code, s.Stderr)
	}
	if n := len(h.Opened()); n != 0 {
		t.Errorf("%d tabs", n)
	}
	h.Status(e2etest.ExitOK)
}

// Without a keychain the file store is offered on the spot.
func TestFileStoreOffered(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		e2etest.Missing(t, "a system whose keychain can be taken away")
	}
	h := e2etest.NewComputer(t)
	h.Env = append(h.Env, "KAKAO_TOKEN_STORE=", "DBUS_SESSION_BUS_ADDRESS=tcp:host=127.0.0.1,port=1")
	h.Expect(e2etest.ExitError, "KAKAO_TOKEN_STORE=file", "login") // nobody to ask
	h.WriteHome("config.env", "\ufeffexport KAKAO_TOKEN_STORE=\r\nKAKAO_CONFIRM=never\r\n")
	for _, c := range []struct {
		answer string
		code   int
	}{{"n", e2etest.ExitUsage}, {"y", e2etest.ExitOK}} {
		x := h.Open("login")
		x.Expect("[y/N]")
		x.Press(c.answer, e2etest.Enter)
		x.Exit(c.code)
	}
	if raw, err := os.ReadFile(filepath.Join(h.Home, "config.env")); err != nil || string(raw) != "\ufeffexport KAKAO_TOKEN_STORE=file\r\nKAKAO_CONFIRM=never\r\n" {
		t.Errorf("the choice was not written down, or other bytes changed: %v\n%q", err, raw)
	}
	h.Status(e2etest.ExitOK)
	h.SendAll(h.Servers(1), "from a server") // it reads the choice
}

// On a terminal there is a QR code, and a browser elsewhere may call back while
// the prompt for the address is open.
func TestLoginWithQRCode(t *testing.T) {
	t.Parallel()
	h := e2etest.NewComputer(t)
	x := h.Open("login", "--no-browser")
	x.Await("▀")
	// A Windows console breaks the address at the end of a line.
	page := regexp.MustCompile(`http://127\.0\.0\.1:\d+/oauth/authorize\?[!-~]*state=[\w-]{27}`).FindString(x.Seen())
	res, err := http.Get(callback(h, page))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	x.Exit(e2etest.ExitOK)
}
