package kakao

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestEveryCode answers a message to oneself with each answer that Kakao is
// known to give: how it is told apart from others, and whether it leaves open
// what became of the message.
func TestEveryCode(t *testing.T) {
	const open, refused = false, true
	tests := []struct {
		status, code int
		msg          string
		cause        Cause
		notSent      bool
	}{
		{400, CodeInternal, "internal error", CauseUnknown, open},
		{400, CodeTimeout, "timeout", CauseUnknown, open},
		{400, CodeBadParameter, "any", CauseUnknown, refused},
		{400, CodeBadParameter, "Constraints on the parameter [receiver_uuids] are unsatisfied. The input receiver id(s) is invalid format.", UnknownReceiver, refused},
		{400, CodeBadParameter, "Constraints on the parameter [receiver_uuids] are unsatisfied. Not allowed to send a message to some of receivers.", UnknownReceiver, refused},
		{400, CodeBadParameter, "Cannot contain a receiver who is identical to the sender", OwnUUID, refused},
		{400, CodeBadParameter, "Cannot contain a receiver who is identical to the sender in multicast mode.", OwnUUID, refused},
		{400, CodeBadParameter, "failed to parse parameter. name=template_object, stringToParse=-, paramString=-, paramStringAlias=null", BrokenRequest, refused},
		{400, CodeBadParameter, "The Parameter [receiver_uuids] cannot be empty.", BrokenRequest, refused},
		{400, CodeBadParameter, "too long for access token.", BrokenToken, refused},
		{400, CodeBadParameter, "template_type (messageType: 'kakaolink/memo API') is invalid. please use 'message API' messageType.", TemplatePurpose, refused},
		{403, CodeNotEnabled, "any", CauseUnknown, refused},
		{403, CodeNotEnabled, "[카톡 비서] App disabled [talk_message] scopes for [TALK_MEMO_DEFAULT_SEND] API on developers.kakao.com. Enable it first.", ConsentItemOff, refused},
		{403, CodeRestricted, "any", CauseUnknown, refused},
		{403, CodeNoPermission, "permission denied", CauseUnknown, refused},
		{403, CodePolicy, "any", CauseUnknown, refused},
		{400, CodeService, "any", CauseUnknown, refused},
		{400, CodeBadHeader, "any", CauseUnknown, refused},
		{400, CodeEnded, "any", CauseUnknown, refused},
		{400, CodeQuota, "API limit has been exceeded.", CauseUnknown, refused},
		{429, CodeQuota, "API limit has been exceeded.", CauseUnknown, refused},
		{400, CodePaidQuota, "any", CauseUnknown, refused},
		{403, CodeSanctioned, "any", CauseUnknown, refused},
		{400, CodeNotLinked, "NotRegisteredUserException", CauseUnknown, refused},
		{400, CodeAlreadyLinked, "any", CauseUnknown, refused},
		{400, CodeNoAccount, "any", CauseUnknown, refused},
		{400, CodeNoProperty, "any", CauseUnknown, refused},
		{400, CodeNoApp, "any", CauseUnknown, refused},
		{401, CodeUnauthorized, "any", CauseUnknown, refused},
		{401, CodeUnauthorized, "this access token does not exist", TokenUnknown, refused},
		{401, CodeUnauthorized, "this access token is already expired", TokenExpired, refused},
		{401, CodeUnauthorized, "ip mismatched! callerIp=203.0.113.10. check out registered ips.", AddressRefused, refused},
		{401, CodeUnauthorized, "domain mismatched! caller=http://localhost. check out registered web domains.", PlatformMismatch, refused},
		{401, CodeUnauthorized, "android keyhash mismatched! caller=x. check out registered keyhash.", PlatformMismatch, refused},
		{401, CodeUnauthorized, "appKey(5b0c2f7e91d84a36b2c7e0f15d9a8e43) is already deactivated", KeyDeactivated, refused},
		{401, CodeUnauthorized, "no authentication key!", NoToken, refused},
		{403, CodeConsentMissing, "insufficient scopes.", CauseUnknown, refused},
		{403, CodeAgeCheck, "required age verification.", CauseUnknown, refused},
		{401, CodeUnderAge, "any", CauseUnknown, refused},
		{400, CodeNotTalkUser, "given account is not connected to any talk user.", CauseUnknown, refused},
		{400, CodeNotFriend, "any", CauseUnknown, refused},
		{400, CodeDevice, "any", CauseUnknown, refused},
		{400, CodeNoEvent, "any", CauseUnknown, refused},
		{400, CodeProfilePrivate, "any", CauseUnknown, refused},
		{400, CodeMonthlyQuota, "any", CauseUnknown, refused},
		{400, CodeSenderQuota, "daily message limit per sender has been exceeded.", CauseUnknown, refused},
		{400, CodeReceiverQuota, "any", CauseUnknown, refused},
		{400, CodePairQuota, "any", CauseUnknown, refused},
		{400, CodeImageTooLarge, "any", CauseUnknown, refused},
		{400, CodeTooManyImages, "any", CauseUnknown, refused},
		{400, CodeImageFormat, "any", CauseUnknown, refused},
		{400, CodeNoDeveloper, "any", CauseUnknown, refused},
		{503, CodeMaintenance, "any", CauseUnknown, refused},
		// Kakao did not answer, or something else did.
		{502, CodeMaintenance, "any", CauseUnknown, open},
		{500, CodeInternal, "any", CauseUnknown, open},
		{503, CodeInternal, "any", CauseUnknown, open},
		{503, CodeQuota, "any", CauseUnknown, open},
		{503, 0, "any", CauseUnknown, open},
		{429, 0, "any", CauseUnknown, open},
		{400, 0, "any", CauseUnknown, open},
		// A code belongs to its text: the words of another code mean nothing.
		{400, CodeQuota, "this access token does not exist", CauseUnknown, refused},
		{401, CodeUnauthorized, "failed to parse parameter.", CauseUnknown, refused},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%d %d %.40s", tt.status, tt.code, tt.msg), func(t *testing.T) {
			body, err := json.Marshal(map[string]any{"code": tt.code, "msg": tt.msg})
			if err != nil {
				t.Fatal(err)
			}
			client, rec := answering(t, tt.status, string(body))
			err = send(t.Context(), client)
			answer, ok := err.(*Error)
			if !ok {
				t.Fatalf("error %v is not an answer of Kakao", err)
			}
			if answer.Code != tt.code || answer.Status != tt.status || answer.Msg != tt.msg {
				t.Errorf("answer %+v", answer)
			}
			if got := answer.Cause(); got != tt.cause {
				t.Errorf("cause %q, want %q", got, tt.cause)
			}
			if got := NotSent(err); got != tt.notSent {
				t.Errorf("not sent: %v, want %v", got, tt.notSent)
			}
			if n := len(rec.seen()); n != 1 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

func TestWhatErrorsTell(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want Error
	}{
		"consent": {`{"msg":"insufficient scopes.","code":-402,"api_type":"TALK_MEMO_DEFAULT_SEND","required_scopes":["talk_message"],"allowed_scopes":["profile"]}`,
			Error{Code: CodeConsentMissing, Msg: "insufficient scopes.", RequiredScopes: []string{"talk_message"}}},
		"rule": {`{"code":-10,"msg":"m","rule_id":1,"rule_name":"[API Total] 일반 앱에 대해 개발자당 한달 총 사용량","rule_desc":"user, push 제외"}`,
			Error{Code: CodeQuota, Msg: "m", Rule: "[API Total] 일반 앱에 대해 개발자당 한달 총 사용량"}},
		"rule of other types": {`{"code":-10,"rule_id":"1","rule_name":7,"rule_desc":null}`, Error{Code: CodeQuota}},
		"long rule": {`{"code":-10,"rule_name":"` + string(make100Hangul()) + `"}`,
			Error{Code: CodeQuota, Rule: QuotaRule(make100Hangul()[:maxRule/3])}},
	} {
		t.Run(name, func(t *testing.T) {
			c.want.Status = 400
			if diff := cmp.Diff(&c.want, newError(400, []byte(c.body))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// make100Hangul is 100 times ten letters: 3,000 bytes.
func make100Hangul() []rune {
	var text []rune
	for range 100 {
		text = append(text, []rune("가나다라마바사아자차")...)
	}
	return text
}

func TestQuotaPeriod(t *testing.T) {
	for name, want := range map[string]Period{
		"[API Total] 일반 앱에 대해 개발자당 한달 총 사용량": Month, "앱당 월간 쿼터": Month, "monthly quota": Month,
		"앱당 하루 사용량": Day, "[TALK] 일간 30000건": Day, "daily limit per app": Day, "일 30,000건": Day,
		"초당 100건": Second, "10 per second": Second,
		"": NoPeriod, "카카오톡 메시지": NoPeriod, "한달과 하루": NoPeriod, "월요일 이벤트": NoPeriod, "일반 앱": NoPeriod, "개발자당 총 사용량": NoPeriod,
	} {
		if got := QuotaRule(name).Period(); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestCallerAddress(t *testing.T) {
	for msg, want := range map[string]string{
		"ip mismatched! callerIp=203.0.113.10. check out registered ips.":    "203.0.113.10",
		"ip mismatched! callerIp=2001:db8::1. check out registered ips.":     "2001:db8::1",
		"ip mismatched! callerIp=evil words. check out registered ips.":      "",
		"ip mismatched! callerIp=203.0.113.10":                               "203.0.113.10",
		"ip mismatched!":                                                     "",
		"domain mismatched! callerIp=203.0.113.10. check out registered ips": "",
	} {
		if got := (&Error{Code: CodeUnauthorized, Msg: msg}).CallerAddress(); got != want {
			t.Errorf("%q: %q, want %q", msg, got, want)
		}
	}
}

func TestItemsThatAreOff(t *testing.T) {
	const form = "[app] App disabled [%s] scopes for [X] API on developers.kakao.com. Enable it first."
	for list, want := range map[string][]string{
		"talk_message":          {"talk_message"},
		"friends,talk_message":  {"friends", "talk_message"},
		"friends, talk_message": {"friends", "talk_message"},
		"evil words\n":          nil,
		"":                      nil,
	} {
		e := &Error{Code: CodeNotEnabled, Msg: fmt.Sprintf(form, list)}
		if diff := cmp.Diff(want, e.ItemsOff()); diff != "" {
			t.Errorf("%q (-want +got):\n%s", list, diff)
		}
	}
	if got := (&Error{Code: CodeBadParameter, Msg: fmt.Sprintf(form, "friends")}).ItemsOff(); got != nil {
		t.Errorf("another code names %q", got)
	}
}
