package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/tools/kakao/sandbox"
)

// run carries out one command without a terminal.
func (h *household) run(args ...string) (stdout, stderr string, code int) {
	h.Helper()
	return h.runWith(h.env, args...)
}

func (h *household) runWith(env []string, args ...string) (stdout, stderr string, code int) {
	h.Helper()
	var out, problems bytes.Buffer
	cmd := exec.Command(program(h), args...)
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = env, h.TempDir(), &out, &problems
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		h.Fatal(err)
	}
	assertInside(h, env, out.String(), problems.String())
	return out.String(), problems.String(), cmd.ProcessState.ExitCode()
}

// expect runs a command and compares its exit code and words of its stderr.
func (h *household) expect(code int, words string, args ...string) string {
	h.Helper()
	out, problems, got := h.run(args...)
	if got != code || !strings.Contains(problems, words) {
		h.Errorf("%v: exit code %d, want %d; %q is expected in:\n%s", args, got, code, words, problems)
	}
	return out
}

// status is the part of status --json that other programs may rely on.
type status struct {
	SetUp bool `json:"set_up"`
	Login struct {
		LoggedIn bool      `json:"logged_in"`
		Name     string    `json:"name"`
		ID       string    `json:"user_id"`
		Scopes   []string  `json:"scopes"`
		Access   time.Time `json:"access_token_expires"`
		Refresh  time.Time `json:"login_expires"`
		Store    string    `json:"token_store"`
		Pending  string    `json:"pending_login"`
		Locks    []struct {
			Name string `json:"name"`
			PID  int    `json:"pid"`
		} `json:"locks"`
	} `json:"login"`
	Problem  string `json:"problem"`
	Settings []struct{ Name, Value, Origin string }
}

func (h *household) status(code int) status {
	h.Helper()
	out, problems, got := h.run("status", "--json")
	var s status
	if err := json.Unmarshal([]byte(out), &s); err != nil || got != code {
		h.Fatalf("status: exit code %d, want %d, %v\n%s%s", got, code, err, out, problems)
	}
	return s
}

func TestStatusLoginLogout(t *testing.T) {
	h := newHousehold(t, true)
	if s := h.status(exitLogin); !s.SetUp || s.Login.LoggedIn || s.Login.Store != "file" {
		t.Errorf("before the login: %+v", s)
	}
	h.expect(exitOK, "로그인되어 있지 않아요", "logout")
	h.expect(exitOK, "로그인했어요", "login")
	h.expect(exitOK, "이미 로그인되어 있어요", "login")
	if n := len(h.opened()); n != 1 {
		t.Errorf("%d tabs", n)
	}
	s := h.status(exitOK)
	if diff := cmp.Diff([]string{"openid", "talk_message"}, s.Login.Scopes); diff != "" || !s.Login.LoggedIn || s.Login.ID != fmt.Sprint(h.kakao.Owner().ID) {
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
		if set.Name == "KAKAO_CLIENT_SECRET" && (set.Value == h.kakao.App().Secret || set.Origin != "environment") {
			t.Errorf("%+v", set)
		}
	}
	text := h.expect(exitOK, "", "status")
	for _, words := range []string{"[카카오톡 메시지 전송]", "파일", "본인만", "회원번호"} {
		if !strings.Contains(text, words) {
			t.Errorf("status does not say %q:\n%s", words, text)
		}
	}
	h.expect(exitOK, "로그인했어요", "login", "--friends") // the extra consent
	if s := h.status(exitOK); len(s.Login.Scopes) < 3 || s.Login.Name != h.kakao.Owner().Nickname && s.Login.Name != s.Login.ID {
		t.Errorf("after --friends: %+v", s.Login)
	}

	h.kakao.SetFaults(sandbox.Faults{FailPath: "/v1/user/", Cut: "before", FailCount: -1})
	h.expect(exitError, "저장된 로그인 정보는 그대로", "logout")
	h.status(exitOK)
	h.kakao.SetFaults(sandbox.Faults{})
	h.kakao.ExpireAccessTokens() // the refresh token must go all the same
	h.expect(exitOK, "로그아웃했어요", "logout")
	h.status(exitLogin)
	h.expect(exitOK, "로그인했어요", "login")
	h.expect(exitOK, "연결을 끊고", "logout", "--unlink")
	h.status(exitLogin)
}

func TestLoginSwitch(t *testing.T) {
	h := newHousehold(t, true)
	servers := h.servers(1)
	h.sendAll(servers, "as the owner")
	before := h.status(exitOK).Login
	other := h.kakao.People()[1]
	h.env = append(h.env, personEnv+"="+other.Nickname)
	h.expect(exitOK, "로그인했어요", "login", "--switch")
	after := h.status(exitOK).Login
	if after.ID != fmt.Sprint(other.ID) || after.ID == before.ID {
		t.Errorf("logged in as %s", after.ID)
	}
	h.sendAll(servers, "as the other") // a server that ran all the time
	list := h.kakao.Deliveries()
	if from := list[len(list)-1].From; from != other.ID {
		t.Errorf("the running server still sends as %d", from)
	}
}

