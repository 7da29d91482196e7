package sandbox

import (
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
)

// Limits of an event. Kakao's own page is known from transcriptions; where they differ,
// the smaller one counts in strict mode.
const (
	maxEventTitle   = 50
	maxDescription  = 5000
	maxPlaceStrict  = 50
	maxPlaceLenient = 100
	maxReminders    = 2
	eventGrid       = 5      // minutes
	earliestRing    = 43_200 // minutes before the start: 30 days
	latestAllDay    = -1440  // an all-day event may ring until the end of its first day
)

var eventColours = []string{
	"BLUE", "ROYAL_BLUE", "NAVY_BLUE", "RED", "PINK", "ORANGE", "GREEN", "LIME", "OLIVE", "MINT", "MAGENTA", "VIOLET",
	"LAVENDER", "BROWN", "GRAY",
}

func units(text string) int { return len(utf16.Encode([]rune(text))) }

// newEvent reads an event; fault is what Kakao would refuse, "" if it takes it.
func (s *Sandbox) newEvent(fields map[string]any) (e *CalendarEvent, fault string) {
	e = &CalendarEvent{Event: fields}
	c := &checker{}
	if s.strict {
		c.known(fields, "title", "time", "rrule", "description", "location", "reminders", "color")
	}
	c.text(fields, "title", true)
	c.failIf(units(str(fields, "title")) > maxEventTitle, "title is too long.")
	c.text(fields, "description", false)
	c.failIf(units(str(fields, "description")) > maxDescription, "description is too long.")
	c.text(fields, "color", false)
	c.failIf(fields["color"] != nil && !slices.Contains(eventColours, str(fields, "color")), "color is unknown.")
	allDay := c.eventTime(s.strict, fields["time"], e)
	c.place(s.strict, fields["location"])
	e.reminders = c.reminders(fields["reminders"], allDay)
	c.text(fields, "rrule", false)
	if text := str(fields, "rrule"); text != "" && c.fault == "" {
		var ok bool
		e.rule, ok = parseRecurrence(text, s.strict)
		c.failIf(!ok, "rrule is not one of RFC 5545.")
	}
	return e, c.fault
}

// known refuses fields that are none of these.
func (c *checker) known(m map[string]any, names ...string) {
	for name := range m {
		c.failIf(!slices.Contains(names, name), name+" is unknown.")
	}
}

func (c *checker) flag(m map[string]any, name string) bool {
	v, present := m[name]
	on, isBool := v.(bool)
	c.failIf(present && !isBool, name+" must be true or false.")
	return on
}

// eventTime reads start, end and zone into e, and tells whether the event is all-day.
func (c *checker) eventTime(strict bool, v any, e *CalendarEvent) (allDay bool) {
	m, ok := v.(map[string]any)
	c.failIf(!ok, "time is required.")
	if strict {
		c.known(m, "start_at", "end_at", "time_zone", "all_day", "lunar")
	}
	allDay = c.flag(m, "all_day")
	c.flag(m, "lunar")
	e.start, e.end = c.instant(strict, m, "start_at", allDay), c.instant(strict, m, "end_at", allDay)
	c.failIf(!e.end.After(e.start), "end_at must be later than start_at.")
	c.text(m, "time_zone", false)
	e.zone, ok = location(str(m, "time_zone"))
	c.failIf(!ok, "time_zone is unknown.")
	if allDay && ok {
		// Its dates are written as UTC midnights, and begin where the person is.
		e.start, e.end = midnight(e.start, e.zone), midnight(e.end, e.zone)
	}
	return allDay
}

func midnight(day time.Time, zone *time.Location) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, zone)
}

// instant reads a time of the form 2026-11-28T03:00:00Z on the five-minute grid;
// midnight for an all-day event. Another offset than Z is taken in lenient mode.
func (c *checker) instant(strict bool, m map[string]any, name string, allDay bool) time.Time {
	c.text(m, name, true)
	text := str(m, name)
	at, err := time.Parse(eventTime, text)
	if err != nil && !strict {
		at, err = time.Parse(time.RFC3339, text)
	}
	c.failIf(err != nil, name+" must be like 2026-11-28T03:00:00Z.")
	c.failIf(at.Minute()%eventGrid != 0 || at.Second() != 0, name+" must be a multiple of 5 minutes.")
	c.failIf(allDay && !strings.HasSuffix(text, "T00:00:00Z"), name+" of an all-day event must be midnight.")
	return at.UTC()
}

func (c *checker) place(strict bool, v any) {
	if v == nil {
		return
	}
	m, ok := v.(map[string]any)
	c.failIf(!ok, "location must be an object.")
	most := maxPlaceLenient
	if strict {
		most = maxPlaceStrict
		c.known(m, "name", "location_id", "address", "latitude", "longitude")
	}
	c.text(m, "name", false)
	c.failIf(units(str(m, "name")) > most, "location.name is too long.")
	c.text(m, "address", false)
	c.number(m, "location_id", false, math.MaxInt32)
	for _, name := range []string{"latitude", "longitude"} {
		_, isNumber := m[name].(float64)
		c.failIf(m[name] != nil && !isNumber, name+" must be a number.")
	}
}

// reminders reads the minutes before the start at which an event rings. An event without
// the field does not ring here; what Kakao does then is not known.
func (c *checker) reminders(v any, allDay bool) []int {
	if v == nil {
		return nil
	}
	list, ok := v.([]any)
	c.failIf(!ok || len(list) > maxReminders, "reminders must be an array of at most 2.")
	least := 0
	if allDay {
		least = latestAllDay
	}
	var minutes []int
	for _, entry := range list {
		n, isNumber := entry.(float64)
		c.failIf(!isNumber || n != math.Trunc(n) || int(n)%eventGrid != 0 || int(n) < least || n > earliestRing,
			"reminders must be multiples of 5 from 0 to 43200.")
		minutes = append(minutes, int(n))
	}
	return minutes
}
