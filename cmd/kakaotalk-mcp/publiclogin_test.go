package main

import (
	"context"
	"crypto/tls"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"kakaotalk-mcp/tools/kakao/sandbox"
)

var authorizeAddress = regexp.MustCompile(`http://127\.0\.0\.1:\d+/oauth/authorize\?\S+`)

// TestLoginFromThePhone: with KAKAO_CALLBACK_URL equal to KAKAO_BASE_URL the
// owner's callback reaches the process that holds the tunnel, which hands it to
// the one that waits for the login.
func TestLoginFromThePhone(t *testing.T) {
	t.Parallel()
	own := startOwnServer(t)
	kakao, env := practiceKakao(t)
	kakao.UpdateApp(func(a *sandbox.App) { a.RedirectURIs = []string{own.base + "/auth/callback"} })
	home := t.TempDir()
	env = bareEnv(t, append(append(env, own.env(home)...), "KAKAO_CALLBACK_URL="+own.base)...)

	login := launch(t, exec.Command(program(t), "login", "--no-browser"), env)
	waitUntil(t, "the way to paste", func() bool { return strings.Contains(login.stderr.String(), "붙여 넣어 주세요") })
	for _, want := range []string{"돌아올 수 없어요", program(t) + " tunnel"} { // and it waits all the same
		if !strings.Contains(login.stderr.String(), want) {
			t.Errorf("login does not say %q:\n%s", want, login.stderr)
		}
	}
	launch(t, exec.Command(program(t), "tunnel"), env)
	waitUntil(t, "the tunnel coming up", func() bool { return tunnelUp(home) })

	insecure := http.DefaultTransport.(*http.Transport).Clone()
	insecure.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} // the proxy signs for itself
	page, err := (&sandbox.Visitor{Transport: insecure}).Visit(context.Background(), authorizeAddress.FindString(login.stderr.String()))
	if err != nil || page.Status != http.StatusOK || !strings.Contains(page.Body, "로그인했어요") {
		t.Errorf("the phone ended at %d %s: %v\n%.400s", page.Status, page.KOE, err, page.Body)
	}
	if page.URL == nil || page.URL.Scheme+"://"+page.URL.Host != own.base || page.URL.Query().Has("code") {
		t.Errorf("the phone ended at %v", page.URL)
	}
	if code := login.exit(); code != 0 {
		t.Errorf("login exits with %d", code)
	}
	status := exec.Command(program(t), "status", "--json")
	status.Env = env
	if out, err := status.Output(); err != nil || !strings.Contains(string(out), `"logged_in": true`) {
		t.Errorf("status: %v %s", err, out)
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
			h := newHousehold(t, false) // the page stays open
			h.env = append(h.env, "KAKAO_LANG=en", "KAKAO_TUNNEL="+c.setting, "KAKAO_BASE_URL="+public, "KAKAO_CALLBACK_URL="+public, "KAKAO_VIEWER_ADDR=127.0.0.1:"+closedPort(t))
			if c.running {
				startServer(t, h.env, "tunnel")
				waitUntil(t, "the tunnel coming up", func() bool { return tunnelUp(h.home) })
			}
			s := startServer(t, h.env, c.args...)
			waitUntil(t, "the wait", func() bool {
				return len(h.opened()) == 1 || strings.Contains(s.stderr.String(), "paste the address")
			})
			_, below, _ := strings.Cut(s.stderr.String(), "/oauth/authorize")
			if strings.Contains(below, "\n! ") != (c.want != "") || !strings.Contains(below, c.want) {
				t.Errorf("%q is expected below the page's address in:\n%s", c.want, s.stderr)
			}
		})
	}
}