// A login that a server has open is finished from the terminal.
func TestLoginTakesOver(t *testing.T) {
	h := newHousehold(t, false)
	s := h.servers(1)[0]
	id := s.request("tools/call", sendCall("hello 0"))
	h.eventually("a tab", func() bool { return len(h.opened()) == 1 })
	st := h.status(exitLogin).Login
	if st.Pending == "" || len(st.Locks) != 1 || st.Locks[0].PID != s.cmd.Process.Pid {
		t.Errorf("status during a login: %+v", st)
	}
	h.follow()
	h.expect(exitOK, "이어받아요", "login")
	h.delivered(s, id)
	h.expectOneLogin(2, 1) // the same page, opened once more because somebody typed login
}

func TestLoginDeclinedAndUnusable(t *testing.T) {
	h := newHousehold(t, true)
	h.env = append(h.env, personEnv+"=-")
	h.expect(exitUsage, "취소해서", "login")
	h.env = append(h.env, "KAKAO_LANG=en")
	h.expect(exitUsage, "cancelled", "login")
}

// callback logs in on any computer and returns the address where the browser
// ended there.
func (h *household) callback(page string) string {
	h.Helper()
	return h.callbackOf(page, h.kakao.Owner().ID)
}

func (h *household) callbackOf(page string, person int64) string {
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
	h := newHousehold(t, true)
	s := startServer(t, h.env, "login", "--no-browser")
	h.eventually("the page", func() bool { return strings.Contains(s.stderr.String(), "붙여 넣어 주세요") })
	page := pageIn(s.stderr.String())
	if !strings.Contains(s.stderr.String(), "ssh -L") {
		t.Errorf("no line for SSH in:\n%s", s.stderr)
	}
	right := h.callback(page)
	wrong := []string{"hello", page, "https://example.com/auth/callback?code=x&state=y", strings.Replace(right, "state=", "state=x", 1), strings.Replace(right, "/auth/", "/friends/", 1)}
	for i, line := range wrong {
		s.send(line)
		h.eventually("a refusal", func() bool { return strings.Count(s.stderr.String(), "이 로그인의 주소가 아니에요") == i+1 })
	}
	s.send("")
	s.send("  " + right + "  ")
	if code := s.exit(); code != exitOK || !strings.Contains(s.stderr.String(), "로그인했어요") {
		t.Errorf("exit code %d:\n%s", code, s.stderr)
	}
	if n := len(h.opened()); n != 0 {
		t.Errorf("%d tabs", n)
	}
	h.status(exitOK)
}

// Without a keychain the file store is offered on the spot.
func TestFileStoreOffered(t *testing.T) {
	if runtime.GOOS != "linux" {
		missing(t, "a system whose keychain can be taken away")
	}
	h := newHousehold(t, true)
	h.env = append(h.env, "KAKAO_TOKEN_STORE=", "DBUS_SESSION_BUS_ADDRESS=unix:path="+filepath.Join(t.TempDir(), "none"))
	h.expect(exitError, "KAKAO_TOKEN_STORE=file", "login") // nobody to ask
	config := filepath.Join(h.home, "config.env")
	if err := os.WriteFile(config, []byte("\ufeffexport KAKAO_TOKEN_STORE=\r\nKAKAO_CONFIRM=never\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		answer string
		code   int
	}{{"n", exitUsage}, {"y", exitOK}} {
		screen, code := h.terminal(func(screen *lockedBuffer, typed *os.File) {
			h.eventually("the question", func() bool { return strings.Contains(screen.String(), "[y/N]") })
			fmt.Fprintln(typed, c.answer)
		}, "login")
		if code != c.code {
			t.Errorf("%s: exit code %d:\n%s", c.answer, code, screen)
		}
	}
	if raw, err := os.ReadFile(config); err != nil || string(raw) != "\ufeffexport KAKAO_TOKEN_STORE=file\r\nKAKAO_CONFIRM=never\r\n" {
		t.Errorf("the choice was not written down, or other bytes changed: %v\n%q", err, raw)
	}
	h.status(exitOK)
	h.sendAll(h.servers(1), "from a server") // it reads the choice
}

// terminal runs a command in a pseudo-terminal.
func (h *household) terminal(act func(screen *lockedBuffer, typed *os.File), args ...string) (screen string, code int) {
	h.Helper()
	cmd := exec.Command(program(h), args...)
	cmd.Env, cmd.Dir = append(h.env, "TERM=xterm"), h.TempDir()
	tty, err := pty.Start(cmd)
	if err != nil {
		h.Fatal(err)
	}
	defer tty.Close()
	shown := &lockedBuffer{}
	copied := make(chan struct{})
	go func() {
		defer close(copied)
		buffer := make([]byte, 4096)
		for {
			n, err := tty.Read(buffer)
			shown.Write(buffer[:n])
			if err != nil {
				return
			}
		}
	}()
	act(shown, tty)
	cmd.Wait() // the exit code tells
	<-copied
	return shown.String(), cmd.ProcessState.ExitCode()
}

// On a terminal there is a QR code, and a browser elsewhere may call back while
// the prompt for the address is open.
func TestLoginWithQRCode(t *testing.T) {
	if runtime.GOOS == "windows" {
		missing(t, "pseudo-terminals")
	}
	h := newHousehold(t, true)
	screen, code := h.terminal(func(screen *lockedBuffer, _ *os.File) {
		h.eventually("the QR code", func() bool { return strings.Contains(screen.String(), "▀") })
		res, err := http.Get(h.callback(pageIn(screen.String())))
		if err != nil {
			t.Error(err)
			return
		}
		res.Body.Close()
	}, "login", "--no-browser")
	if code != exitOK {
		t.Errorf("exit code %d:\n%s", code, screen)
	}
}
