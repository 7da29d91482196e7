package tools

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/tools/messenger"
)

// TestRemindArguments: arguments as models really send them, and what of them arrives.
func TestRemindArguments(t *testing.T) {
	t.Parallel()
	w := loggedIn(t)
	w.remind()
	at := w.Kakao.Now().Add(72 * time.Hour).Truncate(time.Hour).Format(time.RFC3339)
	for i, c := range []struct {
		more      string
		reminders []any
		reason    string
	}{
		{``, []any{0.0}, ""},
		{`,"minutes_before":[]`, []any{0.0}, ""},
		{`,"minutes_before":0`, []any{0.0}, ""},
		{`,"minutes_before":10`, []any{10.0}, ""},
		{`,"minutes_before":"10"`, []any{10.0}, ""},
		{`,"minutes_before":"[10, 0]"`, []any{0.0, 10.0}, ""},
		{`,"minutes_before":["10",0]`, []any{0.0, 10.0}, ""},
		{`,"minutes_before":[10.0, 0.0]`, []any{0.0, 10.0}, ""},
		{`,"minutes_before":"10.0"`, []any{10.0}, ""},
		{`,"minutes_before":{},"note":{},"place":[],"repeat":[],"until":{},"minutes":[]`, []any{0.0}, ""},
		{`,"minutes":"60","note":"","place":null,"repeat":"","until":"","resend":"false"`, []any{0.0}, ""},
		{`,"minutes":0,"repeat":"WEEKLY"`, []any{0.0}, ""},
		{`,"minutes_before":"soon"`, nil, "bad_arguments"},
		{`,"minutes_before":[1.5]`, nil, "bad_arguments"},
		{`,"minutes_before":[null]`, nil, "bad_arguments"},
		{`,"minutes":-5`, nil, "bad_arguments"},
		{`,"when":"now"`, nil, "bad_arguments"},
		{`,"repeat":7`, nil, "bad_arguments"},
	} {
		before := len(w.Kakao.CalendarEvents())
		a := w.call(toolRemind, fmt.Sprintf(`{"title":"회의 %d","at":%q%s}`, i, at, c.more))
		events := w.Kakao.CalendarEvents()[before:]
		if c.reason != "" {
			if a.str("status") != "not_created" || a.str("reason") != c.reason || !a.IsError || len(events) != 0 {
				t.Errorf("%s: %s", c.more, a.text())
			}
			continue
		}
		if a.str("status") != "created" || a.IsError || len(events) != 1 || !cmp.Equal(events[0].Event["reminders"], any(c.reminders)) {
			t.Errorf("%s: %v %s", c.more, events, a.text())
		}
	}
}

// TestRemindResult: text and structure are complete, each by itself, in both languages.
func TestRemindResult(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"ko", "en"} {
		w := loggedIn(t, func(c *messenger.Config) { c.Lang, c.Rooms = wording.Lang(lang), "http://localhost/rooms" })
		w.remind()
		args := fmt.Sprintf(`{"title":"meeting","at":%q}`, w.Kakao.Now().Add(72*time.Hour).Truncate(time.Hour).Format(time.RFC3339))
		for _, status := range []string{"created", "already_created"} {
			a := w.call(toolRemind, args)
			id, starts := a.str("event_id"), a.str("starts_at")
			if a.str("status") != status || id == "" || !strings.Contains(a.text(), id) || starts == "" || len(a.names("reminds_at")) != 1 || a.str("chat_rooms") == "" {
				t.Errorf("%s %s: %v\n%s", lang, status, a.Result, a.text())
			}
			if (lang == "en") == hangulLetter.MatchString(a.text()) {
				t.Errorf("%s: %s", lang, a.text())
			}
		}
		refused := w.call(toolRemind, `{"title":"meeting","at":"2020-01-01T10:00"}`)
		if refused.str("status") != "not_created" || refused.str("reason") != "past" || refused.str("retry") != "yes" || !strings.Contains(refused.text(), refused.str("next_step")) {
			t.Errorf("%s: %v\n%s", lang, refused.Result, refused.text())
		}
	}
}
