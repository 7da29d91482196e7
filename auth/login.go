package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"kakaotalk-mcp/auth/keychain"
)

const (
	// waitingInterval is how often Request.Waiting is called.
	waitingInterval = 5 * time.Second
	// firstPoll and waitPoll are how often login.json is looked at: until there is a page,
	// which comes in a moment, and while a person is awaited.
	firstPoll = 4 * time.Millisecond
	waitPoll  = 10 * time.Millisecond
	// graceAfterGivingUp is how long a call waits for a login that an earlier call no
	// longer waited for: its client may have less patience than ours, and has seen
	// nothing of it yet.
	graceAfterGivingUp = 2 * time.Second
)

// LoginOptions are the choices of an explicit login.
type LoginOptions struct {
	Request
	Switch bool // ask for another Kakao account and accept it
}

// Login logs in as the login command does: a page is shown at once, also that of
// a login which another process began. A stored login that serves is returned
// instead, unless o.Switch. It waits until ctx ends or the page expires.
func (s *Session) Login(ctx context.Context, o LoginOptions) (*Record, error) {
	if !o.Switch {
		now := s.stamp()
		rec, err := s.load(ctx)
		switch {
		case err == nil && rec.Allows(o.Purpose) && s.fresh(rec):
			s.adopt(rec, now)
			return rec, nil
		case err != nil && !errors.Is(err, keychain.ErrNotFound):
			return nil, s.asProblem(err) // a login would meet the same
		}
	}
	rec, err := s.login(ctx, o, true)
	return rec, s.asProblem(err)
}

// waiting is one call that waits for the person.
type waiting struct {
	s       *Session
	o       LoginOptions
	insist  bool   // somebody asked for the page this moment: the limit on tabs does not count
	id      string // of the login that is waited for, "" before the first
	page    string // its page once that is dealt with
	shown   bool   // it is in front of the person
	lost    int    // logins that ended with their keeper, of those this call knows
	part    *part  // in front of the person with other calls, nil before the page is known
	stop    func() // ends the showing
	answers chan showing
	limit   <-chan time.Time // ends the wait early
}

// showing is how a page was received.
type showing struct {
	page string
	err  error
}

// maxLost is how many keepers in a row may die before a call gives up on them.
const maxLost = 3

// login waits for a login that serves, and begins one where none is under way.
func (s *Session) login(ctx context.Context, o LoginOptions, insist bool) (rec *Record, err error) {
	w := &waiting{s: s, o: o, insist: insist, stop: func() {}, answers: make(chan showing)}
	defer func() {
		w.stop()
		w.part.leave(errors.Is(err, context.Canceled))
	}()
	tick := time.NewTicker(waitingInterval)
	defer tick.Stop()
	for {
		if rec, err := w.look(ctx); rec != nil || err != nil {
			return rec, err
		}
		wait := waitPoll
		if w.page == "" {
			wait = firstPoll
		}
		select {
		case <-time.After(wait):
		case got := <-w.answers:
			if got.page != w.page || got.err == nil {
				continue
			}
			if p := s.readPending(); p.ID == w.id && p.Outcome != "" {
				continue // it came about all the same
			}
			return nil, w.notShown(got.err)
		case <-tick.C:
			if o.Waiting != nil {
				o.Waiting(w.page)
			}
		case <-w.limit:
			return nil, s.pending(w.page, w.shown, w.news())
		case <-s.life.Done():
			return nil, context.Canceled
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return nil, s.pending(w.page, w.shown, w.news())
			}
			return nil, ctx.Err()
		}
	}
}

