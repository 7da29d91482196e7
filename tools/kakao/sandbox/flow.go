package sandbox

import (
	"encoding/base64"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	flowLife = time.Hour // how long a login or consent page may stay open
	maxFlows = 1000      // pages nobody finishes
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
	authenticated             bool   // somebody logged in on the page of this very flow
	koe                       string // what the person learns after the account login
}

// isS256 tells whether c is what 32 bytes look like in base64url.
func isS256(c string) bool {
	decoded, err := base64.RawURLEncoding.DecodeString(c)
	return err == nil && len(c) == 43 && len(decoded) == 32
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
		unset := slices.ContainsFunc(f.scopes, func(id string) bool { return !s.app.configured(id) })
		if unset || f.openID && !s.app.OIDCOn {
			if s.variants.KOE205First {
				return nil, "KOE205"
			}
			f.koe = "KOE205"
		}
	}
	return f, ""
}

// words splits a list at commas and spaces; Kakao takes both.
func words(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune(", \t\n\f\r", r) })
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
