package journal

import (
	"encoding/binary"
	"slices"
	"time"
)

// kst is the offset of Korean time, where Kakao's day is taken to turn over. There is no summer time.
const kst = 9 * 60 * 60

func dayOf(at int64) int64 { return (at/int64(time.Second) + kst) / (24 * 60 * 60) }

// index is the journal in memory.
type index struct {
	events   map[hash][]event // by item, in the order of the file
	accounts map[hash]*account
	names    map[hash]meaning // by nickname
	places   map[hash]place   // by upload
	learnt   int              // names so far: their age
	begun    int              // events so far: their age
	records  int              // in the file, damaged ones too
}

// event is one sending of an item; its record's kind is that of the newest one.
type event struct {
	record
	age int
}

type account struct {
	best int // of days that were forgotten
	days map[int64]*day
}

// day counts messages to friends.
type day struct {
	delivered, possible int
	pairs               map[hash]int // possible, by receiver
}

// meaning is whom a nickname meant.
type meaning struct {
	record
	age int
}

func newIndex() index {
	return index{events: map[hash][]event{}, accounts: map[hash]*account{}, names: map[hash]meaning{}, places: map[hash]place{}}
}

func (x *index) apply(r record) {
	switch r.kind {
	case kindName:
		x.learnt++
		x.names[r.hashes[0]] = meaning{r, x.learnt}
	case kindBest:
		a := x.account(r.hashes[0])
		a.best = max(a.best, int(binary.LittleEndian.Uint64(r.hashes[1][:])))
	case kindPlace:
		x.place(r)
	default:
		x.send(r)
	}
}

// send brings the event that r names into the state that r tells. An outcome whose beginning is not known stands for
// both: so are events written when the journal is rewritten.
func (x *index) send(r record) {
	item := r.hashes[0]
	events := x.events[item]
	at := len(events) - 1
	for at >= 0 && events[at].at != r.at {
		at--
	}
	state := stateOf(r.kind)
	old := Fresh
	if at >= 0 {
		old = stateOf(events[at].kind)
		if r.kind == kindBegun {
			return // known already
		}
	}
	x.count(r, old, state)
	switch {
	case state == Fresh && at >= 0:
		if events = append(events[:at], events[at+1:]...); len(events) == 0 {
			delete(x.events, item)
			return
		}
	case state == Fresh:
		return
	case at >= 0:
		events[at].kind = r.kind
	default:
		x.begun++
		events = append(events, event{r, x.begun})
	}
	x.events[item] = events
}

func stateOf(k kind) State {
	switch k {
	case kindBegun:
		return InFlight
	case kindSent:
		return Sent
	case kindUnknown:
		return Unknown
	}
	return Fresh
}

func (x *index) count(r record, from, to State) {
	if !r.friend {
		return
	}
	a := x.account(r.hashes[1])
	d := a.days[dayOf(r.at)]
	if d == nil {
		d = &day{pairs: map[hash]int{}}
		a.days[dayOf(r.at)] = d
	}
	possible := boolInt(to != Fresh) - boolInt(from != Fresh)
	d.possible += possible
	d.pairs[r.hashes[2]] += possible
	d.delivered += boolInt(to == Sent) - boolInt(from == Sent)
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (x *index) account(h hash) *account {
	a := x.accounts[h]
	if a == nil {
		a = &account{days: map[int64]*day{}}
		x.accounts[h] = a
	}
	return a
}

func (x *index) has(item hash, at int64) bool {
	return slices.ContainsFunc(x.events[item], func(e event) bool { return e.at == at })
}

// status returns the newest state of an item within the window.
func (x *index) status(item hash, now time.Time, window time.Duration) Status {
	for _, e := range slices.Backward(x.events[item]) {
		at := min(e.at, now.UnixNano())
		if now.UnixNano()-at < int64(min(window, maxWindow)) {
			return Status{State: stateOf(e.kind), At: time.Unix(0, at)}
		}
	}
	return Status{}
}
