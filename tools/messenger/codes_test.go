package messenger

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/tools/kakao/sandbox"
	"kakaotalk-mcp/tools/kakao/sandbox/sandboxtest"
)

var (
	consoleWords = regexp.MustCompile(`\[[^]]*\]|홍길동`)
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
		{-530, 400, StatusNotSent, "refused_by_receiver", problem.No},
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
		out, err := english.Send(t.Context(), SendRequest{To: []string{"홍길동"}, Content: Content{Message: "e" + strconv.Itoa(i)}}, Nobody{})
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

func TestTokenCodesAreMended(t *testing.T) {
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
	if !strings.Contains(a.Text, "아무것도 보내지 않았어요") {
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
