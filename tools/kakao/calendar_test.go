package kakao

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var (
	noon    = time.Date(2027, 3, 1, 3, 0, 0, 0, time.UTC)
	reading = Event{Title: "회의", Start: noon, End: noon.Add(30 * time.Minute)}
)

// changedEvent is reading with one thing changed.
func changedEvent(change func(*Event)) Event {
	e := reading
	change(&e)
	return e
}

func TestCreateEvent(t *testing.T) {
	seoul := time.FixedZone("KST", 9*60*60)
	day := func(d int) time.Time { return time.Date(2027, 3, d, 0, 0, 0, 0, seoul) }
	for name, c := range map[string]struct {
		event Event
		want  string // of the form field event
	}{
		"least": {reading, `{"title":"회의","time":{"start_at":"2027-03-01T03:00:00Z","end_at":"2027-03-01T03:30:00Z","time_zone":"Asia/Seoul"},"reminders":[]}`},
		"everything": {Event{Title: "점심 & <저녁>", Start: noon.In(seoul), End: noon.Add(time.Hour), TimeZone: "Europe/Berlin", RRule: "FREQ=WEEKLY",
			Description: "둘째 줄\n", Place: "판교", Reminders: []int{0, 10}},
			`{"title":"점심 & <저녁>","time":{"start_at":"2027-03-01T03:00:00Z","end_at":"2027-03-01T04:00:00Z","time_zone":"Europe/Berlin"},"rrule":"FREQ=WEEKLY","description":"둘째 줄\n","location":{"name":"판교"},"reminders":[0,10]}`},
		"all-day": {Event{Title: "휴가", Start: day(1), End: day(3), AllDay: true, Reminders: []int{-540}},
			`{"title":"휴가","time":{"start_at":"2027-03-01T00:00:00Z","end_at":"2027-03-03T00:00:00Z","time_zone":"Asia/Seoul","all_day":true},"reminders":[-540]}`},
	} {
		client, rec := answeringForm(t, `{"event_id":"e1"}`)
		id, err := client.CreateEvent(t.Context(), testToken, c.event)
		if id != "e1" || err != nil {
			t.Errorf("%s: %q, %v", name, id, err)
		}
		r := rec()
		if r.Method != "POST" || r.URL.Path != "/v2/api/calendar/create/event" || r.Header.Get("Content-Type") != formType || len(r.PostForm) != 1 {
			t.Errorf("%s: %s %s %v", name, r.Method, r.URL, r.PostForm)
		}
		if diff := cmp.Diff(c.want, r.PostForm.Get("event")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// answeringForm returns a client whose requests get this answer, and the last request.
func answeringForm(t *testing.T, body string) (*Client, func() *http.Request) {
	t.Helper()
	var last *http.Request
	client := serving(t, func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		last = r
		w.Write([]byte(body))
	})
	return client, func() *http.Request { return last }
}

// TestEventRefusedBeforeSending has each limit at its border, and what is beyond it.
func TestEventRefusedBeforeSending(t *testing.T) {
	long := func(n int) string { return strings.Repeat("가", n) }
	for name, c := range map[string]struct {
		event Event
		want  error
	}{
		"title of 50":        {changedEvent(func(e *Event) { e.Title = long(50) }), nil},
		"title of 51":        {changedEvent(func(e *Event) { e.Title = long(51) }), &FieldError{"title", TooLong, 50}},
		"title of 26 emoji":  {changedEvent(func(e *Event) { e.Title = strings.Repeat("😀", 26) }), &FieldError{"title", TooLong, 50}},
		"no title":           {changedEvent(func(e *Event) { e.Title = "\u3164 " }), &FieldError{"title", Required, 0}},
		"broken title":       {changedEvent(func(e *Event) { e.Title = "\xff" }), &FieldError{"title", InvalidUTF8, 0}},
		"text of 5000":       {changedEvent(func(e *Event) { e.Description = long(5000) }), nil},
		"text of 5001":       {changedEvent(func(e *Event) { e.Description = long(5001) }), &FieldError{"description", TooLong, 5000}},
		"place of 50":        {changedEvent(func(e *Event) { e.Place = long(50) }), nil},
		"place of 51":        {changedEvent(func(e *Event) { e.Place = long(51) }), &FieldError{"location.name", TooLong, 50}},
		"no start":           {changedEvent(func(e *Event) { e.Start = time.Time{} }), &FieldError{"time.start_at", Required, 0}},
		"no end":             {changedEvent(func(e *Event) { e.End = time.Time{} }), &FieldError{"time.end_at", Required, 0}},
		"five minutes":       {changedEvent(func(e *Event) { e.End = noon.Add(5 * time.Minute) }), nil},
		"nothing":            {changedEvent(func(e *Event) { e.End = e.Start }), &FieldError{"time.end_at", BadValue, 0}},
		"off the grid":       {changedEvent(func(e *Event) { e.Start = noon.Add(time.Minute) }), &FieldError{"time.start_at", OffGrid, 5}},
		"seconds":            {changedEvent(func(e *Event) { e.Start = noon.Add(time.Second) }), &FieldError{"time.start_at", OffGrid, 5}},
		"less than a second": {changedEvent(func(e *Event) { e.Start = noon.Add(1) }), &FieldError{"time.start_at", OffGrid, 5}},
		"end off the grid":   {changedEvent(func(e *Event) { e.End = noon.Add(7 * time.Minute) }), &FieldError{"time.end_at", OffGrid, 5}},
		"all-day at noon":    {changedEvent(func(e *Event) { e.AllDay, e.End = true, noon.AddDate(0, 0, 1) }), &FieldError{"time.start_at", BadValue, 0}},
		"zone with a blank":  {changedEvent(func(e *Event) { e.TimeZone = "Asia/Seoul " }), &FieldError{"time.time_zone", BadValue, 0}},
		"two reminders":      {changedEvent(func(e *Event) { e.Reminders = []int{0, 43_200} }), nil},
		"three reminders":    {changedEvent(func(e *Event) { e.Reminders = []int{0, 5, 10} }), &FieldError{"reminders", TooMany, 2}},
		"reminder off":       {changedEvent(func(e *Event) { e.Reminders = []int{0, 7} }), &FieldError{"reminders[1]", OffGrid, 5}},
		"reminder too early": {changedEvent(func(e *Event) { e.Reminders = []int{43_205} }), &FieldError{"reminders[0]", BadValue, 43_200}},
		"reminder too late":  {changedEvent(func(e *Event) { e.Reminders = []int{-5} }), &FieldError{"reminders[0]", BadValue, 0}},
		"all-day, at its end": {Event{Title: "a", AllDay: true, Start: noon.Truncate(24 * time.Hour), End: noon.Truncate(24*time.Hour).AddDate(0, 0, 1), Reminders: []int{-1440}},
			nil},
		"all-day, after its end": {Event{Title: "a", AllDay: true, Start: noon.Truncate(24 * time.Hour), End: noon.Truncate(24*time.Hour).AddDate(0, 0, 1), Reminders: []int{-1445}},
			&FieldError{"reminders[0]", BadValue, -1440}},
		"rule with a prefix": {changedEvent(func(e *Event) { e.RRule = "RRULE:FREQ=DAILY" }), &FieldError{"rrule", BadValue, 0}},
		"rule of two lines":  {changedEvent(func(e *Event) { e.RRule = "FREQ=DAILY\nX" }), &FieldError{"rrule", BadValue, 0}},
	} {
		client, rec := answering(t, 200, `{"event_id":"e1"}`)
		_, err := client.CreateEvent(t.Context(), testToken, c.event)
		if diff := cmp.Diff(c.want, err); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if sent := len(rec.seen()); sent == 1 != (c.want == nil) {
			t.Errorf("%s: %d requests", name, sent)
		}
	}
}

func TestEventAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		status  int
		body    string
		notSent bool
	}{
		"no id":         {200, `{}`, false},
		"id of a kind":  {200, `{"event_id":7}`, false},
		"odd id":        {200, `{"event_id":"a b"}`, false},
		"nothing":       {200, ``, false},
		"consent":       {403, `{"code":-402,"required_scopes":["talk_calendar"]}`, true},
		"no permission": {403, `{"code":-5}`, true},
		"maintenance":   {503, `{"code":-9798}`, true},
		"server error":  {500, `{"code":-2}`, false},
	} {
		client, _ := answering(t, c.status, c.body)
		if id, err := client.CreateEvent(t.Context(), testToken, reading); id != "" || err == nil || NotSent(err) != c.notSent {
			t.Errorf("%s: %q, %v", name, id, err)
		}
	}
}

