package kakao

import (
	"net/netip"
	"strings"
	"unicode"
)

// Cause tells apart answers that have the same code, as far as Kakao's text for
// developers does. That text is not promised: [CauseUnknown] is always possible.
type Cause string

const (
	CauseUnknown Cause = ""

	// Of CodeUnauthorized. Only the first two are about the token: a new one helps.
	TokenUnknown     Cause = "token unknown" // or revoked
	TokenExpired     Cause = "token expired"
	AddressRefused   Cause = "address refused"   // the console allows other callers only, see [Error.CallerAddress]
	PlatformMismatch Cause = "platform mismatch" // domain or app of the key
	KeyDeactivated   Cause = "key deactivated"
	NoToken          Cause = "no token" // the header did not arrive

	// Of CodeBadParameter.
	TemplatePurpose Cause = "template purpose" // made for 카카오톡 공유, not for messages
	OwnUUID         Cause = "own uuid"         // the sender is among the receivers
	UnknownReceiver Cause = "unknown receiver" // a uuid of another app, or one that changed
	BrokenRequest   Cause = "broken request"   // a parameter is missing or cannot be read
	BrokenToken     Cause = "broken token"

	// Of CodeNotEnabled.
	ConsentItemOff Cause = "consent item off" // see [Error.ItemsOff]
)

// causes are what Kakao's texts hold, as seen in its documentation, DevTalk and
// answers recorded in public repositories.
var causes = [...]struct {
	code  int
	words string
	cause Cause
}{
	{CodeUnauthorized, "access token does not exist", TokenUnknown},
	{CodeUnauthorized, "access token is already expired", TokenExpired},
	{CodeUnauthorized, "ip mismatched", AddressRefused},
	{CodeUnauthorized, "mismatched", PlatformMismatch}, // domain, android keyhash, ios bundle id
	{CodeUnauthorized, "already deactivated", KeyDeactivated},
	{CodeUnauthorized, "no authentication key", NoToken},
	{CodeBadParameter, "messagetype", TemplatePurpose},
	{CodeBadParameter, "identical to the sender", OwnUUID},
	{CodeBadParameter, "receiver id(s) is invalid", UnknownReceiver},
	{CodeBadParameter, "not allowed to send a message to some", UnknownReceiver},
	{CodeBadParameter, "failed to parse parameter", BrokenRequest},
	{CodeBadParameter, "cannot be empty", BrokenRequest},
	{CodeBadParameter, "too long for access token", BrokenToken},
	{CodeNotEnabled, "app disabled [", ConsentItemOff},
}

// Cause returns why Kakao gave this code.
func (e *Error) Cause() Cause {
	msg := strings.ToLower(e.Msg)
	for _, c := range causes {
		if e.Code == c.code && strings.Contains(msg, c.words) {
			return c.cause
		}
	}
	return CauseUnknown
}

// TokenRefused reports whether Kakao refused the call because of its access
// token, as far as it says so: a renewed one may help.
func (e *Error) TokenRefused() bool {
	switch e.Cause() {
	case CauseUnknown, TokenUnknown, TokenExpired:
		return e.Code == CodeUnauthorized
	}
	return false
}

// CallerAddress returns the IP address that the app's console does not allow,
// "" unless the cause is [AddressRefused] and Kakao named it.
func (e *Error) CallerAddress() string {
	_, rest, ok := strings.Cut(e.Msg, "callerIp=")
	if !ok || e.Cause() != AddressRefused {
		return ""
	}
	word, _, _ := strings.Cut(rest, " ")
	addr, err := netip.ParseAddr(strings.TrimSuffix(word, "."))
	if err != nil {
		return ""
	}
	return addr.String()
}

// ItemsOff returns the ids of the consent items that are not set up in the app's
// console, nil unless the cause is [ConsentItemOff] and Kakao named them.
func (e *Error) ItemsOff() []string {
	_, rest, ok := strings.Cut(e.Msg, "App disabled [")
	list, _, closed := strings.Cut(rest, "]")
	if !ok || !closed || e.Cause() != ConsentItemOff {
		return nil
	}
	ids := strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
	for _, id := range ids {
		if strings.ContainsFunc(id, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') }) {
			return nil
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return ids
}

// QuotaRule is the name of the limit that was met, in Korean and at most 1 KB, as Kakao
// tells it with CodeQuota: newer answers do, others leave it out.
type QuotaRule string

// Period is how long a limit lasts.
type Period string

const (
	NoPeriod Period = "" // not told
	Second   Period = "second"
	Day      Period = "day"
	Month    Period = "month"
)

// periods are words of rule names; 일 and 월 alone mean other things, too.
var periods = [...]struct {
	period Period
	words  []string
}{
	{Second, []string{"초당", "초 당", "per second"}},
	{Day, []string{"하루", "일간", "매일", "일별", "daily", "per day"}},
	{Month, []string{"한달", "한 달", "월간", "매월", "월별", "monthly", "per month"}},
}

// Period returns how long the limit lasts, if the name says exactly one.
func (r QuotaRule) Period() Period {
	name := strings.ToLower(string(r))
	found := NoPeriod
	for _, p := range periods {
		for _, word := range p.words {
			if strings.Contains(name, word) {
				if found != NoPeriod && found != p.period {
					return NoPeriod
				}
				found = p.period
			}
		}
	}
	if found == NoPeriod {
		return amountPeriod(name)
	}
	return found
}

// amountPeriod reads the form "일 30,000건" of Kakao's own quota table.
func amountPeriod(name string) Period {
	var before string
	for _, word := range strings.Fields(name) {
		if unicode.IsDigit([]rune(word)[0]) {
			switch before {
			case "일":
				return Day
			case "월":
				return Month
			}
		}
		before = word
	}
	return NoPeriod
}
