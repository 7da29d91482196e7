package auth

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/url"
	"os"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"kakaotalk-mcp/auth/keychain"
	"kakaotalk-mcp/auth/loopback"
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
	defer lock.release()
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
func (s *Session) awaitLoginLock(ctx context.Context, a *attempt) (*fileLock, string, error) {
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

// ask runs the authorization code flow under the login lock.
func (s *Session) ask(ctx context.Context, a *attempt, old *Record) (*Record, error) {
	state, nonce, verifier := randomWord(), randomWord(), oauth2.GenerateVerifier()
	cfg, err := s.oauthConfig(ctx, a.purpose)
	if err != nil {
		return nil, err
	}
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(verifier), oidc.Nonce(nonce)}
	if a.switching {
		options = append(options, oauth2.SetAuthURLParam("prompt", "select_account"))
	}
	page := cfg.AuthCodeURL(state, options...)

	type result struct {
		rec *Record
		err error
	}
	results := make(chan result, 1)
	public, base := s.publicCallback()
	listener, err := loopback.Listen(loopback.Config{
		Base:  base,
		Paths: []string{a.purpose.CallbackPath()},
		Hosts: public,
		State: state,
		Pages: s.callbackPages(),
		Complete: func(ctx context.Context, q url.Values) loopback.Page {
			ctx, cancel := context.WithTimeout(ctx, exchangeTimeout)
			defer cancel()
			rec, err := s.complete(ctx, a, old, q, verifier, nonce)
			err = s.asProblem(err)
			results <- result{rec, err}
			return s.resultPage(a.purpose, rec, err)
		},
	})
	if err != nil {
		return nil, err
	}
	pending := pendingLogin{ID: randomWord(), URL: page, Port: listener.Port(), Path: a.purpose.CallbackPath(), PID: os.Getpid(), Started: s.now()}
	if err := s.writePending(pending); err != nil {
		_ = listener.Close(ctx)
		return nil, err
	}
	a.announce(page)

	var r result
	select {
	case r = <-results:
		// The browser still waits for its page: closing lets it have it.
		_ = listener.Close(context.WithoutCancel(ctx))
	case <-ctx.Done():
		r.err = ctx.Err()
		if listener.Close(context.WithoutCancel(ctx)) != nil {
			r = <-results // an exchange began in the last moment: its tokens get saved
		}
		select {
		case r = <-results:
		default:
		}
	}
	pending.Outcome = outcomeOf(r.err)
	if err := s.writePending(pending); err != nil {
		s.cfg.Log.Warn("login outcome not written", "err", err)
	}
	if r.err == nil {
		s.resetTab() // the next question is a new one
		s.adopt(r.rec, s.stamp())
	}
	return r.rec, r.err
}

// complete turns the callback's query into a saved record.
func (s *Session) complete(ctx context.Context, a *attempt, old *Record, q url.Values, verifier, nonce string) (*Record, error) {
	if e := q.Get("error"); e != "" {
		return nil, s.refusal(e, q.Get("error_description"))
	}
	g, err := s.exchange(ctx, a.purpose, q.Get("code"), verifier)
	if err != nil {
		return nil, s.tokenProblem(err)
	}
	who, err := s.verify(ctx, g.idToken, nonce)
	if err != nil {
		return nil, s.verifyProblem(err)
	}
	if old != nil && old.Subject != who.subject && !a.switching {
		return nil, s.otherAccount(old, who)
	}
	if g.refresh == "" {
		return nil, s.refusal("no_refresh_token", "")
	}
	if len(g.scopes) == 0 { // the field is optional; the request was for these
		g.scopes = a.purpose.scopes()
	}
	rec := &Record{
		Format: recordFormat, AuthURL: s.cfg.AuthURL, APIURL: s.cfg.APIURL, ClientID: s.cfg.ClientID,
		Subject: who.subject, Nickname: who.nickname,
		Access: g.access, AccessExpiry: g.accessExpiry, Refresh: g.refresh, RefreshExpiry: g.refreshExpiry,
		Scopes: g.scopes, Consented: s.now(),
	}
	// A refresh of the old record must not overwrite the new one. Without the lock
	// it would still compare first, so the person's work is not thrown away for it.
	if lock, err := s.lock(ctx, refreshLock); err == nil {
		defer s.releaseWhenIdle(lock)
	} else {
		s.cfg.Log.Warn("saving a login without the refresh lock", "err", err)
	}
	if err := s.save(ctx, rec); err != nil {
		return nil, err
	}
	s.adopt(rec, s.stamp())
	if missing := rec.missing(a.purpose); len(missing) > 0 {
		return nil, s.consentMissing(missing)
	}
	return rec, nil
}

// randomWord returns 160 random bits, as text that is safe in a query.
func randomWord() string {
	b := make([]byte, 20)
	rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}