func TestEvents(t *testing.T) {
	const entry = `{"id":"e1","title":"회의","type":"USER","calendar_id":"primary","is_host":true,"is_recur_event":true,"color":"RED",
		"time":{"start_at":"2027-03-01T03:00:00Z","end_at":"2027-03-01T03:30:00Z","time_zone":"Asia/Seoul","all_day":false,"lunar":false}}`
	const holiday = `{"id":"e2","title":"휴가","time":{"start_at":"2027-03-01T00:00:00Z","end_at":"2027-03-02T00:00:00Z","all_day":true}}`
	want := Event{ID: "e1", Title: "회의", Start: noon}
	free := Event{ID: "e2", Title: "휴가", Start: noon.Truncate(24 * time.Hour), AllDay: true}
	for name, c := range map[string]struct {
		body string
		want []Event
	}{
		"some":               {`{"events":[` + entry + `,` + holiday + `],"has_next":false}`, []Event{want, free}},
		"more":               {`{"events":[` + entry + `],"has_next":true,"after_url":"https://elsewhere.example/"}`, []Event{want}},
		"none":               {`{"events":[]}`, nil},
		"of other services":  {`{"events":[{"id":"e3"},null,{"title":"a"},{"id":7},{"id":"e5","time":5}]}`, []Event{{ID: "e3"}, {ID: "e5"}}},
		"times of odd forms": {`{"events":[{"id":"e4","title":1,"time":{"start_at":"soon","end_at":5}}]}`, []Event{{ID: "e4"}}},
	} {
		client, rec := answeringForm(t, c.body)
		got, err := client.Events(t.Context(), testToken, noon, noon.AddDate(0, 0, 31))
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
		if r := rec(); r.Method != "GET" || r.URL.RequestURI() != "/v2/api/calendar/events?calendar_id=primary&from=2027-03-01T03%3A00%3A00Z&limit=1000&to=2027-04-01T03%3A00%3A00Z" {
			t.Errorf("%s: %s %s", name, r.Method, r.URL.RequestURI())
		}
	}
	client := serving(t, func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") })
	for _, to := range []time.Time{noon, noon.AddDate(0, 0, 31).Add(time.Second)} {
		if _, err := client.Events(t.Context(), testToken, noon, to); !NotSent(err) {
			t.Errorf("until %s: %v", to, err)
		}
	}
}

func TestEvent(t *testing.T) {
	for body, want := range map[string]Event{
		`{"event":{"id":"e1","title":"회의","is_recur_event":true,"time":{"start_at":"2027-03-01T03:00:00Z"}}}`: {ID: "e1", Title: "회의", Start: noon},
		`{"event":{"title":5}}`: {ID: "e1"}, `{}`: {ID: "e1"},
	} {
		client, rec := answeringForm(t, body)
		got, err := client.Event(t.Context(), testToken, "e1")
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", body, err, diff)
		}
		if r := rec(); r.Method != "GET" || r.URL.RequestURI() != "/v2/api/calendar/event?event_id=e1" {
			t.Errorf("%s %s", r.Method, r.URL.RequestURI())
		}
	}
	client, _ := answering(t, 400, `{"code":-520}`)
	if _, err := client.Event(t.Context(), testToken, "e1"); err == nil || err.(*Error).Code != CodeNoEvent {
		t.Errorf("gone: %v", err)
	}
	if _, err := client.Event(t.Context(), testToken, "a b\n"); !NotSent(err) {
		t.Errorf("odd id: %v", err)
	}
}

