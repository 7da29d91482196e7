// Package journal remembers which messages were sent, so that none is sent twice, and for a day where uploads lie.
//
// It owns five files in the program's home: the journal itself, the key of its hashes and three locks. All processes of a
// user share them; a process killed at any moment leaves them readable (nothing is synced to disk, so a power failure
// may lose the last entries). Written down are keyed hashes, times and outcomes, never text, names or uuids, and of an
// upload its address, sealed by the key and what was uploaded. The package knows no messages and no wording; it imports
// the standard library and auth/ground/private.
package journal

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"kakaotalk-mcp/auth/ground/private"
)

// Errors of every method, beside those of a context. After any error nothing may be sent: nothing was written.
var (
	ErrUnavailable = errors.New("journal cannot be read or written")
	ErrBusy        = errors.New("journal is locked by another process")
	ErrUnsafe      = errors.New("journal is not safe from other users")
	ErrNewer       = errors.New("journal was written by a newer version")
)

// Me is the receiver of messages to oneself. Those do not count in Usage.
const Me = "me"

// maxItems bounds one call: 5 receivers and 20 parts are the most that is ever sent together.
const maxItems = 1000

// maxWindow is how long entries are kept for looking up; a longer window is taken as this one.
const maxWindow = 24 * time.Hour

// Journal is the journal of one home. Its methods may be called from several goroutines.
type Journal struct {
	dir  string
	now  func() time.Time
	turn chan struct{} // holds one token; a mutex that a context can interrupt
	index
	seen seen
	lost atomic.Bool
}

// Open returns the journal in dir, which is made on first use. It does no input or output. now is the caller's clock,
// which may jump.
func Open(dir string, now func() time.Time) *Journal {
	j := &Journal{dir: dir, now: now, turn: make(chan struct{}, 1), index: newIndex()}
	j.turn <- struct{}{}
	return j
}

// Lost reports, once for each time it happened, whether what was written down before is gone: the journal or its key
// was removed, or is damaged, and was begun anew.
func (j *Journal) Lost() bool { return j.lost.Swap(false) }

// Item is one message to one receiver.
type Item struct {
	Account  string // who sends
	Receiver string // uuid, or Me
	Content  string // what identifies all that is sent; only a keyed hash of it is kept
	Part     int    // number of the part of a long message
}

// State says what is known about an item.
type State int

const (
	Fresh    State = iota // not sent, as far as is known
	InFlight              // being sent, or its process was killed: possibly sent
	Sent                  // delivered
	Unknown               // possibly sent
)

// Status is the newest state of an item and when it was sent; At is zero for Fresh.
type Status struct {
	State State
	At    time.Time
	Gone  bool // InFlight, and Look saw that no process has it any longer
}

// Claim is the answer of Begin, by position in its items.
type Claim struct {
	Status  []Status // before this call
	Granted []bool   // may be sent now, and Finish must be told

	marks []mark
	times []int64
	held  *private.Lock // until Finish
}

// Outcome is how sending an item ended.
type Outcome int

const (
	Uncertain Outcome = iota // it may have arrived
	Delivered
	Refused // it certainly did not arrive: the item is Fresh again
)

// Look tells for each item whether it was sent within the last window. It writes nothing. An entry from the future (the
// clock was set back) counts as just made. A window over 24 hours is taken as 24 hours.
func (j *Journal) Look(ctx context.Context, items []Item, window time.Duration) ([]Status, error) {
	if len(items) > maxItems {
		return nil, fmt.Errorf("looking up %d items: more than %d", len(items), maxItems)
	}
	before, err := j.look(ctx, items, window)
	if err != nil || !slices.ContainsFunc(before, inFlight) || !j.nobodyClaims() {
		return before, err
	}
	// Whoever had it in flight has finished since, or is gone. What is in flight only now was begun since.
	status, err := j.look(ctx, items, window)
	if err != nil {
		return nil, err
	}
	for i := range status {
		status[i].Gone = inFlight(status[i]) && status[i] == before[i]
	}
	return status, nil
}

func inFlight(s Status) bool { return s.State == InFlight }

func (j *Journal) look(ctx context.Context, items []Item, window time.Duration) ([]Status, error) {
	status := make([]Status, len(items))
	err := j.read(ctx, func(k key) error {
		now := j.now()
		for i, item := range items {
			status[i] = j.status(k.mark(item).item, now, window)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return status, nil
}

// Begin looks the items up and writes those down as in flight that are Fresh, all of them when force is set, in one
// step: of two processes that begin the same item at once, one is granted it. The claim goes to
// Finish, as Refused when nothing was sent after all.
func (j *Journal) Begin(ctx context.Context, items []Item, window time.Duration, force bool) (Claim, error) {
	if len(items) > maxItems {
		return Claim{}, fmt.Errorf("beginning %d items: more than %d", len(items), maxItems)
	}
	n := len(items)
	c := Claim{make([]Status, n), make([]bool, n), make([]mark, n), make([]int64, n), nil}
	err := j.write(ctx, func(k key) ([]record, error) {
		now := j.now()
		var records []record
		begun := map[hash]bool{}
		for i, item := range items {
			m := k.mark(item)
			c.marks[i] = m
			if c.Status[i] = j.status(m.item, now, window); begun[m.item] {
				c.Status[i] = Status{State: InFlight, At: now}
			}
			if !force && c.Status[i].State != Fresh {
				continue
			}
			at := now.UnixNano()
			for j.index.has(m.item, at) || begun[m.item] && c.taken(i, at) {
				at++ // item and time name the entry
			}
			begun[m.item], c.Granted[i], c.times[i] = true, true, at
			records = append(records, m.record(kindBegun, at))
		}
		if len(records) == 0 {
			return nil, nil
		}
		var err error
		c.held, err = j.claiming(ctx) // before anybody can read of it
		return records, err
	})
	if err != nil {
		if c.held != nil {
			c.held.Release()
		}
		return Claim{}, err
	}
	return c, nil
}

// taken tells whether an earlier equal item of the claim has this time.
func (c *Claim) taken(i int, at int64) bool {
	for k := range i {
		if c.Granted[k] && c.marks[k].item == c.marks[i].item && c.times[k] == at {
			return true
		}
	}
	return false
}

// Finish writes down how the granted items of c ended. outcomes has one element for each item given to Begin; those of
// items that were not granted are ignored. It works also when ctx is cancelled already. After an error the items stay
// in flight, which is possibly sent.
func (j *Journal) Finish(ctx context.Context, c Claim, outcomes []Outcome) error {
	if len(outcomes) != len(c.Granted) {
		return fmt.Errorf("finishing %d items: %d outcomes", len(c.Granted), len(outcomes))
	}
	var records []record
	for i, m := range c.marks {
		if !c.Granted[i] {
			continue
		}
		kind := kindUnknown
		switch outcomes[i] {
		case Delivered:
			kind = kindSent
		case Refused:
			kind = kindReleased
		}
		records = append(records, m.record(kind, c.times[i]))
	}
	if len(records) == 0 {
		return nil
	}
	defer c.held.Release()
	return j.write(context.WithoutCancel(ctx), func(key) ([]record, error) { return records, nil })
}

// Mark returns what stands for an item in another file: it tells nothing without the
// journal's key, and is another one once that is gone. "" before anything was begun.
func (j *Journal) Mark(ctx context.Context, item Item) (mark string, err error) {
	err = j.read(ctx, func(k key) error {
		if k != (key{}) {
			h := k.mark(item).item
			mark = hex.EncodeToString(h[:])
		}
		return nil
	})
	return mark, err
}
