package reminder

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/tools/kakao/sandbox"
	"kakaotalk-mcp/tools/messenger"
)

// TestCreate: what arrives in the calendar, and what is told.
func TestCreate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	start := w.soon(48)
	out := w.create(Request{Title: " 회의\n준비 ", At: start, Before: []int{10}, Note: "https://example.com", Place: "3층", Minutes: 60})
	w.want(out, StatusCreated, "", 1)
	e := w.Kakao.CalendarEvents()[0]
	at, _ := time.Parse(time.RFC3339, start)
	want := map[string]any{"title": "회의 준비", "description": "https://example.com", "location": map[string]any{"name": "3층"}, "reminders": []any{10.0}, "time": map[string]any{
		"start_at": at.UTC().Format("2006-01-02T15:04:05Z"), "end_at": at.Add(time.Hour).UTC().Format("2006-01-02T15:04:05Z"), "time_zone": "Asia/Seoul"}}
	if diff := cmp.Diff(want, e.Event); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
	if out.EventID != e.ID || out.StartsAt != start || !slices.Equal(out.RemindsAt, []string{written(at.Add(-10 * time.Minute).In(korea))}) {
		t.Errorf("result %+v", out)
	}
	for _, word := range []string{"회의 준비", e.ID, "휴대전화의 알림 설정에 따라"} {
		if !strings.Contains(out.Text(), word) {
			t.Errorf("no %q in %s", word, out.Text())
		}
	}
	if strings.Contains(out.Text(), "소리") {
		t.Errorf("a sound is promised: %s", out.Text())
	}
	if n := w.requests(); n != 1 {
		t.Errorf("%d requests, want one", n)
	}
}

// TestLimits has each limit at its border: what is told here, Kakao takes, and what is
// beyond reaches nobody.
func TestLimits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	long := func(n int) string { return strings.Repeat("가", n) }
	start, far := w.soon(48), w.soon(24*40)
	events := 0
	for name, c := range map[string]struct {
		q      Request
		reason string
	}{
		"title of 50":          {Request{Title: long(50), At: start}, ""},
		"title of 51":          {Request{Title: long(51), At: start}, "too_long"},
		"title of 25 emoji":    {Request{Title: strings.Repeat("😀", 25), At: start}, ""},
		"title of 26 emoji":    {Request{Title: strings.Repeat("😀", 26), At: start}, "too_long"},
		"blank title":          {Request{Title: " \n", At: start}, "bad_content"},
		"title to see nothing": {Request{Title: "\u3164", At: start}, "bad_content"},
		"title without a word": {Request{Title: "\u200b", At: start}, "bad_content"},
		"broken title":         {Request{Title: "a\xff", At: start}, "broken_text"},
		"note of 5000":         {Request{Title: "a", Note: long(5000), At: start}, ""},
		"note of 5001":         {Request{Title: "a", Note: long(5001), At: start}, "too_long"},
		"place of 50":          {Request{Title: "b", Place: long(50), At: start}, ""},
		"place of 51":          {Request{Title: "b", Place: long(51), At: start}, "too_long"},
		"reminder of 43200":    {Request{Title: "c", At: far, Before: []int{0, 43200}}, ""},
		"reminder of 43205":    {Request{Title: "c", At: far, Before: []int{43205}}, "bad_minutes_before"},
		"five minutes":         {Request{Title: "d", At: start, Minutes: 5}, ""},
		"a day, as late":       {Request{Title: "e", At: far[:10]}, ""},
		"a day, as early":      {Request{Title: "f", At: far[:10], Before: []int{0, 43200}}, ""},
		"every rule, until":    {Request{Title: "g", At: start, Repeat: "weekly", Until: far[:10]}, ""},
	} {
		out := w.create(c.q)
		status := StatusNotCreated
		if c.reason == "" {
			status = StatusCreated
			events++
		}
		if n := len(w.Kakao.CalendarEvents()); out.Status != status || out.Reason != c.reason || n != events {
			t.Errorf("%s: status %q, reason %q, %d events; want %q, %q, %d\n%s", name, out.Status, out.Reason, n, status, c.reason, events, out.Text())
		}
	}
	if out := w.create(Request{Title: long(51), At: start}); !strings.Contains(out.NextStep, "note") {
		t.Errorf("a long title: %s", out.NextStep)
	}
	for _, repeat := range Repeats() {
		monday := w.Kakao.Now().In(korea)
		for monday = monday.AddDate(0, 0, 1); monday.Weekday() != time.Monday; monday = monday.AddDate(0, 0, 1) {
		}
		if out := w.create(Request{Title: "규칙 " + repeat, At: monday.Format("2006-01-02T15:00"), Repeat: repeat}); out.Status != StatusCreated {
			t.Errorf("%s: %s", repeat, out.Text())
		}
	}
}

