package reminder

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/tools/bubble"
	"kakaotalk-mcp/tools/journal"
	"kakaotalk-mcp/tools/kakao"
	"kakaotalk-mcp/tools/messenger"
)

const (
	// window is how long the journal tells the same request again; the list of
	// reminders does so for longer.
	window = 24 * time.Hour
	// maxAttempts is far above how often the same reminder is begun within the window.
	maxAttempts = 50
	// callLife is longer than any call is: a login is waited for, then Kakao.
	callLife = 75 * time.Second
	// settleWait is how long a repeat waits for the same reminder still on its way.
	settleWait = 5 * time.Second
	settlePoll = 50 * time.Millisecond
	// clearUpTime bounds looking into the calendar after a lost answer.
	clearUpTime = 8 * time.Second
	// looks is how often that is done: what was just created may not be listed at once.
	looks = 3
	// lookPause comes before each look but the first.
	lookPause = 500 * time.Millisecond
)

// item is an attempt to create the event, as the journal knows it. Each has a number of
// its own, so that of two calls that both find an earlier attempt in vain one goes on.
func (c *creating) item(attempt int) journal.Item {
	item := calendarItem(c.account, c.digest())
	item.Part = attempt
	return item
}

func calendarItem(account, content string) journal.Item {
	return journal.Item{Account: account + " calendar", Receiver: journal.Me, Content: content}
}

// digest is what makes two requests the same: what is read of the event that they make.
func (c *creating) digest() string {
	e := c.event
	e.Title, e.Description, e.Place = bubble.Words(e.Title), bubble.Words(e.Description), bubble.Words(e.Place)
	return exactly(e)
}

// exactly is an event to the last character.
func exactly(e kakao.Event) string {
	raw, _ := json.Marshal(e) // texts, numbers and times
	return string(raw)
}

// look finds out, before the person is asked, whether an earlier call has created the
// same, or may be at it.
func (c *creating) look(ctx context.Context) error {
	for waited := false; ; waited = true {
		last, err := c.lastAttempt(ctx)
		if err != nil || c.q.Resend {
			return err
		}
		known := c.r.list.marked(c.mark)
		if known == nil && last.State == journal.Fresh {
			return nil
		}
		found, err := c.find(ctx, known)
		switch {
		case err == nil && found != "":
			c.id, c.earlier = found, true
			return nil
		case err != nil && (known != nil || last.State == journal.Sent):
			return err
		case err == nil && (last.State != journal.InFlight || time.Since(last.At) >= callLife):
			return nil // it is not there, and nobody is at it
		case err != nil || waited || last.Gone: // Kakao may still carry out what a killed process asked for
			c.unknown = true
			return nil
		}
		if err := c.settle(ctx, last); err != nil {
			return err
		}
	}
}

// settle waits a moment for another call that is at an attempt.
func (c *creating) settle(ctx context.Context, last journal.Status) error {
	for range settleWait / settlePoll {
		if !messenger.Pause(ctx, settlePoll) {
			return ctx.Err()
		}
		if now, err := c.lastAttempt(ctx); err != nil || now != last {
			return err
		}
	}
	return nil
}

// lastAttempt is what the journal knows of the newest attempt; the next one gets the
// number after it.
func (c *creating) lastAttempt(ctx context.Context) (last journal.Status, err error) {
	items := make([]journal.Item, maxAttempts)
	for n := range items {
		items[n] = c.item(n)
	}
	states, err := c.r.journal.Look(ctx, items, window)
	if err != nil {
		return last, c.r.m.JournalProblem(err)
	}
	c.attempt = 0
	for n, st := range states {
		if st.State != journal.Fresh {
			last, c.attempt = st, n+1
		}
	}
	return last, c.marked(ctx)
}

// marked works out what the reminder is called in the list.
func (c *creating) marked(ctx context.Context) (err error) {
	c.mark, err = c.r.markOf(ctx, c.account, c.item(0))
	return err
}

// find looks for the event in the calendar: by its id where the list knows it, else
// among those of its time. known is forgotten if it is gone.
func (c *creating) find(ctx context.Context, known *entry) (id string, err error) {
	if known != nil {
		exists := false
		err := c.r.read(ctx, c.h, func(ctx context.Context, token string) error {
			_, err := c.r.cfg.Kakao.Event(ctx, token, known.ID)
			exists = err == nil
			return err
		})
		switch {
		case exists:
			return known.ID, nil
		case !isGone(err):
			return "", err
		}
		c.r.forget(known.ID)
	}
	return c.among(ctx)
}

// among looks for the event among those of its time that the list does not know under
// another name; "" if it is none of them.
func (c *creating) among(ctx context.Context) (id string, err error) {
	var events []kakao.Event
	start := c.event.Start
	err = c.r.read(ctx, c.h, func(ctx context.Context, token string) (err error) {
		events, err = c.r.cfg.Kakao.Events(ctx, token, start.Add(-24*time.Hour), start.Add(48*time.Hour))
		return err
	})
	if err != nil {
		return "", err
	}
	for _, e := range events {
		if bubble.Words(e.Title) == bubble.Words(c.q.Title) && e.AllDay == c.event.AllDay && e.Start.Equal(start) && !c.r.list.has(e.ID) {
			c.keep(e.ID)
			return e.ID, nil
		}
	}
	return "", nil
}

// clearUp looks whether a request whose answer was lost has created the event.
func (c *creating) clearUp(ctx context.Context) (id string, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), clearUpTime)
	defer cancel()
	for n := range looks {
		if n > 0 && !messenger.Pause(ctx, lookPause) {
			return "", ctx.Err()
		}
		if id, err = c.among(ctx); id != "" {
			return id, nil // not in the list, if that failed, but created
		}
	}
	return "", err
}

// keep writes an event into the list. It was created, whatever comes of that.
func (c *creating) keep(id string) {
	err := c.r.list.add(entry{ID: id, mark: c.mark, Start: c.event.Start, AllDay: c.event.AllDay, Repeats: c.event.RRule != ""}, c.r.now())
	if err != nil {
		c.r.cfg.Log.Error("reminder not listed", "err", err)
	}
}

// read is a request that changes nothing. A passing fault is met with another try.
func (r *Reminders) read(ctx context.Context, h messenger.Human, request func(ctx context.Context, token string) error) error {
	for try := 1; ; try++ {
		err := r.m.Call(ctx, auth.ForCalendar, h, func(token string) error { return request(ctx, token) })
		if err == nil || kakao.NotSent(err) || try == looks || !messenger.Pause(ctx, lookPause) {
			return err
		}
	}
}

func isGone(err error) bool {
	answer, ok := errors.AsType[*kakao.Error](err)
	return ok && answer.Code == kakao.CodeNoEvent
}
