package messages

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/auth/ground/chromiumtest"
	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/bubble"
	"kakaotalk-mcp/viewer"
)

// The browser unpacks what the program packed, on the served page and on a
// static host, and asks nobody else.
func TestPageShowsMessages(t *testing.T) {
	t.Parallel()
	chrome, site := browser(t), newSite(t)
	hostile := "<img src=x onerror=\"document.title='pwned'\"></script><script>document.title='pwned'</script>\n" +
		"\u202egnp.exe \u2066\u2067 뒤집힌 글\njavascript:alert(1) data:text/html,x {{script}} &amp; &lt;\n\x00\x01\ufeff끝"
	cases := []struct{ name, text string }{
		{"300", sample(t, "notice", 300)},
		{"1500", sample(t, "letter", 1500)},
		{"20000", longText(t, 20_000)},
		{"emoji", "생일 축하해! 🎂🎉 👨‍👩‍👧‍👦 🇰🇷 👋🏻 1️⃣\n오늘 저녁 7시, 늘 가던 곳에서 보자 ☕"},
		{"hostile", hostile},
		{"one line", strings.Repeat("가나다라마바사아자차", 10_000)},
		{"byte order mark", "\ufeff처음"},
		{"English", "Hello Jimin,\n\nThe meeting moved to 3 pm. Details: https://example.com/a_(b)?q=1#top.\n\nSee you there!"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := look(t, chrome, phone, link(t, site.static, c.text)).settled()
			if got, want := s.text(), strings.ReplaceAll(c.text, "\r\n", "\n"); got != want {
				t.Errorf("text differs: %d units, want %d", len(got), len(want))
			}
			if n := eval[int](s, `document.querySelectorAll("#text img, #text script").length`); n != 0 {
				t.Errorf("%d elements came out of the text", n)
			}
			if got := eval[string](s, `document.title`); got != "메시지가 도착했어요" {
				t.Errorf("title %q", got)
			}
			if wide := eval[int](s, `document.documentElement.scrollWidth`); wide > 390 {
				t.Errorf("page is %d wide on a phone of 390", wide)
			}
			s.clean(site.static)
			s.picture(strings.ReplaceAll(c.name, " ", "-"))
		})
	}
}

// Links and stored messages of the first format open as before.
func TestPageShowsOldLinks(t *testing.T) {
	t.Parallel()
	chrome, site := browser(t), newSite(t)
	for i, l := range unmarshal[[]struct{ Fragment, Text string }](t, "links1.json") {
		s := look(t, chrome, phone, site.static+"#"+l.Fragment).settled()
		if got, want := s.text(), strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(l.Text); got != want {
			t.Errorf("link %d: %.40q, want %.40q", i, got, want)
		}
		s.clean(site.static)
		s.picture(fmt.Sprintf("old-%d", i))
	}
	old := unmarshal[struct {
		ID, Key, Text string
		Blob          []byte
	}](t, "blob1.json")
	// As the first release kept it: the format, when it was made, when it expires.
	now := time.Now()
	file := binary.BigEndian.AppendUint64([]byte{1}, uint64(now.Unix()))
	file = append(binary.BigEndian.AppendUint64(file, uint64(now.Add(time.Hour).Unix())), old.Blob...)
	name := sha256.Sum256([]byte(old.ID))
	if err := os.WriteFile(filepath.Join(site.dir, hex.EncodeToString(name[:])), file, 0o600); err != nil {
		t.Fatal(err)
	}
	s := look(t, chrome, phone, site.store.URL(site.base(), old.ID, old.Key)).settled()
	if s.text() != old.Text {
		t.Errorf("stored message: %q", s.text())
	}
}

