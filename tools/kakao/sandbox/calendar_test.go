package sandbox_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/tools/kakao/sandbox"
)

// planner logs the owner in with the calendar's consent.
func (w *world) planner() string {
	w.t.Helper()
	return w.login("", "talk_message,talk_calendar")["access_token"].(string)
}

func (w *world) create(token string, event object) (int, object) {
	w.t.Helper()
	return w.post(token, "/v2/api/calendar/create/event", url.Values{"event": {jsonText(w.t, event)}})
}

func (w *world) mustCreate(token string, event object) string {
	w.t.Helper()
	status, body := w.create(token, event)
	id, _ := body["event_id"].(string)
	if status != http.StatusOK || id == "" || len(body) != 1 {
		w.t.Fatalf("create: %d %v", status, body)
	}
	return id
}

func span(start, end string) object { return object{"start_at": start, "end_at": end} }

func allDay(start, end string) object {
	return object{"start_at": start, "end_at": end, "all_day": true}
}

// meeting is an event that Kakao takes, with these fields changed; nil removes one.
func meeting(changes object) object {
	e := object{
		"title": "회의", "time": object{"start_at": "2027-03-01T03:00:00Z", "end_at": "2027-03-01T03:30:00Z", "time_zone": "Asia/Seoul"},
		"reminders": []int{0},
	}
	for name, value := range changes {
		if e[name] = value; value == nil {
			delete(e, name)
		}
	}
	return e
}