// TestSameTwice: the same request is known for longer than the journal keeps it, in
// every process, and only as long as the event is there.
func TestSameTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	q := Request{Title: "약", At: w.soon(24 * 10), Repeat: "daily"}
	first := w.create(q)
	w.want(first, StatusCreated, "", 1)
	again := w.create(q)
	w.want(again, StatusAlreadyCreated, "", 1)
	if again.EventID != first.EventID || again.IsError() {
		t.Errorf("%+v", again)
	}
	w.want(w.createIn(w.process(), q), StatusAlreadyCreated, "", 1)
	if err := os.Remove(filepath.Join(w.Home, listName)); err != nil {
		t.Fatal(err)
	}
	found := w.createIn(w.process(), q) // the journal still knows
	w.want(found, StatusAlreadyCreated, "", 1)
	for _, name := range []string{"journal", "journal.lock"} {
		if err := os.Remove(filepath.Join(w.Home, name)); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := os.ReadFile(filepath.Join(w.Home, listName))
	if err != nil || strings.Contains(string(raw), "약") || strings.Contains(string(raw), w.Session.Account()) || !strings.Contains(string(raw), first.EventID) {
		t.Errorf("the list: %v\n%s", err, raw)
	}
	other := q
	other.Title = "다른 약"
	w.want(w.createIn(w.process(), other), StatusCreated, "", 2) // begins a new journal with the old key
	w.want(w.createIn(w.process(), q), StatusAlreadyCreated, "", 2)

	resent := q
	resent.Resend = true
	w.want(w.create(resent), StatusCreated, "", 3)
	w.want(w.create(q), StatusAlreadyCreated, "", 3)
	for _, e := range w.Kakao.CalendarEvents() {
		if err := w.r.Delete(t.Context(), e.ID, messenger.Nobody{}); err != nil {
			t.Fatal(err)
		}
	}
	w.want(w.create(q), StatusCreated, "", 1) // deleted, and wanted again
	w.want(w.create(q), StatusAlreadyCreated, "", 1)
}

// TestSameInOtherWords: what the person reads as the same reminder is the same, in the
// list, in the journal and in the calendar.
func TestSameInOtherWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	q := Request{Title: "치과 예약", Note: "보험증 챙기기", Place: "강남역", At: w.soon(48)}
	w.want(w.create(q), StatusCreated, "", 1)
	invisible := strings.NewReplacer("과", "과\u200b", "증", "증\u2060", "남", "\ufeff남")
	others := map[string]Request{}
	for name, change := range map[string]func(string) string{"decomposed": norm.NFD.String, "with invisible characters": invisible.Replace, "with a blank letter": func(s string) string { return s + "\u3164" }} {
		other := q
		other.Title, other.Note, other.Place = change(q.Title), change(q.Note), change(q.Place)
		others[name] = other
		if out := w.create(other); out.Status != StatusAlreadyCreated {
			t.Errorf("%s: %s", name, out.Text())
		}
	}
	for _, file := range []string{listName, "journal"} {
		if err := os.Remove(filepath.Join(w.Home, file)); err != nil {
			t.Fatal(err)
		}
	}
	w.cut(sandbox.Faults{FailPath: createPath, Cut: "before"}) // it is looked for in the calendar
	w.want(w.create(others["decomposed"]), StatusCreated, "", 1)
	w.want(w.createIn(w.process(), others["with invisible characters"]), StatusAlreadyCreated, "", 1)
	q.Title = "치과 재예약"
	w.want(w.create(q), StatusCreated, "", 2)
}