func TestPageShowsStoredMessages(t *testing.T) {
	t.Parallel()
	chrome, site := browser(t), newSite(t)
	put := func(text string, ttl time.Duration) (id, key string) {
		id, key, err := site.store.Put(t.Context(), text, ttl)
		if err != nil {
			t.Fatal(err)
		}
		return id, key
	}
	for _, text := range []string{"안녕하세요 😊", longText(t, 20_000)} {
		id, key := put(text, 0)
		s := look(t, chrome, phone, site.store.URL(site.base(), id, key)).settled()
		if s.text() != text {
			t.Error("text differs")
		}
		s.clean(site.base())
	}

	id, key := put("곧 사라질 글", 0)
	other, otherKey := put("다른 글", 0)
	revoked, revokedKey := put("거둔 글", 0)
	if err := site.store.Revoke(t.Context(), revoked); err != nil {
		t.Fatal(err)
	}
	expired, expiredKey := put("지난 글", time.Second)
	e2etest.WaitUntil(t, "a message to expire", func() bool {
		_, err := site.store.Blob(t.Context(), expired)
		return errors.Is(err, viewer.ErrNotFound)
	})
	for name, c := range map[string]struct{ id, key, want string }{
		"revoked":      {revoked, revokedKey, "취소한 메시지예요"},
		"expired":      {expired, expiredKey, "기한이 지났거나"},
		"key cut":      {id, key[:20], "잘렸거나"},
		"no key":       {id, "", "잘렸거나"},
		"id cut":       {id[:15], key, "잘렸거나"},
		"wrong key":    {id, otherKey, "잘렸거나"},
		"wrong id":     {other, key, "잘렸거나"},
		"unknown id":   {"AAAAAAAAAAAAAAAAAAAAAA", key, "기한이 지났거나"},
		"id too long":  {id + "x", key, "잘렸거나"},
		"key too long": {id, key + "A", "잘렸거나"},
	} {
		t.Run(name, func(t *testing.T) {
			s := look(t, chrome, phone, site.store.URL(site.base(), c.id, c.key)).settled()
			if got := s.state(); !strings.Contains(got, c.want) {
				t.Errorf("state %q, want %q", got, c.want)
			}
			s.clean(site.base())
		})
	}
}

func TestPageExplainsItself(t *testing.T) {
	t.Parallel()
	chrome, site := browser(t), newSite(t)
	whole, refused := link(t, site.static, sample(t, "letter", 800)), unmarshal[map[string]string](t, "refused.json")
	kakao := "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 KAKAOTALK 25.1.0"
	english := view{width: 390, height: 844, lang: "en-US"}
	type explained struct {
		name, link string
		view       view
		want       string
	}
	cases := []explained{
		{"cut", whole[:len(whole)-40], phone, "링크가 중간에 잘렸거나"},
		{"cut, English", whole[:len(whole)-40], english, "cut off or changed"},
		{"altered", whole[:200] + "AAAA" + whole[204:], phone, "링크가 중간에 잘렸거나"},
		{"trailing", whole + "AAAA", phone, "링크가 중간에 잘렸거나"},
		{"later format", site.static + "#9abc", phone, "페이지가 링크보다 오래됐어요"},
		{"later format, English", site.static + "#3abc", english, "older than the link"},
		{"other format", strings.Replace(whole, "#2", "#1", 1), phone, "링크가 중간에 잘렸거나"},
		{"wrong mark", whole + ".3.2", phone, "링크가 중간에 잘렸거나"},
		{"empty", site.static, phone, "카카오톡에서 받은"},
		{"empty, English", site.static, english, "tap the button"},
		{"old", whole, view{width: 390, height: 844, agent: kakao, before: "delete window.DecompressionStream"}, "브라우저가 오래돼서"},
	}
	for name, fragment := range refused { // what Encode would not make
		cases = append(cases, explained{name, site.static + "#" + fragment, phone, "링크가 중간에 잘렸거나"})
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := look(t, chrome, c.view, c.link).settled()
			if got := s.state(); !strings.Contains(got, c.want) {
				t.Errorf("state %q, want %q", got, c.want)
			}
			if got := s.text(); got != "" {
				t.Errorf("a piece of the text is shown: %.20q", got)
			}
			s.clean(site.static)
			s.picture(strings.ReplaceAll(c.name, ", ", "-"))
		})
	}
}

