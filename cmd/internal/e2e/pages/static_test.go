package pages

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// onlyLink returns the one link that arrived, which KakaoTalk would open.
func onlyLink(t *testing.T, kakao *sandbox.Sandbox) string {
	t.Helper()
	list := kakao.Deliveries()
	if len(list) != 1 || len(list[0].Buttons) != 1 || list[0].Buttons[0].Dead || list[0].Buttons[0].Title != "전체 보기" {
		t.Fatalf("arrived: %+v", list)
	}
	return list[0].Buttons[0].URL
}

// TestPageOpensWithProgramOff is what the README promises of a static host: the
// page is exported and served, a 1,500-character message is sent, the program
// ends, and the link still opens.
func TestPageOpensWithProgramOff(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if out, errs, code := e2etest.Run(t, e2etest.BareEnv(t), "", "page", "export", dir); code != e2etest.ExitOK {
		t.Fatalf("page export: exit code %d\n%s%s", code, out, errs)
	}
	host := httptest.NewServer(http.FileServer(http.Dir(dir)))
	t.Cleanup(host.Close)
	kakao, env := e2etest.NewKakao(t)
	kakao.UpdateApp(func(a *sandbox.App) { a.WebDomains = []string{host.URL} })
	s := e2etest.Start(t, e2etest.BareEnv(t, append(append(env, e2etest.Browser(t)...), "KAKAO_PAGE_URL="+host.URL+"/")...))
	s.Initialize(nil)
	text := e2etest.Prose(1500)
	r := s.CallTool("send_message_to_me", e2etest.JSON(t, map[string]any{"message": text}))
	if r.IsError || r.Structured["delivery"] != "page" {
		t.Fatalf("got %v %s", r.Structured, r.Text())
	}
	if code, _ := s.End(); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	link := onlyLink(t, kakao)
	if len(link) > 2000 {
		t.Errorf("the link has %d characters", len(link))
	}
	if got := readPage(t, link); got != text {
		t.Errorf("the page shows %d characters, want %d\n%.200s", len([]rune(got)), len([]rune(text)), got)
	}
}
