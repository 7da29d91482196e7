package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// reason returns a problem's reason, or the error's text.
func reason(err error) string {
	var p *problem.Problem
	if errors.As(err, &p) {
		return p.Reason
	}
	return fmt.Sprint(err)
}

// awaitTab returns once n pages were opened.
func (w *world) awaitTab(n int) string {
	w.Helper()
	w.eventually(func() bool { return w.opened() >= n })
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.tabs[n-1]
}

// eventually polls what another goroutine will bring about.
func (w *world) eventually(done func() bool) {
	w.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(10 * time.Second); !done(); {
		select {
		case <-tick.C:
		case <-deadline:
			w.Fatal("it never happened")
		}
	}
}

// awaitWaits returns once so many calls wait for the login under way.
func (w *world) awaitWaits(s *Session, n int) {
	w.Helper()
	w.eventually(func() bool {
		t, _ := s.readTab()
		return len(t.Waits) == n
	})
}

// answer is what one call got.
type answer struct {
	token string
	err   error
}

// ask starts a call of its own.
func (w *world) ask(ctx context.Context, s *Session, r Request) <-chan answer {
	got := make(chan answer, 1)
	go func() {
		token, err := s.Token(ctx, r)
		got <- answer{token, err}
	}()
	return got
}

// patience is a context that runs out when the test says so, and not by the clock.
type patience struct {
	context.Context
	over chan struct{}
}

func (p patience) Done() <-chan struct{} { return p.over }

func (p patience) Err() error {
	select {
	case <-p.over:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

// askUntilTab asks for a token and lets the call's time run out once the next tab is
// open and the person, if there is one, has done what they can.
func (w *world) askUntilTab(s *Session, p Purpose) (string, error) {
	w.Helper()
	next := w.opened() + 1
	ctx := patience{w.Context(), make(chan struct{})}
	call := w.ask(ctx, s, Request{Purpose: p})
	w.awaitTab(next)
	w.visits.Wait()
	close(ctx.over)
	got := <-call
	return got.token, got.err
}

func TestManyCallsAndProcessesAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var sessions []*Session
	for range 4 {
		sessions = append(sessions, w.session())
	}
	all := func() map[string]int {
		tokens := map[string]int{}
		var mu sync.Mutex
		var calls sync.WaitGroup
		for i := range 20 {
			calls.Go(func() {
				token, err := w.token(sessions[i%len(sessions)], ForMe)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				tokens[token]++
				mu.Unlock()
			})
		}
		calls.Wait()
		return tokens
	}
	if tokens := all(); len(tokens) != 1 || w.opened() != 1 || w.requests("/oauth/token") != 1 {
		t.Errorf("login: %d different tokens, %d tabs, %d token requests", len(tokens), w.opened(), w.requests("/oauth/token"))
	}
	w.advance(7 * time.Hour)
	if tokens := all(); len(tokens) != 1 || w.opened() != 1 || w.requests("/oauth/token") != 2 {
		t.Errorf("refresh: %d different tokens, %d tabs, %d token requests", len(tokens), w.opened(), w.requests("/oauth/token"))
	}
	w.kakao.ExpireAccessTokens()
	for _, s := range sessions {
		s.Rejected(s.memory().Access)
	}
	if tokens := all(); len(tokens) != 1 || w.requests("/oauth/token") != 3 {
		t.Errorf("rejected: %d different tokens, %d token requests", len(tokens), w.requests("/oauth/token"))
	}
	w.store.always(errors.New("nobody may ask the store")) // while the token in memory is good
	for _, s := range sessions {
		w.mustToken(s, ForMe)
	}
}

// A login for less than another process needs is followed by that one's own.
func TestLoginForLessElsewhere(t *testing.T) {
	w := newWorld(t)
	w.person(nil)
	a, b := w.session(), w.session()
	first := w.ask(t.Context(), a, Request{Purpose: ForMe})
	page := w.awaitTab(1)
	second := w.ask(t.Context(), b, Request{Purpose: ForFriends})
	w.awaitWaits(b, 2)
	w.person(willing)
	w.follow(page, willing)
	if got := <-first; got.err != nil {
		t.Error(got.err)
	}
	if got := <-second; got.err != nil || !w.record(b).HasFriends() {
		t.Errorf("%v, record has %v", got.err, w.record(b).Scopes)
	}
}

// follow is a person who acts on a page that was opened a while ago.
func (w *world) follow(page string, v *sandbox.Visitor) sandbox.Page {
	w.Helper()
	visitor := *v
	p, err := visitor.Visit(w.Context(), page)
	if err != nil {
		w.Fatal(err)
	}
	return p
}

// What the person decided in one process's login counts for those who waited.
func TestWaitersLearnTheOutcome(t *testing.T) {
	for name, c := range map[string]struct {
		person *sandbox.Visitor
		reason string
	}{
		"declined":    {&sandbox.Visitor{Decline: true}, "login_declined"},
		"item missed": {&sandbox.Visitor{Untick: []string{"talk_message"}}, "consent_missing"},
		"code spent":  {willing, "login_failed"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.person(nil)
			if c.reason == "login_failed" {
				w.kakao.SetFaults(sandbox.Faults{FailPath: "/oauth/token", FailStatus: 400, FailBody: `{"error":"invalid_grant"}`})
			}
			a, b := w.session(), w.session()
			first := w.ask(t.Context(), a, Request{})
			page := w.awaitTab(1)
			second := w.ask(t.Context(), b, Request{})
			w.awaitWaits(b, 2)
			w.follow(page, c.person)
			if got := reason((<-first).err); got != c.reason {
				t.Errorf("owner: %s", got)
			}
			if got := reason((<-second).err); got != c.reason {
				t.Errorf("waiter: %s", got)
			}
			if w.opened() != 1 {
				t.Errorf("%d tabs", w.opened())
			}
			again := "login_pending" // with the address of a new page
			if name == "declined" {
				again = "login_declined" // nothing is opened for it
			}
			if _, err := w.tokenWithin(a, ForMe, 200*time.Millisecond); reason(err) != again || w.opened() != 1 {
				t.Errorf("asked again at once: %v, %d tabs", err, w.opened())
			}
		})
	}
}

