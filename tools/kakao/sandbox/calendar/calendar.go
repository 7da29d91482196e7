// Package calendar is Kakao's Talk Calendar as far as it is known and of use to one
// person: the events of primary calendars, what they may hold, when they happen and
// when they ring. Sub-calendars, tasks, holidays and public events are left out. Kakao
// docs: Talk Calendar > REST API.
//
// It answers no requests and knows people by their ids; who uses it locks. A fault is
// the text with which Kakao refuses a parameter.
package calendar

import (
	"crypto/rand"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"kakaotalk-mcp/tools/kakao/sandbox/fields"
)

// Primary is the id of everybody's own calendar.
const Primary = "primary"

// Calendar holds everybody's events. The zero value is empty.
type Calendar struct {
	events []*Event
	rung   []Reminder
}

// Event is an event in somebody's primary calendar.
type Event struct {
	ID    string         `json:"id"`
	Owner int64          `json:"owner"`
	Event map[string]any `json:"event"` // as it was sent, changes put in

	rungUntil  time.Time
	start, end time.Time
	zone       *time.Location
	rule       recurrence
	reminders  []int // minutes before the start
}

// Repeats tells whether the event happens more than once.
func (e *Event) Repeats() bool { return e.rule.freq != "" }

func (e *Event) allDay() bool { return fields.Object(e.Event, "time")["all_day"] == true }

// endOf returns the end of the occurrence that starts at start. A day is not always 24 hours.
func (e *Event) endOf(start time.Time) time.Time {
	length := e.end.Sub(e.start)
	if e.allDay() {
		return start.AddDate(0, 0, int(length.Hours()+12)/24)
	}
	return start.Add(length)
}

// Shown is the event as Kakao answers it.
func (e *Event) Shown() map[string]any {
	body := map[string]any{"id": e.ID, "type": "USER", "calendar_id": Primary, "is_host": true, "is_recur_event": e.Repeats()}
	maps.Copy(body, e.Event)
	return body
}

// Events returns all events, as they were created.
func (c *Calendar) Events() []Event {
	list := make([]Event, len(c.events))
	for i, e := range c.events {
		list[i] = *e
	}
	return list
}

// Event returns somebody's event, nil if there is none of that id.
func (c *Calendar) Event(owner int64, id string) *Event {
	i := slices.IndexFunc(c.events, func(e *Event) bool { return e.ID == id && e.Owner == owner })
	if i < 0 {
		return nil
	}
	return c.events[i]
}

// Add creates an event of what was sent. What would have rung before now does not ring.
func (c *Calendar) Add(owner int64, sent map[string]any, strict bool, now time.Time) (id, fault string) {
	e, fault := newEvent(sent, strict)
	if fault != "" {
		return "", fault
	}
	e.ID, e.Owner, e.rungUntil = strings.ToLower(rand.Text()), owner, now
	c.events = append(c.events, e)
	return e.ID, ""
}

// Change changes the fields that are given.
func (c *Calendar) Change(e *Event, changes map[string]any, strict bool, now time.Time) (fault string) {
	all := maps.Clone(e.Event)
	maps.Copy(all, changes)
	changed, fault := newEvent(all, strict)
	if fault != "" {
		return fault
	}
	c.ring(now)
	changed.ID, changed.Owner, changed.rungUntil = e.ID, e.Owner, now
	*e = *changed
	return ""
}

// Remove takes an event out; what it has rung stays.
func (c *Calendar) Remove(e *Event, now time.Time) {
	c.ring(now)
	c.events = slices.DeleteFunc(c.events, func(other *Event) bool { return other == e })
}

// Extent checks how much of a repeated event a request is about. How Kakao names one
// occurrence is not known: it is changed as a whole only.
func (e *Event) Extent(params url.Values) (fault string) {
	kind := params.Get("recur_update_type")
	switch {
	case kind == "" && e.Repeats():
		return "recur_update_type is required for a repeated event."
	case kind != "" && !slices.Contains([]string{"ALL", "THIS", "THIS_AND_FOLLOWING"}, kind):
		return "recur_update_type is unknown."
	case kind != "" && kind != "ALL" && e.Repeats():
		return "the sandbox changes a repeated event as a whole only."
	}
	return ""
}
