package reminder

import (
	"context"
	"slices"
	"sort"
	"time"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/tools/journal"
	"kakaotalk-mcp/tools/kakao"
	"kakaotalk-mcp/tools/messenger"
)

// Reminder is one event that this program has created, for a list.
type Reminder struct {
	ID       string `json:"event_id"`
	Title    string `json:"title"`
	StartsAt string `json:"starts_at"`
	Repeats  bool   `json:"repeats"`
}

// All are the reminders of the account that is logged in which this program has created
// and which are still in the calendar, the first to come first.
func (r *Reminders) All(ctx context.Context, h messenger.Human) ([]Reminder, error) {
	mine, err := r.mine(ctx, h)
	if err != nil {
		return nil, err
	}
	all := []Reminder{}
	var gone []string
	for _, e := range mine {
		event := kakao.Event{Start: e.Start}
		err := r.read(ctx, h, func(ctx context.Context, token string) (err error) {
			event, err = r.cfg.Kakao.Event(ctx, token, e.ID)
			return err
		})
		switch {
		case isGone(err):
			gone = append(gone, e.ID)
			continue
		case err != nil:
			return nil, err
		}
		if event.Start.IsZero() {
			event.Start, event.AllDay = e.Start, e.AllDay
		}
		shown := Reminder{ID: e.ID, Title: event.Title, StartsAt: written(event.Start.In(r.cfg.Location)), Repeats: e.Repeats}
		if event.AllDay {
			shown.StartsAt = event.Start.UTC().Format(time.DateOnly)
		}
		all = append(all, shown)
	}
	if len(gone) > 0 {
		r.forget(gone...)
	}
	return all, nil
}

// Count is how many events this program has put into calendars from the home that are
// not known to be gone.
func Count(home string) int {
	data, _ := newList(home).read()
	return len(data.Entries)
}

// IsLoud reports whether a person has said that a test reminder made itself heard.
func IsLoud(home string) bool {
	data, _ := newList(home).read()
	return data.Rings == RingsLoud
}

// mine are the events of the account that is logged in, the first to come first.
func (r *Reminders) mine(ctx context.Context, h messenger.Human) ([]entry, error) {
	data, err := r.list.read()
	if err != nil || len(data.Entries) == 0 {
		return nil, err // nobody has to log in for that
	}
	if err := r.m.Call(ctx, auth.ForCalendar, h, func(string) error { return nil }); err != nil {
		return nil, err
	}
	own, err := r.markOf(ctx, r.cfg.Session.Account(), journal.Item{})
	if err != nil {
		return nil, err
	}
	mine := slices.DeleteFunc(data.Entries, func(e entry) bool { return e.Account != own.Account })
	sort.SliceStable(mine, func(a, b int) bool { return mine[a].Start.Before(mine[b].Start) })
	return mine, nil
}

// Delete takes a reminder out of the calendar, with all occurrences if it repeats.
// One that the calendar has no more is an error, and forgotten.
func (r *Reminders) Delete(ctx context.Context, id string, h messenger.Human) error {
	mine, err := r.mine(ctx, h)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(mine, func(e entry) bool { return e.ID == id })
	if i < 0 {
		return messenger.BadInput("no_event", r.say("이 프로그램으로 만든 알림이 아니에요.", "This program has made no such reminder."),
			r.sayf("`%s reminders`에 나오는 ID를 적어 주세요.", "Give an ID that `%s reminders` shows.", r.cfg.Command))
	}
	err = r.m.Call(ctx, auth.ForCalendar, h, func(token string) error {
		return r.cfg.Kakao.DeleteEvent(ctx, token, id, mine[i].Repeats)
	})
	if err == nil || isGone(err) {
		r.forget(id)
	}
	return err
}
