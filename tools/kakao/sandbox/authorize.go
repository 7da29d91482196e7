package sandbox

import (
	"crypto/rand"
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	sessionLife = 24 * time.Hour // Kakao's, without "stay signed in"
	flowLife    = time.Hour      // how long a login or consent page may stay open
	codeLife    = 10 * time.Minute
	maxFlows    = 1000 // pages nobody finishes
)

// flow is one authorization request between /oauth/authorize and the redirect.
type flow struct {
	redirectURI, state, nonce string
	named                     bool     // scope= was given
	scopes                    []string // the items it names, without openid
	openID                    bool     // an ID token is due
	prompts                   []string
	challenge                 string
	until                     time.Time
	authenticated             bool // somebody logged in on the page of this very flow
}

// session is a Kakao account login of one browser.
type session struct {
	person int64
	since  time.Time
}

// step is what a browser gets next: a redirect, or an error page with a KOE code.
type step struct {
	location string
	koe      string
	cookie   string // new session
}

// isS256 tells whether c is what 32 bytes look like in base64url.
func isS256(c string) bool {
	decoded, err := base64.RawURLEncoding.DecodeString(c)
	return err == nil && len(c) == 43 && len(decoded) == 32
}

func (s *Sandbox) serveAuthorize(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	var next step
	if f, koe := s.newFlow(r.URL.Query()); koe != "" {
		next.koe = koe
	} else {
		id := rand.Text()
		s.dropOldFlows()
		s.flows[id] = f
		next = s.advanceFlow(id, s.session(r))
	}
	s.mu.Unlock()
	s.sendStep(w, next)
}

// newFlow checks an authorization request. It returns the KOE code of the error page
// for everything Kakao does not report to the client's callback.
func (s *Sandbox) newFlow(q url.Values) (*flow, string) {
	for _, name := range []string{"client_id", "redirect_uri", "response_type"} {
		if q.Get(name) == "" {
			return nil, "KOE207"
		}
	}
	for _, values := range q {
		if len(values) > 1 {
			return nil, "KOE204"
		}
	}
	switch {
	case q.Get("client_id") != s.app.Key:
		return nil, "KOE101"
	case !s.app.LoginOn:
		return nil, "KOE004"
	case !slices.Contains(s.app.RedirectURIs, q.Get("redirect_uri")):
		return nil, "KOE006"
	case q.Get("response_type") == "token":
		return nil, "KOE202"
	case q.Get("response_type") != "code":
		return nil, "KOE201"
	}
	f := &flow{
		redirectURI: q.Get("redirect_uri"), state: q.Get("state"), nonce: q.Get("nonce"),
		challenge: q.Get("code_challenge"), openID: s.app.OIDCOn, until: s.now().Add(flowLife),
		prompts: words(q.Get("prompt")), scopes: words(q.Get("scope")),
	}
	for _, p := range f.prompts {
		known := slices.Contains([]string{"none", "login", "create", "select_account"}, p)
		if !known || (p == "none" && len(f.prompts) > 1) {
			return nil, "KOE204"
		}
	}
	// Only S256 is taken, and without a method RFC 7636 means plain.
	if method := q.Get("code_challenge_method"); method != "" || f.challenge != "" {
		if method != "S256" || !isS256(f.challenge) {
			return nil, "KOE204"
		}
	}
	if len(f.scopes) > 0 {
		f.named = true
		f.openID = slices.Contains(f.scopes, "openid")
		f.scopes = slices.DeleteFunc(f.scopes, func(id string) bool { return id == "openid" })
		if f.openID && !s.app.OIDCOn {
			return nil, "KOE205"
		}
		for _, id := range f.scopes {
			if !s.app.configured(id) {
				return nil, "KOE205"
			}
		}
	}
	return f, ""
}

// words splits a list at commas and spaces; Kakao takes both.
func words(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune(", \t\n\f\r", r) })
}

