package auth

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"kakaotalk-mcp/auth/ground/problem"
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

func (s *Session) exchange(ctx context.Context, p Purpose, code, verifier string) (grant, error) {
	cfg, err := s.oauthConfig(ctx, p)
	if err != nil {
		return grant{}, err
	}
	ctx = context.WithValue(ctx, oauth2.HTTPClient, s.http)
	asked := s.now()
	tok, err := cfg.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err != nil {
		return grant{}, err
	}
	return newGrant(tok, asked), nil
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
	var r *oauth2.RetrieveError
	if !errors.As(err, &r) {
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
	var r *oauth2.RetrieveError
	return errors.As(err, &r) && r.Response.StatusCode < 500 && (koe(err) == "KOE322" || r.ErrorCode == "invalid_grant")
}

// tokenProblem words a token endpoint failure. The answer's body is never shown.
func (s *Session) tokenProblem(err error) error {
	var r *oauth2.RetrieveError
	if !errors.As(err, &r) {
		var p *problem.Problem
		if errors.As(s.asProblem(err), &p) {
			return p // the client secret could not be read
		}
		return &problem.Problem{Reason: "kakao_unavailable", Retry: problem.Later, Err: errors.New("no answer from the login server"),
			What: s.cfg.Lang.Say("카카오 로그인 서버에 연결하지 못했어요. 저장된 로그인 정보는 바뀌지 않았어요.", "Kakao's login server could not be reached. The saved login is unchanged."),
			Next: s.cfg.Lang.Say("인터넷 연결을 확인하고 잠시 후 다시 시도해 주세요.", "Check the connection and try again in a while.")}
	}
	code := koe(err)
	cause := fmt.Errorf("token endpoint: HTTP %d %s %s", r.Response.StatusCode, code, safeWord(r.ErrorCode))
	switch {
	case code == "KOE010":
		return &problem.Problem{Reason: "misconfigured", Retry: problem.AfterUser, Err: cause,
			What: s.cfg.Lang.Say("카카오가 클라이언트 시크릿이 맞지 않거나 빠져 있다고 답했어요(KOE010).", "Kakao says the client secret is missing or wrong (KOE010)."),
			Next: s.cfg.Lang.Sayf("[앱] > [플랫폼 키] > [REST API 키] > [클라이언트 시크릿]의 값을 %s으로 다시 입력해 주세요.", "Enter the value of [앱] > [플랫폼 키] > [REST API 키] > [클라이언트 시크릿] again with %s.", s.command("setup"))}
	case code == "KOE101":
		return &problem.Problem{Reason: "misconfigured", Retry: problem.AfterUser, Err: cause,
			What: s.cfg.Lang.Say("카카오가 이 REST API 키를 모른다고 답했어요(KOE101).", "Kakao does not know this REST API key (KOE101)."),
			Next: s.cfg.Lang.Sayf("[앱] > [플랫폼 키] > [REST API 키]를 확인하고 %s으로 다시 입력해 주세요.", "Check [앱] > [플랫폼 키] > [REST API 키] and enter it again with %s.", s.command("setup"))}
	case code == "KOE237" || r.Response.StatusCode == 429:
		return &problem.Problem{Reason: "rate_limited", Retry: problem.Later, Err: cause,
			What: s.cfg.Lang.Say("짧은 시간에 로그인 요청이 너무 많아서 카카오가 잠시 막았어요(KOE237).", "Too many token requests in a short time; Kakao pauses them (KOE237)."),
			Next: s.cfg.Lang.Say("10분쯤 뒤에 다시 시도해 주세요.", "Try again in about ten minutes.")}
	case code == "KOE320" || code == "KOE303" || r.ErrorCode == "invalid_grant":
		return &problem.Problem{Reason: "login_failed", Retry: problem.Yes, Err: cause,
			What: s.cfg.Lang.Say("로그인 확인 코드가 만료되었거나 이미 쓰였어요.", "The authorization code has expired or was used already."),
			Next: s.cfg.Lang.Say("로그인을 처음부터 다시 해 주세요.", "Please log in once more from the start.")}
	// An answer without any code is not Kakao's: a proxy's or a portal's page.
	case r.Response.StatusCode >= 500 || r.ErrorCode == "server_error" || code == "KOE9798" || code == "" && r.ErrorCode == "":
		return &problem.Problem{Reason: "kakao_unavailable", Retry: problem.Later, Err: cause,
			What: s.cfg.Lang.Say("카카오 로그인 서버에 잠시 문제가 있어요. 저장된 로그인 정보는 바뀌지 않았어요.", "Kakao's login server has a problem at the moment. The saved login is unchanged."),
			Next: s.cfg.Lang.Say("잠시 후 다시 시도해 주세요.", "Try again in a while.")}
	}
	shown := cmp.Or(strings.TrimSpace(code+" "+safeWord(r.ErrorCode)), fmt.Sprintf("HTTP %d", r.Response.StatusCode))
	return &problem.Problem{Reason: "misconfigured", Retry: problem.AfterUser, Err: cause,
		What: s.cfg.Lang.Sayf("카카오가 로그인 요청을 받아들이지 않았어요(%s).", "Kakao refused the login request (%s).", shown),
		Next: s.cfg.Lang.Sayf("%s로 설정을 확인해 주세요.", "Check the settings with %s.", s.command("doctor"))}
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
