package calendar

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxOccurrences bounds how far a rule is followed: thirteen years of days.
const maxOccurrences = 5000

// recurrence is an RRULE (RFC 5545, 3.3.10) with the parts that a person's reminder
// needs; the zero value happens once.
type recurrence struct {
	freq     string // DAILY, WEEKLY, MONTHLY, YEARLY
	interval int
	count    int       // 0: without end
	until    time.Time // zero: without end
	days     []time.Weekday
}

var weekdays = []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"} // by time.Weekday

// parseRecurrence reads a rule. Samples of Kakao's are without the prefix RRULE:, so it
// is taken in lenient mode only.
func parseRecurrence(text string, strict bool) (r recurrence, ok bool) {
	if !strict {
		text = strings.TrimPrefix(text, "RRULE:")
	}
	r.interval = 1
	seen := map[string]bool{}
	for _, part := range strings.Split(text, ";") {
		name, value, isPart := strings.Cut(part, "=")
		if !isPart || value == "" || seen[name] || !r.set(name, value) {
			return r, false
		}
		seen[name] = true
	}
	return r, r.freq != "" && !(seen["COUNT"] && seen["UNTIL"]) && (r.days == nil || r.freq == "WEEKLY" || r.freq == "DAILY")
}

func (r *recurrence) set(name, value string) (ok bool) {
	switch name {
	case "FREQ":
		r.freq = value
		return slices.Contains([]string{"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}, value)
	case "INTERVAL":
		var err error
		r.interval, err = strconv.Atoi(value)
		return err == nil && r.interval > 0
	case "COUNT":
		var err error
		r.count, err = strconv.Atoi(value)
		return err == nil && r.count > 0
	case "UNTIL":
		var err error
		if r.until, err = time.Parse("20060102T150405Z", value); err != nil {
			if r.until, err = time.Parse("20060102", value); err == nil {
				r.until = r.until.AddDate(0, 0, 1).Add(-time.Second) // the whole day
			}
		}
		return err == nil
	case "BYDAY":
		for _, day := range strings.Split(value, ",") {
			i := slices.Index(weekdays, day)
			if i < 0 {
				return false
			}
			r.days = append(r.days, time.Weekday(i))
		}
		return true
	case "WKST":
		return slices.Contains(weekdays, value)
	}
	return false
}

// between returns the starts from (after it or at it) to (before it), of an event that
// first starts at first; its zone is the one in which the clock keeps its time.
func (r recurrence) between(first, from, to time.Time) []time.Time {
	var list []time.Time
	n := 0
	r.each(first, func(at time.Time) (goOn bool) {
		if n++; !at.Before(to) || r.count > 0 && n > r.count || !r.until.IsZero() && at.After(r.until) {
			return false
		}
		if !at.Before(from) {
			list = append(list, at)
		}
		return n < maxOccurrences
	})
	return list
}

// each calls next with every start in order until it returns false.
func (r recurrence) each(first time.Time, next func(time.Time) bool) {
	step := func(n int) time.Time {
		switch r.freq {
		case "MONTHLY":
			return first.AddDate(0, n*r.interval, 0)
		case "YEARLY":
			return first.AddDate(n*r.interval, 0, 0)
		}
		return first.AddDate(0, 0, n)
	}
	if r.freq == "" {
		next(first)
		return
	}
	sunday := first.AddDate(0, 0, -int(first.Weekday()))
	for n := range maxOccurrences * 31 {
		at := step(n)
		var due bool
		switch r.freq {
		case "DAILY":
			due = n%r.interval == 0 && (r.days == nil || slices.Contains(r.days, at.Weekday()))
		case "WEEKLY":
			week := int(at.AddDate(0, 0, -int(at.Weekday())).Sub(sunday).Hours()+12) / (7 * 24)
			due = week%r.interval == 0 && (r.days == nil && at.Weekday() == first.Weekday() || slices.Contains(r.days, at.Weekday()))
		default:
			due = at.Day() == first.Day() // a month without the day is left out
		}
		if due && !next(at) {
			return
		}
	}
}
