package reminder

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"strings"
	"time"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/tools/ask"
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
	// requestTime bounds one request; it is not cut short by the call's end.
	requestTime = 20 * time.Second
	// clearUpTime bounds looking into the calendar after a lost answer.
	clearUpTime = 8 * time.Second
	// looks is how often that is done: what was just created may not be listed at once.
	looks = 3
	// lookPause comes before each look but the first.
	lookPause = 500 * time.Millisecond
)

// creating is one Create under way.
type creating struct {
	r *Reminders
	q Request
	h messenger.Human

	when   when
	repeat repetition
	event  kakao.Event

	account string
	attempt int  // in the journal: how often it was begun before, however that ended
	mark    mark // in the list, once the journal has a key

	id      string // of the event in the calendar
	earlier bool   // an earlier call has created it
	unknown bool   // it may be in the calendar
	agreed  *ask.Agreement
}

func (c *creating) run(ctx context.Context) error {
	if err := c.check(); err != nil {
		return err
	}
	r := c.r
	// A login first: the account belongs to what makes two requests the same.
	if err := r.m.Call(ctx, auth.ForCalendar, c.h, func(string) error { return nil }); err != nil {
		return err
	}
	c.account = r.cfg.Session.Account()
	if err := c.look(ctx); err != nil || c.id != "" || c.unknown {
		return err
	}
	if err := c.confirm(ctx); err != nil {
		return err
	}
	return c.create(ctx)
}

// check refuses everything that can be told without a login.
func (c *creating) check() error {
	r, q := c.r, &c.q
	if r.cfg.ReadOnly {
		return &messenger.Refusal{Problem: problem.Problem{Reason: "read_only", Retry: problem.No,
			What: r.say("KAKAO_READ_ONLY가 켜져 있어요.", "KAKAO_READ_ONLY is on."), Next: r.say("이 설정은 사용자만 바꿀 수 있어요.", "Only the user can change that.")}}
	}
	q.Title, q.Place = strings.Join(strings.Fields(q.Title), " "), strings.Join(strings.Fields(q.Place), " ")
	q.Note, q.Until, q.Repeat = strings.TrimSpace(q.Note), strings.TrimSpace(q.Until), strings.ToLower(strings.TrimSpace(q.Repeat))
	if q.Title == "" {
		return r.bad("bad_content", r.say("title이 없어요.", "title is missing."), r.say("title에 알림 제목을 넣어 다시 요청해 주세요.", "Call again with title."))
	}
	var refused *messenger.Refusal
	if c.when, refused = r.when(*q); refused != nil {
		return refused
	}
	if c.repeat, refused = r.repeat(*q, c.when); refused != nil {
		return refused
	}
	c.event = c.when.event(*q)
	c.event.RRule = c.repeat.rule
	if c.event.TimeZone, refused = r.zone(c.when, c.repeat.rule != ""); refused != nil {
		return refused
	}
	return c.event.Validate()
}

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

// digest is what makes two requests the same: the event that they make.
func (c *creating) digest() string {
	raw, _ := json.Marshal(c.event) // texts, numbers and times
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
		case err != nil || waited:
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
		if !pause(ctx, settlePoll) {
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
	var page kakao.EventPage
	start := c.event.Start
	err = c.r.read(ctx, c.h, func(ctx context.Context, token string) (err error) {
		page, err = c.r.cfg.Kakao.Events(ctx, token, start.Add(-24*time.Hour), start.Add(48*time.Hour))
		return err
	})
	if err != nil {
		return "", err
	}
	for _, e := range page.Events {
		if e.Title == c.q.Title && e.AllDay == c.event.AllDay && e.Start.Equal(start) && !c.r.list.has(e.ID) {
			return e.ID, c.keep(e.ID)
		}
	}
	return "", nil
}

// create creates the event under an entry of the journal, which is there before the
// request leaves.
func (c *creating) create(ctx context.Context) error {
	r := c.r
	if c.agreed != nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), requestTime+clearUpTime) // that of the call was for waiting
		defer cancel()
	}
	claim, err := r.journal.Begin(ctx, []journal.Item{c.item(c.attempt)}, window, false)
	if err != nil {
		return r.m.JournalProblem(err)
	}
	if !claim.Granted[0] { // begun by another call since it was looked up
		err := c.look(ctx)
		c.unknown = err == nil && c.id == ""
		return err
	}
	outcome := journal.Refused
	defer func() {
		if err := r.journal.Finish(context.WithoutCancel(ctx), claim, []journal.Outcome{outcome}); err != nil {
			r.cfg.Log.Error("journal entry not closed", "err", err) // it counts as possibly created
		}
	}()
	if err := c.marked(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	outcome, err = c.post(ctx)
	return err
}

