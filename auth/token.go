package auth

import (
	"context"
	"errors"
	"slices"
	"time"

	"kakaotalk-mcp/auth/keychain"
)

// Request says what a token is needed for and how the person can be reached. Only
// Purpose is required.
type Request struct {
	Purpose Purpose
	// Show puts the login page in front of the person in place of the browser.
	Show func(ctx context.Context, page string) error
	// Ask has somebody else show the page; it is called where no browser could be
	// opened here. Like Show it may block until the person answered, and its context
	// ends with the wait. Either's error ends the wait of this call: ErrDeclined is
	// worded, ErrHandedOver is returned as it is, and after any other the address
	// goes into the answer.
	Ask func(ctx context.Context, page string) error
	// After ErrHandedOver: the person has the page now, turned it down, or cannot have
	// seen it.
	Shown, Declined, Unseen bool
	// Key is the same for the same call made again, which shows that its client gave
	// the first one up; "" if that cannot be told.
	Key string
	// Waiting is called every few seconds while a person is awaited, with the address
	// of the login page if it is known.
	Waiting func(page string)
}

// Token returns an access token for r.Purpose: from memory, from the store, by
// a refresh or by a login in the browser, whichever comes first. While a person
// is awaited, ctx bounds the wait of this call only: at its deadline the answer
// is a *problem.Problem "login_pending" with the page's address, and the login goes
// on. Once a call was given up, further ones wait for it no longer than 2 s.
// Other errors: *problem.Problem, or ctx.Err() after a cancellation.
func (s *Session) Token(ctx context.Context, r Request) (string, error) {
	rec, err := s.stored(ctx, r.Purpose.scopes())
	switch {
	case err == nil && rec.has(r.Purpose.scopes()):
		return rec.Access, nil
	case err == nil, errors.Is(err, ErrLoginNeeded):
		rec, err = s.login(ctx, LoginOptions{Request: r}, false)
	}
	if err != nil {
		return "", s.asProblem(err)
	}
	return rec.Access, nil
}

// Current returns the record that Token would use, refreshed if need be, without
// ever asking for a login. The error matches ErrLoginNeeded when there is none.
func (s *Session) Current(ctx context.Context) (*Record, error) {
	rec, err := s.stored(ctx, nil)
	return rec, s.asProblem(err)
}

// Account returns the 회원번호 of the login in memory, "" before the first Token.
func (s *Session) Account() string {
	if rec := s.memory(); rec != nil {
		return rec.Subject
	}
	return ""
}

// Consented returns when the login in memory was made or last extended.
func (s *Session) Consented() time.Time {
	if rec := s.memory(); rec != nil {
		return rec.Consented
	}
	return time.Time{}
}

func (s *Session) memory() *Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rec
}

// stored returns a record with a fresh access token from memory, store or
// refresh. It may lack some of the scopes: renewing such a record first would
// only cost a request, so it is returned as it is. The error matches
// ErrLoginNeeded when there is no record.
func (s *Session) stored(ctx context.Context, scopes []string) (*Record, error) {
	now := s.stamp()
	s.mu.Lock()
	rec, same := s.rec, s.seen == now
	s.mu.Unlock()
	if same && rec != nil && rec.has(scopes) && s.fresh(rec) {
		s.saveLater()
		return rec, nil
	}
	// Another process may have renewed the record, added a consent or changed the
	// account.
	found, err := s.newest(ctx)
	switch {
	case err == nil:
		rec = found
	case errors.Is(err, keychain.ErrNotFound):
		s.adopt(nil, now)
		return nil, ErrLoginNeeded
	case rec == nil || !same:
		return nil, err
	}
	if !rec.has(scopes) {
		return rec, nil
	}
	if s.fresh(rec) {
		if err == nil {
			s.adopt(rec, now)
		}
		return rec, nil
	}
	return s.refresh(ctx, rec)
}

const (
	// maxRejected bounds the tokens remembered as refused; calls under way at the
	// same moment know two or three.
	maxRejected = 8
	// vainFor is how long nothing is renewed after a token that had just been renewed
	// was refused, too.
	vainFor = time.Minute
)

