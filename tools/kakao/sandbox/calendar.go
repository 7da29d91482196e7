package sandbox

import (
	"encoding/json"
	"net/http"
	"time"

	"kakaotalk-mcp/tools/kakao/sandbox/calendar"
)

// calendarEndpoints returns the API of the Talk Calendar by path.
func calendarEndpoints() map[string]endpoint {
	scopes := []string{"talk_calendar"}
	call := func(methods []string, apiType string, serve func(*Sandbox, *call) *answer, params ...string) endpoint {
		return endpoint{methods: methods, params: params, scopes: scopes, apiType: apiType, serve: func(s *Sandbox, c *call) *answer {
			if refused := s.calendarRefuses(c); refused != nil {
				return refused
			}
			return serve(s, c)
		}}
	}
	del := []string{http.MethodDelete}
	return map[string]endpoint{
		"/v2/api/calendar/calendars":         call(get, "CALENDAR_GET_CALENDARS", (*Sandbox).listCalendars, "filter"),
		"/v2/api/calendar/create/event":      call(post, "CALENDAR_CREATE_EVENT", (*Sandbox).createEvent, "calendar_id", "event"),
		"/v2/api/calendar/events":            call(get, "CALENDAR_GET_EVENTS", (*Sandbox).listEvents, "calendar_id", "preset", "from", "to", "next_page_token", "time_zone", "limit"),
		"/v2/api/calendar/event":             call(get, "CALENDAR_GET_EVENT", (*Sandbox).showEvent, "event_id"),
		"/v2/api/calendar/update/event/host": call(post, "CALENDAR_UPDATE_EVENT", (*Sandbox).updateEvent, "event_id", "calendar_id", "recur_update_type", "event"),
		"/v2/api/calendar/delete/event":      call(del, "CALENDAR_DELETE_EVENT", (*Sandbox).deleteEvent, "event_id", "recur_update_type"),
	}
}

// calendarRefuses returns what every call of the calendar may be refused with.
func (s *Sandbox) calendarRefuses(c *call) *answer {
	if !s.app.Permission && !s.members[c.person] {
		return apiError(http.StatusForbidden, -5, "permission denied")
	}
	if !s.people[c.person].TalkUser {
		return notTalkUser()
	}
	if s.quota.CountCalendar() {
		return apiError(http.StatusBadRequest, -10, quotaText)
	}
	if id := c.params.Get("calendar_id"); c.params.Has("calendar_id") && id != calendar.Primary {
		return badParameter("calendar_id is unknown.")
	}
	return nil
}

func (s *Sandbox) listCalendars(c *call) *answer {
	if _, ok := s.choice(c.params, "filter", "ALL", "USER", "SUBSCRIBE"); !ok {
		return badParameter("filter is unknown.")
	}
	return success(map[string]any{"calendars": []any{map[string]any{
		"id": calendar.Primary, "name": "기본 캘린더", "color": "BLUE", "reminder": 15, "reminder_all_day": nil,
	}}})
}

// readEvent reads the parameter event.
func readEvent(c *call) (sent map[string]any, refused *answer) {
	if json.Unmarshal([]byte(c.params.Get("event")), &sent) != nil || sent == nil {
		return nil, badParameter("failed to parse parameter. name=event, stringToParse=-, paramString=-, paramStringAlias=null")
	}
	return sent, nil
}

func badEvent(fault string) *answer {
	return badParameter("Constraints on the parameter [event] are unsatisfied. " + fault)
}

func (s *Sandbox) createEvent(c *call) *answer {
	sent, refused := readEvent(c)
	if refused != nil {
		return refused
	}
	id, fault := s.calendar.Add(c.person, sent, s.strict, s.now())
	if fault != "" {
		return badEvent(fault)
	}
	s.changed()
	return success(map[string]any{"event_id": id})
}

func (s *Sandbox) listEvents(c *call) *answer {
	q, fault := calendar.ReadQuery(c.params, s.now())
	if fault != "" {
		return badParameter(fault)
	}
	events, next := s.calendar.List(c.person, q)
	body := map[string]any{"events": events, "has_next": next != ""}
	if next != "" {
		body["after_url"] = c.base + "/v2/api/calendar/events?next_page_token=" + next
	}
	return success(body)
}

// event returns the caller's event of a request, or -520.
func (s *Sandbox) event(c *call) (*calendar.Event, *answer) {
	id := c.params.Get("event_id")
	if id == "" {
		return nil, badParameter("failed to parse parameter. name=event_id")
	}
	if e := s.calendar.Event(c.person, id); e != nil {
		return e, nil
	}
	return nil, apiError(http.StatusBadRequest, -520, "the event does not exist.")
}

func (s *Sandbox) showEvent(c *call) *answer {
	e, refused := s.event(c)
	if refused != nil {
		return refused
	}
	return success(map[string]any{"event": e.Shown()})
}

func (s *Sandbox) updateEvent(c *call) *answer {
	return s.changeEvent(c, func(e *calendar.Event) *answer {
		changes, refused := readEvent(c)
		if refused != nil {
			return refused
		}
		if fault := s.calendar.Change(e, changes, s.strict, s.now()); fault != "" {
			return badEvent(fault)
		}
		return nil
	})
}

func (s *Sandbox) deleteEvent(c *call) *answer {
	return s.changeEvent(c, func(e *calendar.Event) *answer {
		s.calendar.Remove(e, s.now())
		return nil
	})
}

// changeEvent lets change take effect on the event of a request. The answer is empty
// for an event that repeats, as others have seen.
func (s *Sandbox) changeEvent(c *call, change func(*calendar.Event) *answer) *answer {
	e, refused := s.event(c)
	if refused != nil {
		return refused
	}
	if fault := e.Extent(c.params); fault != "" {
		return badParameter(fault)
	}
	if refused := change(e); refused != nil {
		return refused
	}
	s.changed()
	if e.Repeats() {
		return success(nil)
	}
	return success(map[string]any{"event_id": e.ID})
}

// CalendarEvents returns the events in all calendars, as they were created.
func (s *Sandbox) CalendarEvents() []calendar.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calendar.Events()
}

// Reminders returns what has rung until now by the sandbox's clock, oldest first.
func (s *Sandbox) Reminders() []calendar.Reminder {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calendar.Reminders(s.now())
}

// untilRing returns a channel that tells when the next reminder is due, nil if none is
// within a day.
func (s *Sandbox) untilRing() <-chan time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	next := s.calendar.NextRing(now)
	if next.IsZero() {
		return nil
	}
	return time.After(next.Sub(now))
}
