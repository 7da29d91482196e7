package sandbox

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	primaryCalendar = "primary"
	calendarDaily   = 30_000 // calls of the app; Kakao docs: Quota
	maxListed       = 1000   // events in one answer
	maxListedSpan   = 31 * 24 * time.Hour
)

// CalendarEvent is an event in somebody's primary calendar.
type CalendarEvent struct {
	ID    string         `json:"id"`
	Owner int64          `json:"owner"`
	Event map[string]any `json:"event"` // as it was sent, changes put in

	created, rungUntil time.Time
	start, end         time.Time
	zone               *time.Location
	rule               recurrence
	reminders          []int // minutes before the start
}

// str returns a text field of the event.
func (e *CalendarEvent) str(name string) string { return str(e.Event, name) }

func (e *CalendarEvent) repeats() bool { return e.rule.freq != "" }

func (e *CalendarEvent) allDay() bool { return object(e.Event, "time")["all_day"] == true }

// endOf returns the end of the occurrence that starts at start. A day is not always 24 hours.
func (e *CalendarEvent) endOf(start time.Time) time.Time {
	length := e.end.Sub(e.start)
	if e.allDay() {
		return start.AddDate(0, 0, int(length.Hours()+12)/24)
	}
	return start.Add(length)
}

// calendarEndpoints returns Kakao's Talk Calendar as far as it is known and of use to one
// person: events of the primary calendar. Sub-calendars, tasks, holidays and public
// events are left out. Kakao docs: Talk Calendar > REST API.
func calendarEndpoints() map[string]endpoint {
	scopes := []string{"talk_calendar"}
	calendar := func(methods []string, apiType string, serve func(*Sandbox, *call) answer, params ...string) endpoint {
		return endpoint{methods: methods, params: params, scopes: scopes, apiType: apiType, serve: func(s *Sandbox, c *call) answer {
			if refused := s.calendarRefuses(c); refused != nil {
				return *refused
			}
			return serve(s, c)
		}}
	}
	del := []string{http.MethodDelete}
	return map[string]endpoint{
		"/v2/api/calendar/calendars":         calendar(get, "CALENDAR_GET_CALENDARS", (*Sandbox).listCalendars, "filter"),
		"/v2/api/calendar/create/event":      calendar(post, "CALENDAR_CREATE_EVENT", (*Sandbox).createEvent, "calendar_id", "event"),
		"/v2/api/calendar/events":            calendar(get, "CALENDAR_GET_EVENTS", (*Sandbox).listEvents, "calendar_id", "preset", "from", "to", "next_page_token", "time_zone", "limit"),
		"/v2/api/calendar/event":             calendar(get, "CALENDAR_GET_EVENT", (*Sandbox).showEvent, "event_id"),
		"/v2/api/calendar/update/event/host": calendar(post, "CALENDAR_UPDATE_EVENT", (*Sandbox).updateEvent, "event_id", "calendar_id", "recur_update_type", "event"),
		"/v2/api/calendar/delete/event":      calendar(del, "CALENDAR_DELETE_EVENT", (*Sandbox).deleteEvent, "event_id", "recur_update_type"),
	}
}

// calendarRefuses returns what every call of the calendar may be refused with.
func (s *Sandbox) calendarRefuses(c *call) *answer {
	refuse := func(a answer) *answer { return &a }
	if !s.app.Permission && !s.members[c.person] {
		return refuse(apiError(http.StatusForbidden, -5, "permission denied"))
	}
	if !s.people[c.person].TalkUser {
		return refuse(notTalkUser())
	}
	if s.today().calendar >= calendarDaily {
		return refuse(apiError(http.StatusBadRequest, -10, quotaText))
	}
	s.quota.calendar++
	if id := c.params.Get("calendar_id"); c.params.Has("calendar_id") && id != primaryCalendar {
		return refuse(badParameter("calendar_id is unknown."))
	}
	return nil
}

func (s *Sandbox) listCalendars(c *call) answer {
	if _, ok := s.choice(c.params, "filter", "ALL", "USER", "SUBSCRIBE"); !ok {
		return badParameter("filter is unknown.")
	}
	return answer{http.StatusOK, map[string]any{"calendars": []any{map[string]any{
		"id": primaryCalendar, "name": "기본 캘린더", "color": "BLUE", "reminder": 15, "reminder_all_day": nil,
	}}}}
}

