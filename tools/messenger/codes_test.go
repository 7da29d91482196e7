package messenger

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/tools/compose"
	"kakaotalk-mcp/tools/kakao"
	"kakaotalk-mcp/tools/kakao/sandbox"
	"kakaotalk-mcp/tools/kakao/sandbox/sandboxtest"
)

var (
	consoleWords = regexp.MustCompile(`\[[^]]*\]|홍길동|엄마`)
	hangulLetter = regexp.MustCompile(`\p{Hangul}`)
)

// TestKakaoCodes plays every documented code as the answer to a message.
func TestKakaoCodes(t *testing.T) {
	t.Parallel()
	unknown := func(code, status int) (int, int, string, string, problem.Retry) {
		return code, status, StatusUnknown, "unknown_outcome", problem.No
	}
	type row struct {
		code, http     int
		status, reason string
		retry          problem.Retry
	}
	make := func(code, http int, status, reason string, retry problem.Retry) row {
		return row{code, http, status, reason, retry}
	}
	rows := []row{
		make(unknown(-1, 400)), make(unknown(-603, 400)), make(unknown(-9798, 502)), make(unknown(-1, 500)), make(unknown(0, 429)), make(unknown(0, 302+200)),
		{-2, 400, StatusNotSent, "bad_request", problem.No},
		{-3, 403, StatusNotSent, "not_enabled", problem.AfterUser},
		{-4, 403, StatusNotSent, "account_blocked", problem.No},
		{-5, 403, StatusNotSent, "no_permission", problem.AfterUser},
		{-6, 403, StatusNotSent, "policy", problem.No},
		{-7, 400, StatusNotSent, "kakao_unavailable", problem.Later},
		{-8, 400, StatusNotSent, "bad_request", problem.No},
		{-9, 400, StatusNotSent, "api_ended", problem.No},
		{-10, 400, StatusNotSent, "quota", problem.Later},
		{-11, 400, StatusNotSent, "quota", problem.AfterUser},
		{-12, 403, StatusNotSent, "app_blocked", problem.No},
		{-402, 403, StatusNotSent, "consent_missing", problem.AfterUser},
		{-406, 401, StatusNotSent, "under_age", problem.No},
		{-501, 400, StatusNotSent, "not_a_talk_user", problem.No},
		{-502, 400, StatusNotSent, "not_a_friend", problem.AfterUser},
		{-504, 400, StatusNotSent, "device", problem.No},
		{-530, 400, StatusNotSent, "profile_private", problem.AfterUser},
		{-531, 400, StatusNotSent, "quota", problem.Later},
		{-532, 400, StatusNotSent, "quota_sender", problem.Later},
		{-533, 400, StatusNotSent, "quota_receiver", problem.Later},
		{-534, 400, StatusNotSent, "kakao_error", problem.Later},
		{-535, 400, StatusNotSent, "kakao_error", problem.Later},
		{-536, 400, StatusNotSent, "quota_pair", problem.Later},
		{-602, 400, StatusNotSent, "image", problem.No},
		{-606, 400, StatusNotSent, "image", problem.No},
		{-911, 400, StatusNotSent, "image", problem.No},
		{-903, 400, StatusNotSent, "misconfigured", problem.AfterUser},
		{-9798, 503, StatusNotSent, "kakao_unavailable", problem.Later},
		{-10, 429, StatusNotSent, "quota", problem.Later},
		{-102, 400, StatusNotSent, "kakao_error", problem.No},
		{-103, 400, StatusNotSent, "account_unknown", problem.AfterUser},
		{-201, 400, StatusNotSent, "kakao_error", problem.No},
		{-301, 400, StatusNotSent, "misconfigured", problem.AfterUser},
		{-405, 401, StatusNotSent, "age_check", problem.AfterUser},
		{-520, 400, StatusNotSent, "no_such_event", problem.No},
		{-77777, 400, StatusNotSent, "kakao_error", problem.Later},
	}
	ko := loggedIn(t)
	ko.call(toolSearch, `{}`)
	en := ko.m.cfg
	en.Lang = "en"
	english := New(en)
	for i, r := range rows {
		fault := sandbox.Faults{FailPath: friendSends, FailStatus: r.http, FailBody: fmt.Sprintf(`{"code":%d,"msg":"raw words"}`, r.code)}
		if r.code == 0 {
			fault.FailBody = "<html>raw words</html>"
		}
		ko.Fault(fault)
		a := ko.call(toolSend, fmt.Sprintf(`{"to":["홍길동"],"message":"%d"}`, i))
		ko.want(a, r.status, r.reason, r.retry)
		ko.Fault(fault)
		out, err := english.Send(t.Context(), SendRequest{To: []string{"홍길동"}, Content: compose.Content{Message: "e" + strconv.Itoa(i)}}, Nobody{})
		if err != nil || out.Reason != r.reason || out.Summary == a.str("summary") {
			t.Errorf("%d: english %+v %v", r.code, out, err)
		}
		for _, text := range []string{a.Text, out.Text(), fmt.Sprint(a.Result), fmt.Sprint(out)} {
			if strings.Contains(text, "raw words") {
				t.Errorf("%d quotes the answer: %s", r.code, text)
			}
		}
		if hangulLetter.MatchString(consoleWords.ReplaceAllString(out.Text(), "")) {
			t.Errorf("%d: Korean in the English text: %s", r.code, out.Text())
		}
	}
	if got := ko.Arrived(); len(got) != 0 {
		t.Errorf("arrived: %q", got)
	}
}

