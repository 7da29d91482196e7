package auth

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

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
			if who, err := s.verify(t.Context(), raw, ""); err != nil || who.subject != "42" {
				t.Errorf("%s: %+v, %v", name, who, err)
			}
		}
		// Alone it is no key set at all: that is the server's fault, not a forgery.
		s := atIssuer(func(r *http.Request) (*http.Response, error) {
			return response(r, strings.NewReader(`{"keys":[`+other+`]}`)), nil
		})
		if _, err := s.verify(t.Context(), raw, ""); !errors.Is(err, errNoKeys) {
			t.Errorf("%s alone: %v", name, err)
		}
	}
}
