package devconsole

import "kakaotalk-mcp/auth/ground/problem"

// Caller is why Kakao's API refuses a program although the user's login is good
// (-401 for a token that was issued a moment ago). A new login helps with none.
type Caller string

const (
	CallerUnexplained Caller = ""
	CallerAddress     Caller = "address"     // the app allows other IP addresses only
	CallerPlatform    Caller = "platform"    // the key belongs to another platform or domain
	CallerDeactivated Caller = "deactivated" // the key was switched off
	CallerNoToken     Caller = "no token"    // the header got lost on the way
)

// ExplainCaller returns what such a refusal means.
func ExplainCaller(c Caller) Meaning { return callers[c] }

// callers: answers recorded in Kakao's developer forum and public projects.
var callers = map[Caller]Meaning{
	CallerAddress: {Reason: "misconfigured", Retry: problem.AfterUser, Menu: Addresses,
		what: text{"앱에서 이 컴퓨터의 IP 주소를 허용하지 않아요.", "Your Kakao app does not allow this computer's IP address."},
		next: text{"{menu}에 이 주소를 추가하거나 목록을 비워 주세요. 로그인은 그대로예요.", "Add the address under {menu}, or empty that list. The login is unchanged."}},
	CallerPlatform: {Reason: "misconfigured", Retry: problem.AfterUser, Menu: Key,
		what: text{"이 키에 등록한 플랫폼이나 도메인과 맞지 않아요.", "The key does not match the platform or domain registered for it."},
		next: text{"{menu}의 키인지 확인해서 {setup} 명령으로 다시 입력해 주세요. 로그인은 그대로예요.", "Make sure that it is the key under {menu}, and enter it again with {setup}. The login is unchanged."}},
	CallerDeactivated: {Reason: "misconfigured", Retry: problem.AfterUser, Menu: Key,
		what: text{"비활성화된 REST API 키예요.", "This REST API key is deactivated."},
		next: text{"{menu}에서 키를 다시 활성화하거나, 사용 중인 키를 {setup} 명령으로 입력해 주세요.", "Activate it again under {menu}, or enter a key that is active with {setup}."}},
	CallerNoToken: {Reason: "request_altered", Retry: problem.AfterUser,
		what: text{"요청에서 로그인 정보가 빠졌어요.", "The login was missing from the request."},
		next: text{"이 컴퓨터와 카카오 사이의 프록시나 보안 프로그램이 Authorization 헤더를 지우는지 확인해 주세요.", "Check whether a proxy or security software on the way to Kakao removes the Authorization header."}},
	CallerUnexplained: {Reason: "misconfigured", Retry: problem.AfterUser, Menu: Addresses,
		what: text{"새로 받은 로그인 정보도 거절됐어요. 다시 로그인해도 바뀌지 않아요.", "A newly issued token was refused as well, so logging in again does not help."},
		next: text{"{menu}에서 이 컴퓨터의 IP 주소를 허용했는지, REST API 키가 활성화되어 있는지 확인해 주세요.", "Check whether this computer's IP address is allowed under {menu}, and whether the REST API key is active."}},
}
