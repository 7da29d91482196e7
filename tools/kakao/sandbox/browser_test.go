package sandbox_test

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"kakaotalk-mcp/auth/ground/chromiumtest"
)

func TestMain(m *testing.M) { os.Exit(chromiumtest.Run(m)) }

func do(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// ask runs an action that returns a value.
func ask[T any](t *testing.T, ctx context.Context, action chromedp.Action[T]) T {
	t.Helper()
	v, err := chromedp.Run(ctx, action)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func click(css string) chromedp.Action[chromedp.Void] { return chromedp.Click(chromedp.CSS(css)) }

func visible(css string) chromedp.Action[chromedp.Void] {
	return chromedp.WaitVisible(chromedp.CSS(css))
}

// noErrors ends a test in which the console of the browser has shown an error.
func noErrors(t *testing.T, ctx context.Context) (check func()) {
	t.Helper()
	var mu sync.Mutex
	var errors []string
	if err := chromedp.Listen(ctx, func(event any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := event.(type) {
		case *log.EventEntryAdded:
			if e.Entry.Level == log.EntryLevelError {
				errors = append(errors, e.Entry.Text+" "+e.Entry.URL)
			}
		case *runtime.EventExceptionThrown:
			errors = append(errors, e.ExceptionDetails.Text)
		}
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	return func() {
		mu.Lock()
		defer mu.Unlock()
		if len(errors) > 0 {
			t.Errorf("the console shows %q", errors)
		}
	}
}

func TestPagesInABrowser(t *testing.T) {
	ctx := chromiumtest.Tab(t)
	w := start(t)
	check := noErrors(t, ctx)
	do(t, ctx,
		chromedp.Navigate(w.authorizeURL("scope", "friends,talk_message")),
		click(`button[title="김하늘"]`),
		click(`input[value="friends"]`),
		click(`button[value="agree"]`),
		visible(`#done`),
	)
	callback, err := url.Parse(ask(t, ctx, chromedp.Location()))
	if err != nil {
		t.Fatal(err)
	}
	_, tokens := w.token(callback.Query().Get("code"))
	if tokens["scope"] != "talk_message openid" {
		t.Errorf("scope %q after unticking friends", tokens["scope"])
	}
	token := tokens["access_token"].(string)

	do(t, ctx, chromedp.Navigate(w.srv.RoomsURL()), click(`.entry.self`), visible(`#talk .empty`))
	// The page is open: this message has to appear by itself.
	evil := `<img src=x onerror="document.title='hacked'">`
	w.post(token, memoPath, url.Values{"template_object": {jsonText(t, object{
		"object_type": "text", "text": "첫 줄\n" + evil, "link": object{}, "buttons": []any{
			object{"title": "열려요", "link": link("https://example.com/a")},
			object{"title": "안 열려요", "link": link("https://other.example")},
		}})}})
	do(t, ctx, visible(`.bubble a[href="https://example.com/a"]`))
	room, title := ask(t, ctx, chromedp.Text(chromedp.CSS(`#talk`))), ask(t, ctx, chromedp.Title())
	if !strings.Contains(room, "첫 줄\n"+evil) || !strings.Contains(room, "안 열려요\n등록되지 않은 도메인") || title != "대화방 (연습)" {
		t.Errorf("title %q, room:\n%s", title, room)
	}
	if width := ask(t, ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth`)); width != 390 {
		t.Errorf("the page is %d px wide on a phone of 390", width)
	}

	check()
	do(t, ctx, click(`#back`), click(`summary`), click(`[data-fault="status"]`), visible(`[data-fault="status"][aria-pressed="true"]`))
	if status := w.memo(t.Context(), token); status != http.StatusServiceUnavailable {
		t.Errorf("after the switch: %d", status)
	}
	do(t, ctx, click(`[data-do="reset"]`), visible(`[data-fault="status"][aria-pressed="false"]`))
	if status := w.memo(t.Context(), token); status != http.StatusOK {
		t.Errorf("after the reset: %d", status)
	}
}

// TestSwitchesInABrowser presses what a person would like to see, in both languages.
func TestSwitchesInABrowser(t *testing.T) {
	ctx := chromiumtest.Tab(t)
	w := start(t)
	token := w.planner()
	do(t, ctx, chromedp.Navigate(w.srv.RoomsURL()), visible(`.entry.self`), click(`summary`))
	status, body := w.get(token, "/v2/user/me")
	want(t, status, body, 200, 0)
	for _, c := range []struct {
		press string
		http  int
		code  float64
	}{
		{`[data-answer="address_refused"]`, 401, -401},
		{`[data-answer="maintenance"]`, 503, -9798}, // instead of the one before
		{`[data-fault="status"]`, 503, -1},
		{`[data-answer="quota_month"]`, 400, -10},
		{`[data-answer="quota_month"]`, 200, 0}, // again: off
	} {
		state := "true"
		if c.code == 0 {
			state = "false"
		}
		do(t, ctx, click(c.press), visible(c.press+`[aria-pressed="`+state+`"]`))
		if n := ask(t, ctx, chromedp.Evaluate[int](`document.querySelectorAll("#switches [aria-pressed=true]").length`)); n != 1 && c.code != 0 || n != 0 && c.code == 0 {
			t.Errorf("%s: %d switches are on", c.press, n)
		}
		status, body := w.get(token, "/v2/user/me")
		want(t, status, body, c.http, c.code)
	}

	friend := w.person("홍길동")
	old := w.UUID(friend)
	do(t, ctx,
		chromedp.Evaluate[chromedp.Void](`document.getElementById("friend").value = "`+jsonText(t, friend)+`"; document.getElementById("friend").onchange()`),
		click(`#private`), visible(`#private[aria-pressed="true"]`),
		click(`#talkuser`), visible(`#talkuser[aria-pressed="true"]`),
		click(`[data-do="uuid"]`))
	ask(t, ctx, chromedp.Poll[bool](`document.getElementById("said").textContent === "이 친구의 uuid가 바뀌었어요. 예전 uuid로는 보낼 수 없어요."`))
	for _, p := range w.People() {
		if p.ID == friend && !p.MessagesOff || p.ID == w.Owner().ID && p.TalkUser {
			t.Errorf("not switched: %+v", p)
		}
	}
	if w.UUID(friend) == old {
		t.Error("the uuid is the old one")
	}
	do(t, ctx, click(`[data-do="reset"]`), visible(`#private[aria-pressed="false"]`), visible(`#talkuser[aria-pressed="false"]`))

	// A reminder arrives when the clock is turned.
	at := w.Now().Truncate(5 * time.Minute).Add(time.Hour).UTC()
	w.mustCreate(token, meeting(object{"title": "약 먹기", "time": span(at.Format(time.RFC3339), at.Add(time.Hour).Format(time.RFC3339))}))
	do(t, ctx, click(`[data-clock="1h"]`), visible(`.entry[data-room^="calendar-"]`), click(`.entry[data-room^="calendar-"]`), visible(`.message.in`))
	if text := ask(t, ctx, chromedp.Text(chromedp.CSS(`#talk`))); !strings.Contains(text, "약 먹기") || !strings.Contains(text, "일정 알림 · ") {
		t.Errorf("reminder: %s", text)
	}

	w.SetEnglish(true)
	do(t, ctx, chromedp.Navigate(w.srv.RoomsURL()), visible(`.entry.self`), click(`summary`))
	if text := ask(t, ctx, chromedp.Text(chromedp.CSS(`#list`))); !strings.Contains(text, "IP address not allowed (-401)") || !strings.Contains(text, "Talk Calendar") || !strings.Contains(text, "your own chat") {
		t.Errorf("English page: %s", text)
	}
	if width := ask(t, ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth`)); width != 390 {
		t.Errorf("the page is %d px wide on a phone of 390", width)
	}
}

// A reminder that comes due while the page is open appears by itself.
func TestReminderAppearsByItself(t *testing.T) {
	w := start(t)
	token := w.planner()
	at := w.Now().Truncate(5 * time.Minute).Add(10 * time.Minute).UTC()
	w.mustCreate(token, meeting(object{"title": "곧", "time": span(at.Format(time.RFC3339), at.Add(time.Hour).Format(time.RFC3339))}))
	w.Advance(at.Add(-300 * time.Millisecond).Sub(w.Now()))
	resp, err := http.Get(w.srv.RoomsURL() + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var heard strings.Builder
	for buf := make([]byte, 64); !strings.Contains(heard.String(), "data: rings"); {
		n, err := resp.Body.Read(buf)
		if err != nil {
			t.Fatal(err, heard.String())
		}
		heard.Write(buf[:n])
	}
	if got := w.rung(); len(got) != 1 || !strings.HasPrefix(got[0], "곧") {
		t.Errorf("rung: %q", got)
	}
}
