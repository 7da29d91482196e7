package auth

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"kakaotalk-mcp/auth/keychain"
)

// TestKeysComeWithTheTokens: they are asked for while the code is exchanged, not after
// it, once only, and what became of the code counts.
func TestKeysComeWithTheTokens(t *testing.T) {
	kakao := newForger()
	keys, err := json.Marshal(map[string]any{"keys": []any{kakao.jwk("k1")}})
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		now := time.Now().Unix()
		raw := kakao.token(map[string]any{"alg": "RS256", "kid": "k1"},
			map[string]any{"iss": issuer, "aud": "our-key", "sub": "42", "nonce": "our-nonce", "iat": now, "exp": now + 600}, kakao.rs256)
		tokens := `{"access_token":"at","refresh_token":"rt","expires_in":3600,"token_type":"bearer","id_token":"` + raw + `"}`
		for _, refused := range []bool{false, true} {
			asked := make(chan struct{})
			s := atIssuer(func(r *http.Request) (*http.Response, error) {
				if !strings.HasSuffix(r.URL.Path, "/oauth/token") {
					close(asked) // the second time panics
					if refused {
						<-r.Context().Done() // nobody waits for it
						return nil, r.Context().Err()
					}
					return response(r, strings.NewReader(string(keys))), nil
				}
				_, _ = io.Copy(io.Discard, r.Body)
				select {
				case <-asked:
				case <-r.Context().Done():
					t.Error("no keys were asked for")
				}
				res := response(r, strings.NewReader(tokens))
				if refused {
					res = response(r, strings.NewReader(`{"error":"invalid_grant","error_code":"KOE320"}`))
					res.StatusCode = http.StatusBadRequest
				}
				return res, nil
			})
			s.cfg.Home, s.cfg.Store = t.TempDir(), keychain.NewMemory()
			rec, err := s.complete(t.Context(), Wanted{}, nil, url.Values{"code": {"code"}}, "verifier", "our-nonce")
			if refused != (err != nil) || refused && !strings.Contains(err.Error(), "KOE320") || !refused && rec.Subject != "42" {
				t.Errorf("refused %v: %v, %v", refused, rec, err)
			}
			if _, err := s.cfg.Store.Get(t.Context(), s.recordName()); refused != (err != nil) {
				t.Errorf("refused %v: stored: %v", refused, err)
			}
		}
	})
}

// TestKeysOfKindsToCome: a key set may hold what nobody can read yet beside the key
// that signed. Only the one that is needed counts.
func TestKeysOfKindsToCome(t *testing.T) {
	kakao := newForger()
	ours, err := json.Marshal(kakao.jwk("k1"))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().Unix()
	raw := kakao.token(map[string]any{"alg": "RS256", "kid": "k1"},
		map[string]any{"iss": issuer, "aud": "our-key", "sub": "42", "iat": now, "exp": now + 600}, kakao.rs256)
	for name, other := range map[string]string{
		"curve without alg":   `{"kty":"EC","crv":"P-777","kid":"new","use":"sig","x":"AQAB","y":"AQAB"}`,
		"curve with alg":      `{"kty":"EC","crv":"secp256k1","alg":"ES256K","kid":"new","use":"sig","x":"AQAB","y":"AQAB"}`,
		"kind of key":         `{"kty":"AKP","alg":"ML-DSA-65","kid":"new","pub":"AQAB"}`,
		"point off the curve": `{"kty":"EC","crv":"P-256","kid":"new","x":"AQAB","y":"AQAB"}`,
		"broken RSA":          `{"kty":"RSA","kid":"new","n":"","e":"AQAB"}`,
		"no object":           `"k0"`,
		"null":                `null`,
	} {
		for _, keys := range []string{other + "," + string(ours), string(ours) + "," + other} {
			s := atIssuer(func(r *http.Request) (*http.Response, error) {
				return response(r, strings.NewReader(`{"keys":[`+keys+`]}`)), nil
			})
			if who, err := s.verify(t.Context(), raw, "", s.signingKeys); err != nil || who.subject != "42" {
				t.Errorf("%s: %+v, %v", name, who, err)
			}
		}
		// Alone it is no key set at all: that is the server's fault, not a forgery.
		s := atIssuer(func(r *http.Request) (*http.Response, error) {
			return response(r, strings.NewReader(`{"keys":[`+other+`]}`)), nil
		})
		if _, err := s.verify(t.Context(), raw, "", s.signingKeys); !errors.Is(err, errNoKeys) {
			t.Errorf("%s alone: %v", name, err)
		}
	}
}
