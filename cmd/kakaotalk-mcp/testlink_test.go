package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"strings"
	"testing"

	"kakaotalk-mcp/tools/kakao/sandbox"
	"kakaotalk-mcp/viewer"
)

// TestProvenAddress: friends get a page link only once the tap test has shown
// that KakaoTalk opens the address; a wrong number proves nothing.
func TestProvenAddress(t *testing.T) {
	t.Parallel()
	host := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(host.Close)
	kakao, env := practiceKakao(t)
	kakao.UpdateApp(func(a *sandbox.App) { a.WebDomains = []string{host.URL} })
	env = bareEnv(t, append(append(env, withBrowser(t)...), "KAKAO_PAGE_URL="+host.URL+"/", "KAKAOTALK_MCP_HOME="+t.TempDir())...)
	friend := func(text string) string {
		t.Helper()
		send := exec.Command(program(t), "send", "홍길동", text, "--json")
		send.Env = env
		out, err := send.Output()
		if err != nil {
			t.Fatalf("send: %v %s", err, out)
		}
		for _, way := range []string{"page", "parts"} {
			if strings.Contains(string(out), `"delivery": "`+way+`"`) {
				return way
			}
		}
		return string(out)
	}
	if way := friend(proseOf(700)); way != "parts" {
		t.Errorf("an address nobody has seen open: sent by %s", way)
	}
	tap := func(answer func(link string) string) int {
		t.Helper()
		before := len(kakao.Deliveries())
		p := launch(t, exec.Command(program(t), "doctor", "--send-test-link"), env)
		waitUntil(t, "the test link", func() bool { return len(kakao.Deliveries()) > before })
		list := kakao.Deliveries()
		p.send(answer(list[len(list)-1].Buttons[0].URL))
		return p.exit()
	}
	digits := func(link string) string {
		u, err := url.Parse(link)
		if err != nil || !strings.HasPrefix(u.Fragment, viewer.TestMarker) || len(link) != viewer.URLBudget {
			t.Fatalf("a test link of %d characters: %v", len(link), err)
		}
		return viewer.TestDigits(u.Fragment)
	}
	if code := tap(func(link string) string { return "x" + digits(link) }); code != 1 {
		t.Errorf("wrong digits: exit code %d", code)
	}
	if way := friend(proseOf(800)); way != "parts" {
		t.Errorf("after wrong digits: sent by %s", way)
	}
	if code := tap(digits); code != 0 {
		t.Errorf("right digits: exit code %d", code)
	}
	if way := friend(proseOf(900)); way != "page" {
		t.Errorf("after the right digits: sent by %s", way)
	}
	none := exec.Command(program(t), "doctor", "--send-test-link")
	none.Env = append(env, "KAKAO_LANG=ko")
	if out, err := none.CombinedOutput(); err == nil || !strings.Contains(string(out), "kakaotalk-mcp: 입력이 없어서 멈췄어요") {
		t.Errorf("nobody to answer: %v %s", err, out)
	}
}
