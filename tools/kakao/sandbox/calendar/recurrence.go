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
	freq  string         // DAILY, WEEKLY, MONTHLY, YEARLY
	days  []time.Weekday // of a weekly one; nil: that of the start
	count int            // 0: without end
	until time.Time      // zero: without end
}

var weekdays = []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"} // by time.Weekday

// parseRecurrence reads a rule without the prefix RRULE:, which samples of Kakao's do not have.
func parseRecurrence(text string) (r recurrence, ok bool) {
	seen := map[string]bool{}
	for _, part := range strings.Split(text, ";") {
		name, value, isPart := strings.Cut(part, "=")
		if !isPart || value == "" || seen[name] || !r.set(name, value) {
			return r, false
		}
		seen[name] = true
	}
	return r, r.freq != "" && !(seen["COUNT"] && seen["UNTIL"]) && (r.days == nil || r.freq == "WEEKLY")
}

func (r *recurrence) set(name, value string) (ok bool) {
	switch name {
	case "FREQ":
		r.freq = value
		return slices.Contains([]string{"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}, value)
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
	days := r.days
	if days == nil {
		days = []time.Weekday{first.Weekday()}
	}
	for n := range maxOccurrences * 31 {
		at, due := first.AddDate(0, 0, n), true
		switch r.freq {
		case "":
			next(first)
			return
		case "WEEKLY":
			due = slices.Contains(days, at.Weekday())
		case "MONTHLY":
			at = first.AddDate(0, n, 0)
			due = at.Day() == first.Day() // a month without the day is left out
		case "YEARLY":
			at = first.AddDate(n, 0, 0)
			due = at.Day() == first.Day()
		}
		if due && !next(at) {
			return
		}
	}
}