// TestLostAnswers: whatever happens on the way, one event is there at the end, and what
// is told of it is true.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault  sandbox.Faults
		status string
		events int
		later  string // what the same request comes to without the fault
	}{
		"answer lost":            {sandbox.Faults{FailPath: createPath, Cut: "after"}, StatusCreated, 1, StatusAlreadyCreated},
		"request lost":           {sandbox.Faults{FailPath: createPath, Cut: "before"}, StatusCreated, 1, StatusAlreadyCreated},
		"500 after the effect":   {sandbox.Faults{FailPath: createPath, FailStatus: 500, FailAfter: true}, StatusCreated, 1, StatusAlreadyCreated},
		"500 before the effect":  {sandbox.Faults{FailPath: createPath, FailStatus: 500}, StatusCreated, 1, StatusAlreadyCreated},
		"request lost twice":     {sandbox.Faults{FailPath: createPath, Cut: "before", FailCount: 2}, StatusUnknown, 0, StatusCreated},
		"nothing answers":        {sandbox.Faults{FailPath: "/v2/api/calendar/", Cut: "after", FailCount: -1}, StatusUnknown, 1, StatusAlreadyCreated},
		"nothing gets there":     {sandbox.Faults{FailPath: "/v2/api/calendar/", Cut: "before", FailCount: -1}, StatusUnknown, 0, StatusCreated},
		"answer that is no JSON": {sandbox.Faults{FailPath: createPath, FailStatus: 502, FailBody: "<html>", FailAfter: true}, StatusCreated, 1, StatusAlreadyCreated},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			q := Request{Title: "회의", At: w.soon(48)}
			w.cut(c.fault)
			out := w.create(q)
			reason := ""
			if c.status == StatusUnknown {
				reason = "unknown_outcome"
			}
			w.want(out, c.status, reason, c.events)
			w.cut(sandbox.Faults{})
			w.want(w.createIn(w.process(), q), c.later, "", 1)
			w.want(w.createIn(w.process(), q), StatusAlreadyCreated, "", 1)
			all, err := w.r.All(t.Context(), messenger.Nobody{})
			if err != nil || len(all) != 1 || all[0].Title != "회의" {
				t.Errorf("the list: %+v, %v", all, err)
			}
		})
	}
}

// TestAnswerOfAnotherIsNotTaken: with the same title and time wanted once more on
// purpose, the first one's event is no answer to the second request.
func TestAnswerOfAnotherIsNotTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	q := Request{Title: "회의", At: w.soon(48)}
	first := w.create(q)
	w.cut(sandbox.Faults{FailPath: createPath, Cut: "before"})
	q.Resend = true
	second := w.create(q)
	w.want(second, StatusCreated, "", 2)
	if second.EventID == first.EventID {
		t.Error("the first event was taken for the second")
	}
}

// TestAfterAKill: a process that was killed in the middle leaves an entry in flight.
func TestAfterAKill(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		created bool
		ago     time.Duration
		status  string
		events  int
		asked   int // requests
	}{
		"after it was created":          {true, time.Second, StatusAlreadyCreated, 1, 1},
		"long before it was created":    {false, callLife + time.Second, StatusCreated, 1, 2},
		"perhaps it is still under way": {false, callLife - settleWait - 10*time.Second, StatusUnknown, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			q := Request{Title: "회의", At: w.soon(48)}
			killed := &creating{r: w.r, q: q, h: messenger.Nobody{}, account: fmt.Sprint(w.Kakao.Owner().ID)}
			if err := killed.check(); err != nil {
				t.Fatal(err)
			}
			beginAndEnd(t, attempt{w.Home, time.Now().Add(-c.ago), killed.item(0)})
			if c.created {
				if _, err := killed.request(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			w.Kakao.ResetRequests()
			out := w.create(q)
			reason := ""
			if c.status == StatusUnknown {
				reason = "unknown_outcome"
			}
			w.want(out, c.status, reason, c.events)
			if n := w.requests(); n != c.asked {
				t.Errorf("%d requests, want %d", n, c.asked)
			}
		})
	}
}

// TestManyAtOnce: the same from several processes is one event, also where each of them
// finds an older attempt that came to nothing.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	for _, stale := range []bool{false, true} {
		w := newWorld(t)
		q := Request{Title: "회의", At: w.soon(48)}
		if stale {
			w.cut(sandbox.Faults{FailPath: createPath, Cut: "before", FailCount: 2})
			w.want(w.create(q), StatusUnknown, "unknown_outcome", 0)
			w.cut(sandbox.Faults{})
		}
		results := make([]Result, 8)
		var wg sync.WaitGroup
		for i := range results {
			r := w.r
			if i%2 == 0 {
				r = w.process()
			}
			wg.Go(func() { results[i] = w.createIn(r, q) })
		}
		wg.Wait()
		counts := map[string]int{}
		for _, out := range results {
			counts[out.Status]++
		}
		if n := len(w.Kakao.CalendarEvents()); n != 1 || counts[StatusCreated] != 1 || counts[StatusAlreadyCreated] != 7 {
			t.Errorf("stale %v: %d events, %v", stale, n, counts)
		}
	}
}

