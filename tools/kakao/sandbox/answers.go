package sandbox

import (
	"net/http"
	"net/url"
	"slices"
)

// Answer names something that Kakao is known to answer; Faults.Answer switches
// one on. Those of the API host come before the token of a request is looked at.
type Answer string

const (
	// All code -401. Only the first two are about the token.
	TokenUnknown   Answer = "token_unknown"
	TokenExpired   Answer = "token_expired"
	AddressRefused Answer = "address_refused" // the console lists allowed addresses, and this one is not among them
	DomainMismatch Answer = "domain_mismatch" // the key belongs to another domain or platform
	KeyDeactivated Answer = "key_deactivated" // in the console
	NoToken        Answer = "no_token"        // as if the header had been lost on the way

	FeatureOff      Answer = "feature_off"       // -3 with its long text
	AppGone         Answer = "app_gone"          // -301
	NotTalkUser     Answer = "not_talk_user"     // -501: the account has no KakaoTalk
	Maintenance     Answer = "maintenance"       // -9798 with HTTP 503
	TooManyRequests Answer = "too_many_requests" // -10 with HTTP 429
	Quota           Answer = "quota"             // -10 that names no rule
	QuotaSecond     Answer = "quota_second"      // -10 with the rule that was met
	QuotaDay        Answer = "quota_day"
	QuotaMonth      Answer = "quota_month"

	// Of the authorize page.
	AuthorizeBroken  Answer = "authorize_broken"   // answers 500
	AuthorizeLogin   Answer = "authorize_login"    // sends whoever has no session to the account login, whatever was asked
	AuthorizeNoLogin Answer = "authorize_no_login" // redirects back with login_required, whatever was asked

	// Of the token endpoint.
	PKCEMismatch Answer = "pkce_mismatch" // KOE313
)

const (
	authorizePath = "/oauth/authorize"
	tokenPath     = "/oauth/token"
	quotaText     = "API limit has been exceeded."
	noTalkText    = "given account is not connected to any talk user."
)

// namedAnswer is how an Answer looks.
type namedAnswer struct {
	host, path string // where it is given; Faults.FailPath narrows it further
	answer     *answer
	write      func(http.ResponseWriter, *http.Request, http.Handler) // instead of answer; the handler is the real one
}

// answers returns how each Answer looks. Texts: Kakao docs (troubleshooting,
// quota), DevTalk 134883, answers recorded in public repositories.
func (s *Sandbox) answers() map[Answer]namedAnswer {
	api := func(a *answer) namedAnswer { return namedAnswer{host: "api", answer: a} }
	unauthorized := func(msg string) namedAnswer { return api(apiError(http.StatusUnauthorized, -401, msg)) }
	authorize := func(write func(http.ResponseWriter, *http.Request, http.Handler)) namedAnswer {
		return namedAnswer{host: "auth", path: authorizePath, write: write}
	}
	return map[Answer]namedAnswer{
		TokenUnknown:   unauthorized("this access token does not exist"),
		TokenExpired:   unauthorized("this access token is already expired"),
		AddressRefused: unauthorized("ip mismatched! callerIp=203.0.113.10. check out registered ips."),
		DomainMismatch: unauthorized("domain mismatched! caller=http://localhost. check out registered web domains."),
		KeyDeactivated: unauthorized("appKey(" + s.app.Key + ") is already deactivated"),
		NoToken:        unauthorized("no authentication key!"),

		FeatureOff:      api(s.itemOff("talk_message", "TALK_MEMO_DEFAULT_SEND")),
		AppGone:         api(apiError(http.StatusBadRequest, -301, "app does not exist.")),
		NotTalkUser:     api(apiError(http.StatusBadRequest, -501, noTalkText)),
		Maintenance:     api(apiError(http.StatusServiceUnavailable, -9798, "service is under maintenance.")),
		TooManyRequests: api(apiError(http.StatusTooManyRequests, -10, quotaText)),
		Quota:           api(apiError(http.StatusBadRequest, -10, quotaText)),
		QuotaSecond:     api(quotaRule(3, "[API Total] 앱당 초당 총 사용량")),
		QuotaDay:        api(quotaRule(2, "[TALK] 일반 앱에 대해 앱당 하루 총 사용량")),
		QuotaMonth:      api(quotaRule(1, "[API Total] 일반 앱에 대해 개발자당 한달 총 사용량")),

		AuthorizeBroken:  authorize(s.authorizeBroken),
		AuthorizeLogin:   authorize(s.authorizeLogin),
		AuthorizeNoLogin: authorize(s.authorizeNoLogin),

		PKCEMismatch: {host: "auth", path: tokenPath, answer: pkceMismatch()},
	}
}

// AnswerNames returns every Answer, sorted.
func AnswerNames() []Answer {
	var names []Answer
	for name := range new(Sandbox).answers() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// quotaRule is -10 as newer answers have it.
func quotaRule(id int, name string) *answer {
	return &answer{http.StatusBadRequest, map[string]any{
		"code": -10, "msg": quotaText, "rule_id": id, "rule_name": name,
		"rule_desc": "user, push, payment 제외. 개발자 계정 또는 앱으로 제외.",
	}}
}

// itemOff is -3 for a consent item that the app has not set up.
func (s *Sandbox) itemOff(item, apiType string) *answer {
	return apiError(http.StatusForbidden, -3, "["+s.app.Name+"] App disabled ["+item+"] scopes for ["+apiType+
		"] API on developers.kakao.com. Enable it first.")
}

func pkceMismatch() *answer {
	return oauthError(http.StatusBadRequest, "invalid_grant",
		"PKCE validation failed. transformed code verifier does not match code challenge.", "KOE313")
}

// serveAnswer gives the named answer in place of what next would say.
func (s *Sandbox) serveAnswer(w http.ResponseWriter, r *http.Request, name Answer, next http.Handler) {
	s.mu.Lock()
	a := s.answers()[name]
	s.mu.Unlock()
	if a.write != nil {
		a.write(w, r, next)
		return
	}
	a.answer.write(w)
}

func (s *Sandbox) authorizeBroken(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
	s.writePage(w, http.StatusInternalServerError, "error.html", map[string]any{
		"heading": s.say("일시적인 오류", "Something went wrong"), "incode": "", "code": "",
		"text": s.say("잠시 후 다시 시도해 주세요.", "Try again in a moment."),
	})
}

// authorizeLogin keeps Kakao's way of doing it: the login page knows nothing of
// the request, but where to go on.
func (s *Sandbox) authorizeLogin(w http.ResponseWriter, r *http.Request, next http.Handler) {
	s.mu.Lock()
	who := s.session(r)
	s.mu.Unlock()
	if who.person != 0 {
		next.ServeHTTP(w, r)
		return
	}
	s.sendStep(w, step{location: "/login?continue=" + url.QueryEscape(r.URL.RequestURI())})
}

func (s *Sandbox) authorizeNoLogin(w http.ResponseWriter, r *http.Request, _ http.Handler) {
	q := r.URL.Query()
	f := &flow{redirectURI: q.Get("redirect_uri"), state: q.Get("state")}
	next := step{location: callbackURL(f, url.Values{"error": {"login_required"}})}
	if !slices.Contains(s.App().RedirectURIs, f.redirectURI) {
		next = step{koe: "KOE006"}
	}
	s.sendStep(w, next)
}
