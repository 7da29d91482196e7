package reminder

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // not every system has the zones

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/tools/kakao"
	"kakaotalk-mcp/tools/messenger"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	if name == "" {
		return korea
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// at is Reminders on a computer in a zone at a moment.
func at(t *testing.T, name, now string) *Reminders {
	t.Helper()
	moment, err := time.Parse(time.RFC3339, now)
	if err != nil {
		t.Fatal(err)
	}
	return New(nil, Config{Location: zone(t, name), Config: messenger.Config{Lang: "ko", Now: func() time.Time { return moment }}})
}

const saturday = "2026-11-28T23:00:00+09:00"

// TestInstants: every way to write a time is the right instant, in every zone, on days
// with a change as well.
func TestInstants(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		zone, now  string
		q          Request
		start, end string
		rings      []string
		allDay     bool
	}{
		"local":              {"", saturday, Request{At: "2026-12-01T15:00"}, "2026-12-01T06:00:00Z", "2026-12-01T06:30:00Z", []string{"2026-12-01T15:00:00+09:00"}, false},
		"with seconds":       {"", saturday, Request{At: "2026-12-01T15:00:00"}, "2026-12-01T06:00:00Z", "2026-12-01T06:30:00Z", []string{"2026-12-01T15:00:00+09:00"}, false},
		"with a fraction":    {"", saturday, Request{At: "2026-12-01T15:00:00.000"}, "2026-12-01T06:00:00Z", "2026-12-01T06:30:00Z", []string{"2026-12-01T15:00:00+09:00"}, false},
		"with a blank":       {"", saturday, Request{At: " 2026-12-01 15:00 "}, "2026-12-01T06:00:00Z", "2026-12-01T06:30:00Z", []string{"2026-12-01T15:00:00+09:00"}, false},
		"UTC":                {"", saturday, Request{At: "2026-12-01T15:00:00Z"}, "2026-12-01T15:00:00Z", "2026-12-01T15:30:00Z", []string{"2026-12-02T00:00:00+09:00"}, false},
		"small letters":      {"", saturday, Request{At: "2026-12-01t15:00z"}, "2026-12-01T15:00:00Z", "2026-12-01T15:30:00Z", []string{"2026-12-02T00:00:00+09:00"}, false},
		"own offset":         {"", saturday, Request{At: "2026-12-01T15:00+09:00"}, "2026-12-01T06:00:00Z", "2026-12-01T06:30:00Z", []string{"2026-12-01T15:00:00+09:00"}, false},
		"other offset":       {"", saturday, Request{At: "2026-12-01T15:00:00-05:00"}, "2026-12-01T20:00:00Z", "2026-12-01T20:30:00Z", []string{"2026-12-02T05:00:00+09:00"}, false},
		"without a colon":    {"", saturday, Request{At: "2026-12-01T15:00+0530"}, "2026-12-01T09:30:00Z", "2026-12-01T10:00:00Z", []string{"2026-12-01T18:30:00+09:00"}, false},
		"length":             {"", saturday, Request{At: "2026-12-01T15:00", Minutes: 5}, "2026-12-01T06:00:00Z", "2026-12-01T06:05:00Z", []string{"2026-12-01T15:00:00+09:00"}, false},
		"longest":            {"", saturday, Request{At: "2026-12-01T15:00", Minutes: 43200}, "2026-12-01T06:00:00Z", "2026-12-31T06:00:00Z", []string{"2026-12-01T15:00:00+09:00"}, false},
		"the next mark":      {"", saturday, Request{At: "2026-11-28T23:05"}, "2026-11-28T14:05:00Z", "2026-11-28T14:35:00Z", []string{"2026-11-28T23:05:00+09:00"}, false},
		"two reminders":      {"", saturday, Request{At: "2026-12-01T15:00", Before: []int{1440, 10}}, "2026-12-01T06:00:00Z", "2026-12-01T06:30:00Z", []string{"2026-12-01T14:50:00+09:00", "2026-11-30T15:00:00+09:00"}, false},
		"the same one twice": {"", saturday, Request{At: "2026-12-01T15:00", Before: []int{10, 10}}, "2026-12-01T06:00:00Z", "2026-12-01T06:30:00Z", []string{"2026-12-01T14:50:00+09:00"}, false},
		"30 days before":     {"", saturday, Request{At: "2027-01-01T15:00", Before: []int{43200}}, "2027-01-01T06:00:00Z", "2027-01-01T06:30:00Z", []string{"2026-12-02T15:00:00+09:00"}, false},
		"a date":             {"", saturday, Request{At: "2026-12-01"}, "2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z", []string{"2026-12-01T09:00:00+09:00"}, true},
		"the day before":     {"", saturday, Request{At: "2026-12-01", Before: []int{1440}}, "2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z", []string{"2026-11-30T09:00:00+09:00"}, true},
		"today":              {"", "2026-11-28T08:00:00+09:00", Request{At: "2026-11-28"}, "2026-11-28T00:00:00Z", "2026-11-29T00:00:00Z", []string{"2026-11-28T09:00:00+09:00"}, true},

		// Berlin: summer time ends on 25 October 2026 at 3:00 and begins on 28 March 2027 at 2:00.
		"winter":                    {"Europe/Berlin", "2026-10-01T00:00:00Z", Request{At: "2026-10-26T09:00"}, "2026-10-26T08:00:00Z", "2026-10-26T08:30:00Z", []string{"2026-10-26T09:00:00+01:00"}, false},
		"summer":                    {"Europe/Berlin", "2026-10-01T00:00:00Z", Request{At: "2026-10-24T09:00"}, "2026-10-24T07:00:00Z", "2026-10-24T07:30:00Z", []string{"2026-10-24T09:00:00+02:00"}, false},
		"before the change":         {"Europe/Berlin", "2026-10-01T00:00:00Z", Request{At: "2026-10-25T01:55"}, "2026-10-24T23:55:00Z", "2026-10-25T00:25:00Z", []string{"2026-10-25T01:55:00+02:00"}, false},
		"after the change":          {"Europe/Berlin", "2026-10-01T00:00:00Z", Request{At: "2026-10-25T03:00"}, "2026-10-25T02:00:00Z", "2026-10-25T02:30:00Z", []string{"2026-10-25T03:00:00+01:00"}, false},
		"the second of two":         {"Europe/Berlin", "2026-10-01T00:00:00Z", Request{At: "2026-10-25T02:30+01:00"}, "2026-10-25T01:30:00Z", "2026-10-25T02:00:00Z", []string{"2026-10-25T02:30:00+01:00"}, false},
		"over the change":           {"Europe/Berlin", "2026-10-01T00:00:00Z", Request{At: "2026-10-25T09:00", Before: []int{1440}}, "2026-10-25T08:00:00Z", "2026-10-25T08:30:00Z", []string{"2026-10-24T10:00:00+02:00"}, false},
		"just after the gap":        {"Europe/Berlin", "2027-03-01T00:00:00Z", Request{At: "2027-03-28T03:00"}, "2027-03-28T01:00:00Z", "2027-03-28T01:30:00Z", []string{"2027-03-28T03:00:00+02:00"}, false},
		"a date with 25 hours":      {"Europe/Berlin", "2026-10-01T00:00:00Z", Request{At: "2026-10-25"}, "2026-10-25T00:00:00Z", "2026-10-26T00:00:00Z", []string{"2026-10-25T08:00:00+01:00"}, true},
		"a date without a midnight": {"America/Santiago", "2026-08-01T00:00:00Z", Request{At: "2026-09-06"}, "2026-09-06T00:00:00Z", "2026-09-07T00:00:00Z", []string{"2026-09-06T10:00:00-03:00"}, true},
		"half an hour of change":    {"Australia/Lord_Howe", "2026-09-01T00:00:00Z", Request{At: "2026-10-04T02:30"}, "2026-10-03T15:30:00Z", "2026-10-03T16:00:00Z", []string{"2026-10-04T02:30:00+11:00"}, false},
		"three quarters":            {"Asia/Kathmandu", saturday, Request{At: "2026-12-01T15:00"}, "2026-12-01T09:15:00Z", "2026-12-01T09:45:00Z", []string{"2026-12-01T15:00:00+05:45"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := at(t, c.zone, c.now)
			c.q.Title = "회의"
			w, refused := r.when(c.q)
			if refused != nil {
				t.Fatal(refused)
			}
			e := w.event(c.q)
			if err := e.Validate(); err != nil {
				t.Error(err)
			}
			got := []string{e.Start.UTC().Format(time.RFC3339), e.End.UTC().Format(time.RFC3339)}
			if diff := cmp.Diff([]string{c.start, c.end}, got); diff != "" || e.AllDay != c.allDay {
				t.Errorf("all-day %v, start and end (-want +got):\n%s", e.AllDay, diff)
			}
			var rings []string
			for _, ring := range w.rings {
				rings = append(rings, written(ring))
			}
			if diff := cmp.Diff(c.rings, rings); diff != "" {
				t.Errorf("rings (-want +got):\n%s", diff)
			}
		})
	}
}

