package sandbox

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Signature is how an ID token gets signed.
type Signature string

const (
	SignProperly  Signature = ""        // RS256 with the current key
	SignNone      Signature = "none"    // alg none, empty signature
	SignHS256     Signature = "hs256"   // HMAC keyed with the client secret
	SignForeign   Signature = "foreign" // RS256 with a key that is not published, under the current kid
	SignCorrupted Signature = "corrupt" // the proper signature with one bit turned
)

// IDToken is an ID token before it is signed, for TamperIDToken.
type IDToken struct {
	Header, Claims map[string]any
	Signature      Signature
	Missing        bool // the answer has no id_token
}

// TamperIDToken lets change edit every ID token issued from now on; nil ends it. change
// must not call the sandbox.
func (s *Sandbox) TamperIDToken(change func(*IDToken)) {
	s.change(func() { s.tamper = change })
}

// signingKey is an RSA key with its published name.
type signingKey struct {
	id  string
	key *rsa.PrivateKey
}

const rsaBits = 2048 // as Kakao's

func newSigningKey() signingKey {
	key, err := rsa.GenerateKey(rand.Reader, rsaBits)
	if err != nil {
		panic("generating a signing key: " + err.Error()) // crypto/rand does not fail
	}
	return signingKey{strings.ToLower(rand.Text()), key}
}

// firstKey is what every sandbox of a process signs with at first: making a key takes
// longer than all the rest of a login.
var firstKey = sync.OnceValue(newSigningKey)

// retiredKey is a key of which nobody has the private half any more.
func retiredKey() signingKey {
	n := make([]byte, rsaBits/8)
	rand.Read(n) // never fails
	n[0] |= 0x80
	n[len(n)-1] |= 1
	public := rsa.PublicKey{N: new(big.Int).SetBytes(n), E: 65537}
	return signingKey{strings.ToLower(rand.Text()), &rsa.PrivateKey{PublicKey: public}}
}

// currentKey returns the signing key, made when it is first needed.
func (s *Sandbox) currentKey() signingKey {
	keys := s.signingKeys()
	return keys[len(keys)-1]
}

// signingKeys returns the two published keys, the current one last.
func (s *Sandbox) signingKeys() []signingKey {
	if s.keys == nil {
		s.keys = []signingKey{retiredKey(), firstKey()}
	}
	return s.keys
}