// TestEventLimits has each limit at its border, and what is beyond it.
func TestEventLimits(t *testing.T) {
	long := func(n int) string { return strings.Repeat("가", n) }
	at := func(start, end string) object { return object{"time": span(start, end)} }
	const noon, later = "2027-03-01T03:00:00Z", "2027-03-01T03:05:00Z"
	tests := map[string]struct {
		changes object
		ok      bool
	}{
		"plain":                    {nil, true},
		"no title":                 {object{"title": nil}, false},
		"blank title":              {object{"title": " "}, false},
		"title of 50":              {object{"title": long(50)}, true},
		"title of 51":              {object{"title": long(51)}, false},
		"title of 25 emoji":        {object{"title": strings.Repeat("😀", 25)}, true},
		"title of 26 emoji":        {object{"title": strings.Repeat("😀", 26)}, false},
		"title that is a number":   {object{"title": 1}, false},
		"no time":                  {object{"time": nil}, false},
		"no start":                 {object{"time": object{"end_at": later}}, false},
		"no end":                   {object{"time": object{"start_at": noon}}, false},
		"five minutes":             {at(noon, later), true},
		"end at the start":         {at(noon, noon), false},
		"end before the start":     {at(later, noon), false},
		"start off the grid":       {at("2027-03-01T03:01:00Z", "2027-03-01T03:30:00Z"), false},
		"end off the grid":         {at(noon, "2027-03-01T03:04:00Z"), false},
		"seconds":                  {at("2027-03-01T03:00:05Z", "2027-03-01T03:30:00Z"), false},
		"offset":                   {at("2027-03-01T12:00:00+09:00", "2027-03-01T12:30:00+09:00"), false},
		"basic form":               {at("20270301T030000Z", "20270301T033000Z"), false},
		"date only":                {at("2027-03-01", "2027-03-02"), false},
		"in the past":              {at("2020-03-01T03:00:00Z", "2020-03-01T03:30:00Z"), true}, // not known: taken
		"other zone":               {object{"time": object{"start_at": noon, "end_at": later, "time_zone": "Europe/Berlin"}}, true},
		"no such zone":             {object{"time": object{"start_at": noon, "end_at": later, "time_zone": "Asia/Nowhere"}}, false},
		"this computer's zone":     {object{"time": object{"start_at": noon, "end_at": later, "time_zone": "Local"}}, false},
		"lunar":                    {object{"time": object{"start_at": noon, "end_at": later, "lunar": true}}, true},
		"lunar as text":            {object{"time": object{"start_at": noon, "end_at": later, "lunar": "true"}}, false},
		"unknown time field":       {object{"time": object{"start_at": noon, "end_at": later, "duration": 5}}, false},
		"all-day":                  {object{"time": allDay("2027-03-01T00:00:00Z", "2027-03-02T00:00:00Z")}, true},
		"all-day with an hour":     {object{"time": allDay("2027-03-01T01:00:00Z", "2027-03-02T00:00:00Z")}, false},
		"all-day until an hour":    {object{"time": allDay("2027-03-01T00:00:00Z", "2027-03-01T23:55:00Z")}, false},
		"description of 5000":      {object{"description": long(5000)}, true},
		"description of 5001":      {object{"description": long(5001)}, false},
		"place of 50":              {object{"location": object{"name": long(50)}}, true},
		"place of 51":              {object{"location": object{"name": long(51)}}, false},
		"whole place":              {object{"location": object{"name": "판교", "location_id": 1, "address": "판교역로", "latitude": 37.4, "longitude": 127.1}}, true},
		"place id as text":         {object{"location": object{"location_id": "1"}}, false},
		"latitude as text":         {object{"location": object{"latitude": "37.4"}}, false},
		"place as text":            {object{"location": "판교"}, false},
		"unknown place field":      {object{"location": object{"floor": 3}}, false},
		"no reminders field":       {object{"reminders": nil}, true},
		"no reminder":              {object{"reminders": []int{}}, true},
		"two reminders":            {object{"reminders": []int{0, 43200}}, true},
		"three reminders":          {object{"reminders": []int{0, 5, 10}}, false},
		"reminder off the grid":    {object{"reminders": []int{3}}, false},
		"reminder of 43205":        {object{"reminders": []int{43205}}, false},
		"reminder after the start": {object{"reminders": []int{-5}}, false},
		"half a reminder":          {object{"reminders": []float64{7.5}}, false},
		"reminder as text":         {object{"reminders": []string{"5"}}, false},
		"a number of reminders":    {object{"reminders": 5}, false},
		"all-day, -1440": {object{"reminders": []int{-1440, 43200},
			"time": allDay("2027-03-01T00:00:00Z", "2027-03-02T00:00:00Z")}, true},
		"all-day, -1445": {object{"reminders": []int{-1445},
			"time": allDay("2027-03-01T00:00:00Z", "2027-03-02T00:00:00Z")}, false},
		"first colour":       {object{"color": "BLUE"}, true},
		"last colour":        {object{"color": "GRAY"}, true},
		"no such colour":     {object{"color": "blue"}, false},
		"rule":               {object{"rrule": "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;UNTIL=20270601T000000Z"}, true},
		"rule until a day":   {object{"rrule": "FREQ=DAILY;UNTIL=20270601"}, true},
		"rule with a count":  {object{"rrule": "FREQ=YEARLY;COUNT=3"}, true},
		"rule with a prefix": {object{"rrule": "RRULE:FREQ=DAILY"}, false},
		"rule without FREQ":  {object{"rrule": "INTERVAL=2"}, false},
		"rule by the second": {object{"rrule": "FREQ=SECONDLY"}, false},
		"count and until":    {object{"rrule": "FREQ=DAILY;COUNT=3;UNTIL=20270601"}, false},
		"count of nothing":   {object{"rrule": "FREQ=DAILY;COUNT=0"}, false},
		"until some time":    {object{"rrule": "FREQ=DAILY;UNTIL=soon"}, false},
		"unknown rule part":  {object{"rrule": "FREQ=DAILY;BYHOUR=9"}, false},
		"a part twice":       {object{"rrule": "FREQ=DAILY;FREQ=WEEKLY"}, false},
		"no such day":        {object{"rrule": "FREQ=WEEKLY;BYDAY=XX"}, false},
		"rule as a number":   {object{"rrule": 1}, false},
		"unknown field":      {object{"attendees": []string{"a"}}, false},
	}
	w := start(t)
	token := w.planner()
	created := 0
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			status, body := w.create(token, meeting(c.changes))
			if !c.ok {
				want(t, status, body, 400, -2)
				return
			}
			want(t, status, body, 200, 0)
			created++
		})
	}
	if n := len(w.CalendarEvents()); n != created {
		t.Errorf("%d events, %d were taken", n, created)
	}
	for _, text := range []string{"", "[]", "null", "{", `"event"`} {
		status, body := w.post(token, "/v2/api/calendar/create/event", url.Values{"event": {text}})
		want(t, status, body, 400, -2)
	}
	w.SetStrict(false)
	for _, changes := range []object{
		{"rrule": "RRULE:FREQ=DAILY"}, {"location": object{"name": long(100)}}, {"attendees": 1}, at("2027-03-01T12:00:00+09:00", "2027-03-01T12:30:00+09:00"),
	} {
		if status, body := w.create(token, meeting(changes)); status != 200 {
			t.Errorf("lenient: %v: %d %v", changes, status, body)
		}
	}
}

