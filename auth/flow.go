package auth

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"net/url"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"kakaotalk-mcp/auth/loopback"
)

// ask runs the authorization code flow. It tells in login.json where the page is.
func (s *Session) ask(ctx context.Context, w Wanted, p *pendingLogin, old *Record) error {
	state, nonce, verifier := randomWord(), randomWord(), oauth2.GenerateVerifier()
	cfg, err := s.oauthConfig(ctx, w.Purpose)
	if err != nil {
		return err
	}
	if s.asksNickname() || w.Switch && old != nil && old.has([]string{nickname}) { // another account has not agreed yet
		cfg.Scopes[0] += "," + nickname
	}
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(verifier), oidc.Nonce(nonce)}
	if w.Switch {
		options = append(options, oauth2.SetAuthURLParam("prompt", "select_account"))
	}
	results := make(chan error, 1)
	public, base := s.publicCallback()
	listener, err := loopback.Listen(loopback.Config{
		Base:  base,
		Paths: []string{w.Purpose.CallbackPath()},
		Hosts: public,
		State: state,
		Pages: s.callbackPages(),
		Complete: func(ctx context.Context, q url.Values) loopback.Page {
			ctx, cancel := context.WithTimeout(ctx, exchangeTimeout)
			defer cancel()
			rec, err := s.complete(ctx, w, old, q, verifier, nonce)
			err = s.asProblem(err)
			results <- err
			return s.resultPage(w.Purpose, rec, err)
		},
	})
	if err != nil {
		return err
	}
	p.URL, p.Port = cfg.AuthCodeURL(state, options...), listener.Port()
	if err := s.writePending(*p); err != nil {
		_ = listener.Close(ctx)
		return err
	}
	s.cfg.Log.Info("login page open", "scopes", w.Purpose.scopes())

	tick := time.NewTicker(stillWanted)
	defer tick.Stop()
	for {
		select {
		case err := <-results:
			// The browser still waits for its page: closing lets it have it.
			_ = listener.Close(context.WithoutCancel(ctx))
			return err
		case <-tick.C:
			if !s.unwanted(w.ID) {
				continue
			}
			err = errUnwanted
		case <-ctx.Done():
			err = ctx.Err()
		}
		if listener.Close(context.WithoutCancel(ctx)) != nil {
			return <-results // an exchange began in the last moment: its tokens get saved
		}
		select {
		case err = <-results:
		default:
		}
		return err
	}
}

// complete turns the callback's query into a saved record.
func (s *Session) complete(ctx context.Context, w Wanted, old *Record, q url.Values, verifier, nonce string) (*Record, error) {
	if e := q.Get("error"); e != "" {
		return nil, s.refusal(e, q.Get("error_description"))
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	keys := s.keysSoon(ctx) // the code and these are answered in the same time as one of them
	g, err := s.exchange(ctx, w.Purpose, s.RedirectURI(w.Purpose), q.Get("code"), verifier)
	if err != nil {
		return nil, s.tokenProblem(err)
	}
	who, err := s.verify(ctx, g.idToken, nonce, keys)
	if err != nil {
		return nil, s.verifyProblem(err)
	}
	if old != nil && old.Subject != who.subject && !w.Switch {
		return nil, s.otherAccount(old, who)
	}
	if g.refresh == "" {
		return nil, s.refusal("no_refresh_token", "")
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
	if rec.has([]string{nickname}) {
		s.learnNickname(true)
	}
	s.adopt(rec, s.stamp())
	s.cfg.Log.Info("login saved", "scopes", rec.Scopes, "store", s.cfg.Store.Kind())
	if missing := rec.missing(w.Purpose); len(missing) > 0 {
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