func (s *Sandbox) createEvent(c *call) answer {
	var fields map[string]any
	if json.Unmarshal([]byte(c.params.Get("event")), &fields) != nil || fields == nil {
		return badParameter("failed to parse parameter. name=event, stringToParse=-, paramString=-, paramStringAlias=null")
	}
	e, fault := s.newEvent(fields)
	if fault != "" {
		return badParameter("Constraints on the parameter [event] are unsatisfied. " + fault)
	}
	e.ID, e.Owner, e.created = strings.ToLower(rand.Text()), c.person, s.now()
	e.rungUntil = e.created // what would have rung before does not ring any more
	s.ring()
	s.events = append(s.events, e)
	s.changed()
	return answer{http.StatusOK, map[string]any{"event_id": e.ID}}
}

// event returns the caller's event of a request, or -520.
func (s *Sandbox) event(c *call) (*CalendarEvent, *answer) {
	id := c.params.Get("event_id")
	if id == "" {
		bad := badParameter("failed to parse parameter. name=event_id")
		return nil, &bad
	}
	for _, e := range s.events {
		if e.ID == id && e.Owner == c.person {
			return e, nil
		}
	}
	gone := apiError(http.StatusBadRequest, -520, "the event does not exist.")
	return nil, &gone
}

func (s *Sandbox) showEvent(c *call) answer {
	e, refused := s.event(c)
	if refused != nil {
		return *refused
	}
	body := map[string]any{"id": e.ID, "type": "USER", "calendar_id": primaryCalendar, "is_host": true, "is_recur_event": e.repeats()}
	for name, value := range e.Event {
		body[name] = value
	}
	return answer{http.StatusOK, map[string]any{"event": body}}
}

// updateEvent changes the fields that are given. An event that repeats is changed as a
// whole only: how Kakao names one occurrence is not known.
func (s *Sandbox) updateEvent(c *call) answer {
	e, refused := s.event(c)
	if refused != nil {
		return *refused
	}
	if fault := recurUpdateFault(e, c.params); fault != "" {
		return badParameter(fault)
	}
	var changes map[string]any
	if json.Unmarshal([]byte(c.params.Get("event")), &changes) != nil || changes == nil {
		return badParameter("failed to parse parameter. name=event, stringToParse=-, paramString=-, paramStringAlias=null")
	}
	fields := map[string]any{}
	for name, value := range e.Event {
		fields[name] = value
	}
	for name, value := range changes {
		fields[name] = value
	}
	changed, fault := s.newEvent(fields)
	if fault != "" {
		return badParameter("Constraints on the parameter [event] are unsatisfied. " + fault)
	}
	s.ring()
	changed.ID, changed.Owner, changed.created, changed.rungUntil = e.ID, e.Owner, e.created, s.now()
	*e = *changed
	s.changed()
	return eventAnswer(e)
}

func (s *Sandbox) deleteEvent(c *call) answer {
	e, refused := s.event(c)
	if refused != nil {
		return *refused
	}
	if fault := recurUpdateFault(e, c.params); fault != "" {
		return badParameter(fault)
	}
	s.ring()
	s.events = slices.DeleteFunc(s.events, func(other *CalendarEvent) bool { return other == e })
	s.changed()
	return eventAnswer(e)
}

// eventAnswer is empty for an event that repeats, as others have seen.
func eventAnswer(e *CalendarEvent) answer {
	if e.repeats() {
		return answer{http.StatusOK, nil}
	}
	return answer{http.StatusOK, map[string]any{"event_id": e.ID}}
}

func recurUpdateFault(e *CalendarEvent, params url.Values) string {
	kind := params.Get("recur_update_type")
	switch {
	case kind == "" && e.repeats():
		return "recur_update_type is required for a repeated event."
	case kind != "" && !slices.Contains([]string{"ALL", "THIS", "THIS_AND_FOLLOWING"}, kind):
		return "recur_update_type is unknown."
	case kind != "" && kind != "ALL" && e.repeats():
		return "the sandbox changes a repeated event as a whole only."
	}
	return ""
}

// CalendarEvents returns the events in all calendars, as they were created.
func (s *Sandbox) CalendarEvents() []CalendarEvent {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]CalendarEvent, len(s.events))
	for i, e := range s.events {
		list[i] = *e
	}
	return list
}
