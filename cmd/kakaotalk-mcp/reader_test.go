package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"kakaotalk-mcp/tools/kakao/sandbox"
)

// readPage opens a link in Chromium at phone size, as its receiver would, and
// returns the message that the page shows.
func readPage(t *testing.T, link string) string {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		missing(t, "chromium")
	}
	tab, stop := browserTab(t, path)
	defer stop()
	if err := chromedp.Do(tab, chromedp.EmulateViewport(390, 844), chromedp.Navigate(link)); err != nil {
		t.Fatalf("browser: %v", err)
	}
	const script = `(async () => {
		const paper = document.getElementById("paper"), state = document.getElementById("status");
		for (let i = 0; i < 200 && paper.hidden; i++) await new Promise(r => setTimeout(r, 50));
		return paper.hidden ? "STATE: " + state.textContent : document.getElementById("text").textContent;
	})()`
	ctx, end := context.WithTimeout(tab, patience)
	defer end()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](script, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("browser: %v", err)
	}
	return text
}

// browserTab starts Chromium with a profile of its own. stop waits for its end.
func browserTab(t *testing.T, path string) (tab context.Context, stop func()) {
	allocator, cancel := chromedp.NewExecAllocator(t.Context(), chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("ignore-certificate-errors", true), // the test's own proxy signs for itself
		chromedp.Flag("hide-scrollbars", true), chromedp.Flag("lang", "ko-KR"), chromedp.Flag("accept-lang", "ko-KR"), chromedp.UserDataDir(t.TempDir()))
	tab, close := chromedp.NewContext(allocator)
	return tab, func() {
		_ = chromedp.Cancel(tab)
		close()
		cancel()
	}
}

// proseOf is readable Korean of about n characters.
func proseOf(n int) string {
	var b strings.Builder
	for i := 1; len([]rune(b.String())) < n; i++ {
		b.WriteString("오늘 회의에서 정한 내용을 정리해 드려요. 다음 주 월요일까지 초안을 공유하고, 수요일 오후에 함께 검토하기로 했어요.\n")
		if i%7 == 0 {
			b.WriteString("장소는 3층 회의실이고, 발표 자료는 https://example.com/docs 에 있어요. 궁금한 점은 언제든 물어봐 주세요 😊\n\n")
		}
	}
	return strings.TrimSpace(string([]rune(b.String())[:n]))
}

func asArguments(t *testing.T, args map[string]any) string {
	t.Helper()
	raw, err := json.Marshal(args)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

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
	export := exec.Command(program(t), "page", "export", dir)
	export.Env = bareEnv(t)
	if out, err := export.CombinedOutput(); err != nil {
		t.Fatalf("page export: %v\n%s", err, out)
	}
	host := httptest.NewServer(http.FileServer(http.Dir(dir)))
	t.Cleanup(host.Close)
	kakao, env := practiceKakao(t)
	kakao.UpdateApp(func(a *sandbox.App) { a.WebDomains = []string{host.URL} })
	s := startServer(t, bareEnv(t, append(append(env, withBrowser(t)...), "KAKAO_PAGE_URL="+host.URL+"/")...))
	s.initialize(nil)
	text := proseOf(1500)
	r := s.callTool("send_message_to_me", asArguments(t, map[string]any{"message": text}))
	if r.IsError || r.Structured["delivery"] != "page" {
		t.Fatalf("got %v %s", r.Structured, r.text())
	}
	if code, _ := s.end(); code != 0 {
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

// waitUntil polls what another process brings about.
func waitUntil(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s did not happen", what)
		}
	}
}
