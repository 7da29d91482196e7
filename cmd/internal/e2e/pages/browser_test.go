package pages

import (
	"context"
	"os/exec"
	"testing"

	"github.com/chromedp/chromedp"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// readPage opens a link in Chromium at phone size, as its receiver would, and
// returns the message that the page shows.
func readPage(t *testing.T, link string) string {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		e2etest.Missing(t, "chromium")
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
	ctx, end := context.WithTimeout(tab, e2etest.Patience)
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
