package auth

import (
	"context"
	"crypto/subtle"
	"errors"
	"strings"
	"unicode"

	"github.com/coreos/go-oidc/v3/oidc"
)

// identity is what a verified ID token says.
type identity struct{ subject, nickname string }

var (
	errNoIDToken = errors.New("the answer has no ID token")
	errNonce     = errors.New("the ID token's nonce is not ours")
	errNoSubject = errors.New("the ID token names no account")
)

// maxName is how many characters of a nickname are kept: its owner chooses them.
const maxName = 40

// verify checks signature, issuer, audience, expiry and nonce (OpenID Connect
// Core 3.1.3.7). fetch returns the keys that Kakao signs with.
func (s *Session) verify(ctx context.Context, raw, nonce string, fetch keyFetcher) (identity, error) {
	if raw == "" {
		return identity{}, errNoIDToken
	}
	keys, err := fetch(ctx)
	if err != nil {
		return identity{}, err
	}
	token, err := oidc.NewVerifier(s.cfg.AuthURL, keys, &oidc.Config{
		ClientID: s.cfg.ClientID, SupportedSigningAlgs: []string{oidc.RS256}, Now: s.now}).Verify(ctx, raw)
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
