package auth

import (
	"context"
	"errors"
	"slices"
	"time"

	"kakaotalk-mcp/auth/ground/private"
	"kakaotalk-mcp/auth/keychain"
)

// renewal is one refresh under way, awaited by all calls of this process.
type renewal struct {
	done chan struct{} // closed once rec or err is set
	rec  *Record
	err  error
}

// refresh renews old's access token, once for all calls and processes: whoever
// gets the lock first asks Kakao, the others find its result in the store. A
// call that gives up does not stop it: a rotated refresh token must be saved.
func (s *Session) refresh(ctx context.Context, old *Record) (*Record, error) {
	var r *renewal
	for range 2 { // a refresh that began before the rejection was known is of no use
		if r = s.joinRenewal(old); r == nil {
			return nil, context.Canceled
		}
		select {
		case <-r.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if r.err != nil || !s.isRejected(r.rec) {
			break
		}
	}
	if r.err != nil && !errors.Is(r.err, ErrLoginNeeded) && s.usable(old) {
		return old, nil // we ask early: the old token still has some minutes
	}
	return r.rec, r.err
}

func (s *Session) joinRenewal(old *Record) *renewal {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.renewing == nil {
		r := &renewal{done: make(chan struct{})}
		if !s.start(func() {
			r.rec, r.err = s.renewLocked(old)
			s.mu.Lock()
			s.renewing = nil
			s.mu.Unlock()
			close(r.done)
		}) {
			return nil
		}
		s.renewing = r
	}
	return s.renewing
}

func (s *Session) renewLocked(old *Record) (*Record, error) {
	lock, err := s.lock(s.life, refreshLock)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.life), exchangeTimeout)
	defer cancel()
	now := s.stamp()
	base := ""
	switch stored, err := s.newest(ctx); {
	case err == nil:
		old, base = stored, stored.Refresh
	case errors.Is(err, keychain.ErrNotFound): // logged out meanwhile
		lock.Release()
		s.adopt(nil, now)
		return nil, ErrLoginNeeded
	case errors.Is(err, errNewer):
		lock.Release()
		return nil, err
	default:
		s.cfg.Log.Warn("store not readable, refreshing from memory", "err", err)
	}
	if s.idle() {
		defer s.releaseWhenIdle(lock)
	} else {
		defer lock.Release() // a read that hangs need not stop other processes
	}
	if s.fresh(old) {
		s.adopt(old, now)
		return old, nil
	}
	return s.renew(ctx, old, base)
}

// renew asks Kakao under the refresh lock and saves the answer. base is the
// refresh token that the store is known to hold, "" if it cannot be read.
func (s *Session) renew(ctx context.Context, old *Record, base string) (*Record, error) {
	now := s.stamp()
	grant, err := s.requestRefresh(ctx, old.Refresh)
	if dead(err) {
		// Somebody without our lock (an older version, another home) may have
		// rotated it: then the store has a newer one.
		if cur, lerr := s.load(ctx); lerr == nil && cur.Refresh != old.Refresh {
			if s.fresh(cur) {
				s.adopt(cur, now)
				return cur, nil
			}
			old, base = cur, cur.Refresh
			grant, err = s.requestRefresh(ctx, old.Refresh)
		}
	}
	if dead(err) {
		s.cfg.Log.Info("login is no longer valid at Kakao")
		if ferr := s.forget(ctx, old); ferr != nil {
			s.cfg.Log.Warn("dead login not deleted", "err", ferr)
		}
		return nil, ErrLoginNeeded
	}
	if err != nil {
		err = s.tokenProblem(err)
		s.cfg.Log.Info("token not renewed", "reason", reasonOf(err))
		return nil, err
	}
	s.cfg.Log.Info("token renewed", "login prolonged", grant.refresh != "")
	next := *old
	next.Access, next.AccessExpiry = grant.access, grant.accessExpiry
	if grant.refresh != "" { // renewed only in its last month; absent means: keep
		next.Refresh, next.RefreshExpiry = grant.refresh, grant.refreshExpiry
	}
	// Compare before overwriting: where locks do not hold (network homes), another
	// login or a logout may have come between.
	switch cur, err := s.newest(ctx); {
	case errors.Is(err, errNewer):
		return nil, err
	case base == "" || err != nil && !errors.Is(err, keychain.ErrNotFound):
	case err != nil:
		s.adopt(nil, now)
		return nil, ErrLoginNeeded
	case cur.Refresh != base && s.fresh(cur):
		s.adopt(cur, now)
		return cur, nil
	}
	if s.isRejected(old) {
		s.mu.Lock()
		s.replacement = next.Access
		s.mu.Unlock()
	}
	_, behind := s.unsaved()
	if behind == "" {
		behind = old.Access
	}
	s.adopt(&next, now)
	if err := s.save(ctx, &next); err != nil {
		s.cfg.Log.Error("renewed login could not be saved; it is kept in memory", "err", err)
		s.mu.Lock()
		s.behind, s.resaved = behind, s.now()
		s.mu.Unlock()
	}
	return &next, nil
}