// A process that ends or dies hands its waiters the next try, with a new tab.
func TestOwnerLeaves(t *testing.T) {
	w := newWorld(t)
	w.person(nil)
	a, b := w.session(), w.session()
	first := w.ask(t.Context(), a, Request{})
	w.awaitTab(1)
	second := w.ask(t.Context(), b, Request{})
	w.awaitWaits(b, 2)
	w.person(willing)
	a.Close()
	if got := <-first; !errors.Is(got.err, context.Canceled) {
		t.Errorf("owner: %v", got.err)
	}
	if got := <-second; got.err != nil || w.opened() != 2 {
		t.Errorf("waiter: %v, %d tabs", got.err, w.opened())
	}
}

// The call ends at its deadline with the address; the login goes on, the next
// call waits for the same page without a new tab and picks the result up.
func TestCallGivesUpLoginGoesOn(t *testing.T) {
	w := newWorld(t)
	w.person(nil)
	s := w.session()
	_, err := w.askUntilTab(s, ForMe)
	var p *problem.Problem
	if !errors.As(err, &p) || p.Reason != "login_pending" || p.URL != w.awaitTab(1) || p.URL != s.Pending() {
		t.Fatalf("%v", err)
	}
	next := w.ask(t.Context(), s, Request{})
	w.follow(p.URL, willing)
	if got := <-next; got.err != nil || w.opened() != 1 {
		t.Errorf("%v, %d tabs", got.err, w.opened())
	}
	if s.Pending() != "" {
		t.Error("the login still counts as pending")
	}
}

// pendingWithTabs calls, again where the computer was too slow to open a page
// meanwhile, until there were so many tabs.
func pendingWithTabs(w *world, s *Session, tabs int) (err error) {
	w.eventually(func() bool {
		_, err = w.tokenWithin(s, ForMe, 150*time.Millisecond)
		return w.opened() >= tabs
	})
	return err
}

func TestOneTabAMinute(t *testing.T) {
	w := newWorld(t)
	w.person(nil)
	s, other := w.session(), w.session()
	for _, c := range []struct {
		s    *Session
		tabs int
	}{{s, 1}, {s, 1}, {other, 1}} {
		if err := pendingWithTabs(w, c.s, c.tabs); reason(err) != "login_pending" || w.opened() != c.tabs {
			t.Errorf("%v, %d tabs", err, w.opened())
		}
	}
	w.advance(tabInterval + time.Second)
	if err := pendingWithTabs(w, other, 2); reason(err) != "login_pending" || w.opened() != 2 {
		t.Errorf("a minute later: %v, %d tabs", err, w.opened())
	}
	if w.tabs[0] != w.tabs[1] {
		t.Error("another login was begun")
	}
}

// A cancelled call gets its cancellation, and no token later on.
func TestCancelledCall(t *testing.T) {
	w := newWorld(t)
	w.person(nil)
	s := w.session()
	ctx, cancel := context.WithCancel(t.Context())
	call := w.ask(ctx, s, Request{})
	page := w.awaitTab(1)
	cancel()
	if got := <-call; !errors.Is(got.err, context.Canceled) {
		t.Errorf("%v", got.err)
	}
	w.follow(page, willing)
	w.mustToken(s, ForMe)
	if w.opened() != 1 {
		t.Errorf("%d tabs", w.opened())
	}
}

