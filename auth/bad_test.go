package auth

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/auth/keychain"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// kept says what is in the store after a case.
type kept string

const (
	keptOld     kept = "the old record"
	keptRenewed kept = "the old login with a new access token"
	keptNew     kept = "a new login"
	keptNone    kept = "nothing"
)

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// badCase is one way in which a login or a token can go bad.
type badCase struct {
	name    string
	first   bool                                  // nobody was logged in before
	spoil   func(w *world, s *Session, r *Record) // after the first login; r is its record
	person  *sandbox.Visitor                      // who is at the browser afterwards; nil: nobody
	purpose Purpose
	reason  string // "" means that the call succeeds
	retry   problem.Retry
	ko, en  string // words of the answer, split by |
	kept    kept
	tokens  int // requests to the token endpoint
	tabs    int
}

var willing = &sandbox.Visitor{}

func tamper(change func(*sandbox.IDToken)) func(*world, *Session, *Record) {
	return func(w *world, _ *Session, _ *Record) { w.kakao.TamperIDToken(change) }
}

// tokenFault makes the token endpoint answer with this until further notice,
// once the access token is due.
func tokenFault(status int, body string) func(*world, *Session, *Record) {
	return func(w *world, _ *Session, _ *Record) {
		w.advance(7 * time.Hour)
		w.kakao.SetFaults(sandbox.Faults{FailPath: "/oauth/token", FailStatus: status, FailBody: body, FailCount: -1})
	}
}

func expired(w *world, _ *Session, _ *Record) { w.advance(7 * time.Hour) }

const forged = "카카오의 것인지 확인하지 못해서|`kakaotalk-mcp doctor`"
const forgedEn = "could not be verified|`kakaotalk-mcp doctor`"
const downKo, downEn = "카카오 로그인 서버|저장된 로그인 정보는 그대로예요|잠시 후", "login server|saved login is unchanged|in a moment"

