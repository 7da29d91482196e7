package sandbox_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"kakaotalk-mcp/auth/ground/chromiumtest"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// TestHostileNamesInABrowser: names made to attack the page that shows them run
// no script and change nothing but their own place, on the login page and in the
// chat rooms.
func TestHostileNamesInABrowser(t *testing.T) {
	ctx := chromiumtest.Tab(t)
	w := start(t)
	owner, token := w.Owner().ID, w.full("김하늘")
	for i, name := range []string{
		`<img src=x onerror="document.title='owned'">`, `</script><script>document.title='owned'</script>`, `"><svg onload=document.title='owned'>`, `{{.Flow}}${document.title='owned'}`,
		"\u202e민지\u2066", "지민\r\n\r\nx", strings.Repeat("가", 200), "javascript:document.title='owned'",
	} {
		id := w.AddPerson(sandbox.Person{Nickname: name, Thumbnail: "javascript:document.title='owned'", TalkUser: true})
		w.Befriend(owner, id, sandbox.Friendship{})
		w.Befriend(id, owner, sandbox.Friendship{})
		w.Connect(id, "profile_nickname", "friends", "talk_message")
		w.UpdateApp(func(a *sandbox.App) { a.Members = append(a.Members, id) })
		if status, body := w.send(token, jsonText(t, []string{w.UUID(id)}), name); status != 200 || body["failure_info"] != nil { // a room appears with its first message
			t.Fatalf("%.20q got nothing: %d %v", name, status, body)
		}
		if i == 0 {
			w.UpdateApp(func(a *sandbox.App) { a.Name = `<img src=x onerror="document.title='owned'">` })
		}
	}
	for page, ready := range map[string]string{w.authorizeURL("scope", "talk_message"): `button[title]`, w.srv.RoomsURL(): `.entry.self`} {
		do(t, ctx, chromedp.Navigate(page), visible(ready))
		look := ask(t, ctx, chromedp.Evaluate[string](`[document.title, document.querySelectorAll('img[onerror],svg[onload]').length, [...document.scripts].some(s => s.text.includes("document.title='owned'"))].join('|')`))
		if strings.Contains(look, "owned") || !strings.HasSuffix(look, "|0|false") {
			t.Errorf("%.60s: %s", page, look)
		}
		text := ask(t, ctx, chromedp.Text(chromedp.CSS(`body`)))
		if !strings.Contains(text, `onerror="document.title='owned'"`) {
			t.Errorf("%.60s does not show the name as text:\n%.300s", page, text)
		}
		if width := ask(t, ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth`)); width > 390 {
			t.Errorf("%s is %d px wide on a phone of 390", fmt.Sprintf("%.60s", page), width)
		}
	}
}