// advanceFlow decides what comes next for the person with this session.
func (s *Sandbox) advanceFlow(id string, who session) step {
	f := s.flows[id]
	silent := slices.Contains(f.prompts, "none")
	askLogin := slices.ContainsFunc(f.prompts, func(p string) bool { return p != "none" }) && !f.authenticated
	if who.person == 0 || askLogin {
		if silent {
			return s.endFlow(id, "login_required", "")
		}
		return step{location: "/login?flow=" + id}
	}
	if s.app.TestApp && !s.members[who.person] {
		delete(s.flows, id)
		return step{koe: "KOE005"}
	}
	if s.linked(who.person) == nil || len(s.toAsk(f, who.person)) > 0 {
		if silent {
			return s.endFlow(id, "consent_required", "user consent required.")
		}
		return step{location: "/consent?flow=" + id}
	}
	return s.issueCode(id, who)
}

// toAsk returns the consent items the person is asked for, in the order of the page.
func (s *Sandbox) toAsk(f *flow, person int64) []item {
	l := s.linked(person)
	if l == nil {
		l = newLink(time.Time{})
	}
	var ask []item
	for _, it := range items {
		stage := s.app.Items[it.id]
		wanted := stage == StageRequired || stage == StageOptional && !l.asked[it.id]
		if f.named {
			wanted = slices.Contains(f.scopes, it.id)
		}
		if wanted && !l.agreed[it.id] {
			ask = append(ask, it)
		}
	}
	return ask
}

// agree records the person's answer on the consent page and ends the flow with a code.
func (s *Sandbox) agree(id string, who session, ticked []string) step {
	asked := s.toAsk(s.flows[id], who.person)
	for _, it := range asked {
		if s.app.Items[it.id] == StageRequired && !slices.Contains(ticked, it.id) {
			delete(s.flows, id)
			return step{koe: "KOE203"}
		}
	}
	l := s.linked(who.person)
	if l == nil {
		l = newLink(s.now())
		s.links[who.person] = l
	}
	for _, it := range asked {
		l.asked[it.id] = true
		if slices.Contains(ticked, it.id) {
			l.agreed[it.id] = true
		}
	}
	s.worldChanged()
	return s.issueCode(id, who)
}

func (s *Sandbox) issueCode(id string, who session) step {
	f := s.flows[id]
	delete(s.flows, id)
	maps.DeleteFunc(s.codes, func(_ string, c *authCode) bool { return s.now().After(c.until) })
	code := secret(1)
	s.codes[code] = &authCode{
		person: who.person, redirectURI: f.redirectURI, challenge: f.challenge, nonce: f.nonce,
		openID: f.openID, authTime: who.since, until: s.now().Add(codeLife),
	}
	return step{location: callbackURL(f, url.Values{"code": {code}})}
}

// endFlow redirects with an OAuth error.
func (s *Sandbox) endFlow(id, code, description string) step {
	f := s.flows[id]
	delete(s.flows, id)
	q := url.Values{"error": {code}}
	if description != "" {
		q.Set("error_description", description)
	}
	return step{location: callbackURL(f, q)}
}

func callbackURL(f *flow, q url.Values) string {
	if f.state != "" {
		q.Set("state", f.state)
	}
	separator := "?"
	if strings.Contains(f.redirectURI, "?") {
		separator = "&"
	}
	// Kakao writes a space as %20 here, not as +.
	return f.redirectURI + separator + strings.ReplaceAll(q.Encode(), "+", "%20")
}

// dropOldFlows removes flows that ran out; at the bound all pages left open are lost.
func (s *Sandbox) dropOldFlows() {
	now := s.now()
	maps.DeleteFunc(s.flows, func(_ string, f *flow) bool { return now.After(f.until) })
	if len(s.flows) >= maxFlows {
		clear(s.flows)
	}
}

const sessionCookie = "kakao_sandbox_session"

// session returns the browser's login, or the zero value.
func (s *Sandbox) session(r *http.Request) session {
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return session{}
	}
	s.dropOldSessions()
	return s.sessions[c.Value]
}

func (s *Sandbox) dropOldSessions() {
	maps.DeleteFunc(s.sessions, func(_ string, who session) bool { return s.now().Sub(who.since) > sessionLife })
}

func (s *Sandbox) sendStep(w http.ResponseWriter, next step) {
	if next.cookie != "" {
		http.SetCookie(w, &http.Cookie{
			Name: sessionCookie, Value: next.cookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		})
	}
	if next.koe != "" {
		writeKOE(w, next.koe)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Location", next.location)
	w.WriteHeader(http.StatusFound)
}