// look goes by login.json: it deals with a page that is new, takes what a login came
// to, and begins one where there is none.
func (w *waiting) look(ctx context.Context) (*Record, error) {
	s, p := w.s, w.s.glancePending()
	switch {
	case s.alive(p):
		if p.ID != w.id { // its page replaces the one before
			w.stop()
			w.part.leave(false)
			w.id, w.page, w.part, w.stop = p.ID, "", nil, func() {}
		}
		if w.page == "" && p.URL != "" {
			return nil, w.face(ctx, p)
		}
		return nil, nil
	case w.id != "" && p.ID == w.id && !p.lost():
		w.id = ""
		rec, err := s.after(ctx, p, w.o)
		if rec != nil || err != nil {
			return rec, err
		}
		w.o.Shown = false // that was for less than this call needs; the next page is another one
	case w.id != "" && p.ID == "" && s.unwanted(w.id): // an uninstall ended it: nothing is begun behind its back
		return nil, s.failed(nil)
	case !w.insist && p.Outcome == outcomeDeclined && s.now().Sub(p.Ended) < tabInterval:
		return nil, s.declinedLately(tabInterval - s.now().Sub(p.Ended))
	case p.lost() && s.now().Sub(p.Started) < attemptLife:
		if w.lost++; w.lost > maxLost {
			return nil, s.keeperLost()
		}
	}
	id, err := s.begin(ctx, w.o, p)
	if id != "" {
		w.stop()
		w.part.leave(false)
		w.id, w.page, w.part, w.stop = id, "", nil, func() {}
	}
	return nil, err
}

// news is what a person should know of the page that replaced another one.
func (w *waiting) news() string {
	if w.lost == 0 {
		return ""
	}
	return w.s.cfg.Lang.Say("이전 로그인을 기다리던 프로그램이 종료돼서 로그인을 새로 시작했어요.", "The program that was waiting for the previous login ended, so a new login was started.")
}

// face puts the page in front of the person, or finds it there.
func (w *waiting) face(ctx context.Context, p pendingLogin) error {
	s := w.s
	w.page = p.URL
	if w.o.Waiting != nil {
		w.o.Waiting(p.URL)
	}
	switch {
	case w.o.Declined:
		return s.declinedToOpen(p.URL)
	case w.o.Unseen:
		s.tabFailed()
		return s.pending(p.URL, false, w.news())
	}
	part := s.join(ctx, p, w.o.Key, w.insist)
	w.part = part
	switch {
	case w.o.Shown:
		w.o.Shown, w.shown = false, true // true of this page only
	case part.mine:
		w.shown = true
		w.stop = s.showSoon(ctx, w.o.Request, p.URL, w.answers)
	case part.shown:
		w.shown = true
	default:
		return s.pending(p.URL, false, w.news()) // nobody has a page to finish: say where it is
	}
	if part.late && !w.insist && !s.cfg.Typed {
		w.limit = time.After(s.grace)
	}
	return nil
}

// after is what the end of a login means for a call that waited for it: neither a
// record nor an error when it takes another one.
func (s *Session) after(ctx context.Context, p pendingLogin, o LoginOptions) (*Record, error) {
	switch p.Outcome {
	case outcomeDeclined:
		return nil, s.declined()
	case outcomeExpired:
		return nil, s.leftOpen(p.Path)
	case outcomeFailed:
		return nil, s.failed(p.Failure)
	}
	now := s.stamp()
	rec, err := s.load(ctx)
	switch {
	case err != nil && !errors.Is(err, keychain.ErrNotFound):
		return nil, err
	case err == nil && rec.Allows(o.Purpose) && s.fresh(rec) && (p.Switch || !o.Switch):
		s.adopt(rec, now)
		return rec, nil
	case err == nil && p.Purpose == o.Purpose && p.Switch == o.Switch:
		return nil, s.consentMissing(rec.missing(o.Purpose))
	}
	return nil, nil
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

func (s *Session) show(ctx context.Context, r Request, page string) error {
	if r.Show != nil {
		return r.Show(ctx, page)
	}
	err := s.cfg.Open(page)
	if err != nil && r.Ask != nil {
		return r.Ask(ctx, page)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errNoBrowser, err)
	}
	return nil
}

var errNoBrowser = errors.New("no browser could be opened")

func (w *waiting) notShown(err error) error {
	s := w.s
	if errors.Is(err, ErrHandedOver) || errors.Is(err, context.Canceled) {
		return err
	}
	s.tabFailed()
	switch {
	case errors.Is(err, ErrDeclined):
		return s.declinedToOpen(w.page)
	case errors.Is(err, errNoBrowser):
		return s.pending(w.page, false, strings.TrimSpace(w.news()+" "+s.cfg.Lang.Say("이 환경에서는 브라우저를 열 수 없었어요.", "No browser could be opened here.")))
	}
	// The client answered with an error or not in time: its person may have seen
	// nothing, so the address goes into the result.
	return s.pending(w.page, false, w.news())
}
