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

	launch(t, exec.Command(program(t), "tunnel"), env)
	waitUntil(t, "the tunnel coming up", func() bool { return tunnelUp(home) })
	login := launch(t, exec.Command(program(t), "login", "--no-browser"), env)
	waitUntil(t, "the login page's address", func() bool { return authorizeAddress.MatchString(login.stderr.String()) })

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
