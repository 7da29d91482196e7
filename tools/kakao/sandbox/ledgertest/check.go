package ledgertest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Check compares both sides.
func (l *Ledger) Check() Report {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := Report{Calls: len(l.calls), Status: map[string]int{}, Reasons: map[string]int{}, Wrong: slices.Clone(l.strange)}
	messages := map[string][]*entry{}
	for _, c := range l.calls {
		e := &entry{Call: c}
		if c.Answer == nil {
			r.Unanswered++
		} else if e.told = new(answer); json.Unmarshal(c.Answer, e.told) != nil || e.told.Status == "" {
			r.wrong("%s: unreadable answer %.200s", c.Message, c.Answer)
			continue
		} else {
			r.Status[e.told.Status]++
			r.Reasons[e.told.Reason]++
		}
		messages[c.Message] = append(messages[c.Message], e)
	}
	for p, n := range l.rooms {
		r.Arrived += n
		if !slices.ContainsFunc(messages[p.message], func(e *entry) bool { return slices.Contains(e.To, p.to) && p.part < e.Parts }) {
			r.wrong("%s arrived at %q as part %d: nobody asked for that", p.message, p.to, p.part+1)
		}
	}
	r.Messages = len(messages)
	for m, entries := range messages {
		l.checkMessage(&r, m, entries)
	}
	slices.Sort(r.Wrong)
	return r
}

func (l *Ledger) checkMessage(r *Report, m string, entries []*entry) {
	var receivers []string
	parts := 0
	for _, e := range entries {
		parts = max(parts, e.Parts)
		for _, to := range e.To {
			if !slices.Contains(receivers, to) {
				receivers = append(receivers, to)
			}
		}
		if e.told != nil && e.told.Status == "unknown" && !explained(e, entries) {
			r.wrong("%s: told as unknown, and nothing had gone wrong:%s", m, history(entries, e.To[0]))
		}
	}
	for _, to := range receivers {
		open, there := false, false
		for part := range parts {
			b := bounds(entries, to, part)
			n := l.rooms[place{m, to, part}]
			if n < b.least || n > b.most {
				r.wrong("%s to %q, part %d of %d: %d arrived, %d to %d by what was told:%s", m, to, part+1, parts, n, b.least, b.most, history(entries, to))
			}
			if b.open {
				open, there = true, there || n > b.least
			}
			r.Repeated += max(0, n-1)
		}
		switch {
		case open && there:
			r.OpenArrived++
		case open:
			r.OpenMissing++
		}
	}
}

// bound is how often a part may be in a room.
type bound struct {
	least, most int
	open        bool // nobody was told for certain
}

func bounds(entries []*entry, to string, part int) bound {
	var told, plain, later, resent, resentSure, fresh, perhaps int
	var first, firstTruly time.Time // the earliest call, by its caller's clock and really
	for _, e := range entries {
		if !slices.Contains(e.To, to) || e.Resend {
			continue
		}
		if early, _ := e.clock(); first.IsZero() || early.Before(first) {
			first = early
		}
		if firstTruly.IsZero() || e.Began.Before(firstTruly) {
			firstTruly = e.Began
		}
	}
	for _, e := range entries {
		if !slices.Contains(e.To, to) {
			continue
		}
		got, _ := e.got(to)
		_, late := e.clock()
		if part < got {
			told = 1
		}
		if e.fresh(to) {
			fresh++
		}
		switch {
		case !e.may(to, part):
		case e.Resend:
			resent++
			resentSure += btoi(part < got)
		case plain > 0 && (late.Sub(first) >= e.Window || e.Ended.Sub(firstTruly) >= e.Window):
			later++
		default:
			plain = 1
		}
		if part >= got && e.may(to, part) {
			perhaps++
		}
	}
	least := max(told, fresh, resentSure)
	return bound{least: least, most: plain + later + resent, open: perhaps > 0 && told == 0}
}

// explained reports whether a call that was told "unknown" has a reason for it: a
// fault, or another call of the same message that was not over when it began, or
// that nobody heard of again.
func explained(e *entry, entries []*entry) bool {
	if e.Trouble != "" {
		return true
	}
	for _, other := range entries {
		if other != e && !other.Began.After(e.Ended) && (other.Trouble != "" || other.told == nil || other.Ended.After(e.Began)) {
			return true
		}
	}
	return false
}

func history(entries []*entry, to string) string {
	var b strings.Builder
	for _, e := range entries {
		if !slices.Contains(e.To, to) {
			continue
		}
		fmt.Fprintf(&b, "\n    %s–%s (clock ahead by %v, %v)", e.Began.Format("15:04:05.000"), e.Ended.Format("15:04:05.000"), e.Ahead[0], e.Ahead[1])
		if e.Resend {
			b.WriteString(" resend")
		}
		if e.told == nil {
			b.WriteString(" no answer")
		} else {
			got, perhaps := e.got(to)
			fmt.Fprintf(&b, " %s %s (%d of %d, perhaps more: %v)", e.told.Status, e.told.Reason, got, e.Parts, perhaps)
		}
		fmt.Fprintf(&b, " [%s]", e.Trouble)
	}
	return b.String()
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
