package auth

import (
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"kakaotalk-mcp/auth/devconsole"
	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/auth/ground/wording"
)

// grant is what the token endpoint answered.
type grant struct {
	access, refresh             string
	accessExpiry, refreshExpiry time.Time
	scopes                      []string
	idToken                     string
}

// oauthConfig has Kakao's fixed paths (Kakao docs: OpenID Connect, metadata); no
// discovery, so that a login costs no further request.
func (s *Session) oauthConfig(ctx context.Context, p Purpose) (*oauth2.Config, error) {
	secret, err := s.cfg.Secret(ctx)
	if err != nil {
		return nil, err
	}
	return &oauth2.Config{
		ClientID:     s.cfg.ClientID,
		ClientSecret: secret,
		RedirectURL:  s.RedirectURI(p),
		Scopes:       []string{strings.Join(p.scopes(), ",")}, // Kakao documents commas
		Endpoint: oauth2.Endpoint{
			AuthURL:   s.cfg.AuthURL + "/oauth/authorize",
			TokenURL:  s.cfg.AuthURL + "/oauth/token",
			AuthStyle: oauth2.AuthStyleInParams, // Kakao does not read HTTP Basic
		},
	}, nil
}

func (s *Session) requestRefresh(ctx context.Context, refresh string) (grant, error) {
	cfg, err := s.oauthConfig(ctx, ForMe)
	if err != nil {
		return grant{}, err
	}
	ctx = context.WithValue(ctx, oauth2.HTTPClient, s.http)
	asked := s.now()
	tok, err := cfg.TokenSource(ctx, &oauth2.Token{RefreshToken: refresh}).Token()
	if err != nil {
		return grant{}, err
	}
	g := newGrant(tok, asked)
	if g.refresh == refresh { // the library copies the old one when none came
		g.refresh = ""
	}
	return g, nil
}

// exchange gets the tokens of a login for p that ended at redirect.
func (s *Session) exchange(ctx context.Context, p Purpose, redirect, code, verifier string) (grant, error) {
	cfg, err := s.oauthConfig(ctx, p)
	if err != nil {
		return grant{}, err
	}
	cfg.RedirectURL = redirect
	ctx = context.WithValue(ctx, oauth2.HTTPClient, s.http)
	asked := s.now()
	tok, err := cfg.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err != nil {
		return grant{}, err
	}
	g := newGrant(tok, asked)
	if len(g.scopes) == 0 { // the field is optional; the request was for these
		g.scopes = p.scopes()
	}
	return g, nil
}

// usualLife is what access tokens of REST API keys get (measured; Kakao docs:
// Kakao Login, token information).
const usualLife = 6 * time.Hour

// longestLife is far above what any token gets; a longer one is a wrong answer.
const longestLife = 10 * 365 * 24 * time.Hour

func newGrant(tok *oauth2.Token, asked time.Time) grant {
	g := grant{access: tok.AccessToken, refresh: tok.RefreshToken}
	life := time.Duration(tok.ExpiresIn) * time.Second
	if life <= 0 || life > longestLife { // the field is only recommended; without it every call would refresh
		life = usualLife
	}
	// Counted from before the request and by our own clock, which is the one the
	// expiry is compared with.
	g.accessExpiry = asked.Add(life)
	if seconds, ok := tok.Extra("refresh_token_expires_in").(float64); ok && seconds >= 1 && seconds <= longestLife.Seconds() {
		g.refreshExpiry = asked.Add(time.Duration(seconds) * time.Second)
	}
	if scope, ok := tok.Extra("scope").(string); ok {
		g.scopes = strings.FieldsFunc(scope, func(r rune) bool { return r == ' ' || r == ',' })
		slices.Sort(g.scopes) // Kakao guarantees no order
	}
	g.idToken, _ = tok.Extra("id_token").(string)
	return g
}

// koe returns Kakao's own code in a token endpoint error, or "". Whatever else
// stands in its place is not repeated: it could be a part of the request.
func koe(err error) string {
	r, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok {
		return ""
	}
	var body struct {
		Code string `json:"error_code"`
	}
	_ = json.Unmarshal(r.Body, &body)
	digits, ok := strings.CutPrefix(body.Code, "KOE")
	if !ok || !consists(digits, "0123456789", 3, 4) {
		return ""
	}
	return body.Code
}

// dead reports whether a refresh showed that the refresh token is expired or
// revoked for good (KOE322; RFC 6749, 5.2, for answers without Kakao's code).
func dead(err error) bool {
	r, ok := errors.AsType[*oauth2.RetrieveError](err)
	return ok && r.Response.StatusCode < 500 && (koe(err) == "KOE322" || r.ErrorCode == "invalid_grant")
}

