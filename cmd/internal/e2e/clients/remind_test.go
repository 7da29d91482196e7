//go:build linux

package clients

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kakaotalk-mcp/cmd/internal/e2e/modeltest"
)

// TestClientMakesAWeeklyReminder: a scripted agent in a real client puts a reminder into
// the calendar, asks for the same once more, and it rings every week, once.
func TestClientMakesAWeeklyReminder(t *testing.T) {
	t.Parallel()
	d := drivers[slices.IndexFunc(drivers, func(d *driver) bool { return d.id == "gemini" })]
	s, program := sit(t, d), installed(t)
	file := filepath.Join(s.Home, "config.env")
	settings, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, file, string(settings)+"KAKAO_CALENDAR=on\n")
	at := time.Now().Truncate(time.Hour).Add(2 * time.Hour)
	call := func(title string) string {
		return fmt.Sprintf(`{"title":%q,"at":%q,"repeat":"weekly"}`, title, at.Format(time.RFC3339))
	}
	first := s.Servers(1)[0]
	if r := first.CallTool("remind_me", call("동의")); r.IsError { // the client opens no browser
		t.Fatal(r.Text())
	}
	first.End()
	s.register(program)
	model := modeltest.Start(t, modeltest.Turn{Tool: "remind_me", Arguments: call("주간 보고")}, modeltest.Turn{Tool: "remind_me", Arguments: call("주간 보고")}, modeltest.Turn{Say: "넣었어요"})
	said := s.ask(model)
	results := model.Results()
	if len(results) != 2 || !strings.Contains(results[0].Text, "톡캘린더에 알림을 넣었어요") || !strings.Contains(results[1].Text, "이미 톡캘린더에 있는") {
		t.Fatalf("results %v, tools %q\n%s", results, model.Tools(), said)
	}
	s.Kakao.Advance(15 * 24 * time.Hour)
	rung := map[string]int{}
	for _, r := range s.Kakao.Reminders() {
		rung[r.Title]++
	}
	if rung["주간 보고"] != 3 || len(s.Kakao.CalendarEvents()) != 2 {
		t.Errorf("rung %v, %d events", rung, len(s.Kakao.CalendarEvents()))
	}
	gone(t, program)
}
