package commands

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/kakao/sandbox"
	"kakaotalk-mcp/viewer"
)

// TestProvenAddress: friends get a page link only once the tap test has shown
// that KakaoTalk opens the address; a wrong number proves nothing.
func TestProvenAddress(t *testing.T) {
	t.Parallel()
	host := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(host.Close)
	c := e2etest.NewComputer(t)
	c.Kakao.UpdateApp(func(a *sandbox.App) { a.WebDomains = []string{host.URL} })
	c.Set("KAKAO_PAGE_URL", host.URL+"/")
	friend := func(text string) string {
		t.Helper()
		out := c.Expect(e2etest.ExitOK, "", "send", "홍길동", text, "--json")
		for _, way := range []string{"page", "parts"} {
			if strings.Contains(out, `"delivery": "`+way+`"`) {
				return way
			}
		}
		return out
	}
	if way := friend(e2etest.Prose(700)); way != "parts" {
		t.Errorf("an address nobody has seen open: sent by %s", way)
	}
	tap := func(answer func(link string) string) int {
		t.Helper()
		before := len(c.Kakao.Deliveries())
		p := e2etest.Start(t, c.Env, "doctor", "--send-test-link")
		e2etest.WaitUntil(t, "the test link", func() bool { return len(c.Kakao.Deliveries()) > before })
		list := c.Kakao.Deliveries()
		p.Send(answer(list[len(list)-1].Buttons[0].URL))
		return p.Exit()
	}
	digits := func(link string) string { t.Helper(); return digitsOf(t, link) }
	if code := tap(func(link string) string { return "x" + digits(link) }); code != 1 {
		t.Errorf("wrong digits: exit code %d", code)
	}
	if way := friend(e2etest.Prose(800)); way != "parts" {
		t.Errorf("after wrong digits: sent by %s", way)
	}
	if code := tap(digits); code != 0 {
		t.Errorf("right digits: exit code %d", code)
	}
	list := c.Kakao.Deliveries()
	if last := list[len(list)-1]; !strings.HasPrefix(last.Text, "버튼 테스트") && !strings.HasPrefix(last.Text, "Button test") || len(last.Buttons) > 0 {
		t.Errorf("the message without a link: %+v", last)
	}
	if way := friend(e2etest.Prose(900)); way != "page" {
		t.Errorf("after the right digits: sent by %s", way)
	}
	c.Set("KAKAO_LANG", "ko")
	c.Expect(e2etest.ExitError, "kakaotalk-mcp: 입력이 없어서 멈췄어요", "doctor", "--send-test-link")
}

// digitsOf is what the page of a test link shows.
func digitsOf(t *testing.T, link string) string {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil || !strings.HasPrefix(u.Fragment, viewer.TestMarker) || len(link) != viewer.URLBudget {
		t.Fatalf("a test link of %d characters: %v", len(link), err)
	}
	return viewer.TestDigits(u.Fragment)
}

// TestButtonThatNobodySent: only a person can tell whether KakaoTalk puts a button below
// a message without a link, and is asked.
func TestButtonThatNobodySent(t *testing.T) {
	t.Parallel()
	host := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(host.Close)
	c := e2etest.NewComputer(t)
	c.Set("KAKAO_LANG", "ko")
	c.Set("KAKAO_PAGE_URL", host.URL+"/")
	c.LogIn()
	for answer, told := range map[string]bool{"y": true, "n": false, "": false} {
		before := len(c.Kakao.Deliveries())
		x := c.Open("doctor", "--send-test-link")
		x.Expect("네 자리를 입력해 주세요:")
		x.Press(digitsOf(t, c.Kakao.Deliveries()[before].Buttons[0].URL), e2etest.Enter)
		x.Expect("버튼이 보이나요? [y/N]")
		x.Press(answer, e2etest.Enter)
		x.Exit(e2etest.ExitOK)
		if x.Saw("카카오톡이 붙인 버튼이에요") != told {
			t.Errorf("%q: %s", answer, x.Seen())
		}
	}
}