func TestEventFromBirthToEnd(t *testing.T) {
	w := start(t)
	token := w.planner()
	id := w.mustCreate(token, meeting(object{"location": object{"name": "판교"}}))

	_, body := w.get(token, "/v2/api/calendar/event?event_id="+id)
	expected := meeting(object{"location": object{"name": "판교"}, "reminders": []any{0.0}, "id": id, "type": "USER", "calendar_id": "primary", "is_host": true, "is_recur_event": false})
	if diff := cmp.Diff(object{"event": expected}, body); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}

	update := func(form url.Values) (int, object) { return w.post(token, "/v2/api/calendar/update/event/host", form) }
	status, body := update(url.Values{"event_id": {id}, "event": {`{"title":"점심"}`}})
	if status != 200 || body["event_id"] != id {
		t.Errorf("update: %d %v", status, body)
	}
	status, body = update(url.Values{"event_id": {id}, "event": {`{"title":""}`}})
	want(t, status, body, 400, -2)
	if e := w.CalendarEvents()[0]; e.Event["title"] != "점심" || e.Event["location"] == nil || e.ID != id {
		t.Errorf("after the updates: %+v", e)
	}

	remove := func(query string) (int, object) {
		return w.request(http.MethodDelete, token, "/v2/api/calendar/delete/event?"+query, "", nil)
	}
	status, body = remove("event_id=" + id)
	if status != 200 || body["event_id"] != id || len(w.CalendarEvents()) != 0 {
		t.Errorf("delete: %d %v", status, body)
	}
	status, body = remove("event_id=" + id)
	want(t, status, body, 400, -520)
	status, body = update(url.Values{"event_id": {id}, "event": {`{"title":"점심"}`}})
	want(t, status, body, 400, -520)
	status, body = w.get(token, "/v2/api/calendar/event?event_id="+id)
	want(t, status, body, 400, -520)
	status, body = remove("")
	want(t, status, body, 400, -2)
}

// empty sends a request whose answer has no body.
func (w *world) empty(method, token, path string, form url.Values) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.srv.APIURL+path, strings.NewReader(form.Encode()))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	if text := readAll(w.t, resp); resp.StatusCode != http.StatusOK || text != "" {
		w.t.Errorf("%s %s: %d %q, want nothing", method, path, resp.StatusCode, text)
	}
}

