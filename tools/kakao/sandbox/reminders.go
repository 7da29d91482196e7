package sandbox

import (
	"slices"
	"time"
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

// Reminders returns what has rung until now by the sandbox's clock, oldest first.
func (s *Sandbox) Reminders() []Reminder {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ring()
	return slices.Clone(s.rung)
}

// ring lets ring what is due. A clock that is put back lets nothing ring twice.
func (s *Sandbox) ring() {
	now := s.now()
	var due []Reminder
	for _, e := range s.events {
		due = append(due, e.due(e.rungUntil, now)...)
		if now.After(e.rungUntil) {
			e.rungUntil = now
		}
	}
	slices.SortStableFunc(due, func(a, b Reminder) int { return a.At.Compare(b.At) })
	for _, r := range due {
		s.rung = appendBounded(s.rung, r, maxRung)
	}
}

// due returns the reminders after one time up to another, in no order.
func (e *CalendarEvent) due(after, until time.Time) []Reminder {
	var list []Reminder
	for _, minutes := range e.reminders {
		before := time.Duration(minutes) * time.Minute
		for _, at := range e.rule.between(e.start.In(e.zone), after.Add(before), until.Add(before+time.Nanosecond)) {
			if ring := at.Add(-before); ring.After(after) {
				list = append(list, Reminder{
					To: e.Owner, EventID: e.ID, At: ring.UTC(), Start: at.UTC(), AllDay: e.allDay(),
					Title: e.str("title"), Note: e.str("description"), Place: str(object(e.Event, "location"), "name"),
				})
			}
		}
	}
	return list
}

// untilRing returns a channel that tells when the next reminder is due, nil if none is
// within a day.
func (s *Sandbox) untilRing() <-chan time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	var next time.Time
	for _, e := range s.events {
		for _, r := range e.due(now, now.Add(24*time.Hour)) {
			if next.IsZero() || r.At.Before(next) {
				next = r.At
			}
		}
	}
	if next.IsZero() {
		return nil
	}
	return time.After(next.Sub(now))
}