func TestNoBrowser(t *testing.T) {
	w := newWorld(t)
	s := w.session(func(c *Config) { c.Open = func(string) error { return errors.New("no graphical session") } })
	for range 2 { // the second call does not wait for a page that nobody has
		began := time.Now()
		_, err := w.token(s, ForMe)
		if reason(err) != "login_pending" || !strings.Contains(err.Error(), "/oauth/authorize?") || time.Since(began) > 3*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	}
}

// The switch to another account in one process reaches the others at once, and
// so does an added consent.
func TestOtherProcessesNoticeALogin(t *testing.T) {
	w := newWorld(t)
	a, b := w.session(), w.session()
	w.mustToken(a, ForMe)
	w.mustToken(b, ForMe)
	v := &sandbox.Visitor{Person: w.kakao.People()[1].Nickname}
	w.person(v)
	rec, err := b.Login(t.Context(), LoginOptions{Switch: true})
	if err != nil {
		t.Fatal(err)
	}
	if token := w.mustToken(a, ForMe); token != rec.Access || a.Account() != rec.Subject {
		t.Error("the first process goes on with the old account")
	}
	if !strings.Contains(w.tabs[1], "prompt=select_account") {
		t.Error("no other account was asked for")
	}
}

// A withdrawn consent is written down even if another process renewed the token
// meanwhile, and not if it was given again meanwhile.
func TestWithdrawnElsewhere(t *testing.T) {
	w := newWorld(t)
	a, b := w.session(), w.session()
	w.mustToken(a, ForFriends)
	w.mustToken(b, ForFriends)
	old := a.memory().Access
	b.Rejected(old)
	w.mustToken(b, ForFriends)
	a.Withdrawn(t.Context(), old, []string{"friends"})
	if w.record(a).HasFriends() {
		t.Error("the other process's refresh undid the withdrawal")
	}
	w.mustToken(b, ForMe)
	before := b.memory().Access
	w.mustToken(a, ForFriends) // asks and gets it
	b.Withdrawn(t.Context(), before, []string{"friends"})
	if !w.record(b).HasFriends() {
		t.Error("a consent given since was taken away")
	}
}

// Nobody finished the page: whoever waits hears it, also in another process, the
// port is free again, and nothing is opened until somebody asks again.
func TestLeftOpen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.person(nil)
	s, other := w.session(), w.session()
	s.lasts = time.Second
	first := w.ask(t.Context(), s, Request{Purpose: ForFriends})
	w.awaitTab(1)
	second := w.ask(t.Context(), other, Request{Purpose: ForFriends})
	w.awaitWaits(other, 2)
	for _, err := range []error{(<-first).err, (<-second).err} {
		if reason(err) != "login_expired" || !errors.Is(err, ErrLoginNeeded) || !strings.Contains(err.Error(), s.RedirectURI(ForFriends)) {
			t.Error(err)
		}
	}
	if w.opened() != 1 || s.Pending() != "" {
		t.Errorf("%d tabs, pending %q", w.opened(), s.Pending())
	}
	w.person(willing)
	w.advance(2 * tabInterval)
	s.lasts = attemptLife
	w.mustToken(s, ForFriends)
}

func TestCloseIsQuietAndFinal(t *testing.T) {
	w := newWorld(t)
	w.person(nil)
	s := w.session()
	call := w.ask(t.Context(), s, Request{})
	page := w.awaitTab(1)
	s.Close()
	if got := <-call; !errors.Is(got.err, context.Canceled) {
		t.Errorf("%v", got.err)
	}
	if _, err := w.token(s, ForMe); !errors.Is(err, context.Canceled) {
		t.Errorf("after Close: %v", err)
	}
	u, _ := url.Parse(page)
	if res, err := http.Get(u.Query().Get("redirect_uri")); err == nil {
		res.Body.Close()
		t.Error("the port is still served")
	}
}

// TestCalendarWaitsForAnotherLogin: both end at the same address, but one for messages
// says nothing about the calendar: that consent is asked for next, and all stay.
func TestCalendarWaitsForAnotherLogin(t *testing.T) {
	w := newWorld(t)
	w.person(nil) // the first page waits for the visit below
	s := w.session()
	me := w.ask(t.Context(), s, Request{Purpose: ForMe})
	w.awaitTab(1)
	calendar := w.ask(t.Context(), s, Request{Purpose: ForCalendar})
	w.person(&sandbox.Visitor{}) // who takes the page that comes next
	if _, err := (&sandbox.Visitor{}).Visit(t.Context(), w.tabs[0]); err != nil {
		t.Fatal(err)
	}
	for name, call := range map[string]<-chan answer{"me": me, "calendar": calendar} {
		if got := <-call; got.err != nil {
			t.Errorf("%s: %v", name, got.err)
		}
	}
	if rec, err := s.Current(t.Context()); err != nil || !rec.Allows(ForMe) || !rec.Allows(ForCalendar) || w.opened() != 2 {
		t.Errorf("%v, %v, %d pages", rec, err, w.opened())
	}
}
