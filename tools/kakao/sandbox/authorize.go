package sandbox

import (
	"crypto/rand"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"
)

const (
	sessionLife = 24 * time.Hour // Kakao's, without "stay signed in"
	codeLife    = 10 * time.Minute
)

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
	if f.koe != "" {
		delete(s.flows, id)
		return step{koe: f.koe}
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
		s.writeKOE(w, next.koe)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Location", next.location)
	w.WriteHeader(http.StatusFound)
}
