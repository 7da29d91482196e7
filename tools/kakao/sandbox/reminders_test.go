package sandbox_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// turnTo turns the clock to a time.
func (w *world) turnTo(at time.Time) { w.Advance(at.Sub(w.Now())) }

// rung lists what has rung, by title and time.
func (w *world) rung() []string {
	list := []string{}
	for _, r := range w.Reminders() {
		list = append(list, r.Title+" "+r.At.Format("2006-01-02T15:04"))
	}
	return list
}

func TestReminders(t *testing.T) {
	day := func(d, hour, minute int) time.Time { return time.Date(2027, 3, d, hour, minute, 0, 0, time.UTC) }
	w := start(t)
	w.turnTo(day(1, 0, 0))
	token := w.planner()
	w.mustCreate(token, meeting(object{"title": "회의", "reminders": []int{0, 60}}))
	w.mustCreate(token, meeting(object{"title": "조용", "reminders": []int{}}))
	w.mustCreate(token, meeting(object{"title": "지난", "time": span("2027-02-28T03:00:00Z", "2027-02-28T04:00:00Z")}))
	w.mustCreate(token, meeting(object{"title": "매주", "time": span("2027-03-02T03:00:00Z", "2027-03-02T04:00:00Z"), "rrule": "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=3", "reminders": []int{10}}))
	// Midnight of the day in Korea, and nine in the morning of it.
	w.mustCreate(token, meeting(object{"title": "종일", "time": allDay("2027-03-03T00:00:00Z", "2027-03-04T00:00:00Z"), "reminders": []int{0, -540}}))
	gone := w.mustCreate(token, meeting(object{"title": "지움", "time": span("2027-03-01T05:00:00Z", "2027-03-01T06:00:00Z")}))
	for _, c := range []struct {
		to   time.Time
		rung []string
	}{
		{day(1, 1, 59), []string{}},
		{day(1, 2, 1), []string{"회의 2027-03-01T02:00"}},
		{day(1, 2, 0), []string{"회의 2027-03-01T02:00"}}, // put back
		{day(1, 4, 0), []string{"회의 2027-03-01T02:00", "회의 2027-03-01T03:00"}},
	} {
		w.turnTo(c.to)
		if diff := cmp.Diff(c.rung, w.rung()); diff != "" {
			t.Errorf("at %s (-want +got):\n%s", c.to, diff)
		}
	}
	w.request("DELETE", token, "/v2/api/calendar/delete/event?event_id="+gone, "", nil)
	w.turnTo(day(31, 0, 0))
	expected := []string{
		"회의 2027-03-01T02:00", "회의 2027-03-01T03:00", "매주 2027-03-02T02:50", "종일 2027-03-02T15:00", "종일 2027-03-03T00:00",
		"매주 2027-03-04T02:50", "매주 2027-03-09T02:50",
	}
	if diff := cmp.Diff(expected, w.rung()); diff != "" {
		t.Errorf("at the end (-want +got):\n%s", diff)
	}
}

// TestRecurrence turns the clock through a year and compares the days.
func TestRecurrence(t *testing.T) {
	for name, c := range map[string]struct {
		start, zone, rule string
		rung              []string // the first ones, UTC
	}{
		"every other day":       {"2027-03-01T03:00:00Z", "Asia/Seoul", "FREQ=DAILY;INTERVAL=2;COUNT=3", []string{"03-01T03:00", "03-03T03:00", "03-05T03:00"}},
		"on weekdays":           {"2027-03-05T03:00:00Z", "Asia/Seoul", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;COUNT=3", []string{"03-05T03:00", "03-08T03:00", "03-09T03:00"}},
		"same in days":          {"2027-03-05T03:00:00Z", "Asia/Seoul", "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;COUNT=3", []string{"03-05T03:00", "03-08T03:00", "03-09T03:00"}},
		"every other week":      {"2027-03-05T03:00:00Z", "Asia/Seoul", "FREQ=WEEKLY;INTERVAL=2;UNTIL=20270402T030000Z", []string{"03-05T03:00", "03-19T03:00", "04-02T03:00"}},
		"until a second before": {"2027-03-05T03:00:00Z", "Asia/Seoul", "FREQ=WEEKLY;INTERVAL=2;UNTIL=20270402T025959Z", []string{"03-05T03:00", "03-19T03:00"}},
		"the 31st":              {"2027-03-31T03:00:00Z", "Asia/Seoul", "FREQ=MONTHLY;COUNT=3", []string{"03-31T03:00", "05-31T03:00", "07-31T03:00"}},
		"each year":             {"2027-03-01T03:00:00Z", "Asia/Seoul", "FREQ=YEARLY;COUNT=2", []string{"03-01T03:00", "03-01T03:00"}},
		// Summer time began in Berlin on 28 March 2027: the clock there keeps nine o'clock.
		"summer time": {"2027-03-27T08:00:00Z", "Europe/Berlin", "FREQ=DAILY;COUNT=3", []string{"03-27T08:00", "03-28T07:00", "03-29T07:00"}},
		// A day in Korea is another one in UTC.
		"night in Korea": {"2027-03-01T16:00:00Z", "Asia/Seoul", "FREQ=WEEKLY;BYDAY=TU;COUNT=2", []string{"03-01T16:00", "03-08T16:00"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := start(t)
			w.turnTo(time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC))
			begin, err := time.Parse(time.RFC3339, c.start)
			if err != nil {
				t.Fatal(err)
			}
			w.mustCreate(w.planner(), meeting(object{"rrule": c.rule, "time": object{
				"start_at": c.start, "end_at": begin.Add(time.Hour).Format(time.RFC3339), "time_zone": c.zone}}))
			w.Advance(400 * 24 * time.Hour)
			var rung []string
			for _, r := range w.Reminders() {
				rung = append(rung, r.At.Format("01-02T15:04"))
			}
			if diff := cmp.Diff(c.rung, rung); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
