package messenger

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"kakaotalk-mcp/tools/ask"
	"kakaotalk-mcp/tools/journal"
	"kakaotalk-mcp/tools/kakao"
)

// deliver sends bubble after bubble, each to everybody who got the ones before.
// Its error means that nobody got anything, or that the client is to be asked.
func (s *sending) deliver(ctx context.Context) error {
	defer s.learnNames(ctx)
	if err := s.prepare(ctx); err != nil {
		return err
	}
	defer s.tidy(ctx)
	defer s.markWhole(ctx)
	for part := range s.plan.Bubbles {
		err := ctx.Err()
		if err == nil {
			err = s.bubble(ctx, part)
		}
		switch {
		case err == nil:
		case errors.Is(err, ask.ErrSuspended):
			return err
		case !s.touched():
			return s.named(ctx, err)
		default:
			s.stopped = s.m.Refusal(s.named(ctx, err))
			s.failRest(s.stopped)
			return nil
		}
	}
	return nil
}

// prepare makes bubbles whose page is stored only now that they go out.
func (s *sending) prepare(ctx context.Context) error {
	if s.plan.Prepare == nil {
		return nil
	}
	ready, err := s.plan.Prepare(ctx)
	if err != nil {
		return err
	}
	s.plan.Bubbles, s.plan.Delivery, s.plan.Travels = ready.Bubbles, ready.Delivery, ready.Travels
	s.plan.First, s.plan.Unproven, s.plan.Discard, s.plan.Tunnel = ready.First, ready.Unproven, ready.Discard, ready.Tunnel
	for i := range s.fates { // it may have become parts after all
		if f := &s.fates[i]; f.open() {
			f.have = make([]bool, len(s.plan.Bubbles))
		} else {
			f.complete(len(s.plan.Bubbles), f.at)
		}
	}
	return nil
}

// tidy removes a stored page that nobody was sent a link to.
func (s *sending) tidy(ctx context.Context) {
	if s.plan.Discard == nil {
		return
	}
	if !slices.ContainsFunc(s.fates, func(f fate) bool { return f.fresh > 0 || f.unknown }) {
		s.plan.Discard(context.WithoutCancel(ctx))
	}
}

// touched reports whether anybody got something, may have, or was refused.
func (s *sending) touched() bool {
	return slices.ContainsFunc(s.fates, func(f fate) bool { return f.got() > 0 || f.unknown || f.failed != nil })
}

// bubble sends one bubble under a journal entry for each receiver. Where another
// call is sending the same at this moment it waits for that one's outcome.
func (s *sending) bubble(ctx context.Context, part int) error {
	for {
		var who []int
		var items []journal.Item
		for i := range s.fates {
			if f := &s.fates[i]; f.open() && !f.have[part] {
				who = append(who, i)
				items = append(items, s.item(i, part))
			}
		}
		if len(who) == 0 {
			return nil
		}
		if err := s.placePicture(ctx, part); err != nil {
			return err
		}
		claim, err := s.m.journal.Begin(ctx, items, s.window(), s.r.Resend || s.m.cfg.Typed)
		if err != nil {
			return s.m.JournalProblem(err)
		}
		if err := s.claimed(ctx, part, who, claim); err != nil {
			return err
		}
		if s.sortOut(part, who, claim) && !s.wait.more(ctx) {
			return ctx.Err()
		}
	}
}

// sortOut notes what became of receivers whose bubble another call had begun. It
// reports whether to look again because that call may still be sending.
func (s *sending) sortOut(part int, who []int, claim journal.Claim) (again bool) {
	for k, i := range who {
		f, st := &s.fates[i], claim.Status[k]
		switch {
		case claim.Granted[k]:
		case st.State == journal.Sent:
			f.have[part], f.at = true, st.At
		case s.moving(st) && !s.wait.over():
			again = true
		default:
			f.unknown, f.at = true, st.At
		}
	}
	return again
}

// claimed sends to the receivers that the journal granted and closes its entries.
func (s *sending) claimed(ctx context.Context, part int, who []int, claim journal.Claim) error {
	var going []int
	for k, i := range who {
		if claim.Granted[k] {
			going = append(going, i)
		}
	}
	if len(going) == 0 {
		return nil
	}
	sent, err := s.transmit(ctx, going, part)
	outcomes := make([]journal.Outcome, len(who))
	for k, i := range who {
		outcomes[k] = sent[i]
	}
	if ferr := s.m.journal.Finish(context.WithoutCancel(ctx), claim, outcomes); ferr != nil {
		// The entry stays in flight, which counts as possibly sent: a repeat is
		// held back rather than sent twice.
		s.m.cfg.Log.Error("journal entry not closed", "err", ferr)
	}
	return err
}