func TestRepeatedEvent(t *testing.T) {
	w := start(t)
	token := w.planner()
	id := w.mustCreate(token, meeting(object{"rrule": "FREQ=DAILY"}))
	for _, kind := range []string{"", "SOME", "THIS"} {
		form := url.Values{"event_id": {id}, "event": {`{"title":"점심"}`}, "recur_update_type": {kind}}
		status, body := w.post(token, "/v2/api/calendar/update/event/host", form)
		want(t, status, body, 400, -2)
		status, body = w.request(http.MethodDelete, token, "/v2/api/calendar/delete/event?event_id="+id+"&recur_update_type="+kind, "", nil)
		want(t, status, body, 400, -2)
	}
	w.empty(http.MethodPost, token, "/v2/api/calendar/update/event/host", url.Values{"event_id": {id}, "event": {`{"title":"점심"}`}, "recur_update_type": {"ALL"}})
	if e := w.CalendarEvents()[0]; e.Event["title"] != "점심" {
		t.Errorf("event: %+v", e)
	}
	w.empty(http.MethodDelete, token, "/v2/api/calendar/delete/event?recur_update_type=ALL&event_id="+id, nil)
	if n := len(w.CalendarEvents()); n != 0 {
		t.Errorf("%d events", n)
	}
}

func TestCalendarRefuses(t *testing.T) {
	w := start(t)
	token := w.full("")
	status, body := w.create(token, meeting(nil))
	want(t, status, body, 403, -402)
	if diff := cmp.Diff([]any{"talk_calendar"}, body["required_scopes"]); diff != "" {
		t.Error(diff)
	}
	token = w.planner()
	form := url.Values{"calendar_id": {"user_1"}, "event": {jsonText(t, meeting(nil))}}
	status, body = w.post(token, "/v2/api/calendar/create/event", form)
	want(t, status, body, 400, -2)
	form.Set("calendar_id", "primary")
	status, body = w.post(token, "/v2/api/calendar/create/event", form)
	want(t, status, body, 200, 0)
	// Nobody sees the events of others.
	other := w.login("김지민", "talk_calendar")["access_token"].(string)
	status, body = w.get(other, "/v2/api/calendar/event?event_id="+w.CalendarEvents()[0].ID)
	want(t, status, body, 400, -520)

	_, body = w.get(token, "/v2/api/calendar/calendars?filter=USER")
	if list, _ := body["calendars"].([]any); len(list) != 1 || list[0].(object)["id"] != "primary" {
		t.Errorf("calendars: %v", body)
	}
	w.UpdatePerson(w.Owner().ID, func(p *sandbox.Person) { p.TalkUser = false })
	status, body = w.create(token, meeting(nil))
	want(t, status, body, 400, -501)
	w.UpdateApp(func(a *sandbox.App) { a.Members = nil })
	status, body = w.create(token, meeting(nil))
	want(t, status, body, 403, -5)
	w.UpdateApp(func(a *sandbox.App) { a.Items["talk_calendar"] = sandbox.StageOff })
	status, body = w.create(token, meeting(nil))
	want(t, status, body, 403, -3)
	if page := w.visit(&sandbox.Visitor{}, "scope", "openid,talk_calendar"); page.KOE != "KOE205" {
		t.Errorf("consent to an item that is not set up: %s", page.URL)
	}
}