// TestCausesOfOneCode plays answers that have the same code for different reasons.
func TestCausesOfOneCode(t *testing.T) {
	t.Parallel()
	w := loggedIn(t)
	w.call(toolSearch, `{}`)
	quota := func(name string) string {
		return `{"code":-10,"msg":"API limit has been exceeded.","rule_id":7,"rule_name":"` + name + `","rule_desc":"x"}`
	}
	because := func(msg string) string { return `{"code":-2,"msg":"` + msg + `"}` }
	for i, r := range []struct {
		toMe         bool
		body, reason string
		retry        problem.Retry
		says         string // in the next step or the summary
	}{
		{true, because("x"), "bad_request", problem.No, "템플릿을 확인"},
		{false, because("x"), "bad_request", problem.No, "템플릿을 확인"},
		{true, because("template_type (messageType: 'kakaolink/memo API') is invalid. please use 'message API' messageType."), "template_purpose", problem.AfterUser, "template_id: 7."},
		{false, because("template_type (messageType: 'kakaolink/memo API') is invalid. please use 'message API' messageType."), "template_purpose", problem.AfterUser, "[도구] > [메시지 템플릿]에서 용도를"},
		{false, because("Cannot contain a receiver who is identical to the sender"), "own_uuid", problem.No, "send_message_to_me"},
		{false, because("Constraints on the parameter [receiver_uuids] are unsatisfied. The input receiver id(s) is invalid format."), "unknown_uuid", problem.No, "친구를 다시 찾아"},
		{true, because("failed to parse parameter. name=template_object, stringToParse=-"), "bad_request", problem.AfterUser, "프록시"},
		{true, because("too long for access token."), "bad_request", problem.AfterUser, "로그인 정보"},
		{true, `{"code":-3,"msg":"x"}`, "not_enabled", problem.AfterUser, "[카카오 로그인] > [사용 설정]"},
		{true, `{"code":-3,"msg":"[app] App disabled [talk_message] scopes for [TALK_MEMO_DEFAULT_SEND] API on developers.kakao.com. Enable it first."}`, "not_enabled", problem.AfterUser, "[카카오톡 메시지 전송]"},
		{true, `{"code":-10,"msg":"API limit has been exceeded."}`, "quota", problem.Later, "언제 풀리는지는 알 수 없어요"},
		{true, quota("카카오톡 메시지 초당 제한"), "quota", problem.Later, "몇 초 뒤에"},
		{false, quota("일 30,000건"), "quota", problem.Later, "내일"},
		{false, quota("월 3,000,000건"), "quota", problem.Later, "다음 달"},
	} {
		who, path, status := `"to":["홍길동"],`, friendSends, 400
		if strings.Contains(r.body, ":-3,") {
			status = 403
		}
		tool := toolSend
		if r.toMe {
			who, path, tool = "", "/v2/api/talk/memo", toolToMe
		}
		w.Fault(sandbox.Faults{FailPath: path, FailStatus: status, FailBody: r.body})
		a := w.call(tool, fmt.Sprintf(`{%s"template_id":7,"template_args":{"n":"%d"}}`, who, i))
		w.want(a, StatusNotSent, r.reason, r.retry)
		if !strings.Contains(a.Text, r.says) {
			t.Errorf("%s: %q is not in: %s", r.body, r.says, a.Text)
		}
		if r.toMe && (strings.Contains(a.Text, "받는 사람") || strings.Contains(a.Text, "친구")) {
			t.Errorf("a message to oneself speaks of others: %s", a.Text)
		}
	}
}