var badCases = []badCase{
	{name: "access token expired", spoil: expired, kept: keptRenewed, tokens: 1},
	{name: "access token rejected", spoil: func(w *world, s *Session, r *Record) {
		w.kakao.ExpireAccessTokens()
		s.Rejected(r.Access)
	}, kept: keptRenewed, tokens: 1},
	{name: "refresh token in its last month", spoil: func(w *world, _ *Session, _ *Record) { w.advance(40 * 24 * time.Hour) },
		kept: keptNew, tokens: 1}, // the new refresh token must be kept
	{name: "refresh token expired", spoil: func(w *world, _ *Session, _ *Record) { w.advance(61 * 24 * time.Hour) },
		person: willing, kept: keptNew, tokens: 2, tabs: 1},
	{name: "refresh token expired, nobody there", spoil: func(w *world, _ *Session, _ *Record) { w.advance(61 * 24 * time.Hour) },
		reason: "login_pending", retry: problem.AfterUser, ko: "카카오 로그인이 필요해요|로그인했다고 말할 때까지 다시 호출하지 마세요|/oauth/authorize?|login --no-browser|KOE006|KOE205|KOE101|KOE004|KOE005",
		en: "You need to log in to Kakao|Do not call again until|/oauth/authorize?|KOE006|KOE205", kept: keptNone, tokens: 1, tabs: 1},
	{name: "refresh token rotated elsewhere", spoil: func(w *world, s *Session, r *Record) {
		w.advance(40 * 24 * time.Hour)
		other := w.session(func(c *Config) { c.Home = w.TempDir() }) // its lock is not ours
		var once sync.Once
		s.http.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
			once.Do(func() { // after we read the store, before we ask
				if _, err := other.Current(w.Context()); err != nil {
					w.Error(err)
				}
			})
			return http.DefaultTransport.RoundTrip(r)
		})
	}, kept: keptNew, tokens: 2},
	{name: "KOE237 with 429", spoil: tokenFault(429, `{"error":"invalid_request","error_code":"KOE237"}`),
		reason: "rate_limited", retry: problem.Later, ko: "KOE237|10분 정도 지난 뒤", en: "KOE237|ten minutes", kept: keptOld, tokens: 1},
	{name: "KOE237 with 400", spoil: tokenFault(400, `{"error":"invalid_request","error_code":"KOE237"}`),
		reason: "rate_limited", retry: problem.Later, ko: "KOE237", en: "KOE237", kept: keptOld, tokens: 1},
	{name: "login server answers 503", spoil: tokenFault(503, `{"error":"server_error"}`),
		reason: "kakao_unavailable", retry: problem.Later, ko: downKo, en: downEn, kept: keptOld, tokens: 1},
	{name: "maintenance", spoil: tokenFault(400, `{"error":"server_error","error_code":"KOE9798"}`),
		reason: "kakao_unavailable", retry: problem.Later, ko: "점검|KOE9798|저장된 로그인 정보는 그대로예요", en: "maintenance|KOE9798|unchanged", kept: keptOld, tokens: 1},
	{name: "a portal answers", spoil: tokenFault(403, "<html>log in to the hotel</html>"),
		reason: "kakao_unavailable", retry: problem.Later, ko: downKo, en: downEn, kept: keptOld, tokens: 1},
	{name: "a portal answers 200", spoil: tokenFault(200, "<html>log in to the hotel</html>"),
		reason: "kakao_unavailable", retry: problem.Later, ko: downKo, en: downEn, kept: keptOld, tokens: 1},
	{name: "connection cut", spoil: func(w *world, _ *Session, _ *Record) {
		w.advance(7 * time.Hour)
		w.kakao.SetFaults(sandbox.Faults{FailPath: "/oauth/token", Cut: "before", FailCount: -1})
	}, reason: "kakao_unavailable", retry: problem.Later, ko: downKo, en: downEn, kept: keptOld, tokens: 1},
	{name: "login server down, token has minutes left", spoil: func(w *world, _ *Session, _ *Record) {
		w.advance(6*time.Hour - 4*time.Minute)
		w.kakao.SetFaults(sandbox.Faults{FailPath: "/oauth/token", FailStatus: 503, FailCount: -1})
	}, kept: keptOld, tokens: 1},
	{name: "client secret wrong", spoil: func(w *world, _ *Session, _ *Record) {
		w.advance(7 * time.Hour)
		w.kakao.SetFaults(sandbox.Faults{FailPath: "/oauth/token", FailStatus: 401, FailBody: `{"error":"invalid_client","error_code":"KOE010"}`, FailCount: -1})
	}, reason: "misconfigured", retry: problem.AfterUser, ko: "KOE010|[클라이언트 시크릿]|`kakaotalk-mcp setup`", en: "KOE010|[클라이언트 시크릿]|setup", kept: keptOld, tokens: 1},
	{name: "app key unknown", spoil: func(w *world, _ *Session, _ *Record) {
		w.advance(7 * time.Hour)
		w.kakao.UpdateApp(func(a *sandbox.App) { a.Key = "another" })
	}, reason: "misconfigured", retry: problem.AfterUser, ko: "KOE101|[REST API 키]", en: "KOE101|[REST API 키]", kept: keptOld, tokens: 1},
	{name: "unknown refusal", spoil: tokenFault(400, `{"error":"unauthorized","error_code":"KOE999","error_description":"SECRET"}`),
		reason: "misconfigured", retry: problem.AfterUser, ko: "KOE999|doctor", en: "KOE999|doctor", kept: keptOld, tokens: 1},
	{name: "refusal whose codes say the request back", spoil: tokenFault(400, `{"error":"SECRET0123","error_code":"SECRET","error_description":"SECRET"}`),
		reason: "misconfigured", retry: problem.AfterUser, ko: "(HTTP 400)|doctor", en: "(HTTP 400)|doctor", kept: keptOld, tokens: 1},
	{name: "consent withdrawn", spoil: func(w *world, s *Session, r *Record) {
		w.kakao.WithdrawConsent(w.kakao.Owner().ID, "talk_message")
		s.Withdrawn(w.Context(), r.Access, []string{"talk_message"})
	}, person: willing, kept: keptNew, tokens: 1, tabs: 1},
	{name: "consent withdrawn and not given again", spoil: func(w *world, s *Session, r *Record) {
		w.kakao.WithdrawConsent(w.kakao.Owner().ID, "talk_message")
		s.Withdrawn(w.Context(), r.Access, []string{"talk_message"})
	}, person: &sandbox.Visitor{Untick: []string{"talk_message"}}, reason: "consent_missing", retry: problem.AfterUser,
		ko: "[카카오톡 메시지 전송]에 동의하지 않아서|한 번 더 요청", en: "your consent to [Kakao Talk Message] ([카카오톡 메시지 전송])|call again", kept: keptNew, tokens: 1, tabs: 1},
	{name: "friends item unticked", person: &sandbox.Visitor{Untick: []string{"friends"}}, purpose: ForFriends, reason: "consent_missing", retry: problem.AfterUser,
		ko: "[카카오 서비스 내 친구목록]에 동의하지 않아서", en: "[카카오 서비스 내 친구목록]", kept: keptNew, tokens: 1, tabs: 1},
	{name: "first login declined", first: true, person: &sandbox.Visitor{Decline: true}, reason: "login_declined", retry: problem.AfterUser,
		ko: "취소해서 요청을 처리하지 못했어요|`kakaotalk-mcp login`", en: "cancelled, so the request was not carried out|`kakaotalk-mcp login`", kept: keptNone, tabs: 1},
	{name: "extra consent declined", person: &sandbox.Visitor{Decline: true}, purpose: ForFriends, reason: "login_declined", retry: problem.AfterUser,
		ko: "취소해서", en: "cancelled", kept: keptOld, tabs: 1},
	{name: "app connection cut", spoil: func(w *world, s *Session, r *Record) {
		w.kakao.Unlink(w.kakao.Owner().ID)
		if err := s.Disconnected(w.Context(), r.Access); err != nil {
			w.Fatal(err)
		}
	}, person: willing, kept: keptNew, tokens: 1, tabs: 1},
	{name: "app connection cut, told by a refresh", spoil: func(w *world, s *Session, r *Record) {
		w.kakao.Unlink(w.kakao.Owner().ID)
		s.Rejected(r.Access)
	}, person: willing, kept: keptNew, tokens: 2, tabs: 1},
	{name: "other account consents", person: &sandbox.Visitor{Person: "OTHER"}, purpose: ForFriends, reason: "other_account", retry: problem.AfterUser,
		ko: "(회원번호 OWNERID)|OTHER|로그인은 바뀌지 않았어요|login --switch", en: "user ID OWNERID|OTHER|login is unchanged|login --switch", kept: keptOld, tokens: 1, tabs: 1},
	{name: "signing key rotated", spoil: func(w *world, _ *Session, _ *Record) { w.kakao.RotateKeys() }, person: willing, purpose: ForFriends,
		kept: keptNew, tokens: 1, tabs: 1},
	{name: "signing keys cut off once", spoil: func(w *world, _ *Session, _ *Record) {
		w.kakao.SetFaults(sandbox.Faults{FailPath: "/.well-known/jwks.json", Cut: "before"})
	}, person: willing, purpose: ForFriends, kept: keptNew, tokens: 1, tabs: 1},
	{name: "signing keys not served", spoil: func(w *world, _ *Session, _ *Record) {
		w.kakao.SetFaults(sandbox.Faults{FailPath: "/.well-known/jwks.json", FailStatus: 500, FailCount: -1})
	}, person: willing, purpose: ForFriends, reason: "kakao_unavailable", retry: problem.Later, ko: "확인용 키를 받지 못해서", en: "Could not get the verification keys", kept: keptOld, tokens: 1, tabs: 1},
	{name: "issuer wrong", spoil: tamper(func(id *sandbox.IDToken) { id.Claims["iss"] = "https://elsewhere.example" }), person: willing, purpose: ForFriends,
		reason: "login_failed", retry: problem.Yes, ko: forged, en: forgedEn, kept: keptOld, tokens: 1, tabs: 1},
	{name: "audience wrong", spoil: tamper(func(id *sandbox.IDToken) { id.Claims["aud"] = "another-app" }), person: willing, purpose: ForFriends,
		reason: "login_failed", retry: problem.Yes, ko: forged, en: forgedEn, kept: keptOld, tokens: 1, tabs: 1},
	{name: "nonce wrong", spoil: tamper(func(id *sandbox.IDToken) { id.Claims["nonce"] = "another" }), person: willing, purpose: ForFriends,
		reason: "login_failed", retry: problem.Yes, ko: forged, en: forgedEn, kept: keptOld, tokens: 1, tabs: 1},
	{name: "nonce missing", spoil: tamper(func(id *sandbox.IDToken) { delete(id.Claims, "nonce") }), person: willing, purpose: ForFriends,
		reason: "login_failed", retry: problem.Yes, ko: forged, en: forgedEn, kept: keptOld, tokens: 1, tabs: 1},
	{name: "subject missing", first: true, spoil: tamper(func(id *sandbox.IDToken) { delete(id.Claims, "sub") }), person: willing,
		reason: "login_failed", retry: problem.Yes, ko: forged, en: forgedEn, kept: keptNone, tokens: 1, tabs: 1},
	{name: "signature of another key", spoil: tamper(func(id *sandbox.IDToken) { id.Signature = sandbox.SignForeign }), person: willing, purpose: ForFriends,
		reason: "login_failed", retry: problem.Yes, ko: forged, en: forgedEn, kept: keptOld, tokens: 1, tabs: 1},
	{name: "signature damaged", spoil: tamper(func(id *sandbox.IDToken) { id.Signature = sandbox.SignCorrupted }), person: willing, purpose: ForFriends,
		reason: "login_failed", retry: problem.Yes, ko: forged, en: forgedEn, kept: keptOld, tokens: 1, tabs: 1},
	{name: "alg none", spoil: tamper(func(id *sandbox.IDToken) { id.Signature = sandbox.SignNone }), person: willing, purpose: ForFriends,
		reason: "login_failed", retry: problem.Yes, ko: forged, en: forgedEn, kept: keptOld, tokens: 1, tabs: 1},
	{name: "HS256 with the client secret", spoil: tamper(func(id *sandbox.IDToken) { id.Signature = sandbox.SignHS256 }), person: willing, purpose: ForFriends,
		reason: "login_failed", retry: problem.Yes, ko: forged, en: forgedEn, kept: keptOld, tokens: 1, tabs: 1},
	{name: "no ID token", spoil: tamper(func(id *sandbox.IDToken) { id.Missing = true }), person: willing, purpose: ForFriends,
		reason: "misconfigured", retry: problem.AfterUser, ko: "ID 토큰이 없어서|[OpenID Connect]를 켠", en: "no ID token|[OpenID Connect]", kept: keptOld, tokens: 1, tabs: 1},
	{name: "clock wrong", first: true, spoil: func(w *world, s *Session, _ *Record) {
		s.now = func() time.Time { return w.now().Add(8 * time.Hour) }
	}, person: willing, reason: "clock_wrong", retry: problem.AfterUser, ko: "시계가 맞지 않아서|자동으로", en: "clock is wrong|automatically", kept: keptNone, tokens: 1, tabs: 1},
	{name: "code spent", first: true, spoil: func(w *world, _ *Session, _ *Record) {
		w.kakao.SetFaults(sandbox.Faults{FailPath: "/oauth/token", FailStatus: 400, FailBody: `{"error":"invalid_grant","error_code":"KOE320"}`})
	}, person: willing, reason: "login_failed", retry: problem.Yes, ko: "이미 사용됐어요|처음부터 다시", en: "already used|Log in again", kept: keptNone, tokens: 1, tabs: 1},
	{name: "another program's code", first: true, spoil: func(w *world, _ *Session, _ *Record) {
		w.kakao.SetFaults(sandbox.Faults{FailPath: "/oauth/token", FailStatus: 400, FailBody: `{"error":"invalid_grant","error_description":"PKCE validation failed. transformed code verifier does not match code challenge.","error_code":"KOE313"}`})
	}, person: willing, reason: "login_failed", retry: problem.Yes, ko: "서로 달라요(KOE313)|처음부터 다시", en: "different programs|KOE313|Log in again", kept: keptNone, tokens: 1, tabs: 1},
	{name: "exchange without refresh token", first: true, spoil: func(w *world, _ *Session, _ *Record) {
		w.kakao.SetFaults(sandbox.Faults{FailPath: "/oauth/token", FailStatus: 200, FailBody: `{"access_token":"x","token_type":"bearer","expires_in":21599}`})
	}, person: willing, reason: "misconfigured", retry: problem.AfterUser, ko: "ID 토큰", en: "ID token", kept: keptNone, tokens: 1, tabs: 1},
	{name: "redirect URI not registered", first: true, spoil: func(w *world, _ *Session, _ *Record) {
		w.kakao.UpdateApp(func(a *sandbox.App) { a.RedirectURIs = nil })
	}, person: willing, reason: "login_pending", retry: problem.AfterUser, ko: "KOE006|REDIRECT", en: "KOE006|REDIRECT", kept: keptNone, tabs: 1},
	{name: "record of another server", spoil: func(w *world, s *Session, r *Record) {
		stolen := *r
		stolen.AuthURL = "https://kauth.example"
		w.plant(s, stolen)
	}, person: willing, kept: keptNew, tokens: 1, tabs: 1},
	{name: "record of another app", spoil: func(w *world, s *Session, r *Record) {
		stolen := *r
		stolen.ClientID = "another"
		w.plant(s, stolen)
	}, person: willing, kept: keptNew, tokens: 1, tabs: 1},
	{name: "record of a later version", spoil: func(w *world, s *Session, r *Record) {
		later := *r
		later.Format = recordFormat + 1
		w.plant(s, later)
	}, person: willing, reason: "update_needed", retry: problem.AfterUser, ko: "더 새로운 버전|업데이트", en: "newer version|Update", kept: keptOld},
	{name: "certificate not trusted", spoil: func(w *world, s *Session, _ *Record) {
		w.advance(7 * time.Hour)
		proxy := httptest.NewTLSServer(http.NotFoundHandler())
		w.Cleanup(proxy.Close)
		proxy.Config.ErrorLog = log.New(io.Discard, "", 0)
		s.http.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
			r.URL.Scheme, r.URL.Host = "https", proxy.Listener.Addr().String()
			return http.DefaultTransport.RoundTrip(r)
		})
	}, reason: "certificate_not_trusted", retry: problem.AfterUser, ko: "인증서|회사 프록시|시계", en: "certificate|company proxy|clock", kept: keptOld},
	{name: "keychain locked", spoil: func(w *world, s *Session, _ *Record) { w.restart(s); w.store.always(keychain.ErrLocked) },
		reason: "keychain_locked", retry: problem.AfterUser, ko: "키체인이 잠겨 있거나|잠금을 푼", en: "locked or does not respond|Unlock", kept: keptOld},
	{name: "no keychain", first: true, spoil: func(w *world, _ *Session, _ *Record) { w.store.always(keychain.ErrUnavailable) },
		reason: "keychain_unavailable", retry: problem.AfterUser, ko: "키체인을 찾지 못해서|`kakaotalk-mcp login`", en: "No keychain|`kakaotalk-mcp login`", kept: keptNone},
	{name: "callback port taken", first: true, spoil: func(w *world, _ *Session, _ *Record) {
		l, err := net.Listen("tcp", strings.TrimPrefix(w.callback, "http://"))
		if err != nil {
			w.Fatal(err)
		}
		w.Cleanup(func() { l.Close() })
	}, reason: "port_in_use", retry: problem.AfterUser, ko: "PORT번을 다른 프로그램이 사용하고 있어요|KAKAO_CALLBACK_URL", en: "port PORT|KAKAO_CALLBACK_URL", kept: keptNone},
}