func TestDeleteEvent(t *testing.T) {
	for _, body := range []string{"", `{"event_id":"e/1"}`, "null"} {
		for repeats, query := range map[bool]string{false: "event_id=e%2F1", true: "event_id=e%2F1&recur_update_type=ALL"} {
			client, rec := answeringForm(t, body)
			if err := client.DeleteEvent(t.Context(), testToken, "e/1", repeats); err != nil {
				t.Errorf("%q: %v", body, err)
			}
			if r := rec(); r.Method != "DELETE" || r.URL.RequestURI() != "/v2/api/calendar/delete/event?"+query || r.ContentLength != 0 {
				t.Errorf("%s %s with %d bytes", r.Method, r.URL.RequestURI(), r.ContentLength)
			}
		}
	}
	client, _ := answering(t, 400, `{"code":-520}`)
	if err := client.DeleteEvent(t.Context(), testToken, "e1", false); err == nil || err.(*Error).Code != CodeNoEvent {
		t.Errorf("gone: %v", err)
	}
	client = serving(t, func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") })
	for _, id := range []string{"", " ", "a\nb", strings.Repeat("x", 300)} {
		if err := client.DeleteEvent(t.Context(), testToken, id, false); !NotSent(err) {
			t.Errorf("%q: %v", id, err)
		}
	}
}