// TestTimesThatAreRefused: nothing is shifted in silence, and the text has what helps.
func TestTimesThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		zone, now string
		q         Request
		reason    string
		words     string // in the text, divided by |
	}{
		"past":                   {"", saturday, Request{At: "2026-11-28T22:55"}, "past", "지금은 2026-11-28(토) 23:00 +09:00이에요"},
		"this moment":            {"", saturday, Request{At: "2026-11-28T23:00"}, "past", "지금은"},
		"past elsewhere":         {"", saturday, Request{At: "2026-11-28T13:55:00Z"}, "past", "2026-11-28(토) 22:55"},
		"yesterday":              {"", saturday, Request{At: "2026-11-27"}, "past", "2026-11-27(금)|지금은"},
		"a year ago":             {"", saturday, Request{At: "2025-12-01T15:00"}, "past", "2025-12-01"},
		"off the grid":           {"", saturday, Request{At: "2026-12-01T15:03"}, "off_grid", "2026-12-01T15:00:00+09:00 또는 2026-12-01T15:05:00+09:00"},
		"seconds":                {"", saturday, Request{At: "2026-12-01T15:00:30"}, "off_grid", "15:00:00+09:00|15:05:00+09:00"},
		"over midnight":          {"", saturday, Request{At: "2026-12-01T23:59"}, "off_grid", "2026-12-01T23:55:00+09:00|2026-12-02T00:00:00+09:00"},
		"grid of another offset": {"", saturday, Request{At: "2026-12-01T15:01Z"}, "off_grid", "2026-12-02T00:00:00+09:00|2026-12-02T00:05:00+09:00"},
		"today's date, too late": {"", saturday, Request{At: "2026-11-28"}, "reminder_past", "2026-11-28(토) 09:00|지금은"},
		"reminder over":          {"", saturday, Request{At: "2026-11-29T00:00", Before: []int{0, 60}}, "reminder_past", "2026-11-28(토) 23:00|minutes_before"},
		"words":                  {"", saturday, Request{At: "내일 3시"}, "bad_time", "지금은 2026-11-28(토) 23:00 +09:00이에요|2026-11-29T15:00"},
		"nothing":                {"", saturday, Request{}, "bad_time", "지금은"},
		"no such day":            {"", saturday, Request{At: "2026-02-30"}, "bad_time", "at"},
		"hour 24":                {"", saturday, Request{At: "2026-12-01T24:00"}, "bad_time", "at"},
		"in the gap":             {"Europe/Berlin", "2027-03-01T00:00:00Z", Request{At: "2027-03-28T02:30"}, "no_such_time", "2027-03-28 02:30"},
		"twice":                  {"Europe/Berlin", "2026-10-01T00:00:00Z", Request{At: "2026-10-25T02:30"}, "time_twice", "2026-10-25T02:30:00+02:00 또는 2026-10-25T02:30:00+01:00"},
		"length of a day":        {"", saturday, Request{At: "2026-12-01", Minutes: 30}, "bad_minutes", "minutes"},
		"length off the grid":    {"", saturday, Request{At: "2026-12-01T15:00", Minutes: 7}, "bad_minutes", "5의 배수"},
		"too long":               {"", saturday, Request{At: "2026-12-01T15:00", Minutes: 43205}, "bad_minutes", "43200"},
		"before off the grid":    {"", saturday, Request{At: "2026-12-01T15:00", Before: []int{7}}, "bad_minutes_before", "43200"},
		"before after":           {"", saturday, Request{At: "2026-12-01T15:00", Before: []int{-5}}, "bad_minutes_before", "43200"},
		"too early":              {"", saturday, Request{At: "2027-12-01T15:00", Before: []int{43205}}, "bad_minutes_before", "43200"},
		"three reminders":        {"", saturday, Request{At: "2026-12-01T15:00", Before: []int{0, 5, 10}}, "bad_minutes_before", "2개"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, refused := at(t, c.zone, c.now).when(c.q)
			if refused == nil || refused.Reason != c.reason {
				t.Fatalf("got %v, want %s", refused, c.reason)
			}
			for word := range strings.SplitSeq(c.words, "|") {
				if text := refused.What + " " + refused.Next; !strings.Contains(text, word) {
					t.Errorf("no %q in %s", word, text)
				}
			}
		})
	}
}

