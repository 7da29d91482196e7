package reminder

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/tools/ask"
	"kakaotalk-mcp/tools/kakao/sandbox"
	"kakaotalk-mcp/tools/messenger"
)

// TestCodes: what Kakao refuses has the calendar's own next step, and leaves nothing
// behind that would hold the same request back.
func TestCodes(t *testing.T) {
	t.Parallel()
	for code, c := range map[int]struct {
		status int
		reason string
		retry  problem.Retry
		ko, en string
	}{
		-2:   {400, "bad_request", problem.No, "repeat나 minutes_before를 빼고", "without repeat or minutes_before"},
		-3:   {403, "consent_missing", problem.AfterUser, "[동의항목]에서 [톡캘린더 및 일정 생성, 조회, 편집/삭제]", "[Kakao Login] > [Consent Items]"},
		-5:   {403, "no_permission", problem.AfterUser, "[앱] > [멤버]", "[앱] > [멤버]"},
		-10:  {400, "quota", problem.Later, "알 수 없어요", "not known"},
		-402: {403, "consent_missing", problem.AfterUser, "동의 화면이 열려요", "the consent page opens"},
		-501: {400, "not_a_talk_user", problem.AfterUser, "login --switch", "login --switch"},
		-520: {400, "no_event", problem.No, "reminders", "reminders"},
		-4:   {403, "account_blocked", problem.No, "고객센터", "customer"},
	} {
		for _, lang := range []string{"ko", "en"} {
			t.Run(fmt.Sprint(code, lang), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, func(cfg *Config) {
					cfg.Lang = wording.Lang(lang)
				})
				body, _ := json.Marshal(map[string]any{"code": code, "msg": "secret words"})
				w.cut(sandbox.Faults{FailPath: createPath, FailStatus: c.status, FailBody: string(body)})
				q := Request{Title: "회의", At: w.soon(48)}
				out := w.create(q)
				w.want(out, StatusNotCreated, c.reason, 0)
				words := map[string]string{"ko": c.ko, "en": c.en}[lang]
				if out.Retry != c.retry || !strings.Contains(out.NextStep, words) || !strings.Contains(out.Summary, fmt.Sprintf("(%d)", code)) || strings.Contains(out.Text(), "secret words") {
					t.Errorf("retry %s, want %s and %q:\n%s", out.Retry, c.retry, words, out.Text())
				}
				w.want(w.create(q), StatusCreated, "", 1)
			})
		}
	}
}

// TestLimitEnds: when a limit ends is told as far as Kakao tells it.
func TestLimitEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for rule, want := range map[string]string{"일 30,000건": "내일", "초당 10건": "몇 초 뒤", "월 1,000건": "다음 달", "": "알 수 없어요"} {
		body, _ := json.Marshal(map[string]any{"code": -10, "msg": "API limit has been exceeded.", "rule_name": rule})
		w.cut(sandbox.Faults{FailPath: createPath, FailStatus: 400, FailBody: string(body)})
		out := w.create(Request{Title: "회의", At: w.soon(48)})
		if w.want(out, StatusNotCreated, "quota", 0); !strings.Contains(out.NextStep, want) || rule != "일 30,000건" && strings.Contains(out.Text(), "내일") {
			t.Errorf("%s: %s", rule, out.Text())
		}
	}
}

// TestConsentIsAskedWhenFirstNeeded: by a login that ends where the first one did, for
// the calendar alone; the other consents stay.
func TestConsentIsAskedWhenFirstNeeded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Kakao.WithdrawConsent(w.Kakao.Owner().ID, "talk_calendar") // the stored login does not know yet
	w.want(w.create(Request{Title: "회의", At: w.soon(48)}), StatusCreated, "", 1)
	var asked []string
	for _, r := range w.Kakao.Requests() {
		if r.Path == "/oauth/authorize" && r.Query.Get("scope") != "" {
			_, path, _ := strings.Cut(strings.TrimPrefix(r.Query.Get("redirect_uri"), "http://"), "/")
			asked = append(asked, r.Query.Get("scope")+" "+path)
		}
	}
	if !slices.Contains(asked, "openid,talk_calendar auth/callback") || len(slices.Compact(asked)) != 1 {
		t.Errorf("asked for %q", asked)
	}
	rec, err := w.Session.Current(t.Context())
	if err != nil || !rec.Allows(auth.ForFriends) || !rec.Allows(auth.ForMe) || !rec.Allows(auth.ForCalendar) {
		t.Errorf("the login: %v, %v", rec, err)
	}
}

// TestConsentUnticked: the person decides, and the item is named.
func TestConsentUnticked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Kakao.WithdrawConsent(w.Kakao.Owner().ID, "talk_calendar")
	w.Visitor.Untick = []string{"talk_calendar"}
	out := w.create(Request{Title: "회의", At: w.soon(48)})
	w.want(out, StatusNotCreated, "consent_missing", 0)
	if !strings.Contains(out.Text(), "[톡캘린더 및 일정 생성, 조회, 편집/삭제]") || !strings.Contains(out.Text(), "KOE205") {
		t.Error(out.Text())
	}
}

// person answers a form.
type person struct {
	messenger.Nobody
	verdict ask.Verdict
	err     error
	seen    *string
}

func (p person) Ask(_ context.Context, q ask.Question) (ask.Answer, error) {
	*p.seen = q.Text()
	return ask.Answer{Verdict: p.verdict}, p.err
}

// TestConfirmAlways: then a person is asked about this, too, and decides.
func TestConfirmAlways(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *Config) { c.Confirm = messenger.ConfirmAlways })
	out := w.create(Request{Title: "회의", At: w.soon(48)})
	w.want(out, StatusNotCreated, "cannot_ask", 0)
	if strings.Contains(out.Text(), "메시지") {
		t.Errorf("it speaks of messages: %s", out.Text())
	}
	var seen string
	q := Request{Title: "회의", At: w.soon(48), Place: "3층", Note: "자료\u202e", Repeat: "weekly"}
	if _, err := w.r.Create(t.Context(), q, person{err: ask.ErrSuspended, seen: &seen}); !errors.Is(err, ask.ErrSuspended) {
		t.Errorf("a client that asks by itself: %v", err)
	}
	for verdict, want := range map[ask.Verdict]string{ask.Cancel: StatusNotCreated, ask.Once: StatusCreated} {
		w := newWorld(t, func(c *Config) { c.Confirm = messenger.ConfirmAlways })
		out, err := w.r.Create(t.Context(), q, person{verdict: verdict, seen: &seen})
		if err != nil || out.Status != want || strings.Contains(out.Text(), "메시지") {
			t.Errorf("%s: %v %s", verdict, err, out.Text())
		}
		if out, err = w.r.Create(t.Context(), q, messenger.Nobody{}); verdict == ask.Once && (err != nil || out.Status != StatusAlreadyCreated) {
			t.Errorf("once more, nobody has to be asked: %v %s", err, out.Text())
		}
	}
	for _, word := range []string{"톡캘린더에 알림을 넣을까요?", "회의", "매주", "3층", "자료�"} {
		if !strings.Contains(seen, word) {
			t.Errorf("the question has no %q: %s", word, seen)
		}
	}
}

func TestReadOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *Config) { c.ReadOnly = true })
	w.want(w.create(Request{Title: "회의", At: w.soon(48)}), StatusNotCreated, "read_only", 0)
}
