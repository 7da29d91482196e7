package auth

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"kakaotalk-mcp/auth/ground/private"
	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/auth/keychain"
)

// A login outlives the call, the program and the client that it was begun for: the
// person may be typing a password when all of those are gone. So it is kept by one
// process of its own, the keeper, which runs Keep. Everybody else goes by login.json.

// Wanted is the login that a keeper is started for.
type Wanted struct {
	ID      string  `json:"id"` // its name in login.json
	Purpose Purpose `json:"purpose"`
	Switch  bool    `json:"switch"` // ask for another Kakao account and accept it
}

const (
	// keeperStarts is how long a keeper may take until it holds the login lock; until
	// then its login counts as under way. A busy computer, or a virus scanner that looks
	// at the program first, takes several seconds.
	keeperStarts = 15 * time.Second
	// stillWanted is how often a keeper looks whether its login is still the one that
	// login.json speaks of: an uninstall removes the file.
	stillWanted = time.Second
)

// Keep carries a login from its page to its end. It returns when the login is done,
// declined or ten minutes old, when ctx ends, or when login.json is gone. How it
// ended stands there, for those who wait.
func (s *Session) Keep(ctx context.Context, w Wanted) {
	ctx, cancel := context.WithTimeout(ctx, s.lasts)
	defer cancel()
	starting, stop := context.WithTimeout(ctx, keeperStarts)
	defer stop()
	lock, err := private.Acquire(starting, filepath.Join(s.cfg.Home, loginLock), lockPoll)
	if err != nil {
		s.cfg.Log.Warn("login not kept", "err", err) // another keeper has it
		return
	}
	defer lock.Release()
	p := s.readPending()
	if p.ID != w.ID {
		return // begun anew meanwhile
	}
	p.PID = os.Getpid()
	if err = s.writePending(p); err == nil {
		err = s.carry(ctx, w, &p)
	}
	if errors.Is(err, errUnwanted) {
		return
	}
	err = s.asProblem(err)
	p.end(err, s.now())
	s.cfg.Log.Info("login page over", "outcome", p.Outcome, "reason", reasonOf(err))
	if err := s.writePending(p); err != nil {
		s.cfg.Log.Warn("login outcome not written", "err", err)
	}
	switch p.Outcome {
	case outcomeDone:
		s.resetTab() // the next question is a new one
	case outcomeExpired:
		s.learnNickname(false) // nobody comes back from a page with an error code
	}
}

// carry logs in unless a login that serves is stored already.
func (s *Session) carry(ctx context.Context, w Wanted, p *pendingLogin) error {
	old, err := s.load(ctx)
	if err != nil && !errors.Is(err, keychain.ErrNotFound) {
		return err
	}
	if !w.Switch && old != nil && old.Allows(w.Purpose) && s.fresh(old) {
		return nil
	}
	// Proved before the person is bothered.
	if err := s.cfg.Store.Probe(ctx); err != nil {
		return err
	}
	return s.ask(ctx, w, p, old)
}

var errUnwanted = errors.New("login.json is gone or speaks of another login")

func (s *Session) unwanted(id string) bool {
	raw, err := private.Read(filepath.Join(s.cfg.Home, pendingFile), maxPending)
	var p pendingLogin
	return errors.Is(err, fs.ErrNotExist) || err == nil && json.Unmarshal(raw, &p) == nil && p.ID != id
}

// Abandon ends the login under way, whoever keeps it, for an uninstall that removes
// what it would write. It returns when that is done, or after a few seconds.
func (s *Session) Abandon(ctx context.Context) {
	if err := private.Remove(filepath.Join(s.cfg.Home, pendingFile)); err != nil {
		s.cfg.Log.Warn("login not abandoned", "err", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 5*stillWanted)
	defer cancel()
	if lock, err := private.Acquire(ctx, filepath.Join(s.cfg.Home, loginLock), lockPoll); err == nil {
		lock.Release()
	}
}

// begin starts a keeper unless one is at work. It returns the name of the login that
// it began, "" for none.
func (s *Session) begin(ctx context.Context, o LoginOptions, last pendingLogin) (id string, err error) {
	if err := s.checkKey(); err != nil {
		return "", err
	}
	front, err := s.lock(ctx, tabLock)
	if err != nil {
		return "", err
	}
	defer front.Release()
	lock, err := s.tryLock(loginLock)
	if err != nil || lock == nil {
		return "", err
	}
	defer lock.Release()
	if now := s.readPending(); now.ID != last.ID || now.Outcome != last.Outcome || s.starting(now) {
		return "", nil // somebody was quicker
	}
	w := Wanted{ID: randomWord(), Purpose: o.Purpose, Switch: o.Switch}
	if err := s.writePending(pendingLogin{ID: w.ID, Path: w.Purpose.CallbackPath(), Purpose: w.Purpose, Switch: w.Switch, Started: s.now()}); err != nil {
		return "", err
	}
	if last.lost() {
		s.removeTab() // the tab it opened is of no use
	}
	if s.cfg.Detach != nil {
		err := s.cfg.Detach(ctx, w)
		if err == nil {
			return w.ID, nil
		}
		s.cfg.Log.Warn("login kept by this process only: no other could be started", "err", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.start(func() { s.Keep(s.life, w) }) {
		return "", context.Canceled
	}
	return w.ID, nil
}

// end writes down how the login ended.
func (p *pendingLogin) end(err error, now time.Time) {
	p.Outcome, p.Ended = outcomeOf(err), now
	if failed, ok := errors.AsType[*problem.Problem](err); ok && p.Outcome == outcomeFailed {
		p.Failure = &failure{failed.Reason, failed.What, failed.Next, failed.Retry}
	}
}
