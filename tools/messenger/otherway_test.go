package messenger

import (
	"context"
	"strings"
	"testing"

	"kakaotalk-mcp/tools/ask"
	"kakaotalk-mcp/tools/compose"
	"kakaotalk-mcp/tools/kakao/sandbox"
	"kakaotalk-mcp/tools/kakao/sandbox/sandboxtest"
)

func refuseNth(n int) sandbox.Faults {
	return sandbox.Faults{FailPath: friendSends, FailNth: n, FailStatus: 400, FailBody: `{"code":-532,"msg":"x"}`}
}

// TestFallbackSparesWhoHasIt: a stored page went to one friend; when storing fails
// for two, only the other one gets the parts.
func TestFallbackSparesWhoHasIt(t *testing.T) {
	s := &shelf{up: true, proven: true}
	w := loggedIn(t, withPages(s))
	w.want(w.call(toolSend, longCall()), StatusSent, "", "")
	s.broken = true
	w.call(toolSend, `{"to":["홍길동","정서연"],"message":"`+sandboxtest.Letters(900)+`"}`)
	count := map[string]int{}
	for _, d := range w.Arrived() {
		name, _, _ := strings.Cut(d, ":")
		count[name]++
	}
	if count["홍길동"] != 1 || count["정서연"] != 5 {
		t.Errorf("bubbles: %v", count)
	}
}

// TestPartlyDeliveredIsNotWhole: a message that stopped halfway is not "already
// sent" when the repeat travels another way.
func TestPartlyDeliveredIsNotWhole(t *testing.T) {
	t.Parallel()
	image := `{"to":["홍길동"],"image":"https://example.com/a.png","title":"t","message":"` + sandboxtest.Letters(600) + `"}`
	up, pages := shelf{up: true, proven: true}, shelf{pages: 5, proven: true}
	for name, c := range map[string]struct {
		first, then shelf
		nth         int
		args        string
	}{
		"card and stored, then parts": {up, shelf{}, 2, image},
		"card and parts, then stored": {shelf{}, up, 5, image},
		"pages, then parts":           {pages, shelf{}, 2, longCall()},
		"pages, then stored":          {pages, up, 2, longCall()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := c.first
			w := loggedIn(t, withPages(&now))
			w.Fault(refuseNth(c.nth))
			w.call(toolSend, c.args)
			before := len(w.Arrived())
			w.Fault(sandbox.Faults{})
			now = c.then
			if a := w.call(toolSend, c.args); a.str("status") != StatusSent || len(w.Arrived()) == before {
				t.Errorf("status %q, %d bubbles after %d", a.str("status"), len(w.Arrived()), before)
			}
		})
	}
}

// TestStoredThenPages: a whole message is not sent again as several pages.
func TestStoredThenPages(t *testing.T) {
	now := shelf{up: true, proven: true}
	w := loggedIn(t, withPages(&now))
	w.call(toolSend, longCall())
	now = shelf{pages: 5, proven: true}
	if a := w.call(toolSend, longCall()); a.str("status") != StatusAlreadySent || len(w.Arrived()) != 1 {
		t.Errorf("status %q, %d bubbles", a.str("status"), len(w.Arrived()))
	}
}

// TestNoLinkIsLost: where a link finds no button it stands in the text.
func TestNoLinkIsLost(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		shelf shelf
		link  string
	}{
		"several pages":                    {shelf{pages: 3, proven: true}, "https://example.com/doc"},
		"foreign link, too long for parts": {shelf{up: true, proven: true}, "https://other.example/doc"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := loggedIn(t, withPages(&c.shelf))
			a := w.call(toolSend, `{"to":["홍길동"],"link":"`+c.link+`","message":"`+sandboxtest.Letters(3000)+`"}`)
			if a.str("status") != StatusSent || a.Result["link_may_be_dead"] == true {
				t.Errorf("got %s", a.Text)
			}
			if got := strings.Join(append(c.shelf.asked, c.shelf.stored...), "\n"); !strings.Contains(got, c.link) {
				t.Error("no page holds the link")
			}
		})
	}
}

// TestFallbackPromisesNoPage: text that went in parts after all needs no proof of
// a page, and a message that nobody got leaves none behind.
func TestFallbackPromisesNoPage(t *testing.T) {
	w := loggedIn(t, withPages(&shelf{up: true, broken: true}))
	if a := w.call(toolToMe, `{"message":"`+sandboxtest.Letters(900)+`"}`); strings.Contains(a.Text, "--send-test-link") {
		t.Errorf("got %s", a.Text)
	}
	s := &shelf{up: true, proven: true}
	w = loggedIn(t, withPages(s))
	for range 3 {
		w.Fault(refuseNth(1))
		w.want(w.call(toolSend, longCall()), StatusNotSent, "quota_sender", "later")
	}
	if len(s.stored) != 0 {
		t.Errorf("%d pages left of messages nobody got", len(s.stored))
	}
}

// agreeing is a person who says yes, after something has happened meanwhile.
type agreeing struct {
	Nobody
	before func()
}

func (a agreeing) Ask(context.Context, ask.Question) (ask.Answer, error) {
	a.before()
	return ask.Answer{Verdict: ask.Once}, nil
}

// TestSentWhileAsking: while the person reads the question, an identical call
// delivers the message another way.
func TestSentWhileAsking(t *testing.T) {
	t.Parallel()
	for name, c := range map[string][2]shelf{
		"parts after stored": {{}, {up: true, proven: true}},
		"stored after parts": {{up: true, proven: true}, {}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := c[0]
			w := loggedIn(t, withPages(&now), func(c *Config) { c.Confirm = ConfirmFriends })
			sent := 0
			r := SendRequest{To: []string{"홍길동"}, Content: compose.Content{Message: sandboxtest.Letters(900)}}
			other := w.cfg
			other.Confirm = ConfirmNever
			out, err := w.m.Send(t.Context(), r, agreeing{before: func() {
				now = c[1]
				if out, err := New(other).Send(t.Context(), r, Nobody{}); err != nil || out.Status != StatusSent {
					t.Errorf("meanwhile: %v %s", err, out.Status)
				}
				sent = len(w.Arrived())
			}})
			if err != nil || out.Status != StatusAlreadySent || len(w.Arrived()) != sent {
				t.Errorf("%v %s: %d bubbles, then %d", err, out.Status, sent, len(w.Arrived()))
			}
		})
	}
}

// TestUnknownOtherWay: an unknown outcome holds a typed command back, whatever way
// the repeat would travel.
func TestUnknownOtherWay(t *testing.T) {
	now := shelf{up: true, proven: true}
	w := loggedIn(t, withPages(&now), typed)
	w.Fault(sandbox.Faults{FailPath: friendSends, FailNth: 1, Cut: "after"})
	r := SendRequest{To: []string{"홍길동"}, Content: compose.Content{Message: sandboxtest.Letters(900)}}
	for i, s := range []shelf{now, now, {}, {pages: 1, proven: true}} {
		now = s
		out, err := w.m.Send(t.Context(), r, Nobody{})
		if err != nil || out.Status != StatusUnknown || len(w.Arrived()) != 1 {
			t.Errorf("call %d: %v %s, %d bubbles", i+1, err, out.Status, len(w.Arrived()))
		}
		w.Fault(sandbox.Faults{})
	}
}
