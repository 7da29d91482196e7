package auth

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
	"unicode"

	"github.com/coreos/go-oidc/v3/oidc"
)

// identity is what a verified ID token says.
type identity struct{ subject, nickname string }

var (
	errNoIDToken = errors.New("the answer has no ID token")
	errNonce     = errors.New("the ID token's nonce is not ours")
	errNoSubject = errors.New("the ID token names no account")
	errNoKeys    = errors.New("the signing keys could not be fetched")
)

// maxName is how many characters of a nickname are kept: its owner chooses them.
const maxName = 40

const (
	// The code is spent when the keys are fetched, so a hiccup there is worth
	// another try.
	keyTries = 3
	keyPause = 300 * time.Millisecond
)

// watched notes whether a request failed: go-oidc does not let its caller tell
// keys that cannot be fetched from a forged signature.
type watched struct {
	base   http.RoundTripper
	failed atomic.Bool
}

func (w *watched) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := w.base.RoundTrip(r)
	if err != nil || res.StatusCode != http.StatusOK {
		w.failed.Store(true)
	}
	if err == nil {
		res.Body = http.MaxBytesReader(nil, res.Body, maxKeys)
	}
	return res, err
}

// maxKeys bounds the answer with the signing keys, in bytes: Kakao's two take
// about 1,000. The library would read an endless one until memory is used up.
const maxKeys = 64 << 10

// verify checks signature, issuer, audience, expiry and nonce (OpenID Connect
// Core 3.1.3.7). Keys are fetched anew for each login, so that a rotated key is
// found and a flood of unknown key ids costs one request a login at most.
func (s *Session) verify(ctx context.Context, raw, nonce string) (identity, error) {
	if raw == "" {
		return identity{}, errNoIDToken
	}
	for try := 1; ; try++ {
		who, err := s.verifyOnce(ctx, raw, nonce)
		if !errors.Is(err, errNoKeys) || try == keyTries {
			return who, err
		}
		select {
		case <-time.After(keyPause):
		case <-ctx.Done():
			return identity{}, errNoKeys
		}
	}
}

func (s *Session) verifyOnce(ctx context.Context, raw, nonce string) (identity, error) {
	transport := &watched{base: s.http.Transport}
	if transport.base == nil {
		transport.base = http.DefaultTransport
	}
	client := *s.http
	client.Transport = transport
	ctx = oidc.ClientContext(ctx, &client)
	provider := (&oidc.ProviderConfig{
		IssuerURL:  s.cfg.AuthURL,
		JWKSURL:    s.cfg.AuthURL + "/.well-known/jwks.json",
		Algorithms: []string{oidc.RS256},
	}).NewProvider(ctx)
	token, err := provider.Verifier(&oidc.Config{ClientID: s.cfg.ClientID, Now: s.now}).Verify(ctx, raw)
	// Verify wraps with %v, so the cause has to be asked for.
	if err != nil && (ctx.Err() != nil || transport.failed.Load()) {
		return identity{}, errNoKeys
	}
	if err != nil {
		return identity{}, err
	}
	if token.Subject == "" {
		return identity{}, errNoSubject
	}
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(nonce)) != 1 {
		return identity{}, errNonce
	}
	var claims struct {
		Nickname string `json:"nickname"`
	}
	if err := token.Claims(&claims); err != nil {
		return identity{}, errors.New("the ID token's claims are unreadable")
	}
	return identity{subject: token.Subject, nickname: plainName(claims.Nickname)}, nil
}

// plainName keeps of a nickname what can go onto a terminal and into a keychain:
// no control or direction characters, no more than maxName characters.
func plainName(name string) string {
	name = strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) && r != zeroWidthJoiner || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, name)
	if list := []rune(name); len(list) > maxName {
		name = string(list[:maxName])
	}
	return strings.TrimSpace(name)
}

// zeroWidthJoiner holds the parts of an emoji together.
const zeroWidthJoiner = '\u200d'
