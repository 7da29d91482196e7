package messenger

import (
	"context"
	"slices"
	"time"

	"kakaotalk-mcp/tools/compose"
	"kakaotalk-mcp/tools/journal"
)

const (
	// An identical call within these windows is a repeat, not a new message.
	windowMe      = 2 * time.Minute
	windowFriends = 10 * time.Minute
	// partsTime is how long the longest message can be on its way: its first part
	// is that much older than its last.
	partsTime = compose.MaxPartsMe * sendTimeout
	// settleWait is how long a repeat waits for the same message still on its
	// way in another call: two calls at once then both get a clear answer.
	settleWait = 5 * time.Second
	settlePoll = 50 * time.Millisecond
)

func (s *sending) item(receiver, part int) journal.Item {
	return s.journalItem(receiver, s.plan.First+part)
}

func (s *sending) journalItem(receiver, part int) journal.Item {
	return journal.Item{Account: s.account, Receiver: s.receivers[receiver].UUID, Content: s.content, Part: part}
}

// wholeMark stands for "everything arrived, whatever way it travelled". It is
// kept under an account of its own, because it is no message that counts.
func (s *sending) wholeMark(receiver int) journal.Item {
	item := s.journalItem(receiver, 0)
	item.Account += " whole"
	return item
}

// lookOtherWay marks a receiver who has, or may have, the whole text already: a
// tunnel may have come up, or gone, since an identical call.
func (s *sending) lookOtherWay(ctx context.Context, receiver int) error {
	f := &s.fates[receiver]
	if !f.open() || s.plan.Travels == "" {
		return nil
	}
	items := s.either(s.wholeMark(receiver))
	for _, first := range []int{compose.FirstPart, compose.FirstPage, compose.FirstStored} {
		for part := range compose.MaxBubbles {
			if first != s.plan.First {
				items = append(items, s.either(s.journalItem(receiver, first+part))...)
			}
		}
	}
	states, err := s.m.journal.Look(ctx, items, s.window())
	if err != nil {
		return err
	}
	for _, st := range states {
		if st.State == journal.InFlight || st.State == journal.Unknown {
			f.unknown, f.at = true, st.At
			return nil
		}
	}
	if whole := newer(states[0], states[1]); whole.State == journal.Sent && !s.m.cfg.Typed {
		f.complete(len(s.plan.Bubbles), whole.At)
	}
	return nil
}

// either is an item and what an earlier version calls it.
func (s *sending) either(item journal.Item) []journal.Item {
	old := item
	old.Content = s.exact
	return []journal.Item{item, old}
}

// newer is what counts of an item under both of its names.
func newer(a, b journal.Status) journal.Status {
	if b.At.After(a.At) {
		return b
	}
	return a
}

// complete notes that n bubbles, whichever they were, have all arrived.
func (f *fate) complete(n int, at time.Time) {
	f.have, f.at = make([]bool, n), at
	for part := range f.have {
		f.have[part] = true
	}
}

// markWhole writes down who has got a long text completely.
func (s *sending) markWhole(ctx context.Context) {
	if s.plan.Travels == "" {
		return
	}
	var items []journal.Item
	for i := range s.fates {
		if f := &s.fates[i]; f.fresh > 0 && !f.unknown && f.got() == len(f.have) {
			items = append(items, s.wholeMark(i))
		}
	}
	if len(items) == 0 {
		return
	}
	ctx = context.WithoutCancel(ctx)
	claim, err := s.m.journal.Begin(ctx, items, s.window(), true)
	if err == nil {
		outcomes := make([]journal.Outcome, len(items))
		for i := range outcomes {
			outcomes[i] = journal.Delivered
		}
		err = s.m.journal.Finish(ctx, claim, outcomes)
	}
	if err != nil {
		s.m.cfg.Log.Warn("delivery of a long text not noted", "err", err)
	}
}

func (s *sending) window() time.Duration {
	if s.r.ToMe {
		return windowMe
	}
	return windowFriends
}

// look asks the journal, before the human is asked, what an earlier identical
// call delivered, and reports whether anything is left to send.
func (s *sending) look(ctx context.Context) (open bool, err error) {
	s.fates = make([]fate, len(s.receivers))
	for i := range s.fates {
		s.fates[i].have = make([]bool, len(s.plan.Bubbles))
	}
	if s.r.Resend {
		return true, nil
	}
	for i := range s.receivers {
		states, err := s.settled(ctx, i)
		if err != nil {
			return false, s.m.JournalProblem(err)
		}
		s.fates[i].remember(states, s.m.now().Add(-s.window()), s.m.cfg.Typed)
		if err := s.lookOtherWay(ctx, i); err != nil {
			return false, s.m.JournalProblem(err)
		}
		open = open || s.fates[i].open()
	}
	return open, nil
}

// remember takes over what is known of an earlier call. It counts as the same
// message if its newest part is not older than since. A typed command is held
// back by an unknown outcome only.
func (f *fate) remember(states []journal.Status, since time.Time, typed bool) {
	newest := slices.MaxFunc(states, func(a, b journal.Status) int { return a.At.Compare(b.At) }).At
	if newest.Before(since) {
		return
	}
	for part, st := range states {
		switch st.State {
		case journal.Sent:
			f.have[part] = !typed
		case journal.InFlight, journal.Unknown:
			f.unknown = true
		}
	}
	if f.at = newest; f.unknown {
		for part, st := range states {
			f.have[part] = st.State == journal.Sent
		}
	}
}

// settled looks all parts of one receiver up; a message on its way gets a moment
// to arrive.
func (s *sending) settled(ctx context.Context, receiver int) ([]journal.Status, error) {
	var items []journal.Item
	for part := range s.plan.Bubbles {
		items = append(items, s.either(s.item(receiver, part))...)
	}
	back := s.window()
	if len(s.plan.Bubbles) > 1 {
		back += partsTime
	}
	for {
		both, err := s.m.journal.Look(ctx, items, back)
		var states []journal.Status
		for pair := range slices.Chunk(both, 2) {
			states = append(states, newer(pair[0], pair[1]))
		}
		if err != nil || !slices.ContainsFunc(states, s.moving) || !s.wait.more(ctx) {
			return states, err
		}
	}
}

// moving reports a message that another call may be sending at this moment.
func (s *sending) moving(st journal.Status) bool {
	return st.State == journal.InFlight && !st.Gone && s.m.now().Sub(st.At) < sendTimeout
}

// wait counts down what one call waits for others.
type wait struct{ polls int }

func (w *wait) over() bool { return w.polls <= 0 }

// more pauses once; it reports false when the wait is over.
func (w *wait) more(ctx context.Context) bool {
	w.polls--
	return w.polls >= 0 && Pause(ctx, settlePoll)
}
