package calendar

import (
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf16"

	"kakaotalk-mcp/tools/kakao/sandbox/fields"
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

// checker looks at the parts of an event.
type checker struct{ fields.Checker }

// newEvent reads an event; fault is what Kakao would refuse, "" if it takes it.
func newEvent(given map[string]any, strict bool) (e *Event, fault string) {
	e = &Event{Event: given}
	c := &checker{}
	if strict {
		c.Known(given, "title", "time", "rrule", "description", "location", "reminders", "color")
	}
	c.Text(given, "title", true)
	c.FailIf(units(fields.Text(given, "title")) > maxEventTitle, "title is too long.")
	c.Text(given, "description", false)
	c.FailIf(units(fields.Text(given, "description")) > maxDescription, "description is too long.")
	c.Text(given, "color", false)
	c.FailIf(given["color"] != nil && !slices.Contains(eventColours, fields.Text(given, "color")), "color is unknown.")
	allDay := c.eventTime(strict, given["time"], e)
	c.place(strict, given["location"])
	e.reminders = c.reminders(given["reminders"], allDay)
	c.Text(given, "rrule", false)
	if text := fields.Text(given, "rrule"); text != "" && c.Fault == "" {
		var ok bool
		e.rule, ok = parseRecurrence(text, strict)
		c.FailIf(!ok, "rrule is not one of RFC 5545.")
	}
	return e, c.Fault
}

// eventTime reads start, end and zone into e, and tells whether the event is all-day.
func (c *checker) eventTime(strict bool, v any, e *Event) (allDay bool) {
	m, ok := v.(map[string]any)
	c.FailIf(!ok, "time is required.")
	if strict {
		c.Known(m, "start_at", "end_at", "time_zone", "all_day", "lunar")
	}
	allDay = c.Flag(m, "all_day")
	c.Flag(m, "lunar")
	e.start, e.end = c.instant(strict, m, "start_at", allDay), c.instant(strict, m, "end_at", allDay)
	c.FailIf(!e.end.After(e.start), "end_at must be later than start_at.")
	c.Text(m, "time_zone", false)
	e.zone, ok = location(fields.Text(m, "time_zone"))
	c.FailIf(!ok, "time_zone is unknown.")
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
	c.Text(m, name, true)
	text := fields.Text(m, name)
	at, err := time.Parse(eventTime, text)
	if err != nil && !strict {
		at, err = time.Parse(time.RFC3339, text)
	}
	c.FailIf(err != nil, name+" must be like 2026-11-28T03:00:00Z.")
	c.FailIf(at.Minute()%eventGrid != 0 || at.Second() != 0, name+" must be a multiple of 5 minutes.")
	c.FailIf(allDay && !strings.HasSuffix(text, "T00:00:00Z"), name+" of an all-day event must be midnight.")
	return at.UTC()
}

func (c *checker) place(strict bool, v any) {
	if v == nil {
		return
	}
	m, ok := v.(map[string]any)
	c.FailIf(!ok, "location must be an object.")
	most := maxPlaceLenient
	if strict {
		most = maxPlaceStrict
		c.Known(m, "name", "location_id", "address", "latitude", "longitude")
	}
	c.Text(m, "name", false)
	c.FailIf(units(fields.Text(m, "name")) > most, "location.name is too long.")
	c.Text(m, "address", false)
	c.Number(m, "location_id", false, math.MaxInt32)
	for _, name := range []string{"latitude", "longitude"} {
		_, isNumber := m[name].(float64)
		c.FailIf(m[name] != nil && !isNumber, name+" must be a number.")
	}
}

// reminders reads the minutes before the start at which an event rings. An event without
// the field does not ring here; what Kakao does then is not known.
func (c *checker) reminders(v any, allDay bool) []int {
	if v == nil {
		return nil
	}
	list, ok := v.([]any)
	c.FailIf(!ok || len(list) > maxReminders, "reminders must be an array of at most 2.")
	least := 0
	if allDay {
		least = latestAllDay
	}
	var minutes []int
	for _, entry := range list {
		n, isNumber := entry.(float64)
		c.FailIf(!isNumber || n != math.Trunc(n) || int(n)%eventGrid != 0 || int(n) < least || n > earliestRing,
			"reminders must be multiples of 5 from 0 to 43200.")
		minutes = append(minutes, int(n))
	}
	return minutes
}
