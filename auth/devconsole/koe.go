package devconsole

import (
	"strings"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/auth/ground/wording"
)

// Meaning is what an error code of Kakao Login says. Codes come on Kakao's own
// page, which never calls back, and from the token endpoint.
type Meaning struct {
	Reason string        // stable word for programs, as auth's package comment lists them
	Retry  problem.Retry // whether the same login again helps
	Menu   Menu          // where it is put right; zero if not in the console

	what, next text
}

// text is in both languages. {menu} and {setup} are put in.
type text struct{ ko, en string }

// What says what is wrong, as a sentence that ends with what was shown of it: the
// code, the HTTP status, or nothing.
func (m Meaning) What(l wording.Lang, shown string) string {
	sentence := l.Say(m.what.ko, m.what.en)
	if shown == "" {
		return sentence
	}
	return strings.TrimSuffix(sentence, ".") + l.Say("(", " (") + shown + ")."
}

// Next says what to do. menu is how to name Menu: Now, or Path for somebody who
// looks for it; setup is the command that asks for key and secret.
func (m Meaning) Next(l wording.Lang, menu, setup string) string {
	return strings.NewReplacer("{menu}", menu, "{setup}", setup).Replace(l.Say(m.next.ko, m.next.en))
}

// Explain returns the meaning of a code such as "KOE101".
func Explain(code string) (m Meaning, known bool) {
	m, known = meanings[code]
	return m, known
}

var (
	again    = text{"처음부터 다시 로그인해 주세요.", "Log in again from the start."}
	later    = text{"잠시 후 다시 시도해 주세요.", "Try again in a moment."}
	update   = text{"프로그램을 최신 버전으로 업데이트해 주세요.", "Update this program."}
	badCall  = text{"로그인 요청의 형식이 올바르지 않아요.", "The format of the login request is not valid."}
	badKey   = text{"등록되지 않은 REST API 키예요.", "This REST API key is not registered."}
	keyAgain = text{"{menu}의 키를 확인해서 {setup} 명령으로 다시 입력해 주세요. JavaScript 키나 네이티브 앱 키는 사용할 수 없어요.",
		"Check the key under {menu} and enter it again with {setup}. JavaScript and native app keys do not work."}
)

func malformed() Meaning {
	return Meaning{Reason: "login_failed", Retry: problem.No, what: badCall, next: update}
}

// meanings: Kakao docs, Kakao Login, error codes; KOE313 as recorded in public
// projects.
var meanings = map[string]Meaning{
	"KOE001": malformed(),
	"KOE002": malformed(),
	"KOE003": {Reason: "kakao_unavailable", Retry: problem.Later, next: later,
		what: text{"카카오 로그인 서버에 일시적인 문제가 있어요.", "Kakao's login server has a temporary problem."}},
	"KOE004": {Reason: "misconfigured", Retry: problem.AfterUser, Menu: Login,
		what: text{"카카오 로그인이 꺼져 있어요.", "Kakao Login is switched off."},
		next: text{"{menu}에서 켜 주세요.", "Switch it on under {menu}."}},
	"KOE005": {Reason: "misconfigured", Retry: problem.AfterUser, Menu: Members,
		what: text{"테스트 앱인데 이 계정은 멤버가 아니에요.", "This is a test app, and this account is not one of its members."},
		next: text{"{menu}에 계정을 추가해 주세요.", "Add the account under {menu}."}},
	"KOE006": {Reason: "misconfigured", Retry: problem.AfterUser, Menu: Redirect,
		what: text{"리다이렉트 URI가 등록되어 있지 않아요.", "The redirect URI is not registered."},
		next: text{"{menu}에 한 글자도 다르지 않게 등록해 주세요.", "Register it under {menu}, exactly as it is."}},
	"KOE008": {Reason: "misconfigured", Retry: problem.AfterUser, Menu: Key, next: keyAgain,
		what: text{"REST API 키가 아닌 다른 종류의 키예요.", "This is a key of another kind, not a REST API key."}},
	"KOE009": {Reason: "misconfigured", Retry: problem.AfterUser, Menu: Key, next: keyAgain,
		what: text{"이 키로는 이 컴퓨터에서 로그인할 수 없어요.", "This key does not allow logins from this computer."}},
	"KOE010": {Reason: "misconfigured", Retry: problem.AfterUser, Menu: Secret,
		what: text{"클라이언트 시크릿이 없거나 틀렸어요.", "The client secret is missing or wrong."},
		next: text{"{menu}의 값을 {setup} 명령으로 입력해 주세요. 2025년 12월부터 새로 만든 키에는 시크릿이 처음부터 켜져 있어요.",
			"Enter the value of {menu} with {setup}. Keys created since December 2025 have it on from the start."}},
	"KOE101": {Reason: "misconfigured", Retry: problem.AfterUser, Menu: Key, what: badKey, next: keyAgain},
	"KOE201": malformed(),
	"KOE202": malformed(),
	"KOE203": {Reason: "consent_missing", Retry: problem.AfterUser,
		what: text{"필수 동의항목에 동의하지 않았어요.", "A required consent item was not agreed to."},
		next: text{"다시 로그인해서 필수 항목에 동의해 주세요.", "Log in again and agree to the required items."}},
	"KOE204": malformed(),
	"KOE205": {Reason: "misconfigured", Retry: problem.AfterUser, Menu: Consent,
		what: text{"내 앱에 설정되지 않은 동의항목이 있거나 OpenID Connect가 꺼져 있어요.", "A consent item is not set up in your Kakao app, or OpenID Connect is off."},
		next: text{"{menu}에서 항목을 설정하고 OpenID Connect도 켜 주세요.", "Set up the items under {menu}, and switch on OpenID Connect."}},
	"KOE207": malformed(),
	"KOE237": {Reason: "rate_limited", Retry: problem.Later,
		what: text{"짧은 시간에 로그인 요청이 너무 많았어요.", "There were too many login requests in a short time."},
		next: text{"10분 정도 지난 뒤에 다시 시도해 주세요.", "Try again in about ten minutes."}},
	"KOE303": {Reason: "login_failed", Retry: problem.Yes, next: again,
		what: text{"로그인을 시작한 주소와 마친 주소가 달라요.", "The login started and ended at different addresses."}},
	"KOE310": malformed(),
	"KOE313": {Reason: "login_failed", Retry: problem.Yes, next: again,
		what: text{"로그인을 시작한 프로그램과 마친 프로그램이 서로 달라요.", "The login was started and finished by different programs."}},
	"KOE319": malformed(),
	"KOE320": {Reason: "login_failed", Retry: problem.Yes, next: again,
		what: text{"로그인 요청이 만료됐거나 이미 사용됐어요.", "The login request has expired or was already used."}},
	"KOE322": {Reason: "login_needed", Retry: problem.AfterUser,
		what: text{"저장된 로그인이 만료됐거나 해제됐어요.", "The saved login has expired or was revoked."},
		next: text{"다시 로그인해 주세요.", "Log in again."}},
	"KOE406": {Reason: "login_declined", Retry: problem.No,
		what: text{"만 14세 미만 계정은 내 앱에 로그인할 수 없어요.", "Accounts of people under 14 cannot log in to your Kakao app."},
		next: text{"만 14세 이상인 카카오계정으로 로그인해 주세요.", "Log in with the Kakao account of someone aged 14 or over."}},
	"KOE9798": {Reason: "kakao_unavailable", Retry: problem.Later, next: later,
		what: text{"카카오 서비스를 점검하고 있어요.", "Kakao is under maintenance."}},
}
