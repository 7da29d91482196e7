package auth

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// waitingInterval is how often Request.Waiting is called.
const waitingInterval = 5 * time.Second

// login starts a login or joins the one under way, shows its page, and waits.
func (s *Session) login(ctx context.Context, r Request) (*Record, error) {
	for {
		a := s.join(r.Purpose, false)
		rec, err := s.await(ctx, a, r, false)
		if err != nil {
			return nil, err
		}
		if rec.Allows(r.Purpose) {
			return rec, nil
		}
		r.Shown = false // we joined a login for less than what this call needs; the next page is another one
	}
}

// LoginOptions are the choices of an explicit login.
type LoginOptions struct {
	Request
	Switch bool // ask for another Kakao account and accept it
}

// Login logs in as the login command does: a page is shown at once, also that of
// a login which another process has under way. A stored login that serves is
// returned instead, unless o.Switch. It waits until ctx ends or the page expires.
func (s *Session) Login(ctx context.Context, o LoginOptions) (*Record, error) {
	rec, err := s.await(ctx, s.join(o.Purpose, o.Switch), o.Request, true)
	return rec, s.asProblem(err)
}

// join returns the login under way in this process, a new one if there is none.
func (s *Session) join(p Purpose, switching bool) *attempt {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current != nil {
		return s.current
	}
	a := newAttempt(p, switching)
	if !s.start(func() { s.run(a) }) {
		a.err = context.Canceled
		close(a.done)
		return a
	}
	s.current = a
	return a
}

// showing is how an attempt's page was received.
type showing struct {
	page string
	err  error
}

// await shows the attempt's page when that is due and waits for the end. insist:
// somebody asked for the page this moment, so the limit on tabs does not count.
func (s *Session) await(ctx context.Context, a *attempt, r Request, insist bool) (*Record, error) {
	tick := time.NewTicker(waitingInterval)
	defer tick.Stop()
	answers := make(chan showing)
	stopShowing := func() {}
	defer func() { stopShowing() }()
	var page string
	for {
		url, changed := a.page()
		if url != page {
			page = url
			stopShowing() // a dead owner's page is replaced by ours
			if a.takeTurnedDown() {
				return nil, s.declinedToOpen(url)
			}
			mine, shown := s.claimTab(ctx, url, insist)
			switch {
			case r.Shown:
				r.Shown = false // true of this page only
			case mine:
				stopShowing = s.showSoon(ctx, r, url, answers)
			case !shown:
				return nil, s.pending(url, "") // nobody has a page to finish: say where it is
			}
			if r.Waiting != nil {
				r.Waiting(page)
			}
		}
		select {
		case <-a.done:
			return a.rec, a.err
		case <-changed:
		case got := <-answers:
			if got.page != page || got.err == nil {
				continue
			}
			if errors.Is(got.err, ErrHandedOver) {
				return nil, got.err
			}
			select {
			case <-a.done: // it came about all the same
				return a.rec, a.err
			default:
				s.tabFailed()
				return nil, s.notShown(got.err, page)
			}
		case <-tick.C:
			if r.Waiting != nil {
				r.Waiting(page)
			}
		case <-ctx.Done():
			return nil, s.gaveUp(ctx, page)
		}
	}
}

// NotShown tells that the person turned down the page that ErrHandedOver stood
// for. The same call then gets ErrDeclined, and the next one may show it again.
func (s *Session) NotShown() {
	s.mu.Lock()
	a := s.current
	s.mu.Unlock()
	if a != nil {
		a.turnDown()
		s.tabFailed()
	}
}

// showSoon shows a page without waiting for it; answers gets what came of it
// unless stop is called first.
func (s *Session) showSoon(ctx context.Context, r Request, page string, answers chan<- showing) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.start(func() {
		got := showing{page, s.show(ctx, r, page)}
		select {
		case answers <- got:
		case <-ctx.Done():
		}
	})
	return cancel
}

func (s *Session) show(ctx context.Context, r Request, url string) error {
	if r.Show != nil {
		return r.Show(ctx, url)
	}
	if err := s.cfg.Open(url); err != nil {
		return fmt.Errorf("%w: %w", errNoBrowser, err)
	}
	return nil
}

var errNoBrowser = errors.New("no browser could be opened")

func (s *Session) notShown(err error, url string) error {
	switch {
	case errors.Is(err, errNoBrowser):
		return s.pending(url, s.cfg.Lang.Say("이 환경에서는 브라우저를 열 수 없었어요.", "No browser could be opened here."))
	case errors.Is(err, ErrDeclined):
		return s.declinedToOpen(url)
	case errors.Is(err, context.Canceled):
		return err
	}
	// The client answered with an error or not in time: its person may have seen
	// nothing, so the address goes into the result.
	return s.pending(url, "")
}

// gaveUp is the answer when this call's time is over; the login goes on.
func (s *Session) gaveUp(ctx context.Context, page string) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return s.pending(page, "")
	}
	return ctx.Err()
}