// post makes the request. After an answer that was lost it looks into the calendar, and
// once repeats a request that has left nothing there.
func (c *creating) post(ctx context.Context) (journal.Outcome, error) {
	for try := 1; ; try++ {
		lost, err := c.request(ctx)
		if !lost {
			if c.id != "" {
				return journal.Delivered, c.keep(c.id)
			}
			return journal.Refused, err
		}
		id, looked := c.clearUp(ctx)
		if id != "" {
			c.id = id
			return journal.Delivered, nil
		}
		// A request that only took too long may still be carried out.
		if try > 1 || looked != nil || isTimeout(err) || ctx.Err() != nil {
			c.unknown = true
			return journal.Uncertain, nil
		}
	}
}

// request asks Kakao once to create the event. lost: it is not known whether it did.
func (c *creating) request(ctx context.Context) (lost bool, err error) {
	r := c.r
	err = r.m.Call(ctx, auth.ForCalendar, c.h, func(token string) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if r.cfg.Session.Account() != c.account {
			return &messenger.Refusal{Problem: problem.Problem{Reason: "account_changed", Retry: problem.Yes,
				What: r.say("그 사이에 로그인한 카카오계정이 바뀌었어요.", "The Kakao account changed in the meantime."), Next: r.say("다시 요청해 주세요.", "Ask again.")}}
		}
		// A request under way is not aborted: its outcome would be unknown.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), requestTime)
		defer cancel()
		id, err := r.cfg.Kakao.CreateEvent(ctx, token, c.event)
		c.id, lost = id, err != nil && !kakao.NotSent(err)
		return err
	})
	return lost, err
}

// clearUp looks whether a request whose answer was lost has created the event.
func (c *creating) clearUp(ctx context.Context) (id string, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), clearUpTime)
	defer cancel()
	for n := range looks {
		if n > 0 && !pause(ctx, lookPause) {
			return "", ctx.Err()
		}
		if id, err = c.among(ctx); id != "" {
			return id, nil // not in the list, if that failed, but created
		}
	}
	return "", err
}

// keep writes an event into the list. It was created, whatever comes of that.
func (c *creating) keep(id string) error {
	err := c.r.list.add(entry{ID: id, mark: c.mark, Start: c.event.Start, AllDay: c.event.AllDay, Repeats: c.event.RRule != ""}, c.r.now())
	if err != nil {
		c.r.cfg.Log.Error("reminder not listed", "err", err)
	}
	return nil
}

// confirm asks the person where they want to be asked about everything.
func (c *creating) confirm(ctx context.Context) error {
	r := c.r
	if r.cfg.Confirm != messenger.ConfirmAlways {
		return nil
	}
	agreed, err := r.m.Ask(ctx, ask.Question{
		Key: "reminder " + c.account + c.digest(), Lang: r.cfg.Lang, Program: bubble.Clean(c.h.Program(), 40), Rooms: r.m.Rooms(),
		Title: r.say("톡캘린더에 알림을 넣을까요?", "Add this reminder to your KakaoTalk calendar?"), Message: bubble.Reveal(c.shown()),
		Answers: []ask.Choice{{Verdict: ask.Once, Label: r.say("넣기", "Add")}, {Verdict: ask.Cancel, Label: r.say("취소", "Cancel")}},
	}, c.h)
	if err != nil {
		return err
	}
	if c.agreed = agreed; agreed.Verdict == ask.Cancel {
		return &messenger.Refusal{Problem: problem.Problem{Reason: "declined", Retry: problem.AfterUser, Next: r.say("사용자가 다시 원할 때만 요청하세요.", "Ask again only if the user wants it.")}}
	}
	return nil
}

// read is a request that changes nothing. A passing fault is met with another try.
func (r *Reminders) read(ctx context.Context, h messenger.Human, request func(ctx context.Context, token string) error) error {
	for try := 1; ; try++ {
		err := r.m.Call(ctx, auth.ForCalendar, h, func(token string) error { return request(ctx, token) })
		if err == nil || kakao.NotSent(err) || try == looks || !pause(ctx, lookPause) {
			return err
		}
	}
}

func isGone(err error) bool {
	answer, ok := errors.AsType[*kakao.Error](err)
	return ok && answer.Code == kakao.CodeNoEvent
}

func isTimeout(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout()
}

// pause waits; it reports false if ctx ended.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