// Rejected tells that Kakao no longer takes this access token (-401), whatever
// its expiry says, and reports whether a renewed one may help: the next Token or
// Current then renews it. It does not where Kakao refuses a token that it issued to
// replace such a one and never took. That is about the app, its key or this
// computer's address; the login is kept.
func (s *Session) Rejected(access string) (renewable bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if access == s.replacement {
		s.replacement, s.vain = "", now
	}
	if since := now.Sub(s.vain); since >= 0 && since < vainFor {
		return false
	}
	if !slices.Contains(s.rejected, access) {
		// Several: the answer to an older token may come after that to a newer one.
		s.rejected = append(s.rejected, access)
		s.rejected = s.rejected[max(0, len(s.rejected)-maxRejected):]
	}
	return true
}

// Accepted tells that Kakao took this access token. A refusal of it later on, however
// soon, is about the token.
func (s *Session) Accepted(access string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if access == s.replacement {
		s.replacement = ""
	}
}

// maxTries bounds Use: the second token may come from the store, where another
// process left one that Kakao has ended as well; the third comes from Kakao.
const maxTries = 3

// Use calls do with the stored login, renewed if need be, without ever asking for
// one. While do reports that Kakao rejected its access token and a renewed one may
// help, it is called again. The error is about the login and matches
// ErrLoginNeeded when there is none.
func (s *Session) Use(ctx context.Context, do func(*Record) (rejected bool)) error {
	for range maxTries {
		rec, err := s.Current(ctx)
		if err != nil {
			return err
		}
		if !do(rec) {
			s.Accepted(rec.Access)
			return nil
		}
		if !s.Rejected(rec.Access) {
			return nil
		}
	}
	return nil
}

// Withdrawn tells that consent items turned out to be missing (-402). The next
// Token asks for them. A store that fails is not reported: memory is what this
// process goes by, and another one will find out by itself.
func (s *Session) Withdrawn(ctx context.Context, access string, scopes []string) {
	rec := s.memory()
	if rec == nil || rec.Access != access {
		return
	}
	s.mu.Lock()
	if s.gone.access != access {
		s.gone = withdrawal{access: access}
	}
	s.gone.scopes = append(s.gone.scopes, scopes...)
	s.mu.Unlock()
	now := s.stamp()
	lock, err := s.lock(ctx, refreshLock)
	if err != nil {
		s.adopt(rec.without(scopes), now)
		return
	}
	defer s.releaseWhenIdle(lock)
	cur, err := s.newest(ctx)
	switch {
	case err != nil:
		s.adopt(rec.without(scopes), now)
	case cur.Subject != rec.Subject || !cur.Consented.Equal(rec.Consented):
		s.adopt(cur, now) // a newer login, which may well have the consent
	default: // the same login, perhaps refreshed elsewhere
		changed := cur.without(scopes)
		s.adopt(changed, now)
		if err := s.save(ctx, changed); err != nil {
			s.cfg.Log.Warn("login record not updated", "err", err)
		}
	}
}

// Disconnected tells that the account is no longer connected to the app (-101):
// the record is worthless and is deleted. The next Token asks for a login.
func (s *Session) Disconnected(ctx context.Context, access string) error {
	rec := s.memory()
	if rec == nil || rec.Access != access {
		return nil
	}
	lock, err := s.lock(ctx, refreshLock)
	if err != nil {
		return err
	}
	defer s.releaseWhenIdle(lock)
	return s.asProblem(s.forget(ctx, rec))
}

// Forget deletes the stored login, as the last step of a logout.
func (s *Session) Forget(ctx context.Context) error {
	lock, err := s.lock(ctx, refreshLock)
	if err != nil {
		return err
	}
	defer s.releaseWhenIdle(lock)
	s.adopt(nil, s.stamp())
	return s.asProblem(s.cfg.Store.Delete(ctx, s.recordName()))
}
