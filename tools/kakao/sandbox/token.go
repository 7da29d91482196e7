package sandbox

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	accessLife   = 21599 * time.Second   // what REST API keys get
	refreshLife  = 5183999 * time.Second // about 60 days
	refreshRenew = 30 * 24 * time.Hour   // a refresh token is replaced when less is left

	maxAccessTokens   = 20 // per person and accessTokenSpan, then KOE237
	accessTokenSpan   = 10 * time.Minute
	maxRefreshTokens  = 30 // per person and refreshTokenSpan
	refreshTokenSpan  = time.Hour
	maxFormBytes      = 1 << 20 // far above every documented field
	longestTokenValue = 256     // longer ones are malformed
)

// authCode is an authorization code that was not exchanged yet.
type authCode struct {
	person                        int64
	redirectURI, challenge, nonce string
	openID                        bool
	authTime, until               time.Time
}

// grant is what a refresh token stands for.
type grant struct {
	person   int64
	scopes   []string // agreed when the code was exchanged
	openID   bool     // issued with an ID token, so a refresh brings one too
	authTime time.Time
	until    time.Time
}

// accessToken carries the consents of its grant: a later consent needs new tokens.
type accessToken struct {
	person int64
	scopes []string
	grant  *grant
	until  time.Time
}

// issueKey names a counter of tokens issued: "access" or "refresh", and to whom.
type issueKey struct {
	kind   string
	person int64
}

// oauthError is an error answer of the auth host.
func oauthError(status int, code, description, koe string) *answer {
	body := map[string]any{"error": code, "error_description": description}
	if koe != "" {
		body["error_code"] = koe
	}
	return &answer{status, body}
}

func (s *Sandbox) serveToken(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	a := s.token(r, r.PostForm)
	s.mu.Unlock()
	w.Header().Set("Cache-Control", "no-store")
	a.write(w)
}

// token answers from the form body alone: HTTP Basic, queries and JSON are not read.
func (s *Sandbox) token(r *http.Request, form url.Values) *answer {
	id := form.Get("client_id")
	if id != s.app.Key {
		if id == "" {
			id = "null"
		}
		return oauthError(http.StatusUnauthorized, "invalid_client", "Not exist client_id ["+id+"]", "KOE101")
	}
	kind := form.Get("grant_type")
	if kind != "authorization_code" && kind != "refresh_token" {
		return oauthError(http.StatusBadRequest, "unsupported_grant_type", "unsupported grant_type: "+kind, "KOE310")
	}
	if s.app.SecretOn && subtle.ConstantTimeCompare([]byte(form.Get("client_secret")), []byte(s.app.Secret)) != 1 {
		return oauthError(http.StatusUnauthorized, "invalid_client", "Bad client credentials", "KOE010")
	}
	if kind == "refresh_token" {
		return s.refreshToken(r, form.Get("refresh_token"))
	}
	return s.exchangeCode(r, form)
}

func (s *Sandbox) exchangeCode(r *http.Request, form url.Values) *answer {
	value := form.Get("code")
	code := s.codes[value]
	if code == nil || !s.now().Before(code.until) || s.linked(code.person) == nil {
		return oauthError(http.StatusBadRequest, "invalid_grant", "authorization code not found for code="+value, "KOE320")
	}
	if s.tooMany("access", code.person, maxAccessTokens, accessTokenSpan) ||
		s.tooMany("refresh", code.person, maxRefreshTokens, refreshTokenSpan) {
		return s.rateLimited()
	}
	delete(s.codes, value) // spent even by a wrong try
	if form.Get("redirect_uri") != code.redirectURI {
		return oauthError(http.StatusBadRequest, "invalid_grant", "Redirect URI mismatch.", "KOE303")
	}
	if code.challenge != "" {
		sum := sha256.Sum256([]byte(form.Get("code_verifier")))
		if base64.RawURLEncoding.EncodeToString(sum[:]) != code.challenge {
			return pkceMismatch()
		}
	}
	s.links[code.person].issued = true
	s.worldChanged()

	g := &grant{
		person: code.person, scopes: s.agreed(code.person), openID: code.openID && s.app.OIDCOn,
		authTime: code.authTime, until: s.now().Add(refreshLife),
	}
	body := s.newAccessToken(g)
	body["refresh_token"] = s.newRefreshToken(g)
	body["refresh_token_expires_in"] = int(refreshLife.Seconds())
	scopes := slices.Clone(g.scopes)
	if s.app.OIDCOn {
		scopes = append(scopes, "openid")
	}
	if len(scopes) > 0 {
		body["scope"] = strings.Join(scopes, " ")
	}
	if g.openID {
		s.addIDToken(r, body, g, code.nonce)
	}
	return success(body)
}

