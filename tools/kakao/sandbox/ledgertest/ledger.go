// Package ledgertest compares what callers were told about their messages with what
// arrived in a sandbox's chat rooms. Soak tests of several packages keep one.
//
// Every message has a marker of its own, a word that stands in each of its parts.
// The rules, for each message, receiver and part:
//
//   - told as delivered: it is in the room
//   - told as not sent, by every call: it is not
//   - unknown, or no answer at all: it may be there, once
//   - there once at most, unless it was sent again on purpose (resend), or an
//     identical call came after the window within which it counts as a repeat
//   - unknown is told only when something went wrong
//
// It imports the standard library only and knows answers by their wire form.
package ledgertest

import (
	"fmt"
	"regexp"
	"strconv"
	"sync"
	"time"
)

// Call is one call of a sending tool.
type Call struct {
	Message      string           // marker of its text, see Marker
	To           []string         // uuids of the receivers, "" for oneself
	Parts        int              // in how many messages the text goes
	Resend       bool             // sent again on purpose
	Window       time.Duration    // within which an identical call is a repeat
	Began, Ended time.Time        // really
	Ahead        [2]time.Duration // by how much the caller's clock was ahead at both times
	Answer       []byte           // structuredContent; nil: killed or cancelled before an answer
	Trouble      string           // faults at any time of the call, "" for none
}

// Marker is the word that stands for message n.
func Marker(n int64) string { return fmt.Sprintf("m%dm", n) }

var (
	marker = regexp.MustCompile(`\bm\d+m\b`)
	number = regexp.MustCompile(`^\((\d+)/\d+\)\n`)
	soFar  = regexp.MustCompile(`(\d+)개 중 (\d+)개까지`)
)

// place is where a part of a message belongs.
type place struct {
	message, to string
	part        int
}

// Ledger collects calls and arrivals. The zero value is empty; Add and Arrived may
// be called concurrently.
type Ledger struct {
	mu      sync.Mutex
	calls   []Call
	rooms   map[place]int
	strange []string // arrivals that belong to no message
}

// Add enters a call that has ended.
func (l *Ledger) Add(c Call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls = append(l.calls, c)
}

// Arrived enters a message found in a room: to is the receiver's uuid, "" for
// oneself.
func (l *Ledger) Arrived(to, text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.rooms == nil {
		l.rooms = map[place]int{}
	}
	m := marker.FindString(text)
	if m == "" {
		l.strange = append(l.strange, fmt.Sprintf("arrived without a marker: %.40q", text))
		return
	}
	p := place{m, to, 0}
	if n := number.FindStringSubmatch(text); n != nil {
		p.part, _ = strconv.Atoi(n[1])
		p.part--
	}
	l.rooms[p]++
}

// answer is the part of a structuredContent that counts here.
type answer struct {
	Status    string `json:"status"`
	Reason    string `json:"reason"`
	Delivered []struct {
		UUID string `json:"uuid"`
	} `json:"delivered"`
	Failed []struct {
		UUID   string `json:"uuid"`
		Reason string `json:"reason"`
	} `json:"failed"`
}

// entry is a call with its answer read.
type entry struct {
	Call
	told *answer
}

// got tells how many parts the answer says that to has, and whether one more may
// have arrived.
func (e *entry) got(to string) (parts int, perhaps bool) {
	if e.told == nil {
		return 0, true
	}
	for _, d := range e.told.Delivered {
		if d.UUID == to {
			return e.Parts, false
		}
	}
	for _, f := range e.told.Failed {
		if f.UUID != to {
			continue
		}
		if n := soFar.FindStringSubmatch(f.Reason); n != nil {
			parts, _ = strconv.Atoi(n[2])
		}
		return parts, e.told.Status == "unknown"
	}
	return 0, false
}

// clock returns between which times by the caller's clock the call was: that one may
// have jumped meanwhile.
func (e *entry) clock() (early, late time.Time) {
	early, late = e.Began.Add(e.Ahead[0]), e.Ended.Add(e.Ahead[1])
	if late.Before(early) {
		early, late = late, early
	}
	return early, late
}

// may reports whether this call may have brought to the part.
func (e *entry) may(to string, part int) bool {
	if e.told == nil {
		return true
	}
	parts, perhaps := e.got(to)
	return part < parts || perhaps && part == parts
}

// fresh reports whether the answer says that this very call sent all parts to to:
// "sent" to several may rest on an earlier call for some.
func (e *entry) fresh(to string) bool {
	if e.told == nil {
		return false
	}
	parts, _ := e.got(to)
	return parts == e.Parts && (e.Resend || e.told.Status == "sent" && len(e.To) == 1 && e.Parts == 1)
}