// tokenProblem words a token endpoint failure. The answer's body is never shown.
func (s *Session) tokenProblem(err error) error {
	r, answered := errors.AsType[*oauth2.RetrieveError](err)
	if !answered {
		if p, ok := errors.AsType[*problem.Problem](s.asProblem(err)); ok {
			return p // the client secret could not be read
		}
		if p := CertificateProblem(s.cfg.Lang, err); p != nil {
			return p
		}
		return s.unavailable(errors.New("no answer from the login server"),
			s.cfg.Lang.Say("카카오 로그인 서버에 연결하지 못했어요.", "Could not reach Kakao's login server."),
			s.cfg.Lang.Say("인터넷 연결을 확인하고 잠시 후 다시 시도해 주세요.", "Check your internet connection and try again in a moment."))
	}
	code := koe(err)
	shown := cmp.Or(strings.TrimSpace(code+" "+safeWord(r.ErrorCode)), fmt.Sprintf("HTTP %d", r.Response.StatusCode))
	cause := fmt.Errorf("token endpoint: HTTP %d %s", r.Response.StatusCode, shown)
	m, known := devconsole.Explain(codeOf(r, code))
	switch {
	case !known:
		return &problem.Problem{Reason: "misconfigured", Retry: problem.AfterUser, Err: cause,
			What: s.cfg.Lang.Sayf("카카오 로그인 서버가 요청을 거절했어요(%s).", "Kakao's login server refused the request (%s).", shown),
			Next: s.cfg.Lang.Sayf("%s로 설정을 확인해 주세요.", "Check the settings with %s.", s.command("doctor"))}
	case m.Reason == "kakao_unavailable":
		return s.unavailable(cause, m.What(s.cfg.Lang, cmp.Or(code, shown)), m.Next(s.cfg.Lang, "", ""))
	}
	return &problem.Problem{Reason: m.Reason, Retry: m.Retry, Err: cause,
		What: m.What(s.cfg.Lang, cmp.Or(code, shown)), Next: m.Next(s.cfg.Lang, m.Menu.Name(s.cfg.Lang), s.command("setup"))}
}

// CertificateProblem words a server's certificate that this computer does not
// trust; nil if err is about something else. Nothing was sent then.
func CertificateProblem(l wording.Lang, err error) *problem.Problem {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); !ok {
		return nil
	}
	return &problem.Problem{Reason: "certificate_not_trusted", Retry: problem.AfterUser, Err: errors.New("the server's certificate is not trusted"),
		What: l.Say("카카오 서버의 보안 인증서를 확인할 수 없어서 연결하지 않았어요.", "The security certificate of Kakao's server could not be verified, so no connection was made."),
		Next: l.Say("회사 프록시나 보안 프로그램을 사용한다면 그 인증서를 이 컴퓨터에 설치해 주세요. 이 컴퓨터의 시계도 확인해 주세요.",
			"If you use a company proxy or security software, install its certificate on this computer. Check this computer's clock as well.")}
}

// unavailable words a login server that did not do its work.
func (s *Session) unavailable(cause error, what, next string) error {
	return &problem.Problem{Reason: "kakao_unavailable", Retry: problem.Later, Err: cause, Next: next,
		What: what + s.cfg.Lang.Say(" 저장된 로그인 정보는 그대로예요.", " The saved login is unchanged.")}
}

// codeOf returns the code that a refusal without a known one amounts to, "" if it
// says something new.
func codeOf(r *oauth2.RetrieveError, code string) string {
	_, known := devconsole.Explain(code)
	switch {
	case known:
		return code
	case r.Response.StatusCode == http.StatusTooManyRequests:
		return "KOE237"
	case r.ErrorCode == "invalid_grant":
		return "KOE320"
	// An answer without any code is not Kakao's: a proxy's or a portal's page.
	case r.Response.StatusCode >= 500 || r.ErrorCode == "server_error" || code == "" && r.ErrorCode == "":
		return "KOE003"
	}
	return code
}

// safeWord returns an error code that comes from the network, "" if it does not look
// like one of OAuth's (RFC 6749, 5.2). Keys and tokens have digits or capitals too.
func safeWord(s string) string {
	if !consists(s, "abcdefghijklmnopqrstuvwxyz_", 1, 40) {
		return ""
	}
	return s
}

// consists tells whether s is least to most letters of an alphabet.
func consists(s, alphabet string, least, most int) bool {
	return least <= len(s) && len(s) <= most && strings.Trim(s, alphabet) == ""
}
