package kakao

import "fmt"

// maxRule cuts the name of a quota rule, in bytes.
const maxRule = 1 << 10

// Error is an answer by which Kakao, or something in front of it, reports
// that a call did not succeed. Kakao docs: REST API > Response code.
type Error struct {
	Code   int // Kakao's negative code; 0: the answer held none
	Status int // HTTP status
	// Msg is Kakao's text for developers. It can hold data of strangers and is
	// not part of Error().
	Msg string
	// RequiredScopes comes with CodeConsentMissing: the consent items to ask for.
	RequiredScopes []string
	Rule           QuotaRule // may come with CodeQuota
}

func (e *Error) Error() string {
	return fmt.Sprintf("kakao answered with code %d, HTTP status %d", e.Code, e.Status)
}

func newError(status int, body []byte) *Error {
	var answer struct {
		Code           tolerant[int]      `json:"code"`
		Msg            tolerant[string]   `json:"msg"`
		RequiredScopes tolerant[[]string] `json:"required_scopes"`
		RuleName       tolerant[string]   `json:"rule_name"`
	}
	if decodeObject(body, &answer) != nil {
		return &Error{Status: status} // an HTML page of a gateway: only the status is worth something
	}
	return &Error{
		Code:           answer.Code.V,
		Status:         status,
		Msg:            answer.Msg.V,
		RequiredScopes: answer.RequiredScopes.V,
		Rule:           QuotaRule(clipped(answer.RuleName.V, maxRule)),
	}
}
