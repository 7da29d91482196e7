package messenger

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"kakaotalk-mcp/tools/ask"
	"kakaotalk-mcp/tools/compose"
	"kakaotalk-mcp/tools/journal"
	"kakaotalk-mcp/tools/kakao/sandbox"
	"kakaotalk-mcp/tools/kakao/sandbox/sandboxtest"
)

// TestSameMessageInOtherWords: what a friend would see as the same message goes once,
// however it is written down; what they would see as another goes.
func TestSameMessageInOtherWords(t *testing.T) {
	t.Parallel()
	const good, foreign = "https://example.com/a", "https://other.example/a"
	feed := func(rest string) string {
		return `"template":{"object_type":"feed","content":{"title":"제목","description":"내용","image_url":"https://example.com/a.png","link":{"web_url":"` + good + `","mobile_web_url":"` + good + `"}}` + rest + `}`
	}
	text := func(rest string) string { return `"template":{"object_type":"text","text":"안녕",` + rest + `}` }
	args := func(value string) string { return `"template_id":7,"template_args":{"A":"` + value + `"}` }
	long := sandboxtest.Letters(450)
	for _, c := range []struct{ name, first, then string }{
		{"title or text", `"title":"제목","message":"내용"`, `"message":"제목\n\n내용"`},
		{"title or text, one line", `"title":"제목","message":"내용"`, `"message":"제목 내용"`},
		{"title or text, with a link", `"title":"제목","message":"내용","link":"` + good + `"`, `"message":"제목\n내용","link":"` + good + `"`},
		{"foreign link in the text", `"message":"보세요","link":"` + foreign + `"`, `"message":"보세요\n` + foreign + `"`},
		{"registered link in the text", `"message":"보세요","link":"` + good + `"`, `"message":"보세요 ` + good + `"`},
		{"link twice", `"message":"보세요 ` + good + `"`, `"message":"보세요 ` + good + `","link":"` + good + `"`},
		{"another form of an address", `"message":"안녕","link":"` + good + `","button":"열기"`, `"message":"안녕","link":"https://EXAMPLE.com:443/%61","button":"열기"`},
		{"KakaoTalk's own label", `"message":"안녕","link":"` + good + `"`, `"message":"안녕","link":"` + good + `","button":"자세히 보기"`},
		{"template or text", `"message":"안녕"`, text(`"link":{}`)},
		{"template or text, with a link", `"message":"안녕","link":"` + good + `","button":"열기"`, text(`"link":{"web_url":"` + good + `"},"button_title":"열기"`)},
		{"template's buttons", `"message":"안녕","link":"` + good + `","button":"열기"`, text(`"link":{},"buttons":[{"title":"열기","link":{"mobile_web_url":"` + good + `"}}]`)},
		{"template or picture", feed(``), `"title":"제목","message":"내용","image":"https://example.com/a.png","link":"` + good + `"`},
		{"title or description", `"title":"제목","message":"내용","image":"https://example.com/a.png"`, `"message":"제목\n내용","image":"https://example.com/a.png"`},
		{"invisible in a template", feed(`,"social":{"like_count":3}`), strings.Replace(feed(`,"social":{"like_count":3}`), "내용", "내\u2060용", 1)},
		{"another size of a picture", feed(`,"social":{"like_count":3}`), strings.Replace(feed(`,"social":{"like_count":3}`), `"link"`, `"image_width":300,"link"`, 1)},
		{"invisible in arguments", args("안녕"), args("\u200b안녕")},
		{"invisible in a label", `"message":"안녕","link":"` + good + `","button":"열기"`, `"message":"안녕","link":"` + good + `","button":"열\u200b기"`},
		{"zero width space", `"message":"안녕"`, `"message":"안\u200b녕"`},
		{"selector", `"message":"안녕 1"`, `"message":"안녕 1\ufe0f"`},
		{"grapheme joiner", `"message":"안녕"`, `"message":"안녕\u034f"`},
		{"Hangul filler", `"message":"안녕"`, `"message":"안녕\u3164"`},
		{"filler for a space", `"message":"안녕 친구"`, `"message":"안녕\u3164친구"`},
		{"jamo filler", `"message":"안녕"`, `"message":"안\u1160녕"`},
		{"blank braille", `"message":"안녕"`, `"message":"\u2800안녕"`},
		{"decomposed", `"message":"안녕"`, `"message":"\u110b\u1161\u11ab\u1102\u1167\u11bc"`},
		{"white space", `"message":"안녕 친구"`, `"message":" 안녕  친구\n"`},
		{"padded beyond a bubble", `"message":"안녕"`, `"message":"안녕` + strings.Repeat(`\u200b`, 250) + `"`},
		{"padded picture", `"message":"안녕","image":"https://example.com/a.png"`, `"message":"안녕` + strings.Repeat(`\u2060`, 90) + `","image":"https://example.com/a.png"`},
		{"long and padded", `"message":"` + long + `"`, `"message":"` + strings.ReplaceAll(long, "요", `\u2060요\u200b`) + `"`},
	} {
		for _, swapped := range []bool{false, true} {
			if swapped {
				c.first, c.then = c.then, c.first
			}
			w := loggedIn(t)
			w.want(w.call(toolSend, `{"to":["홍길동"],`+c.first+`}`), StatusSent, "", "")
			once := len(w.Arrived())
			if a := w.call(toolSend, `{"to":["홍길동"],`+c.then+`}`); a.str("status") != StatusAlreadySent || len(w.Arrived()) != once {
				t.Errorf("%s (swapped %v): %s, %d bubbles after %d", c.name, swapped, a.str("status"), len(w.Arrived()), once)
			}
		}
	}
	for _, c := range []struct{ name, first, then string }{
		{"another text", `"message":"안녕"`, `"message":"안녕."`},
		{"a space", `"message":"아버지가 방에"`, `"message":"아버지 가방에"`},
		{"another address", `"message":"안녕","link":"` + good + `"`, `"message":"안녕","link":"` + good + `b"`},
		{"addresses the other way round", `"message":"` + good + ` 예, ` + foreign + ` 아니요"`, `"message":"` + foreign + ` 예, ` + good + ` 아니요"`},
		{"another label", `"message":"안녕","link":"` + good + `","button":"열기"`, `"message":"안녕","link":"` + good + `","button":"사기"`},
		{"a button more", `"message":"안녕"`, `"message":"안녕","link":"` + good + `"`},
		{"another picture", `"message":"안녕","image":"https://example.com/a.png"`, `"message":"안녕","image":"https://example.com/b.png"`},
		{"a picture more", `"message":"안녕"`, `"message":"안녕","image":"https://example.com/a.png"`},
		{"another number", feed(`,"social":{"like_count":3}`), feed(`,"social":{"like_count":4}`)},
		{"counters more", feed(``), feed(`,"social":{"like_count":4}`)},
		{"another console template", args("안녕"), strings.Replace(args("안녕"), "7", "8", 1)},
		{"other arguments", args("안녕"), args("안녕히")},
		{"two bubbles and one", `"message":"안녕","template":{"object_type":"text","text":"친구","link":{}}`, `"message":"안녕\n친구"`},
	} {
		w := loggedIn(t)
		w.want(w.call(toolSend, `{"to":["홍길동"],`+c.first+`}`), StatusSent, "", "")
		once := len(w.Arrived())
		if a := w.call(toolSend, `{"to":["홍길동"],`+c.then+`}`); a.str("status") != StatusSent || len(w.Arrived()) == once {
			t.Errorf("%s: %s, %d bubbles after %d", c.name, a.str("status"), len(w.Arrived()), once)
		}
	}
}

