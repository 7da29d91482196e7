package pages

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/security"
	"github.com/chromedp/chromedp"

	"kakaotalk-mcp/auth/ground/chromiumtest"
)

// phone is a tab as the receiver of a message has it: in Korean.
func phone(t *testing.T) context.Context {
	t.Helper()
	tab := chromiumtest.Tab(t)
	if _, err := chromedp.Call(tab, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: "phone", AcceptLanguage: "ko-KR"}); err != nil {
		t.Fatalf("browser: %v", err)
	}
	// The test's own proxy signs for itself.
	if _, err := chromedp.Call(tab, security.SetIgnoreCertificateErrors, security.SetIgnoreCertificateErrorsParams{Ignore: true}); err != nil {
		t.Fatalf("browser: %v", err)
	}
	return tab
}

// readPage opens a link as its receiver would, and returns the message that the page
// shows.
func readPage(t *testing.T, link string) string {
	t.Helper()
	tab := phone(t)
	if err := chromedp.Do(tab, chromedp.Navigate(link)); err != nil {
		t.Fatalf("browser: %v", err)
	}
	const script = `(async () => {
		const paper = document.getElementById("paper"), state = document.getElementById("status");
		for (let i = 0; i < 200 && paper.hidden; i++) await new Promise(r => setTimeout(r, 50));
		return paper.hidden ? "STATE: " + state.textContent : document.getElementById("text").textContent;
	})()`
	text, err := chromedp.Run(tab, chromedp.Evaluate[string](script, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("browser: %v", err)
	}
	return text
}
