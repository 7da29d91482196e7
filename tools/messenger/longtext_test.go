package messenger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/tools/ask"
	"kakaotalk-mcp/tools/bubble"
	"kakaotalk-mcp/tools/kakao/sandbox/sandboxtest"
	"kakaotalk-mcp/tools/kakao/sandbox/template"
)

// shelf is a Pages whose state a test sets.
type shelf struct {
	pages  int // links the static page needs; 0: there is none
	up     bool
	proven bool
	broken bool   // storing fails
	tunnel string // what is told of a configured tunnel
	comes  bool   // a tunnel that is down comes up when it is waited for
	waited []time.Duration
	stored []string
	asked  []string // texts that pages were made of
}

func (s *shelf) Page(text string, max int) []string {
	if s.pages == 0 || s.pages > max {
		return nil
	}
	s.asked = append(s.asked, text)
	var links []string
	for i := range s.pages {
		links = append(links, fmt.Sprintf("https://example.com/p#%d", i+1))
	}
	return links
}

func (s *shelf) Up() bool           { return s.up }
func (s *shelf) Limit() int         { return 256 << 10 }
func (s *shelf) Proven(string) bool { return s.proven }

func (s *shelf) Await(_ context.Context, atMost time.Duration) (bool, string) {
	s.waited = append(s.waited, atMost)
	s.up = s.up || s.comes
	return s.up, s.tunnel
}

func (s *shelf) Store(_ context.Context, text string) (string, time.Time, func(context.Context), error) {
	if s.broken {
		return "", time.Time{}, nil, errors.New("full")
	}
	s.stored = append(s.stored, text)
	return "https://example.com/message/x#k", time.Now().Add(time.Hour), func(context.Context) { s.stored = s.stored[1:] }, nil
}

func withPages(s *shelf) func(*Config) { return func(c *Config) { c.Pages = s } }

func TestHowLongTextTravels(t *testing.T) {
	t.Parallel()
	toMe := func(n int) string { return `{"message":"` + sandboxtest.Letters(n) + `"}` }
	const down = "터널이 연결되어 있지 않아요: 서버에 연결하지 못했어요."
	toFriend := func(n int) string { return `{"to":["홍길동"],"message":"` + sandboxtest.Letters(n) + `"}` }
	for name, c := range map[string]struct {
		shelf    *shelf
		tool     string
		args     string
		delivery string // "": refused
		bubbles  int
		unproven bool
	}{
		"short text needs no page":              {&shelf{pages: 1, up: true, proven: true}, toolToMe, toMe(200), "text", 1, false},
		"page first":                            {&shelf{pages: 1, up: true, proven: true}, toolToMe, toMe(230), "page", 1, false},
		"several pages, two buttons each":       {&shelf{pages: 5, up: true, proven: true}, toolToMe, toMe(3000), "page", 3, false},
		"stored while the tunnel is up":         {&shelf{up: true, proven: true}, toolToMe, toMe(900), "stored", 1, false},
		"no tunnel: parts":                      {&shelf{proven: true}, toolToMe, toMe(900), "parts", 6, false},
		"tunnel down: parts":                    {&shelf{proven: true, tunnel: down}, toolToMe, toMe(900), "parts", 6, false},
		"tunnel down, too long for parts":       {&shelf{proven: true, tunnel: down}, toolSend, toFriend(3000), "", 0, false},
		"tunnel starting":                       {&shelf{proven: true, tunnel: down, comes: true}, toolToMe, toMe(900), "stored", 1, false},
		"tunnel starting, too long for parts":   {&shelf{proven: true, tunnel: down, comes: true}, toolSend, toFriend(3000), "stored", 1, false},
		"friends: unproven, tunnel down":        {&shelf{tunnel: down}, toolSend, toFriend(900), "parts", 5, false},
		"storing fails: parts":                  {&shelf{up: true, proven: true, broken: true}, toolToMe, toMe(900), "parts", 6, false},
		"storing fails, too long for parts":     {&shelf{up: true, proven: true, broken: true}, toolSend, toFriend(3000), "", 0, false},
		"friends: unproven address, parts fit":  {&shelf{pages: 1, up: true}, toolSend, toFriend(900), "parts", 5, false},
		"friends: unproven address, no parts":   {&shelf{pages: 1, up: true}, toolSend, toFriend(3000), "page", 1, true},
		"friends: proven address":               {&shelf{pages: 1, proven: true}, toolSend, toFriend(900), "page", 1, false},
		"oneself: unproven address is tried":    {&shelf{pages: 1}, toolToMe, toMe(900), "page", 1, true},
		"too many pages and parts, tunnel down": {&shelf{pages: 11, proven: true}, toolSend, toFriend(3000), "", 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := loggedIn(t, withPages(c.shelf))
			a := w.call(c.tool, c.args)
			missed := len(c.shelf.waited) > 0 && !c.shelf.up && c.shelf.tunnel != ""
			c.shelf.waited = slices.DeleteFunc(c.shelf.waited, func(d time.Duration) bool { return d == 0 }) // only looked
			if len(c.shelf.waited) > 1 || strings.Contains(a.Text, down) != missed || missed && !strings.Contains(a.str("summary"), down) {
				t.Errorf("waited %v, and said: %s", c.shelf.waited, a.Text)
			}
			if c.delivery == "" {
				if a.str("status") != StatusNotSent || !a.IsError {
					t.Errorf("got %s", a.Text)
				}
				w.WantArrived()
				return
			}
			if a.str("status") != StatusSent || a.str("delivery") != c.delivery {
				t.Errorf("status %q delivery %q, want sent by %q\n%s", a.str("status"), a.str("delivery"), c.delivery, a.Text)
			}
			if got := len(w.Kakao.Deliveries()); got != c.bubbles {
				t.Errorf("%d bubbles, want %d", got, c.bubbles)
			}
			if got := strings.Contains(a.Text, "--send-test-link"); got != c.unproven {
				t.Errorf("unproven hint %v, want %v: %s", got, c.unproven, a.Text)
			}
			for _, d := range w.Kakao.Deliveries() {
				if bubble.Len(d.Text) > bubble.Limit || len(d.Buttons) > 2 {
					t.Errorf("bubble of %d units with %d buttons", bubble.Len(d.Text), len(d.Buttons))
				}
			}
		})
	}
}