// transmit makes the request and returns an outcome for each receiver in going.
// The error is about the whole request and means that nobody got the bubble.
func (s *sending) transmit(ctx context.Context, going []int, part int) (map[int]journal.Outcome, error) {
	uuids := make([]string, len(going))
	for k, i := range going {
		uuids[k] = s.receivers[i].UUID
	}
	var d kakao.Delivery
	uncertain := false // a request left, and nobody knows what became of it
	err := s.m.Call(ctx, s.purpose, s.h, func(token string) (err error) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.stillSame(); err != nil {
			return err
		}
		// A send under way is not aborted: its outcome would be unknown.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendTimeout)
		defer cancel()
		if s.r.ToMe {
			err = s.m.cfg.Kakao.SendToMe(ctx, token, s.plan.Bubbles[part])
			d.Delivered = uuids
		} else {
			d, err = s.m.cfg.Kakao.SendToFriends(ctx, token, uuids, s.plan.Bubbles[part])
		}
		uncertain = err != nil && !kakao.NotSent(err)
		return err
	})
	outcomes := map[int]journal.Outcome{}
	for _, i := range going {
		f, uuid := &s.fates[i], s.receivers[i].UUID
		failure, refused := failureOf(d, uuid)
		switch {
		case err != nil && !uncertain:
			outcomes[i] = journal.Refused
		case err != nil, refused && (failure.Code == 0 || failure.Code == kakao.CodeInternal || failure.Code == kakao.CodeTimeout):
			outcomes[i] = journal.Uncertain
			f.unknown, f.at = true, s.m.now()
		case refused:
			outcomes[i] = journal.Refused
			f.failed = s.m.failure(s.receivers[i], failure)
			if failure.Code == kakao.CodeNotFriend || failure.Code == kakao.CodeNotTalkUser {
				s.m.friends.drop()
			}
		default:
			outcomes[i] = journal.Delivered
			f.have[part] = true
			f.fresh++
		}
	}
	if uncertain {
		return outcomes, nil // told for each receiver
	}
	return outcomes, err
}

func failureOf(d kakao.Delivery, uuid string) (kakao.Failure, bool) {
	for _, f := range d.Failed {
		if f.UUID == uuid {
			return f, true
		}
	}
	return kakao.Failure{}, false
}

// named adds to a refusal of the whole request (-2) what it is about: the console's
// template, or receivers whose uuid is nobody's any more.
func (s *sending) named(ctx context.Context, err error) error {
	answer, answered := errors.AsType[*kakao.Error](err)
	if !answered || answer.Code != kakao.CodeBadParameter {
		return err
	}
	switch cause := answer.Cause(); {
	case cause == kakao.TemplatePurpose && s.r.TemplateID != 0:
		r := *s.m.Refusal(err)
		r.What += " template_id: " + strconv.FormatInt(s.r.TemplateID, 10) + "."
		return &r
	case s.r.ToMe, cause != kakao.CauseUnknown && cause != kakao.UnknownReceiver:
		return err
	}
	s.m.friends.drop()
	all, rerr := s.m.friends.all(ctx, s.h)
	if rerr != nil {
		return err
	}
	if gone := s.gone(all); gone != nil {
		return gone
	}
	return err
}

func (m *Messenger) failure(r Receiver, f kakao.Failure) *Failed {
	w := m.meaningOf(&kakao.Error{Code: f.Code, Msg: f.Msg})
	return &Failed{Name: r.Name, UUID: r.UUID, Reason: w.what(m.cfg.Lang), called: r.Called(m.cfg.Lang), code: w.reason, next: w.next(m.cfg.Lang), retry: w.retry}
}

// failRest marks everybody who has not got everything yet.
func (s *sending) failRest(r *Refusal) {
	for i := range s.fates {
		if f := &s.fates[i]; f.open() {
			f.failed = &Failed{Name: s.receivers[i].Name, UUID: s.receivers[i].UUID, Reason: r.What, code: r.Reason, next: r.Next, retry: r.Retry}
		}
	}
}
