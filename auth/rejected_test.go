package auth

import (
	"errors"
	"testing"
	"time"
)

// TestLateRejection: two calls of one process were refused, and the answer to the
// older token comes last. The newer token stays known as refused.
func TestLateRejection(t *testing.T) {
	w := newWorld(t)
	s, other := w.session(), w.session()
	first := w.mustToken(s, ForMe)
	if got := w.mustToken(other, ForMe); got != first {
		t.Fatal("not the stored token")
	}
	other.Rejected(first)
	second := w.mustToken(other, ForMe)
	s.Rejected(first)
	if got := w.mustToken(s, ForMe); got != second {
		t.Fatal("not the token that the other process stored")
	}
	s.Rejected(second)
	s.Rejected(first)
	if third := w.mustToken(s, ForMe); third == second || third == first || !w.works(third) {
		t.Error("a token that was refused is used again")
	}
}

// TestRenewedTokenRejected: a token that Kakao has just issued is refused as well.
// Then the token is not the reason, and a login would not help: one renewal, and
// none for a minute after it, while everything stays as it is.
func TestRenewedTokenRejected(t *testing.T) {
	w := newWorld(t)
	s := w.session()
	first := w.mustToken(s, ForMe)
	tabs, requests := w.opened(), w.requests("/oauth/token")
	use := func() (tokens []string) {
		if err := s.Use(t.Context(), func(r *Record) bool { tokens = append(tokens, r.Access); return true }); err != nil {
			t.Fatal(err)
		}
		return tokens
	}
	tried := use()
	if len(tried) != 2 || tried[0] != first || tried[1] == first {
		t.Errorf("%d tokens tried, want the old one and a new one", len(tried))
	}
	for range 3 {
		if again := use(); len(again) != 1 || again[0] != tried[1] {
			t.Errorf("%d tokens tried right after it, want the last one only", len(again))
		}
	}
	w.advance(vainFor)
	if later := use(); len(later) != 2 {
		t.Errorf("%d tokens tried a minute later, want two", len(later))
	}
	if got := w.requests("/oauth/token") - requests; got != 2 {
		t.Errorf("%d renewals, want 2", got)
	}
	if w.opened() != tabs || w.record(s) == nil {
		t.Errorf("%d tabs, record %v", w.opened()-tabs, w.record(s))
	}
}

// TestReplacementEndsLater: a renewed token that worked, and is ended an hour
// later, is like any other.
func TestReplacementEndsLater(t *testing.T) {
	w := newWorld(t)
	s := w.session()
	token := w.mustToken(s, ForMe)
	for range 3 {
		if !s.Rejected(token) {
			t.Fatal("not to be renewed")
		}
		next := w.mustToken(s, ForMe)
		if next == token || !w.works(next) {
			t.Fatal("no new token")
		}
		s.Accepted(next)
		token = next
		w.advance(time.Hour)
	}
}

// TestReplacementEndsSoon: a renewed token that Kakao took once, and refuses the next
// moment, has ended.
func TestReplacementEndsSoon(t *testing.T) {
	w := newWorld(t)
	s := w.session()
	token := w.mustToken(s, ForMe)
	for range 3 {
		if !s.Rejected(token) {
			t.Fatal("not to be renewed")
		}
		token = w.mustToken(s, ForMe)
		s.Accepted(token)
	}
	if !w.works(token) {
		t.Error("no token that works")
	}
}

// TestUse: what works is called once, what was refused once more, and nobody is
// asked to log in.
func TestUse(t *testing.T) {
	w := newWorld(t)
	s := w.session()
	never := func(*Record) bool { t.Error("called without a login"); return false }
	if err := s.Use(t.Context(), never); !errors.Is(err, ErrLoginNeeded) || w.opened() != 0 {
		t.Errorf("%v, %d tabs", err, w.opened())
	}
	first := w.mustToken(s, ForMe)
	for _, refused := range []int{0, 1} {
		calls := 0
		if err := s.Use(t.Context(), func(*Record) bool { calls++; return calls <= refused }); err != nil || calls != refused+1 {
			t.Errorf("%d calls for %d refusals, %v", calls, refused, err)
		}
	}
	if now := w.mustToken(s, ForMe); now == first || !w.works(now) {
		t.Error("not renewed")
	}
}