func TestPageWhileSenderIsOff(t *testing.T) {
	t.Parallel()
	chrome, site := browser(t), newSite(t)
	id, key, err := site.store.Put(t.Context(), "글", 0)
	if err != nil {
		t.Fatal(err)
	}
	link := site.store.URL(site.base(), id, key)
	for name, c := range map[string]struct{ fetch, want string }{
		"unreachable": {`Promise.reject(new TypeError("x"))`, "컴퓨터가 꺼져 있거나"},
		"proxy page":  {`Promise.resolve(new Response("<p>hi", {headers: {"Content-Type": "text/html"}}))`, "컴퓨터가 꺼져 있거나"},
		"503":         {`Promise.resolve(new Response("", {status: 503}))`, "컴퓨터가 꺼져 있거나"},
		"429":         {`Promise.resolve(new Response("", {status: 429}))`, "요청이 몰려서"},
	} {
		t.Run(name, func(t *testing.T) {
			v := phone
			v.before = "window.realFetch = window.fetch; window.fetch = () => " + c.fetch
			s := look(t, chrome, v, link).settled()
			if got := s.state(); !strings.Contains(got, c.want) {
				t.Errorf("state %q, want %q", got, c.want)
			}
			s.picture("off-" + strings.ReplaceAll(name, " ", "-"))
			// The button tries again.
			eval[bool](s, "Boolean(window.fetch = window.realFetch)")
			s.run(chromedp.Click(chromedp.ID("again")), chromedp.WaitVisible(chromedp.ID("paper")))
			if s.text() != "글" {
				t.Errorf("after trying again: %q", s.text())
			}
		})
	}
}

func TestPageWithoutScript(t *testing.T) {
	t.Parallel()
	chrome, site := browser(t), newSite(t)
	v := phone
	v.scriptOff = true
	s := look(t, chrome, v, link(t, site.static, "글"))
	visible, err := chromedp.Run(s.ctx, chromedp.Text(chromedp.CSS("main")))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(visible, "자바스크립트를 켜고") || !strings.Contains(visible, "turn on JavaScript") {
		t.Errorf("without script: %q", visible)
	}
	if strings.Contains(visible, "최신 브라우저로") {
		t.Errorf("two explanations at once: %q", visible)
	}
	s.picture("no-script")
}

func TestPageMarks(t *testing.T) {
	t.Parallel()
	chrome, site := browser(t), newSite(t)
	links, err := viewer.Pages{URL: site.static, Cut: bubble.Cut}.Links(longText(t, 4000), 10)
	if err != nil || len(links) < 3 {
		t.Fatalf("%d links, %v", len(links), err)
	}
	for lang, want := range map[string]string{"ko-KR": "2 / %d쪽", "en-GB": "Page 2 of %d"} {
		v := phone
		v.lang = lang
		s := look(t, chrome, v, links[1]).settled()
		if got, want := eval[string](s, `document.getElementById("count").textContent`), fmt.Sprintf(want, len(links)); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
		s.picture("mark-" + lang)
	}
}

// The digits prove that a link arrived whole: page and program must agree.
func TestPageTapTest(t *testing.T) {
	t.Parallel()
	chrome, site := browser(t), newSite(t)
	for i, fragment := range []string{viewer.TestMarker, viewer.TestMarker + strings.Repeat("Az09-_", 300), "t-" + strings.Repeat("x", 77)} {
		s := look(t, chrome, phone, site.served+"#"+fragment).settled()
		if got, want := eval[string](s, `document.getElementById("digits").textContent`), viewer.TestDigits("#"+fragment); got != want {
			t.Errorf("%d: page shows %s, program expects %s", i, got, want)
		}
		s.clean(site.base())
		s.picture(fmt.Sprintf("tap-test-%d", i))
	}
}