func TestListEvents(t *testing.T) {
	w := start(t)
	token := w.planner()
	w.mustCreate(token, meeting(object{"title": "나중", "color": "RED"}))
	w.mustCreate(token, meeting(object{"title": "먼저", "time": span("2027-03-01T02:00:00Z", "2027-03-01T03:05:00Z")}))
	w.mustCreate(token, meeting(object{"title": "매일", "time": span("2027-02-27T23:00:00Z", "2027-02-27T23:30:00Z"), "rrule": "FREQ=DAILY;COUNT=3"}))
	w.mustCreate(token, meeting(object{"title": "종일", "time": allDay("2027-03-05T00:00:00Z", "2027-03-06T00:00:00Z")}))
	list := func(query string) []string {
		t.Helper()
		status, body := w.get(token, "/v2/api/calendar/events?"+query)
		if status != 200 {
			t.Fatalf("%s: %d %v", query, status, body)
		}
		titles := []string{}
		for _, e := range body["events"].([]any) {
			titles = append(titles, e.(object)["title"].(string)+" "+e.(object)["time"].(object)["start_at"].(string))
		}
		return titles
	}
	for query, expected := range map[string][]string{
		"from=2027-03-01T00:00:00Z&to=2027-03-02T00:00:00Z": {"먼저 2027-03-01T02:00:00Z", "나중 2027-03-01T03:00:00Z", "매일 2027-03-01T23:00:00Z"},
		"from=2027-03-01T03:00:00Z&to=2027-03-01T03:05:00Z": {"먼저 2027-03-01T02:00:00Z", "나중 2027-03-01T03:00:00Z"}, // what is on at that time
		"from=2027-03-01T03:05:00Z&to=2027-03-01T03:10:00Z": {"나중 2027-03-01T03:00:00Z"},
		"from=2027-02-01T00:00:00Z&to=2027-03-01T02:00:00Z": {"매일 2027-02-27T23:00:00Z", "매일 2027-02-28T23:00:00Z"},
		"from=2027-03-04T15:00:00Z&to=2027-03-04T15:05:00Z": {"종일 2027-03-05T00:00:00Z"}, // where its day begins
		"from=2027-04-01T00:00:00Z&to=2027-05-02T00:00:00Z": {},
	} {
		if diff := cmp.Diff(expected, list(query)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
	w.Advance(time.Date(2027, 3, 1, 1, 0, 0, 0, time.UTC).Sub(w.Now())) // a Monday, ten o'clock in Korea
	token = w.planner()                                                 // the other one has expired
	for preset, n := range map[string]int{"TODAY": 3, "THIS_WEEK": 6, "THIS_MONTH": 5} {
		if got := list("preset=" + preset); len(got) != n {
			t.Errorf("%s: %q, want %d", preset, got, n)
		}
	}
	const march = "from=2027-03-01T00:00:00Z&to=2027-04-01T00:00:00Z"
	for query, ok := range map[string]bool{
		march: true, march + "&limit=1": true, march + "&limit=1000": true, march + "&limit=0": false, march + "&limit=1001": false,
		march + "&calendar_id=primary": true, march + "&calendar_id=other": false, march + "&time_zone=Europe/Berlin": true, march + "&time_zone=Nowhere": false,
		"from=2027-03-01T00:00:00Z&to=2027-04-01T00:00:01Z": false, "from=2027-03-01T00:00:00Z&to=2027-03-01T00:00:00Z": false, "from=2027-03-01T00:00:00Z": false,
		"from=2027-03-01&to=2027-03-02": false, "": false, "preset=TOMORROW": false, "preset=TODAY&" + march: false, "next_page_token=x": false,
	} {
		status, body := w.get(token, "/v2/api/calendar/events?"+query)
		if (status == 200) != ok || !ok && body["code"] != -2.0 {
			t.Errorf("%s: %d %v", query, status, body)
		}
	}
	// Page by page.
	var titles []string
	path := "/v2/api/calendar/events?" + march + "&limit=1"
	for pages := 1; ; pages++ {
		_, body := w.get(token, path)
		for _, e := range body["events"].([]any) {
			titles = append(titles, e.(object)["title"].(string))
		}
		if body["has_next"] != true {
			break
		}
		next, err := url.Parse(body["after_url"].(string))
		if err != nil || pages > 4 {
			t.Fatal(body, err)
		}
		path = next.RequestURI()
	}
	if diff := cmp.Diff([]string{"먼저", "나중", "매일", "종일"}, titles); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
	_, body := w.get(token, "/v2/api/calendar/events?"+march+"&limit=2")
	expected := object{"id": w.CalendarEvents()[0].ID, "title": "나중", "type": "USER", "calendar_id": "primary", "is_host": true, "is_recur_event": false, "color": "RED",
		"time": object{"start_at": "2027-03-01T03:00:00Z", "end_at": "2027-03-01T03:30:00Z", "time_zone": "Asia/Seoul", "all_day": false, "lunar": false}}
	if diff := cmp.Diff(expected, body["events"].([]any)[1]); diff != "" {
		t.Errorf("entry (-want +got):\n%s", diff)
	}
}