// TestZonesWithChanges: a repeated reminder keeps its time by the clock, in the
// calendar as Kakao reads the rule.
func TestZonesWithChanges(t *testing.T) {
	t.Parallel()
	berlin := zone(t, "Europe/Berlin")
	w := newWorld(t, func(c *Config) {
		c.Location, c.ZoneName = berlin, func() string { return "Europe/Berlin" }
	})
	now := w.Kakao.Now().In(berlin)
	change := time.Date(now.Year()+1, 3, 31, 0, 0, 0, 0, berlin)
	for change.Weekday() != time.Sunday {
		change = change.AddDate(0, 0, -1)
	}
	from, to := change.AddDate(0, 0, -8), change.AddDate(0, 0, 8)
	w.want(w.create(Request{Title: "매주", At: from.Format("2006-01-02T09:00"), Repeat: "weekly", Until: to.Format(time.DateOnly)}), StatusCreated, "", 1)
	w.Kakao.Advance(to.AddDate(0, 0, 30).Sub(w.Kakao.Now()))
	var rung []string
	for _, r := range w.Kakao.Reminders() {
		rung = append(rung, r.At.In(berlin).Format("15:04"), r.At.Format("15:04"))
	}
	if diff := cmp.Diff([]string{"09:00", "08:00", "09:00", "08:00", "09:00", "07:00"}[:len(rung)], rung); diff != "" || len(rung) < 4 {
		t.Errorf("rang at (-want +got):\n%s", diff)
	}
}

// TestAllAndDelete: what this program has created, for this account, that is still there.
func TestAllAndDelete(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	late, early := w.create(Request{Title: "나중", At: w.soon(72), Repeat: "weekly"}), w.create(Request{Title: "먼저", At: w.soon(48)[:10]})
	all, err := w.r.All(t.Context(), messenger.Nobody{})
	if err != nil || len(all) != 2 || all[0] != (Reminder{early.EventID, "먼저", early.StartsAt, false}) || all[1] != (Reminder{late.EventID, "나중", late.StartsAt, true}) {
		t.Fatalf("%+v, %v", all, err)
	}
	if err := w.r.Delete(t.Context(), late.EventID, messenger.Nobody{}); err != nil {
		t.Error(err)
	}
	for id, reason := range map[string]string{late.EventID: "no_event", "nobodys": "no_event", "../x": "no_event"} {
		err := w.r.Delete(t.Context(), id, messenger.Nobody{})
		if why := w.r.Refusal(err); err == nil || why.Reason != reason || why.Next == "" {
			t.Errorf("%s: %v", id, err)
		}
	}
	if all, err = w.r.All(t.Context(), messenger.Nobody{}); err != nil || len(all) != 1 {
		t.Errorf("%+v, %v", all, err)
	}
	id := w.Kakao.CalendarEvents()[0].ID
	raw := cancelInKakaoTalk(w, id)
	if all, err = w.r.All(t.Context(), messenger.Nobody{}); err != nil || len(all) != 0 {
		t.Errorf("%s was deleted in KakaoTalk (%v), and is listed: %+v, %v", id, raw, all, err)
	}
}

// cancelInKakaoTalk deletes an event behind our back.
func cancelInKakaoTalk(w *world, id string) error {
	token, err := w.Session.Token(w.T.Context(), auth.Request{Purpose: auth.ForCalendar})
	if err != nil {
		return err
	}
	return w.cfg.Kakao.DeleteEvent(w.T.Context(), token, id, false)
}

// TestRings: what a person said of a test is told with every reminder after it.
func TestRings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i, answer := range []Rings{RingsLoud, RingsSilent, RingsNot} {
		if err := w.r.SetRings(answer); err != nil {
			t.Fatal(err)
		}
		out := w.createIn(w.process(), Request{Title: fmt.Sprint("회의 ", i), At: w.soon(48)})
		if word := []string{"소리나 진동이 있었어요", "소리나 진동이 없었어요", "알림이 오지 않았어요"}[i]; !strings.Contains(out.Text(), word) || w.process().Rings() != answer {
			t.Errorf("%s: %s", answer, out.Text())
		}
	}
}

// TestLostJournalIsTold: a journal that is gone is told with the next reminder, and only with that.
func TestLostJournalIsTold(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"journal", "journal.key"} {
		w := newWorld(t)
		w.want(w.create(Request{Title: "회의", At: w.soon(1)}), StatusCreated, "", 1)
		if err := os.Remove(filepath.Join(w.Home, name)); err != nil {
			t.Fatal(err)
		}
		for i, told := range []bool{true, false} {
			out := w.create(Request{Title: fmt.Sprintf("회의 %d", i), At: w.soon(2)})
			if w.want(out, StatusCreated, "", 2+i); strings.Contains(out.Text(), "전송 기록이 없어져서") != told {
				t.Errorf("%s: %s", name, out.Text())
			}
		}
	}
}
