package auth

import (
	"context"
	"crypto"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
)

const (
	// The code is spent when the keys are fetched, so a hiccup there is worth
	// another try.
	keyTries = 3
	keyPause = 300 * time.Millisecond
	// maxKeys bounds the answer with the signing keys, in bytes: Kakao's two take
	// about 1,000.
	maxKeys = 64 << 10
)

var (
	errNoKeys = errors.New("the signing keys could not be fetched")
	// errHiccup may be gone at the next try.
	errHiccup = fmt.Errorf("%w: no answer", errNoKeys)
)

// keyFetcher is signingKeys, or has begun that already.
type keyFetcher func(context.Context) (*oidc.StaticKeySet, error)

// keysSoon begins to fetch the signing keys, while something else is waited for.
// Cancelling ctx ends it.
func (s *Session) keysSoon(ctx context.Context) keyFetcher {
	var keys *oidc.StaticKeySet
	var err error
	fetched := make(chan struct{})
	go func() {
		defer close(fetched)
		keys, err = s.signingKeys(ctx)
	}()
	return func(context.Context) (*oidc.StaticKeySet, error) {
		<-fetched
		return keys, err
	}
}

// signingKeys fetches the keys that ID tokens are signed with, anew for each login:
// a rotated key is found, and a flood of unknown key ids costs nothing. What the
// error matches is errNoKeys: keys that cannot be had are no forgery.
func (s *Session) signingKeys(ctx context.Context) (*oidc.StaticKeySet, error) {
	for try := 1; ; try++ {
		keys, err := s.fetchKeys(ctx)
		if !errors.Is(err, errHiccup) || try == keyTries {
			return keys, err
		}
		select {
		case <-time.After(keyPause):
		case <-ctx.Done():
			return nil, errNoKeys
		}
	}
}

func (s *Session) fetchKeys(ctx context.Context) (*oidc.StaticKeySet, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.cfg.AuthURL+"/.well-known/jwks.json", nil)
	if err != nil {
		return nil, errNoKeys
	}
	res, err := s.http.Do(req)
	if err != nil {
		return nil, errHiccup
	}
	defer res.Body.Close()
	if res.StatusCode >= http.StatusInternalServerError {
		return nil, errHiccup
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if res.StatusCode != http.StatusOK || json.NewDecoder(io.LimitReader(res.Body, maxKeys)).Decode(&set) != nil {
		return nil, errNoKeys
	}
	// One by one: go-oidc's own key set is lost with the first key of a kind that it
	// cannot read. RS256 is all that is accepted.
	var keys []crypto.PublicKey
	for _, raw := range set.Keys {
		var key jose.JSONWebKey
		if json.Unmarshal(raw, &key) != nil {
			continue
		}
		if k, ok := key.Key.(*rsa.PublicKey); ok && k.N.Sign() > 0 {
			keys = append(keys, k)
		}
	}
	if len(keys) == 0 {
		return nil, errNoKeys
	}
	return &oidc.StaticKeySet{PublicKeys: keys}, nil
}
