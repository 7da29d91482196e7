package reminder

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"kakaotalk-mcp/auth/ground/private"
	"kakaotalk-mcp/tools/journal"
)

// listName holds which events this program has created, so that they can be found and
// deleted again, and what a person heard of a test. What the events say only the
// calendar knows.
const (
	listName   = "reminders.json"
	listLock   = "reminders.lock" // never deleted, never the data file itself
	listFormat = 1
	listMax    = 1 << 20 // bytes
	maxEntries = 1000    // the newest stay
	// listWait is far longer than a change takes.
	listWait = 5 * time.Second
	listPoll = 10 * time.Millisecond
	// keepFor is how long a single event that is over stays in the list.
	keepFor = 30 * 24 * time.Hour
)

// mark tells whose an event is and what it was asked for as, by the journal's key:
// nobody can read either out of it.
type mark struct {
	Account string `json:"account"`
	Request string `json:"request"`
}

// entry is an event that this program has created.
type entry struct {
	ID string `json:"id"`
	mark
	Start   time.Time `json:"start"` // of a whole day, its date at 00:00 UTC
	AllDay  bool      `json:"all_day,omitempty"`
	Repeats bool      `json:"repeats,omitempty"`
}

type listData struct {
	Format  int     `json:"v"`
	Rings   Rings   `json:"rings,omitempty"`
	Entries []entry `json:"reminders"`
}

// Rings is what a person said of a test reminder.
type Rings string

// Answers of a person.
const (
	RingsUnknown Rings = ""
	RingsLoud    Rings = "loud"   // with a sound or vibration
	RingsSilent  Rings = "silent" // it was shown without one
	RingsNot     Rings = "no"     // nothing came
)

// list reads the file each time: other processes write it too.
type list struct{ folder string }

func newList(home string) *list { return &list{home} }

func (l *list) read() (listData, error) {
	raw, err := private.Read(filepath.Join(l.folder, listName), listMax)
	if errors.Is(err, fs.ErrNotExist) {
		return listData{}, nil
	}
	if err != nil {
		return listData{}, err
	}
	var data listData
	if json.Unmarshal(raw, &data) != nil || data.Format > listFormat {
		return listData{}, fmt.Errorf("%s is damaged or from a newer version", listName)
	}
	return data, nil
}

// change rewrites the file while other processes are kept out.
func (l *list) change(edit func(*listData)) error {
	ctx, cancel := context.WithTimeout(context.Background(), listWait)
	defer cancel()
	lock, err := private.Acquire(ctx, filepath.Join(l.folder, listLock), listPoll)
	if err != nil {
		return err
	}
	defer lock.Release()
	data, err := l.read()
	if err != nil {
		return err
	}
	edit(&data)
	data.Format = listFormat
	raw, err := json.MarshalIndent(data, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding %s: %w", listName, err)
	}
	return private.Write(filepath.Join(l.folder, listName), append(raw, '\n'))
}

// marked returns the newest event that a request has created, nil for none.
func (l *list) marked(m mark) *entry {
	data, _ := l.read()
	for _, e := range slices.Backward(data.Entries) {
		if e.mark == m && m.Request != "" {
			return &e
		}
	}
	return nil
}

func (l *list) has(id string) bool {
	data, _ := l.read()
	return slices.ContainsFunc(data.Entries, func(e entry) bool { return e.ID == id })
}

// add appends an event, and drops what is long over.
func (l *list) add(e entry, now time.Time) error {
	return l.change(func(d *listData) {
		d.Entries = slices.DeleteFunc(d.Entries, func(old entry) bool {
			return old.ID == e.ID || !old.Repeats && now.Sub(old.Start) > keepFor
		})
		d.Entries = append(d.Entries, e)
		d.Entries = d.Entries[max(0, len(d.Entries)-maxEntries):]
	})
}

// forget drops events that are in the calendar no more.
func (r *Reminders) forget(ids ...string) {
	err := r.list.change(func(d *listData) {
		d.Entries = slices.DeleteFunc(d.Entries, func(e entry) bool { return slices.Contains(ids, e.ID) })
	})
	if err != nil {
		r.cfg.Log.Warn("list of reminders not changed", "err", err)
	}
}

// markOf is what a request is called in the list.
func (r *Reminders) markOf(ctx context.Context, account string, item journal.Item) (m mark, err error) {
	if m.Account, err = r.journal.Mark(ctx, calendarItem(account, "")); err == nil {
		m.Request, err = r.journal.Mark(ctx, item)
	}
	if err != nil {
		return mark{}, r.m.JournalProblem(err)
	}
	return m, nil
}

// Rings is what a person said of the newest test.
func (r *Reminders) Rings() Rings {
	data, _ := r.list.read()
	return data.Rings
}

// SetRings remembers what a person said of a test.
func (r *Reminders) SetRings(answer Rings) error {
	return r.list.change(func(d *listData) { d.Rings = answer })
}