// TestRules: repetition in RFC 5545's words, the end where the last occurrence is by
// the clock of that day.
func TestRules(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		zone, now string
		q         Request
		rule      string // or the refusal's reason
	}{
		"once":                    {"", saturday, Request{At: "2026-12-01T15:00"}, ""},
		"daily":                   {"", saturday, Request{At: "2026-12-01T15:00", Repeat: "daily"}, "FREQ=DAILY"},
		"weekdays":                {"", saturday, Request{At: "2026-12-01T15:00", Repeat: "weekdays"}, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"},
		"weekly":                  {"", saturday, Request{At: "2026-12-01T15:00", Repeat: "weekly"}, "FREQ=WEEKLY"},
		"monthly":                 {"", saturday, Request{At: "2026-12-31T15:00", Repeat: "monthly"}, "FREQ=MONTHLY"},
		"yearly":                  {"", saturday, Request{At: "2026-12-01", Repeat: "yearly"}, "FREQ=YEARLY"},
		"until":                   {"", saturday, Request{At: "2026-12-01T15:00", Repeat: "weekly", Until: "2026-12-31"}, "FREQ=WEEKLY;UNTIL=20261231T060000Z"},
		"until the first day":     {"", saturday, Request{At: "2026-12-01T15:00", Repeat: "daily", Until: "2026-12-01"}, "FREQ=DAILY;UNTIL=20261201T060000Z"},
		"early in the day":        {"", saturday, Request{At: "2026-12-01T08:00", Repeat: "daily", Until: "2026-12-31"}, "FREQ=DAILY;UNTIL=20261230T230000Z"},
		"until of whole days":     {"", saturday, Request{At: "2026-12-01", Repeat: "daily", Until: "2026-12-31"}, "FREQ=DAILY;UNTIL=20261231"},
		"until after the change":  {"Europe/Berlin", "2026-10-01T00:00:00Z", Request{At: "2026-10-20T09:00", Repeat: "weekly", Until: "2026-11-03"}, "FREQ=WEEKLY;UNTIL=20261103T080000Z"},
		"until before the change": {"Europe/Berlin", "2026-10-01T00:00:00Z", Request{At: "2026-10-13T09:00", Repeat: "weekly", Until: "2026-10-20"}, "FREQ=WEEKLY;UNTIL=20261020T070000Z"},
		"no such word":            {"", saturday, Request{At: "2026-12-01T15:00", Repeat: "hourly"}, "bad_repeat"},
		"a rule":                  {"", saturday, Request{At: "2026-12-01T15:00", Repeat: "FREQ=DAILY"}, "bad_repeat"},
		"until alone":             {"", saturday, Request{At: "2026-12-01T15:00", Until: "2026-12-31"}, "bad_repeat"},
		"weekdays on Saturday":    {"", saturday, Request{At: "2026-12-05T15:00", Repeat: "weekdays"}, "bad_repeat"},
		"until before the start":  {"", saturday, Request{At: "2026-12-01T15:00", Repeat: "daily", Until: "2026-11-30"}, "bad_until"},
		"until some time":         {"", saturday, Request{At: "2026-12-01T15:00", Repeat: "daily", Until: "연말"}, "bad_until"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := at(t, c.zone, c.now)
			w, refused := r.when(c.q)
			if refused != nil {
				t.Fatal(refused)
			}
			p, refused := r.repeat(c.q, w)
			got := p.rule
			if refused != nil {
				got = refused.Reason
			}
			if got != c.rule {
				t.Errorf("got %q, want %q (%v)", got, c.rule, refused)
			}
		})
	}
	_, refused := at(t, "", saturday).repeat(Request{Repeat: "weekdays"}, when{start: time.Date(2026, 12, 6, 9, 0, 0, 0, korea)})
	if refused == nil || !strings.Contains(refused.Next, "2026-12-07") {
		t.Errorf("Sunday: %v", refused)
	}
}

