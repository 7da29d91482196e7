package auth

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// issuer is a login host that exists in a test's transport only.
const issuer = "https://kauth.test"

// atIssuer is a Session whose requests the given host answers.
func atIssuer(answer roundTrip) *Session {
	s := New(Config{ClientID: "our-key", AuthURL: issuer, APIURL: "https://kapi.test", CallbackURL: "http://localhost:17654"})
	s.http.Transport = answer
	return s
}

func response(r *http.Request, body io.Reader) *http.Response {
	return &http.Response{StatusCode: 200, Status: "200 OK", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/json"}}, ContentLength: -1, Body: io.NopCloser(body)}
}

// forger signs ID tokens; public is its key as the login host publishes it.
type forger struct{ key *rsa.PrivateKey }

var newForger = sync.OnceValue(func() forger {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return forger{key}
})

var b64 = base64.RawURLEncoding.EncodeToString

func (f forger) jwk(kid string) map[string]any {
	return map[string]any{"kid": kid, "kty": "RSA", "alg": "RS256", "use": "sig", "n": b64(f.key.N.Bytes()), "e": b64(big.NewInt(int64(f.key.E)).Bytes())}
}

func (f forger) token(header, claims map[string]any, sign func(input string) []byte) string {
	h, _ := json.Marshal(header)
	c, _ := json.Marshal(claims)
	input := b64(h) + "." + b64(c)
	return input + "." + b64(sign(input))
}

func (f forger) rs256(input string) []byte {
	sum := sha256.Sum256([]byte(input))
	sig, err := rsa.SignPKCS1v15(rand.Reader, f.key, crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	return sig
}

func hs256(secret []byte) func(string) []byte {
	return func(input string) []byte {
		h := hmac.New(sha256.New, secret)
		h.Write([]byte(input))
		return h.Sum(nil)
	}
}

// TestForgedIDTokens: every forgery is refused, at the price of one request for
// the keys and none to anywhere else.
func TestForgedIDTokens(t *testing.T) {
	kakao := newForger()
	der, err := x509.MarshalPKIXPublicKey(&kakao.key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	inPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	foreign := forger{stranger}
	none := func(string) []byte { return nil }

	var asked atomic.Int32
	s := atIssuer(func(r *http.Request) (*http.Response, error) {
		asked.Add(1)
		if r.URL.String() != issuer+"/.well-known/jwks.json" {
			t.Errorf("asked %s", r.URL)
		}
		keys, _ := json.Marshal(map[string]any{"keys": []any{kakao.jwk("k1")}})
		return response(r, strings.NewReader(string(keys))), nil
	})
	good := func() map[string]any {
		now := time.Now().Unix()
		return map[string]any{"iss": issuer, "aud": "our-key", "sub": "42", "nonce": "our-nonce", "iat": now, "exp": now + 600, "nickname": "하늘"}
	}
	with := func(name string, value any) map[string]any {
		c := good()
		if c[name] = value; value == nil {
			delete(c, name)
		}
		return c
	}
	rs := map[string]any{"alg": "RS256", "kid": "k1", "typ": "JWT"}
	alg := func(name string, more ...any) map[string]any {
		h := map[string]any{"alg": name, "kid": "k1"}
		for i := 0; i < len(more); i += 2 {
			h[more[i].(string)] = more[i+1]
		}
		return h
	}
	if who, err := s.verify(t.Context(), kakao.token(rs, good(), kakao.rs256), "our-nonce", s.signingKeys); err != nil || who.subject != "42" {
		t.Fatalf("the honest token: %+v, %v", who, err)
	}
	parts := strings.Split(kakao.token(rs, good(), kakao.rs256), ".")
	other := strings.Split(kakao.token(rs, with("sub", "43"), kakao.rs256), ".")
	for name, raw := range map[string]string{
		"alg none":                      kakao.token(alg("none"), good(), none),
		"alg nOnE":                      kakao.token(alg("nOnE"), good(), none),
		"alg missing":                   kakao.token(map[string]any{"kid": "k1"}, good(), kakao.rs256),
		"RS256 without signature":       kakao.token(rs, good(), none),
		"HS256 with the public key DER": kakao.token(alg("HS256"), good(), hs256(der)),
		"HS256 with the public key PEM": kakao.token(alg("HS256"), good(), hs256(inPEM)),
		"HS256 with the modulus":        kakao.token(alg("HS256"), good(), hs256(kakao.key.N.Bytes())),
		"HS256 with an empty key":       kakao.token(alg("HS256"), good(), hs256(nil)),
		"another algorithm's name":      kakao.token(alg("PS256"), good(), kakao.rs256),
		"foreign key":                   kakao.token(rs, good(), foreign.rs256),
		"foreign key in the header":     kakao.token(alg("RS256", "jwk", foreign.jwk("k1")), good(), foreign.rs256),
		"foreign key's address":         kakao.token(alg("RS256", "jku", "https://evil.test/keys", "x5u", "https://evil.test/c"), good(), foreign.rs256),
		"unknown kid":                   kakao.token(map[string]any{"alg": "RS256", "kid": "k2"}, good(), foreign.rs256),
		"kid that is a path":            kakao.token(map[string]any{"alg": "RS256", "kid": "../../etc/passwd"}, good(), foreign.rs256),
		"critical extension":            kakao.token(alg("RS256", "crit", []string{"b64"}, "b64", false), good(), foreign.rs256),
		"other audience":                kakao.token(rs, with("aud", "their-key"), kakao.rs256),
		"other audiences":               kakao.token(rs, with("aud", []string{"a", "b"}), kakao.rs256),
		"no audience":                   kakao.token(rs, with("aud", nil), kakao.rs256),
		"other issuer":                  kakao.token(rs, with("iss", "https://evil.test"), kakao.rs256),
		"issuer with a slash":           kakao.token(rs, with("iss", issuer+"/"), kakao.rs256),
		"expired":                       kakao.token(rs, with("exp", time.Now().Add(-time.Minute).Unix()), kakao.rs256),
		"no expiry":                     kakao.token(rs, with("exp", nil), kakao.rs256),
		"not valid yet":                 kakao.token(rs, with("nbf", time.Now().Add(time.Hour).Unix()), kakao.rs256),
		"other nonce":                   kakao.token(rs, with("nonce", "their-nonce"), kakao.rs256),
		"beginning of the nonce":        kakao.token(rs, with("nonce", "our"), kakao.rs256),
		"no nonce":                      kakao.token(rs, with("nonce", nil), kakao.rs256),
		"no subject":                    kakao.token(rs, with("sub", ""), kakao.rs256),
		"claims of another token":       parts[0] + "." + other[1] + "." + parts[2],
		"four parts":                    strings.Join(append(parts, "x"), "."),
		"two parts":                     strings.Join(parts[:2], "."),
		"other claims as JSON":          `{"payload":"` + other[1] + `","signatures":[{"protected":"` + parts[0] + `","signature":"` + parts[2] + `"}]}`,
		"a megabyte":                    strings.Repeat("A", 1<<20),
	} {
		before := asked.Load()
		if who, err := s.verify(t.Context(), raw, "our-nonce", s.signingKeys); err == nil {
			t.Errorf("%s was taken for %+v", name, who)
		}
		if n := asked.Load() - before; n > 1 {
			t.Errorf("%s cost %d requests for keys", name, n)
		}
	}
}
