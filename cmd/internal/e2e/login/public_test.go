package login

import (
	"context"
	"crypto/tls"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"kakaotalk-mcp/auth/ground/porttest"
	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

var authorizeAddress = regexp.MustCompile(`http://127\.0\.0\.1:\d+/oauth/authorize\?\S+`)

// TestLoginFromThePhone: with KAKAO_CALLBACK_URL equal to KAKAO_BASE_URL the
// owner's callback reaches the process that holds the tunnel, which hands it to
// the one that waits for the login.
func TestLoginFromThePhone(t *testing.T) {
	t.Parallel()
	own := e2etest.StartOwnServer(t)
	kakao, env := e2etest.NewKakao(t)
	kakao.UpdateApp(func(a *sandbox.App) { a.RedirectURIs = []string{own.Base + "/auth/callback"} })
	home := t.TempDir()
	env = e2etest.BareEnv(t, append(append(env, own.Env(home)...), "KAKAO_CALLBACK_URL="+own.Base)...)

	login := e2etest.Start(t, env, "login", "--no-browser")
	e2etest.WaitUntil(t, "the way to paste", func() bool { return strings.Contains(login.Stderr.String(), "붙여 넣어 주세요") })
	for _, want := range []string{"로그인을 마칠 수 없어요", e2etest.Program(t) + " tunnel"} { // and it waits all the same
		if !strings.Contains(login.Stderr.String(), want) {
			t.Errorf("login does not say %q:\n%s", want, login.Stderr)
		}
	}
	e2etest.Start(t, env, "tunnel")
	e2etest.WaitUntil(t, "the tunnel coming up", func() bool { return e2etest.TunnelUp(home) })

	insecure := http.DefaultTransport.(*http.Transport).Clone()
	insecure.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} // the proxy signs for itself
	page, err := (&sandbox.Visitor{Transport: insecure}).Visit(context.Background(), authorizeAddress.FindString(login.Stderr.String()))
	if err != nil || page.Status != http.StatusOK || !strings.Contains(page.Body, "로그인했어요") {
		t.Errorf("the phone ended at %d %s: %v\n%.400s", page.Status, page.KOE, err, page.Body)
	}
	if page.URL == nil || page.URL.Scheme+"://"+page.URL.Host != own.Base || page.URL.Query().Has("code") {
		t.Errorf("the phone ended at %v", page.URL)
	}
	if code := login.Exit(); code != 0 {
		t.Errorf("login exits with %d", code)
	}
	if out, errs, code := e2etest.Run(t, env, "", "status", "--json"); code != e2etest.ExitOK || !strings.Contains(out, `"logged_in": true`) {
		t.Errorf("status: exit code %d\n%s%s", code, out, errs)
	}
}

// TestLoginThatCannotComeBack: whether anything takes a login at the public
// address is known before the wait for it, and only then it is said.
func TestLoginThatCannotComeBack(t *testing.T) {
	t.Parallel()
	const public = "https://talk.example.com"
	for name, c := range map[string]struct {
		args    []string
		setting string
		running bool
		want    string // "": nothing
	}{
		"no tunnel":             {[]string{"login"}, "srv.us", false, " tunnel"},
		"no browser":            {[]string{"login", "--no-browser"}, "srv.us", false, " tunnel"},
		"own proxy, nobody up":  {[]string{"login", "--no-browser"}, "external", false, " tunnel"},
		"own proxy":             {[]string{"login"}, "external", true, ""},
		"switched off":          {[]string{"login"}, "off", false, "KAKAO_TUNNEL"},
		"a message needs login": {[]string{"send", "me", "hi"}, "external", false, " tunnel"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := e2etest.NewComputer(t)
			h.Leave() // the page stays open
			h.Env = append(h.Env, "KAKAO_LANG=en", "KAKAO_TUNNEL="+c.setting, "KAKAO_BASE_URL="+public, "KAKAO_CALLBACK_URL="+public, "KAKAO_VIEWER_ADDR=127.0.0.1:"+porttest.Closed(t))
			if c.running {
				e2etest.Start(t, h.Env, "tunnel")
				e2etest.WaitUntil(t, "the tunnel coming up", func() bool { return e2etest.TunnelUp(h.Home) })
			}
			s := e2etest.Start(t, h.Env, c.args...)
			e2etest.WaitUntil(t, "the wait", func() bool {
				said := s.Stderr.String()
				return (len(h.Opened()) == 1 || strings.Contains(said, "paste the last address")) && strings.Contains(said, c.want)
			})
			_, below, _ := strings.Cut(s.Stderr.String(), "/oauth/authorize")
			if strings.Contains(below, "\n! ") != (c.want != "") || !strings.Contains(below, c.want) {
				t.Errorf("%q is expected below the page's address in:\n%s", c.want, s.Stderr)
			}
		})
	}
}