// TestStepsFitTheirCause: codes share a next step only where it helps with each.
func TestStepsFitTheirCause(t *testing.T) {
	alike := [][]int{
		{kakao.CodeInternal, kakao.CodeService, kakao.CodeTimeout},
		{kakao.CodeBadHeader, kakao.CodeEnded, kakao.CodeAlreadyLinked, kakao.CodeNoProperty},
		{kakao.CodeSenderQuota, kakao.CodeReceiverQuota, kakao.CodePairQuota},
	}
	for _, lang := range []wording.Lang{wording.Korean, wording.English} {
		owner := map[string]string{}
		whats := map[string]string{}
		see := func(name string, w meaning) {
			next, what := w.next(lang), w.what(lang)
			if strings.ContainsAny(next+what, "{}") || w.reason == "" || w.retry == "" || !strings.HasSuffix(next, ".") {
				t.Errorf("%s: %+v", name, w)
			}
			if other, taken := owner[next]; taken && other != name {
				t.Errorf("%s and %s share %q", name, other, next)
			}
			if other, taken := whats[what]; taken {
				t.Errorf("%s and %s share %q", name, other, what)
			}
			owner[next], whats[what] = name, name
		}
		for cause, w := range causes() {
			see(string(cause), w)
		}
		for code, w := range codes() {
			name := strconv.Itoa(code)
			if i := slices.IndexFunc(alike, func(g []int) bool { return slices.Contains(g, code) }); i >= 0 {
				name = fmt.Sprint(alike[i])
				delete(whats, w.what(lang))
			}
			see(name, w)
		}
	}
}

// TestEveryRuleIsWorded: what tools/kakao can refuse is told in both languages.
func TestEveryRuleIsWorded(t *testing.T) {
	w := newWorld(t)
	for _, rule := range []kakao.Rule{kakao.Required, kakao.Unknown, kakao.Duplicate, kakao.WrongType, kakao.Syntax, kakao.InvalidUTF8, kakao.TooLong, kakao.TooLarge,
		kakao.TooMany, kakao.TooFew, kakao.OffGrid, kakao.BadURL, kakao.BadFormat, kakao.BadValue, kakao.Conflict} {
		r := w.m.Refusal(&kakao.FieldError{Path: "field", Rule: rule, Limit: 5_000_000})
		if words := rules()[rule]; words[0] == "" || words[1] == "" || strings.Contains(r.What, "%!") || !strings.HasPrefix(r.What, "field: ") {
			t.Errorf("%s: %q", rule, r.What)
		}
	}
	if text := w.m.Refusal(&kakao.FieldError{Path: "image", Rule: kakao.TooLarge, Limit: kakao.MaxImage}).What; !strings.Contains(text, "5MB") {
		t.Error(text)
	}
}

func TestTokenCodesAreMended(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*world){
		"-401": func(w *world) {
			w.Fault(sandbox.Faults{FailPath: friendSends, FailStatus: 401, FailBody: `{"code":-401,"msg":"x"}`})
		},
		"-401 expired": func(w *world) { w.Kakao.ExpireAccessTokens() },
		"-101":         func(w *world) { w.Kakao.Unlink(w.Kakao.Owner().ID) },
		"-402":         func(w *world) { w.Kakao.WithdrawConsent(w.Kakao.Owner().ID, "talk_message") },
		"no connection": func(w *world) {
			w.m.cfg.Kakao.HTTP.Transport = &sandboxtest.Refusing{Next: w.m.cfg.Kakao.HTTP.Transport, Left: 2}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := loggedIn(t)
			w.call(toolSearch, `{}`)
			spoil(w)
			w.want(w.call(toolSend, `{"to":["홍길동"],"message":"안녕"}`), StatusSent, "", "")
			w.WantArrived("홍길동: 안녕")
		})
	}
}

func TestOffline(t *testing.T) {
	t.Parallel()
	w := loggedIn(t)
	w.m.cfg.Kakao.HTTP.Transport = &sandboxtest.Refusing{Next: w.m.cfg.Kakao.HTTP.Transport, Left: 99}
	a := w.call(toolToMe, `{"message":"안녕"}`)
	w.want(a, StatusNotSent, "offline", problem.Yes)
	if !strings.Contains(a.Text, "메시지를 보내지 않았어요") {
		t.Error(a.Text)
	}
}

// TestAccountChangesMidway: the login is cut, and somebody else logs in.
func TestAccountChangesMidway(t *testing.T) {
	w := loggedIn(t)
	w.call(toolSearch, `{"query":"홍길동"}`)
	w.Kakao.Unlink(w.Kakao.Owner().ID)
	*w.Visitor = sandbox.Visitor{Person: "김지민"}
	a := w.call(toolSend, `{"to":["홍길동"],"message":"안녕"}`)
	w.want(a, StatusNotSent, "account_changed", problem.Yes)
	w.WantArrived()
	// The friends of the first account are forgotten.
	if _, ok := w.m.friends.known(w.UUID("홍길동")); ok {
		t.Error("the old friend list is still used")
	}
}
