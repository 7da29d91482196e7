package auth

import (
	"context"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"kakaotalk-mcp/auth/ground/chromiumtest"
	"kakaotalk-mcp/auth/ground/waitingtest"
	"kakaotalk-mcp/auth/loopback"
)

func TestMain(m *testing.M) {
	waitingtest.SideBySide()
	os.Exit(chromiumtest.Run(m))
}

// shown waits for a page with this title, checks that it fits the screen, and
// keeps a picture of it under this name for who runs the test with -artifacts.
func shown(t *testing.T, ctx context.Context, name, title string) string {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.WaitVisible(`//h1[contains(., "`+title+`")]`)); err != nil {
		t.Fatalf("no page %q: %v", title, err)
	}
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector("main").innerText`))
	if err != nil {
		t.Fatal(err)
	}
	width, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth`))
	if err != nil {
		t.Fatal(err)
	}
	if width > 390 {
		t.Errorf("%s is %d pixels wide", name, width)
	}
	chromiumtest.Picture(t, ctx, name)
	return text
}

// A person with a real browser: declines, agrees to a part, agrees to all, and
// opens an old tab in between. Long texts and a long URI must fit a telephone.
func TestChromiumThroughTheLogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.person(nil)
	browser := chromiumtest.Tab(t)
	s := w.session()
	open := func(p Purpose) (<-chan answer, string) {
		w.advance(2 * tabInterval)
		n := w.opened()
		call := w.ask(t.Context(), s, Request{Purpose: p})
		page := w.awaitTab(n + 1)
		if err := chromedp.Do(browser, chromedp.Navigate(page)); err != nil {
			t.Fatal(err)
		}
		return call, page
	}
	press := func(selector string) {
		if err := chromedp.Do(browser, chromedp.Click(selector, chromedp.NodeVisible)); err != nil {
			t.Fatalf("pressing %s: %v", selector, err)
		}
	}

	call, _ := open(ForFriends)
	press(`//button[@title="` + w.kakao.Owner().Nickname + `"]`)
	press(`button[value="cancel"]`)
	shown(t, browser, "declined", "로그인을 취소했어요")
	if got := <-call; reason(got.err) != "login_declined" {
		t.Errorf("declined: %v", got.err)
	}

	call, _ = open(ForFriends) // the browser remembers who it is
	press(`input[value="friends"]`)
	press(`button[value="agree"]`)
	if text := shown(t, browser, "partly", "동의가 더 필요해요"); !strings.Contains(text, "[카카오 서비스 내 친구목록]") {
		t.Errorf("the page does not name the item: %s", text)
	}
	if got := <-call; reason(got.err) != "consent_missing" || w.record(s) == nil {
		t.Errorf("partly: %v", got.err)
	}

	call, page := open(ForFriends)
	if err := chromedp.Do(browser, chromedp.Navigate(s.RedirectOf(page, ForMe)+"?code=old&state=old")); err != nil {
		t.Fatal(err)
	}
	shown(t, browser, "old-tab", "이 창에서는 로그인할 수 없어요")
	if err := chromedp.Do(browser, chromedp.Navigate(page)); err != nil {
		t.Fatal(err)
	}
	press(`button[value="agree"]`)
	if text := shown(t, browser, "logged-in", "로그인했어요"); !strings.Contains(text, "닫아도 돼요") {
		t.Errorf("the page: %s", text)
	}
	if got := <-call; got.err != nil || !w.works(got.token) {
		t.Errorf("agreed: %v", got.err)
	}
}

// The longest explanations fit a telephone too.
func TestChromiumLongPage(t *testing.T) {
	w := newWorld(t)
	s := w.session()
	listener, err := loopback.Listen(loopback.Config{Base: w.callback, Paths: []string{"/auth/callback"}, State: "s", Pages: s.callbackPages(),
		Complete: func(context.Context, url.Values) loopback.Page {
			return s.resultPage(ForMe, nil, s.leftOpen(ForMe.CallbackPath()))
		}})
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close(t.Context())
	browser := chromiumtest.Tab(t)
	if err := chromedp.Do(browser, chromedp.Navigate(w.callback+"/auth/callback?code=c&state=s")); err != nil {
		t.Fatal(err)
	}
	shown(t, browser, "long", "로그인하지 못했어요")
}