// RotateKeys replaces the signing key by a fresh one and drops the oldest. Tokens
// signed by the previous key can still be verified.
func (s *Sandbox) RotateKeys() {
	s.change(func() { s.keys = append(slices.Clone(s.signingKeys()[1:]), newSigningKey()) })
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (s *Sandbox) serveJWKS(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	var keys []map[string]string
	for _, k := range s.signingKeys() {
		keys = append(keys, map[string]string{
			"kid": k.id, "kty": "RSA", "alg": "RS256", "use": "sig",
			"n": encode(k.key.N.Bytes()), "e": encode(big.NewInt(int64(k.key.E)).Bytes()),
		})
	}
	s.mu.Unlock()
	success(map[string]any{"keys": keys}).write(w)
}

// authBase is the issuer: the address of the running Server, else the one asked for.
func (s *Sandbox) authBase(r *http.Request) string {
	if s.authURL != "" {
		return s.authURL
	}
	return "http://" + r.Host
}

func (s *Sandbox) apiBase(r *http.Request) string {
	if s.apiURL != "" {
		return s.apiURL
	}
	return "http://" + r.Host
}

func (s *Sandbox) serveDiscovery(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	auth, api := s.authBase(r), s.apiBase(r)
	s.mu.Unlock()
	success(map[string]any{
		"issuer":                                auth,
		"authorization_endpoint":                auth + "/oauth/authorize",
		"token_endpoint":                        auth + "/oauth/token",
		"userinfo_endpoint":                     api + "/v1/oidc/userinfo",
		"jwks_uri":                              auth + "/.well-known/jwks.json",
		"token_endpoint_auth_methods_supported": []string{"client_secret_post"},
		"subject_types_supported":               []string{"public"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"request_uri_parameter_supported":       false,
		"response_types_supported":              []string{"code"},
		"response_modes_supported":              []string{"query"},
		"grant_types_supported":                 []string{"authorization_code", "refresh_token"},
		"code_challenge_methods_supported":      []string{"S256"},
		"claims_supported":                      []string{"iss", "aud", "sub", "auth_time", "exp", "iat", "nonce", "nickname", "picture", "email"},
	}).write(w)
}

func (s *Sandbox) addIDToken(r *http.Request, body map[string]any, g *grant, nonce string) {
	current := s.currentKey()
	now := s.now()
	t := IDToken{
		Header: map[string]any{"alg": "RS256", "typ": "JWT", "kid": current.id},
		Claims: map[string]any{
			"iss": s.authBase(r), "aud": s.app.Key, "sub": strconv.FormatInt(g.person, 10),
			"iat": now.Unix(), "exp": now.Add(accessLife).Unix(), "auth_time": g.authTime.Unix(),
		},
	}
	if nonce != "" {
		t.Claims["nonce"] = nonce
	}
	maps.Copy(t.Claims, s.profileClaims(g.person))
	if s.tamper != nil {
		s.tamper(&t)
	}
	if !t.Missing {
		body["id_token"] = s.sign(t, current)
	}
}

// profileClaims are the claims the person agreed to share.
func (s *Sandbox) profileClaims(person int64) map[string]any {
	claims := map[string]any{}
	agreed, p := s.agreed(person), s.people[person]
	if slices.Contains(agreed, "profile_nickname") {
		claims["nickname"] = p.Nickname
	}
	if slices.Contains(agreed, "profile_image") && p.Thumbnail != "" {
		claims["picture"] = p.Thumbnail
	}
	return claims
}

func (s *Sandbox) sign(t IDToken, current signingKey) string {
	switch t.Signature {
	case SignNone:
		t.Header["alg"] = "none"
	case SignHS256:
		t.Header["alg"] = "HS256"
	case SignForeign:
		current.key = newSigningKey().key
	}
	header, err := json.Marshal(t.Header)
	if err != nil {
		return "" // only a tampering function can put unencodable values here
	}
	claims, err := json.Marshal(t.Claims)
	if err != nil {
		return ""
	}
	signed := encode(header) + "." + encode(claims)
	digest := sha256.Sum256([]byte(signed))
	var sig []byte
	switch t.Signature {
	case SignNone:
	case SignHS256:
		mac := hmac.New(sha256.New, []byte(s.app.Secret))
		mac.Write([]byte(signed))
		sig = mac.Sum(nil)
	default:
		sig, err = rsa.SignPKCS1v15(nil, current.key, crypto.SHA256, digest[:])
		if err != nil {
			return ""
		}
		if t.Signature == SignCorrupted {
			sig[0] ^= 1
		}
	}
	return signed + "." + encode(sig)
}

// serveTokenInfo decodes an ID token for debugging, as POST /oauth/tokeninfo.
func (s *Sandbox) serveTokenInfo(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	claims, problem := s.verify(r.PostForm.Get("id_token"))
	s.mu.Unlock()
	if problem != "" {
		oauthError(http.StatusBadRequest, "invalid_token", problem, "KOE400").write(w)
		return
	}
	success(claims).write(w)
}

func (s *Sandbox) verify(token string) (map[string]any, string) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, "id_token is malformed"
	}
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	sig, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		return nil, "id_token is malformed"
	}
	known := slices.ContainsFunc(s.signingKeys(), func(k signingKey) bool {
		return rsa.VerifyPKCS1v15(&k.key.PublicKey, crypto.SHA256, digest[:], sig) == nil
	})
	if !known {
		return nil, "id_token signature is invalid"
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil, "id_token is malformed"
	}
	var claims map[string]any
	if err := json.Unmarshal(payload, &claims); err != nil {
		return nil, "id_token is malformed"
	}
	if exp, ok := claims["exp"].(float64); !ok || s.now().Unix() >= int64(exp) {
		return nil, "id_token is expired"
	}
	return claims, ""
}