// plant puts a record where the session looks and makes it look there.
func (w *world) plant(s *Session, r Record) {
	w.Helper()
	raw, err := json.Marshal(r)
	if err != nil {
		w.Fatal(err)
	}
	if err := w.store.Store.Set(w.Context(), s.recordName(), raw); err != nil {
		w.Fatal(err)
	}
	w.restart(s)
}

// restart makes the session forget what it has in memory.
func (w *world) restart(s *Session) { s.adopt(nil, stamp{}) }

func TestEveryWayATokenGoesBad(t *testing.T) {
	t.Parallel()
	for _, c := range badCases {
		for _, lang := range []string{"ko", "en"} {
			if lang == "en" && c.reason == "" {
				continue // nothing is said
			}
			t.Run(strings.ReplaceAll(c.name+"/"+lang, " ", "-"), func(t *testing.T) {
				t.Parallel()
				c.run(t, lang)
			})
		}
	}
}

func (c badCase) run(t *testing.T, lang string) {
	w := newWorld(t)
	w.lang = wording.Lang(lang)
	s := w.session()
	var old *Record
	if !c.first {
		w.mustToken(s, ForMe)
		old = w.record(s)
	}
	other := w.kakao.People()[1].Nickname
	if c.person != nil && c.person.Person == "OTHER" {
		v := *c.person
		v.Person = other
		c.person = &v
	}
	w.person(c.person)
	tabs := w.opened()
	w.kakao.ResetRequests()
	if c.spoil != nil {
		c.spoil(w, s, old)
	}

	get := w.token
	if c.reason == "login_pending" {
		get = w.askUntilTab
	}
	token, err := get(s, c.purpose)
	w.store.always(nil)
	text := fmt.Sprint(err)
	if c.reason == "" {
		if err != nil || !w.works(token) {
			t.Errorf("no working token: %v", err)
		}
	} else {
		var p *problem.Problem
		if !errors.As(err, &p) || p.Reason != c.reason || p.Retry != c.retry {
			t.Fatalf("got %+v, want reason %s, retry %s", err, c.reason, c.retry)
		}
		words := c.ko
		if lang == "en" {
			words = c.en
		}
		fill := strings.NewReplacer("OWNERID", strconv.FormatInt(w.kakao.Owner().ID, 10), "OTHER", other, "REDIRECT", s.RedirectURI(c.purpose), "PORT", s.callbackPort())
		for _, word := range strings.Split(fill.Replace(words), "|") {
			if !strings.Contains(text, word) {
				t.Errorf("%q is not in: %s", word, text)
			}
		}
		if strings.Contains(text, "SECRET") || old != nil && strings.Contains(text, old.Access) {
			t.Errorf("the answer shows what it must not: %s", text)
		}
	}
	if got := w.requests("/oauth/token"); got != c.tokens {
		t.Errorf("%d token requests, want %d", got, c.tokens)
	}
	if got := w.opened() - tabs; got != c.tabs {
		t.Errorf("%d tabs, want %d", got, c.tabs)
	}
	if got := keptIn(old, w.record(s)); got != c.kept {
		t.Errorf("the store has %s, want %s", got, c.kept)
	}
}

func keptIn(old, now *Record) kept {
	switch {
	case now == nil:
		return keptNone
	case old == nil || now.Refresh != old.Refresh:
		return keptNew
	case now.Access != old.Access:
		return keptRenewed
	}
	return keptOld
}
