package reminder

import (
	"context"
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

// requestTime bounds one request; it is not cut short by the call's end.
const requestTime = 20 * time.Second

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
				c.keep(c.id)
				return journal.Delivered, nil
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

// confirm asks the person where they want to be asked about everything.
func (c *creating) confirm(ctx context.Context) error {
	r := c.r
	if r.cfg.Confirm != messenger.ConfirmAlways {
		return nil
	}
	agreed, err := r.m.Ask(ctx, ask.Question{
		Key: "reminder " + c.account + exactly(c.event), Same: "reminder " + c.account + c.digest(), Lang: r.cfg.Lang, Program: bubble.Clean(c.h.Program(), 40), Rooms: r.m.Rooms(),
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

func isTimeout(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout()
}
