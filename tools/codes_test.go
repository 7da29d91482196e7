package tools

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

var (
	consoleWords = regexp.MustCompile(`\[[^]]*\]|홍길동`)
	hangulLetter = regexp.MustCompile(`\p{Hangul}`)
)

// TestKakaoCodes plays every documented code as the answer to a message.
func TestKakaoCodes(t *testing.T) {
	t.Parallel()
	unknown := func(code, status int) (int, int, string, string, auth.Retry) {
		return code, status, StatusUnknown, "unknown_outcome", auth.RetryNo
	}
	type row struct {
		code, http     int
		status, reason string
		retry          auth.Retry
	}
	make := func(code, http int, status, reason string, retry auth.Retry) row {
		return row{code, http, status, reason, retry}
	}
	rows := []row{
		make(unknown(-1, 400)), make(unknown(-603, 400)), make(unknown(-9798, 503)), make(unknown(-1, 500)), make(unknown(0, 429)), make(unknown(0, 302+200)),
		{-2, 400, StatusNotSent, "bad_request", auth.RetryNo},
		{-3, 403, StatusNotSent, "not_enabled", auth.RetryAfterUser},
		{-4, 403, StatusNotSent, "account_blocked", auth.RetryNo},
		{-5, 403, StatusNotSent, "no_permission", auth.RetryAfterUser},
		{-6, 403, StatusNotSent, "policy", auth.RetryNo},
		{-7, 400, StatusNotSent, "kakao_unavailable", auth.RetryLater},
		{-8, 400, StatusNotSent, "bad_request", auth.RetryNo},
		{-9, 400, StatusNotSent, "api_ended", auth.RetryNo},
		{-10, 400, StatusNotSent, "quota", auth.RetryLater},
		{-11, 400, StatusNotSent, "quota", auth.RetryAfterUser},
		{-12, 403, StatusNotSent, "app_blocked", auth.RetryNo},
		{-402, 403, StatusNotSent, "consent_missing", auth.RetryAfterUser},
		{-406, 401, StatusNotSent, "under_age", auth.RetryNo},
		{-501, 400, StatusNotSent, "not_a_talk_user", auth.RetryNo},
		{-502, 400, StatusNotSent, "not_a_friend", auth.RetryAfterUser},
		{-504, 400, StatusNotSent, "device", auth.RetryNo},
		{-530, 400, StatusNotSent, "refused_by_receiver", auth.RetryNo},
		{-531, 400, StatusNotSent, "quota", auth.RetryLater},
		{-532, 400, StatusNotSent, "quota_sender", auth.RetryLater},
		{-533, 400, StatusNotSent, "quota_receiver", auth.RetryLater},
		{-534, 400, StatusNotSent, "kakao_error", auth.RetryLater},
		{-535, 400, StatusNotSent, "kakao_error", auth.RetryLater},
		{-536, 400, StatusNotSent, "quota_pair", auth.RetryLater},
		{-602, 400, StatusNotSent, "image", auth.RetryNo},
		{-606, 400, StatusNotSent, "image", auth.RetryNo},
		{-911, 400, StatusNotSent, "image", auth.RetryNo},
		{-903, 400, StatusNotSent, "misconfigured", auth.RetryAfterUser},
		{-77777, 400, StatusNotSent, "kakao_error", auth.RetryLater},
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
		ko.fault(fault)
		a := ko.call(toolSend, fmt.Sprintf(`{"to":["홍길동"],"message":"%d"}`, i))
		ko.want(a, r.status, r.reason, r.retry)
		ko.fault(fault)
		out, err := english.Send(t.Context(), SendRequest{To: []string{"홍길동"}, Content: Content{Message: "e" + itoa(i)}}, Nobody{})
		if err != nil || out.Reason != r.reason || out.Summary == a.str("summary") {
			t.Errorf("%d: english %+v %v", r.code, out, err)
		}
		for _, text := range []string{a.text(), out.Text(), fmt.Sprint(a.Result), fmt.Sprint(out)} {
			if strings.Contains(text, "raw words") {
				t.Errorf("%d quotes the answer: %s", r.code, text)
			}
		}
		if hangulLetter.MatchString(consoleWords.ReplaceAllString(out.Text(), "")) {
			t.Errorf("%d: Korean in the English text: %s", r.code, out.Text())
		}
	}
	if got := ko.arrived(); len(got) != 0 {
		t.Errorf("arrived: %q", got)
	}
}

func TestTokenCodesAreMended(t *testing.T) {
	for name, spoil := range map[string]func(*world){
		"-401": func(w *world) {
			w.fault(sandbox.Faults{FailPath: friendSends, FailStatus: 401, FailBody: `{"code":-401,"msg":"x"}`})
		},
		"-401 expired": func(w *world) { w.kakao.ExpireAccessTokens() },
		"-101":         func(w *world) { w.kakao.Unlink(w.kakao.Owner().ID) },
		"-402":         func(w *world) { w.kakao.WithdrawConsent(w.kakao.Owner().ID, "talk_message") },
		"no connection": func(w *world) {
			w.m.cfg.Kakao.HTTP.Transport = &refusing{next: w.m.cfg.Kakao.HTTP.Transport, left: 2}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := loggedIn(t)
			w.call(toolSearch, `{}`)
			spoil(w)
			w.want(w.call(toolSend, `{"to":["홍길동"],"message":"안녕"}`), StatusSent, "", "")
			w.wantArrived("홍길동: 안녕")
		})
	}
}

func TestOffline(t *testing.T) {
	t.Parallel()
	w := loggedIn(t)
	w.m.cfg.Kakao.HTTP.Transport = &refusing{next: w.m.cfg.Kakao.HTTP.Transport, left: 99}
	a := w.call(toolToMe, `{"message":"안녕"}`)
	w.want(a, StatusNotSent, "offline", auth.RetryYes)
	if !strings.Contains(a.text(), "아무것도 보내지 않았어요") {
		t.Error(a.text())
	}
}

// TestAccountChangesMidway: the login is cut, and somebody else logs in.
func TestAccountChangesMidway(t *testing.T) {
	w := loggedIn(t)
	w.call(toolSearch, `{"query":"홍길동"}`)
	w.kakao.Unlink(w.kakao.Owner().ID)
	*w.visitor = sandbox.Visitor{Person: "김지민"}
	a := w.call(toolSend, `{"to":["홍길동"],"message":"안녕"}`)
	w.want(a, StatusNotSent, "account_changed", auth.RetryYes)
	w.wantArrived()
	// The friends of the first account are forgotten.
	if _, ok := w.m.friends.known(w.uuid("홍길동")); ok {
		t.Error("the old friend list is still used")
	}
}