// saveLater tries now and then to save a renewed record that the store did not
// take. It does not hold up the call.
func (s *Session) saveLater() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.behind == "" || s.now().Sub(s.resaved) < resaveAfter {
		return
	}
	s.resaved = s.now()
	s.start(s.resave)
}

// resave tries once to save a renewed record that the store did not take.
func (s *Session) resave() {
	rec, behind := s.unsaved()
	if rec == nil {
		return
	}
	lock, err := s.tryLock(refreshLock)
	if err != nil || lock == nil {
		return // whoever is refreshing changes the record anyway
	}
	defer s.releaseWhenIdle(lock)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.life), kakaoTimeout)
	defer cancel()
	if cur, err := s.load(ctx); err == nil && cur.Access == behind && s.save(ctx, rec) == nil {
		s.mu.Lock()
		if s.rec == rec {
			s.behind = ""
		}
		s.mu.Unlock()
	}
}

// unsaved returns the record in memory if the store lacks it, and the access
// token of the one it has instead.
func (s *Session) unsaved() (rec *Record, behind string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.behind == "" {
		return nil, ""
	}
	return s.rec, s.behind
}

// newest returns the stored record, or the one in memory if that could not be
// saved over just this one: its refresh token may be the only good one left.
func (s *Session) newest(ctx context.Context) (*Record, error) {
	found, err := s.load(ctx)
	if rec, behind := s.unsaved(); err == nil && rec != nil && found.Access == behind {
		return rec, nil
	}
	return found, err
}

// idle reports whether no call of the store is under way.
func (s *Session) idle() bool {
	now, cancel := context.WithCancel(context.Background())
	cancel()
	return s.cfg.Store.Idle(now) == nil
}

// releaseWhenIdle frees lock when the store has finished writing: a timed-out
// write may still be on its way, and the next process must not overtake it.
func (s *Session) releaseWhenIdle(lock *private.Lock) {
	if s.idle() {
		lock.Release()
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.start(func() {
		_ = s.cfg.Store.Idle(s.life) // at Close the process ends, and its lock with it
		lock.Release()
	}) {
		lock.Release()
	}
}

func (s *Session) fresh(rec *Record) bool {
	return !s.isRejected(rec) && s.now().Before(rec.AccessExpiry.Add(-refreshEarly))
}

// usable reports whether the access token may still be sent although it is due.
func (s *Session) usable(rec *Record) bool {
	return !s.isRejected(rec) && s.now().Before(rec.AccessExpiry.Add(-lastMinute))
}

// lastMinute is what an access token must have left to be of use: the call it
// is for comes after it.
const lastMinute = time.Minute

func (s *Session) isRejected(rec *Record) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.rejected, rec.Access)
}