// TestZoneNames: a zone is never guessed where that could move a reminder.
func TestZoneNames(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		location, told string
		repeats        bool
		want           string // or the reason
	}{
		"told":                       {"Europe/Berlin", "Europe/Berlin", true, "Europe/Berlin"},
		"Korea":                      {"Asia/Seoul", "", true, "Asia/Seoul"},
		"never changed":              {"Asia/Dubai", "", true, "Etc/GMT-4"},
		"UTC":                        {"UTC", "", true, "Etc/UTC"},
		"west":                       {"America/Bogota", "", true, "Etc/GMT+5"},
		"with changes, once":         {"Europe/Berlin", "", false, "Asia/Seoul"},
		"with changes, repeated":     {"Europe/Berlin", "", true, "unknown_zone"},
		"half an hour, once":         {"Asia/Kolkata", "", false, "Asia/Seoul"},
		"half an hour, repeated":     {"Asia/Kolkata", "", true, "unknown_zone"},
		"south of the line, changes": {"America/Santiago", "", true, "unknown_zone"},
	} {
		r := at(t, c.location, saturday)
		r.cfg.ZoneName = func() string { return c.told }
		got, refused := r.zone(when{start: r.now()}, c.repeats)
		if refused != nil {
			got = refused.Reason
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// FuzzWhen: whatever a model writes, what is taken is to come, on the grid, and an event
// that Kakao takes, reminders and repetition included.
func FuzzWhen(f *testing.F) {
	for _, at := range []string{"2026-12-01T15:00", "2026-12-01", "2027-03-28T02:30", "2026-12-01 15:05:00+0530", "2026-12-01t15:00z", "9999-12-31T23:55", "2026-13-01", "", "\xff", "２０２６-12-01"} {
		f.Add(at, "weekly", "2027-01-01", 10, 30)
		f.Add(at, "", "", 43200, 0)
	}
	f.Fuzz(func(t *testing.T, text, repeat, until string, before, minutes int) {
		for _, name := range []string{"Asia/Seoul", "Europe/Berlin", "America/Santiago", "Australia/Lord_Howe"} {
			r := at(t, name, saturday)
			q := Request{Title: "회의", At: text, Repeat: repeat, Until: until, Before: []int{before}, Minutes: minutes}
			w, refused := r.when(q)
			if refused != nil {
				continue
			}
			p, refused := r.repeat(q, w)
			if refused != nil {
				continue
			}
			e := w.event(q)
			e.RRule = p.rule
			if err := e.Validate(); err != nil || !w.rings[0].After(r.now()) || !w.allDay && !w.start.After(r.now()) {
				t.Errorf("%s: %+v from %+v: %v", name, e, q, err)
			}
		}
	})
}

func TestFieldsAreNamedAsArguments(t *testing.T) {
	t.Parallel()
	r := at(t, "", saturday)
	for path, words := range map[string]string{"title": "note에", "description": "note 값을", "location.name": "place 값을"} {
		if why := r.ofField(&kakao.FieldError{Path: path, Rule: kakao.TooLong, Limit: 50}); !strings.Contains(why.Next, words) {
			t.Errorf("%s: %s", path, why.Next)
		}
	}
}