func TestPageBubble(t *testing.T) {
	t.Parallel()
	english := strings.Repeat("All of this is one long English sentence. ", 12)
	for name, c := range map[string]struct {
		args string
		want []template.Button
	}{
		"korean":       {`{"message":"` + sandboxtest.Letters(500) + `"}`, []template.Button{{Title: "전체 보기", URL: "https://example.com/p#1"}}},
		"english":      {`{"message":"` + english + `"}`, []template.Button{{Title: "Read all", URL: "https://example.com/p#1"}}},
		"with a link":  {`{"message":"` + sandboxtest.Letters(500) + `","link":"https://example.com/doc","button":"자료"}`, []template.Button{{Title: "전체 보기", URL: "https://example.com/p#1"}, {Title: "자료", URL: "https://example.com/doc"}}},
		"foreign link": {`{"message":"` + sandboxtest.Letters(500) + `","link":"https://other.example/doc"}`, []template.Button{{Title: "전체 보기", URL: "https://example.com/p#1"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := loggedIn(t, withPages(&shelf{pages: 1, proven: true}))
			w.call(toolToMe, c.args)
			list := w.Kakao.Deliveries()
			if len(list) != 1 || !strings.HasSuffix(list[0].Text, "…") {
				t.Fatalf("deliveries: %+v", list)
			}
			if got := fmt.Sprint(list[0].Buttons); got != fmt.Sprint(c.want) {
				t.Errorf("buttons %s, want %s", got, fmt.Sprint(c.want))
			}
		})
	}
}

// TestWayChangesBetweenRepeats: whatever came up or went down since, an identical
// call sends nothing a second time.
func TestWayChangesBetweenRepeats(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ first, then shelf }{
		"page, then parts":   {shelf{pages: 1, proven: true}, shelf{}},
		"parts, then page":   {shelf{}, shelf{pages: 1, proven: true}},
		"parts, then stored": {shelf{}, shelf{up: true, proven: true}},
		"stored, then page":  {shelf{up: true, proven: true}, shelf{pages: 1, proven: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := c.first
			w := loggedIn(t, withPages(&now))
			if a := w.call(toolSend, longCall()); a.str("status") != StatusSent {
				t.Fatalf("got %s", a.Text)
			}
			sent := len(w.Kakao.Deliveries())
			now = c.then
			if a := w.call(toolSend, longCall()); a.str("status") != StatusAlreadySent {
				t.Errorf("the repeat says %q", a.str("status"))
			}
			if got := len(w.Kakao.Deliveries()); got != sent {
				t.Errorf("%d bubbles after the repeat, %d before", got, sent)
			}
		})
	}
}

// TestStoredOnlyWhenSent: a message that is not sent leaves nothing behind.
func TestStoredOnlyWhenSent(t *testing.T) {
	s := &shelf{up: true, proven: true}
	w := loggedIn(t, withPages(s))
	w.call(toolSend, `{"to":["지민"],"message":"`+sandboxtest.Letters(900)+`"}`)
	if len(s.stored) != 0 {
		t.Errorf("%d messages stored for a call that sent nothing", len(s.stored))
	}
	w.WantArrived()
}

// TestTooLongForThePage: what the store cannot take is refused as too long, with
// the limit, before anybody is asked and before anything is sent.
func TestTooLongForThePage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		bytes int
		lang  wording.Lang
		sent  bool
		says  string
	}{
		"what fits":      {256 << 10, "ko", true, ""},
		"one byte more":  {256<<10 + 1, "ko", false, "256KB(한글 약 87000자)까지예요"},
		"in English":     {256<<10 + 1, "en", false, "at most 256 KB (about 87000 Korean characters)"},
		"399 KB":         {399 << 10, "ko", false, "256KB"},
		"more than that": {401 << 10, "ko", false, "256KB"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &shelf{up: true, proven: true}
			w := loggedIn(t, withPages(s), asking, func(cfg *Config) { cfg.Lang = c.lang })
			p := answering(ask.Once)
			a := w.asked(p, toolSend, `{"to":["홍길동"],"message":"`+strings.Repeat("a", c.bytes)+`"}`)
			if c.sent {
				w.want(a, StatusSent, "", "")
				return
			}
			w.want(a, StatusNotSent, "too_long", "no")
			if !strings.Contains(a.Text, c.says) || len(p.questions()) > 0 || len(s.stored) > 0 {
				t.Errorf("%d questions, %d stored: %s", len(p.questions()), len(s.stored), a.Text)
			}
			w.WantArrived()
		})
	}
}