// TestPicturesOfThisComputerAreTold: two pictures with one text are two messages, one
// picture under two names is one.
func TestPicturesOfThisComputerAreTold(t *testing.T) {
	dir, _ := album(t)
	w := loggedIn(t, func(c *Config) { c.ImageDir = dir })
	for _, c := range []struct {
		name, status string
		shade        uint8
	}{{"a.png", StatusSent, 1}, {"b.png", StatusSent, 2}, {"c.png", StatusAlreadySent, 1}} {
		path := filepath.Join(dir, c.name)
		keep(t, path, drawn(t, c.shade))
		w.want(w.call(toolSend, withImage(path, `,"to":["홍길동"]`)), c.status, "", "")
	}
}

// TestRecordsOfAnEarlierVersion: what one wrote down by the arguments is not sent again.
func TestRecordsOfAnEarlierVersion(t *testing.T) {
	for name, message := range map[string]string{"a bubble": "안녕", "parts": sandboxtest.Letters(450)} {
		for want, outcome := range map[string]journal.Outcome{StatusAlreadySent: journal.Delivered, StatusUnknown: journal.Uncertain, StatusSent: journal.Refused} {
			w := loggedIn(t)
			friend, err := w.m.friends.all(t.Context(), Nobody{})
			if err != nil {
				t.Fatal(err)
			}
			s := &sending{m: w.m, account: w.Session.Account(), content: compose.Content{Message: message}.Digest(), receivers: []Receiver{{UUID: friend.list[friend.index.Exact("홍길동")[0]].UUID}}}
			var items []journal.Item
			var outcomes []journal.Outcome
			for part := range 3 {
				items, outcomes = append(items, s.item(0, part)), append(outcomes, outcome)
			}
			claim, err := w.m.journal.Begin(t.Context(), items, windowFriends, false)
			if err = errors.Join(err, w.m.journal.Finish(t.Context(), claim, outcomes)); err != nil {
				t.Fatal(err)
			}
			if a := w.call(toolSend, `{"to":["홍길동"],"message":"`+message+`"}`); a.str("status") != want || want != StatusSent && len(w.Arrived()) != 0 {
				t.Errorf("%s, %v: %s", name, want, a.Text)
			}
		}
	}
}

// TestWhoGetsItNoMoreIsTold: of several people the question says who has the message
// already, or may have it, and is not sent it again.
func TestWhoGetsItNoMoreIsTold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cut, status, detail string
	}{
		"has it":      {"", StatusSent, "이미 받아서 다시 보내지 않음"},
		"may have it": {"after", StatusUnknown, "이미 보냈을 수 있어서 다시 보내지 않음"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := loggedIn(t, asking)
			p := answering(ask.Once)
			if c.cut != "" {
				w.Fault(sandbox.Faults{FailPath: friendSends, FailNth: 1, Cut: c.cut})
			}
			if a := w.asked(p, toolSend, `{"to":["홍길동"],"message":"안녕"}`); a.str("status") != c.status {
				t.Fatal(a.Text)
			}
			w.Fault(sandbox.Faults{})
			w.asked(p, toolSend, `{"to":["홍길동","정서연"],"message":"안녕"}`)
			w.WantArrived("홍길동: 안녕", "정서연: 안녕")
			to := p.asked[1].To
			if to[0].Detail != c.detail || to[1].Detail != "" {
				t.Errorf("%+v", to)
			}
		})
	}
}