func (s *Sandbox) refreshToken(r *http.Request, value string) *answer {
	if value == "" {
		return oauthError(http.StatusBadRequest, "invalid_grant", "refresh_token is empty", "KOE319")
	}
	g := s.grants[value]
	if g == nil || !s.now().Before(g.until) {
		return oauthError(http.StatusBadRequest, "invalid_grant", "expired_or_invalid_refresh_token", "KOE322")
	}
	if s.tooMany("access", g.person, maxAccessTokens, accessTokenSpan) {
		return s.rateLimited()
	}
	renew := g.until.Sub(s.now()) < refreshRenew
	if renew && s.tooMany("refresh", g.person, maxRefreshTokens, refreshTokenSpan) {
		return s.rateLimited()
	}
	body := s.newAccessToken(g)
	if renew {
		delete(s.grants, value)
		g.until = s.now().Add(refreshLife)
		body["refresh_token"] = s.newRefreshToken(g)
		body["refresh_token_expires_in"] = int(refreshLife.Seconds())
	}
	if g.openID {
		s.addIDToken(r, body, g, "") // OpenID Connect Core 12.2: no nonce on refresh
	}
	return success(body)
}

func (s *Sandbox) newAccessToken(g *grant) map[string]any {
	value := secret(2)
	s.access[value] = &accessToken{person: g.person, scopes: g.scopes, grant: g, until: s.now().Add(accessLife)}
	s.countIssue("access", g.person)
	return map[string]any{"token_type": "bearer", "access_token": value, "expires_in": int(accessLife.Seconds())}
}

func (s *Sandbox) newRefreshToken(g *grant) string {
	value := secret(2)
	s.grants[value] = g
	s.countIssue("refresh", g.person)
	return value
}

func (s *Sandbox) countIssue(kind string, person int64) {
	key := issueKey{kind, person}
	s.issues[key] = append(s.issues[key], s.now())
}

// tooMany tells whether the person got limit tokens within the last span.
func (s *Sandbox) tooMany(kind string, person int64, limit int, span time.Duration) bool {
	key := issueKey{kind, person}
	since := s.now().Add(-span)
	s.issues[key] = slices.DeleteFunc(s.issues[key], func(t time.Time) bool { return !t.After(since) })
	return len(s.issues[key]) >= limit
}

// rateLimited is KOE237. Both 400 and 429 have been seen, so the status can be chosen.
func (s *Sandbox) rateLimited() *answer {
	status := s.faults.RateLimitStatus
	if status == 0 {
		status = http.StatusBadRequest
	}
	return oauthError(status, "invalid_request", "token request rate limit exceeded", "KOE237")
}

// ExpireAccessTokens lets the time of all access tokens run out now.
func (s *Sandbox) ExpireAccessTokens() {
	s.change(func() {
		for _, t := range s.access {
			t.until = s.now()
		}
	})
}

// ExpireRefreshTokens lets the time of all refresh tokens run out now.
func (s *Sandbox) ExpireRefreshTokens() {
	s.change(func() {
		for _, g := range s.grants {
			g.until = s.now()
		}
	})
}

// endGrants ends all codes and refresh tokens of a person.
func (s *Sandbox) endGrants(person int64) {
	maps.DeleteFunc(s.grants, func(_ string, g *grant) bool { return g.person == person })
	maps.DeleteFunc(s.codes, func(_ string, c *authCode) bool { return c.person == person })
}
