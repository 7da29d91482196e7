package calendar

import (
	"slices"
	"sort"
	"time"

	"kakaotalk-mcp/tools/kakao/sandbox/fields"
)

// Reminder is what the calendar showed its owner at the given time.
type Reminder struct {
	To      int64     `json:"to"`
	EventID string    `json:"event_id"`
	At      time.Time `json:"at"`
	Start   time.Time `json:"start"` // of the occurrence
	AllDay  bool      `json:"all_day"`
	Title   string    `json:"title"`
	Note    string    `json:"note"`  // the event's description
	Place   string    `json:"place"` // its location's name
}

const maxRung = 2000 // newest reminders kept

// Reminders returns what has rung until now, oldest first.
func (c *Calendar) Reminders(now time.Time) []Reminder {
	c.ring(now)
	return slices.Clone(c.rung)
}

// ring lets ring what is due. A clock that is put back lets nothing ring twice.
func (c *Calendar) ring(now time.Time) {
	var due []Reminder
	for _, e := range c.events {
		due = append(due, e.due(e.rungUntil, now)...)
		if now.After(e.rungUntil) {
			e.rungUntil = now
		}
	}
	sort.SliceStable(due, func(a, b int) bool { return due[a].At.Before(due[b].At) })
	c.rung = append(c.rung, due...)
	c.rung = slices.Clone(c.rung[max(0, len(c.rung)-maxRung):])
}

// NextRing is when the next reminder is due, zero if none is within a day.
func (c *Calendar) NextRing(now time.Time) time.Time {
	var next time.Time
	for _, e := range c.events {
		for _, r := range e.due(now, now.Add(24*time.Hour)) {
			if next.IsZero() || r.At.Before(next) {
				next = r.At
			}
		}
	}
	return next
}

// due returns the reminders after one time up to another, in no order.
func (e *Event) due(after, until time.Time) []Reminder {
	var list []Reminder
	for _, minutes := range e.reminders {
		before := time.Duration(minutes) * time.Minute
		for _, at := range e.rule.between(e.start.In(e.zone), after.Add(before), until.Add(before+time.Nanosecond)) {
			if ring := at.Add(-before); ring.After(after) {
				list = append(list, Reminder{
					To: e.Owner, EventID: e.ID, At: ring.UTC(), Start: at.UTC(), AllDay: e.allDay(),
					Title: fields.Text(e.Event, "title"), Note: fields.Text(e.Event, "description"), Place: fields.Text(fields.Object(e.Event, "location"), "name"),
				})
			}
		}
	}
	return list
}