func TestPageLinkifies(t *testing.T) {
	t.Parallel()
	chrome, site := browser(t), newSite(t)
	text := "https://example.com에서 만나요. (https://example.com/a_(b)) \"http://a.kr/x?q=1&r=2#f\", HTTPS://B.KR/끝\n" +
		"javascript:alert(1) ftp://x.kr https:// http://%zz/ https://naver.me/abc. https://c.kr/길,\n" +
		"https://bank.example@evil.example/ https://user:pw@evil.example https://%62ank.example:443@evil.example/x https://:@evil.example https://2130706433/x https://%62ank.example https://a.kr/@user"
	s := look(t, chrome, phone, link(t, site.static, text)).settled()
	got := eval[[]string](s, `[...document.querySelectorAll("#text a")].map((a) => a.textContent + " " + a.rel)`)
	const rel = " noopener noreferrer nofollow"
	want := []string{
		"https://example.com" + rel, "https://example.com/a_(b)" + rel, "http://a.kr/x?q=1&r=2#f" + rel,
		"HTTPS://B.KR/" + rel, "https://naver.me/abc" + rel, "https://c.kr/" + rel, "https://a.kr/@user" + rel,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
	if s.text() != text {
		t.Error("text differs")
	}
}

// TestPageCutsNoScheme: an address that does not fit the rest of a line starts in the
// next one, and is cut only where it is longer than a line.
func TestPageCutsNoScheme(t *testing.T) {
	t.Parallel()
	chrome, site := browser(t), newSite(t)
	text := strings.Repeat("가나다라 마바사 ", 3)
	for n := range 12 {
		text += "\n" + strings.Repeat("가", 6+n) + " https://example.com/" + strings.Repeat("a", 80) + " 끝"
	}
	s := look(t, chrome, phone, link(t, site.static, text)).settled()
	cut := eval[[]string](s, `(() => { const text = document.querySelector("#text"), left = text.getBoundingClientRect().left;
		return [...text.querySelectorAll("a")].flatMap((a) => { const r = document.createRange(); r.setStart(a.firstChild, 0); r.setEnd(a.firstChild, 19);
			const lines = [...r.getClientRects()]; return lines.length > 1 || lines[0].left > left + 1 ? [a.textContent + " " + lines.length + " " + lines[0].left] : [] }) })()`)
	if len(cut) > 0 || eval[int](s, `document.querySelectorAll("#text a").length`) != 12 {
		t.Errorf("cut: %q", cut)
	}
}

func TestPageButtons(t *testing.T) {
	t.Parallel()
	chrome, site := browser(t), newSite(t)
	const text = "가나다\r\n<b>라</b>\n"
	link := link(t, site.static, text)
	v := phone
	v.agent = "Mozilla/5.0 (Linux; Android 15; wv) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36 KAKAOTALK 2510140"
	v.before = `navigator.share = async (what) => { window.shared = what.url };
		navigator.clipboard.writeText = async (what) => { window.copied = what };`
	s := look(t, chrome, v, link).settled()
	s.picture("in-kakaotalk")
	s.run(chromedp.Click(chromedp.ID("copy")))
	s.until(`document.getElementById("toast").textContent === "복사했어요"`)
	if got := eval[string](s, `window.copied`); got != text {
		t.Errorf("copied %q", got)
	}
	s.run(chromedp.Click(chromedp.ID("share")))
	if got := eval[string](s, `window.shared`); got != link {
		t.Error("shared another address")
	}
	if got := eval[string](s, `decodeURIComponent(document.getElementById("outside").href)`); got != "kakaotalk://web/openExternal?url="+link {
		t.Errorf("outside leads to %.60s", got)
	}
	if low := eval[float64](s, `Math.min(...[...document.querySelectorAll(".button:not([hidden])")].map((b) => b.getBoundingClientRect().height))`); low < 44 {
		t.Errorf("a button is %v high", low)
	}

	command(s, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	if eval[bool](s, `getComputedStyle(document.getElementById("actions")).display !== "none"`) {
		t.Error("buttons are printed")
	}

	// Neither clipboard nor share, as in an Android WebView.
	v.before = `delete Navigator.prototype.share; navigator.clipboard.writeText = () => Promise.reject(new Error("x"));
		document.execCommand = (what) => { window.ran = what + ":" + getSelection().toString() + document.activeElement.value; return true };`
	v.agent = ""
	s = look(t, chrome, v, link).settled()
	s.run(chromedp.Click(chromedp.ID("copy")))
	s.until(`document.getElementById("toast").textContent === "복사했어요"`)
	if got := eval[string](s, `window.ran`); !strings.HasPrefix(got, "copy:") || !strings.Contains(got, "<b>라</b>") {
		t.Errorf("copy by selection: %q", got)
	}
	if eval[bool](s, `!document.getElementById("share").hidden || !document.getElementById("outside").hidden`) {
		t.Error("a button that cannot work is shown")
	}
}

func TestPageFollowsItsAddress(t *testing.T) {
	t.Parallel()
	chrome, site := browser(t), newSite(t)
	s := look(t, chrome, phone, link(t, site.static, "첫 글")).settled()
	next := link(t, site.static, "다음 글")
	_, fragment, _ := strings.Cut(next, "#")
	eval[string](s, fmt.Sprintf("location.hash = %q", fragment))
	s.until(`document.getElementById("text").textContent === "다음 글"`)
	if got := eval[string](s, "location.href"); got != next {
		t.Error("the address lost its fragment")
	}
}

func TestPageIsAccessible(t *testing.T) {
	t.Parallel()
	chrome, site := browser(t), newSite(t)
	text := longText(t, 1500) + "\nhttps://example.com/ ok"
	links, err := viewer.Pages{URL: site.static, Cut: bubble.Cut}.Links(longText(t, 4000), 10)
	if err != nil {
		t.Fatal(err)
	}
	light, dark := phone, phone
	dark.dark = true
	desk, deskDark := view{width: 1280, height: 800, lang: "en-US"}, view{width: 1280, height: 800, dark: true}
	for name, c := range map[string]struct {
		link  string
		views []view
	}{
		"message": {link(t, site.static, text), []view{light, dark, desk, deskDark}},
		"page":    {links[0], []view{light, dark}},
		"damaged": {site.static + "#2abc", []view{light, deskDark}},
		"test":    {site.static + "#uabc", []view{dark, desk}},
		"English": {link(t, site.static, "Hello there. Nice to meet you."), []view{desk}},
	} {
		for _, v := range c.views {
			shape := fmt.Sprintf("%s-%d-dark-%v", name, v.width, v.dark)
			t.Run(shape, func(t *testing.T) {
				v.before = `navigator.share = async () => {}`
				s := look(t, chrome, v, c.link).settled()
				s.picture(shape)
				for _, v := range chromiumtest.Violations(t, s.ctx) {
					t.Errorf("axe: %s", v)
				}
			})
		}
	}
}

func TestServedPageObeysItsHeaders(t *testing.T) {
	t.Parallel()
	chrome, site := browser(t), newSite(t)
	s := look(t, chrome, phone, link(t, site.served, "글")).settled()
	if s.text() != "글" {
		t.Errorf("text %q", s.text())
	}
	s.clean(site.base())
	if got := eval[string](s, `fetch("http://127.0.0.1:1/").then(() => "sent", (e) => "refused")`); got != "refused" {
		t.Error("the policy let a foreign request through")
	}
	response, err := http.Get(site.served)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if got := response.Header.Get("Content-Security-Policy"); !strings.Contains(got, "frame-ancestors 'none'") || !strings.Contains(got, "script-src 'sha256-") {
		t.Errorf("policy %q", got)
	}
}
