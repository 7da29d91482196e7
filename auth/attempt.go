package auth

import (
	"context"
	"errors"
	"sync"
	"time"

	"kakaotalk-mcp/auth/ground/private"
	"kakaotalk-mcp/auth/keychain"
)

// attempt is one login under way, ours or another process's that we wait for.
type attempt struct {
	purpose   Purpose
	switching bool // another account is wanted: ask for it and accept it

	done chan struct{} // closed once rec or err is set
	rec  *Record
	err  error

	mu         sync.Mutex
	url        string        // the login page, once known
	news       chan struct{} // closed and replaced when url changes
	turnedDown bool          // the client's person declined to open it
}

func newAttempt(p Purpose, switching bool) *attempt {
	return &attempt{purpose: p, switching: switching, done: make(chan struct{}), news: make(chan struct{})}
}

// announce sets the page's address.
func (a *attempt) announce(url string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.url, a.turnedDown = url, false
	close(a.news)
	a.news = make(chan struct{})
}

// page returns the address, "" if not known yet, and a channel that closes when
// it changes: a dead owner's page is replaced by ours.
func (a *attempt) page() (url string, changed <-chan struct{}) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.url, a.news
}

func (a *attempt) turnDown() {
	a.mu.Lock()
	a.turnedDown = true
	a.mu.Unlock()
}

// takeTurnedDown reports a refusal once: a later call may ask again.
func (a *attempt) takeTurnedDown() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	was := a.turnedDown
	a.turnedDown = false
	return was
}

// run carries an attempt from the lock to its end. It lives as long as the
// process and at most attemptLife: a tool call that gives up does not end it.
func (s *Session) run(a *attempt) {
	ctx, cancel := context.WithTimeout(s.life, s.lasts)
	defer cancel()
	rec, err := s.own(ctx, a)
	switch {
	case err == nil:
	case s.life.Err() != nil:
		err = context.Canceled
	case ctx.Err() != nil:
		err = s.leftOpen(a.purpose)
	default:
		err = s.asProblem(err)
	}
	s.mu.Lock()
	s.current = nil
	s.mu.Unlock()
	a.rec, a.err = rec, err
	close(a.done)
}

// own gets the login lock, waiting for another process's login if need be, and
// then does our own unless the other one's result serves.
func (s *Session) own(ctx context.Context, a *attempt) (*Record, error) {
	lock, seen, err := s.awaitLoginLock(ctx, a)
	if err != nil {
		return nil, err
	}
	defer lock.Release()
	last := s.readPending()
	if last.ID != "" && last.Outcome == "" { // its holder was killed
		last.Outcome = outcomeLeft
		if err := s.writePending(last); err != nil {
			return nil, err
		}
	}
	now := s.stamp()
	old, err := s.load(ctx)
	if err != nil && !errors.Is(err, keychain.ErrNotFound) {
		return nil, err
	}
	if !a.switching && old != nil && old.Allows(a.purpose) && s.fresh(old) {
		s.adopt(old, now)
		return old, nil
	}
	if seen != "" && last.ID == seen {
		if err := s.outcomeProblem(last.Outcome, a.purpose, old); err != nil {
			return nil, err
		}
	}
	if last.Outcome == outcomeLeft {
		s.resetTab() // the tab it opened is of no use
	}
	// Proved before the person is bothered.
	if err := s.cfg.Store.Probe(ctx); err != nil {
		return nil, err
	}
	return s.ask(ctx, a, old)
}

// awaitLoginLock returns the lock and the id of the login it had to wait for.
func (s *Session) awaitLoginLock(ctx context.Context, a *attempt) (*private.Lock, string, error) {
	var seen string
	for {
		lock, err := s.tryLock(loginLock)
		if err != nil || lock != nil {
			return lock, seen, err
		}
		if p := s.readPending(); p.URL != "" && p.Outcome == "" && p.ID != seen {
			seen = p.ID
			a.announce(p.URL)
		}
		select {
		case <-time.After(2 * lockPoll):
		case <-ctx.Done():
			return nil, seen, ctx.Err()
		}
	}
}
