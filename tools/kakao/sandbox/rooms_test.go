package sandbox_test

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestRoomsData(t *testing.T) {
	w := start(t)
	token := w.full("")
	send := func(template object) {
		t.Helper()
		status, body := w.post(token, memoPath, url.Values{"template_object": {jsonText(t, template)}})
		want(t, status, body, 200, 0)
	}
	send(object{"object_type": "list", "header_title": "할 일", "contents": []any{content(), content()}, "header_link": link("https://example.com")})
	send(object{"object_type": "location", "address": "판교역로 166", "address_title": "카카오", "content": content(), "social": object{"like_count": 3}})
	send(object{"object_type": "commerce", "content": object{"title": "t", "image_url": "https://x.example/a.png", "link": object{}},
		"commerce": object{"regular_price": 12000, "discount_price": 9000, "discount_rate": 25}})
	send(object{"object_type": "feed", "content": content(), "item_content": object{
		"items": []any{object{"item": "사과", "item_op": "2개"}}, "sum": "합계", "sum_op": "2개"}})
	w.post(token, "/v2/api/talk/memo/send", url.Values{"template_id": {"7"}, "template_args": {`{"a":"b"}`}})
	w.send(token, w.uuids("김지민"), "안녕")
	w.post(w.full("김지민"), memoPath, url.Values{"template_object": {textTemplate(t, "나에게")}})

	_, got := w.read(http.Get(w.srv.RoomsURL() + "/data"))
	button := []any{object{"title": "자세히 보기", "url": "https://example.com", "dead": false}}
	owner, friend := "4100000001", jsonText(t, w.person("김지민"))
	expected := []any{
		object{"id": owner + "-" + owner, "title": "김하늘", "self": true, "bubbles": []any{
			object{"kind": "list", "title": "할 일", "entries": []any{[]any{"제목", ""}, []any{"제목", ""}}, "preview": "할 일", "buttons": button},
			object{"kind": "location", "title": "제목", "note": "📍 카카오 판교역로 166", "rows": []any{[]any{"좋아요", "3"}}, "preview": "제목", "buttons": button},
			object{"kind": "commerce", "title": "t", "image": true, "preview": "t", "buttons": []any{},
				"rows": []any{[]any{"정가", "12000원"}, []any{"할인가", "9000원"}, []any{"할인율", "25%"}}},
			object{"kind": "feed", "title": "제목", "preview": "제목", "buttons": button, "rows": []any{[]any{"사과", "2개"}, []any{"합계", "2개"}}},
			object{"kind": "template", "title": "템플릿 7", "preview": "템플릿 7", "buttons": []any{}, "rows": []any{[]any{"a", "b"}}},
		}},
		object{"id": friend + "-" + friend, "title": "김지민 → 김지민", "self": true, "bubbles": []any{
			object{"kind": "text", "text": "나에게", "preview": "나에게", "buttons": []any{}},
		}},
		object{"id": owner + "-" + friend, "title": "김지민", "self": false, "bubbles": []any{
			object{"kind": "text", "text": "안녕", "preview": "안녕", "buttons": []any{}},
		}},
	}
	ignore := cmpopts.IgnoreMapEntries(func(k string, _ any) bool { return k == "at" })
	if diff := cmp.Diff(expected, got["rooms"], ignore); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got["sent"] != 1.0 || got["limit"] != 30.0 {
		t.Errorf("quota %v of %v", got["sent"], got["limit"])
	}
}

// browser starts a headless Chromium as wide as a phone.
func browser(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("KAKAOTALK_TEST_REQUIRE") == "1" {
			t.Fatal("component missing: chromium")
		}
		t.Skip("component missing: chromium")
	}
	alloc, stop := chromedp.NewExecAllocator(t.Context(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))...)
	tab, closeTab := chromedp.NewContext(alloc)
	t.Cleanup(func() {
		closeTab()
		stop()
	})
	// The first call starts the browser, which then ends with this context and not with a deadline.
	if err := chromedp.Do(tab, chromedp.EmulateViewport(390, 844)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(tab, 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

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

func TestPagesInABrowser(t *testing.T) {
	ctx := browser(t)
	w := start(t)
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

	do(t, ctx, click(`#back`), click(`summary`), click(`[data-fault="status"]`), visible(`[data-fault="status"][aria-pressed="true"]`))
	if status := w.memo(t.Context(), token); status != http.StatusServiceUnavailable {
		t.Errorf("after the switch: %d", status)
	}
	do(t, ctx, click(`[data-do="reset"]`), visible(`[data-fault="status"][aria-pressed="false"]`))
	if status := w.memo(t.Context(), token); status != http.StatusOK {
		t.Errorf("after the reset: %d", status)
	}
}
