package messenger

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/tools/ask"
	"kakaotalk-mcp/tools/bubble"
	"kakaotalk-mcp/tools/hangul"
	"kakaotalk-mcp/tools/journal"
	"kakaotalk-mcp/tools/kakao"
)

const (
	// waitingEvery is how often a client is told that a person is awaited.
	waitingEvery = 5 * time.Second
	// afterAnswer is what a message has to go out once the person agreed, however
	// little the call has left: clients give up about 15 s after our own budget.
	afterAnswer = 12 * time.Second
)

// choice is a name that fits several friends, one of whom the person chooses.
type choice struct {
	word    string
	friends []kakao.Friend
	refusal *Refusal // where nobody can be asked
}

// mustAsk reports whether a person has to agree to this message.
func (s *sending) mustAsk() bool {
	switch s.m.cfg.Confirm {
	case ConfirmNever:
		return false
	case ConfirmAlways:
		return true
	}
	if s.mustBeSeen() {
		return true
	}
	if s.r.ToMe {
		return len(s.m.maker.Carriers(s.r.Content)) > 0
	}
	return s.choice != nil || !s.approved()
}

// approved reports whether all receivers were approved beforehand.
func (s *sending) approved() bool {
	for _, r := range s.receivers {
		name, ok := s.m.aliases.Approved(r.UUID)
		if (!ok || r.renamed(name)) && !(s.m.cfg.Allow != nil && s.m.allows(r.UUID)) {
			return false
		}
	}
	return true
}

// renamed reports that this person had another profile name when the user approved
// them: the name may be that of somebody else, who is meant.
func (r Receiver) renamed(approved string) bool {
	return r.profile != "" && hangul.Bare(bubble.Clean(r.profile, approvedMax)) != hangul.Bare(approved)
}

// confirm asks the person, as KAKAO_CONFIRM says, before the message goes out. The
// error is one of package ask's or words why nothing is sent.
func (s *sending) confirm(ctx context.Context) error {
	m := s.m
	if !s.mustAsk() {
		if s.choice != nil {
			return s.choice.refusal
		}
		return nil
	}
	if !s.r.ToMe {
		all, err := m.friends.all(ctx, s.h) // an alias alone would not say who it is
		if err == nil {
			err = s.reach(ctx, all.at)
		}
		if err != nil || len(s.receivers) == 0 && s.choice == nil {
			return err
		}
		if _, err := s.look(ctx); err != nil { // of those who are left
			return err
		}
	}
	q, err := s.question(ctx)
	if err != nil {
		return err
	}
	agreed, err := m.Ask(ctx, q, s.h)
	if errors.Is(err, ask.ErrCannotAsk) && s.choice != nil {
		return s.choice.refusal
	}
	if errors.Is(err, ask.ErrCannotAsk) && m.cfg.Confirm == ConfirmClient && !s.mustBeSeen() {
		return nil // the client's own permission prompt is the question
	}
	if err != nil {
		return err
	}
	s.agreed = agreed
	if agreed.Verdict == ask.Cancel {
		return m.turnedDown()
	}
	if s.choice != nil {
		s.choose(agreed.To)
	}
	if agreed.Verdict == ask.Always && !s.r.ToMe {
		if err := m.approve(s.receivers...); err != nil {
			m.cfg.Log.Error("approval not saved", "err", err)
		}
	}
	return nil
}

// Ask puts a question to the person and tells the client meanwhile that the call
// is alive.
func (m *Messenger) Ask(ctx context.Context, q ask.Question, h Human) (*ask.Agreement, error) {
	ctx, cancel := context.WithCancel(ctx)
	var ticking sync.WaitGroup
	defer ticking.Wait()
	defer cancel()
	ticking.Go(func() {
		tick := time.NewTicker(waitingEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				h.Waiting("")
			case <-ctx.Done():
				return
			}
		}
	})
	return m.desk.Ask(ctx, q, ask.Way{Form: h.Ask, Page: m.cfg.Confirm != ConfirmClient, Cuts: h.Cuts(q)})
}

// agreedToAnother tells the person that they have just agreed to somebody else under the
// name of one of these people, which then went to another friend; "" if that is not so.
func (m *Messenger) agreedToAnother(people []ask.Person) string {
	agreed := m.desk.Agreed()
	for _, p := range people {
		another := func(a ask.Person) bool { return a.UUID != p.UUID && hangul.Bare(a.Name) == hangul.Bare(p.Name) }
		if slices.ContainsFunc(agreed, another) {
			return m.say("조금 전에 이 이름으로 동의한 친구가 아니에요: ", "Not the friend of this name that you agreed to a moment ago: ") + m.cfg.Lang.Person(p.Name)
		}
	}
	return ""
}

// choose settles whom a name that fits several means.
func (s *sending) choose(uuid string) {
	for _, f := range s.choice.friends {
		if f.UUID == uuid && f.Unreachable {
			s.unreached = append(s.unreached, *s.m.failure(s.m.receiver(f, s.choice.word), kakao.Failure{Code: kakao.CodeProfilePrivate}))
		} else if f.UUID == uuid && !slices.ContainsFunc(s.receivers, func(r Receiver) bool { return r.UUID == uuid }) {
			r := s.m.receiver(f, s.choice.word)
			r.seen = f.Nickname
			s.receivers = append(s.receivers, r)
		}
	}
	s.choice = nil
}

// chosenBefore settles it by the message itself: if it went to one of them a moment
// ago, they are meant, and nobody has to be asked again.
func (s *sending) chosenBefore(ctx context.Context) error {
	if s.choice == nil || s.r.Resend || s.m.cfg.Typed {
		return nil
	}
	for _, f := range s.choice.friends {
		items := []journal.Item{{Account: s.account + " whole", Receiver: f.UUID, Content: s.content}}
		for part := range s.plan.Bubbles {
			items = append(items, journal.Item{Account: s.account, Receiver: f.UUID, Content: s.content, Part: s.plan.First + part})
		}
		states, err := s.m.journal.Look(ctx, items, s.window())
		if err != nil {
			return s.m.JournalProblem(err)
		}
		for _, st := range states {
			if st.State != journal.Fresh {
				s.choose(f.UUID)
				return nil
			}
		}
	}
	return nil
}

// unhurried gives a message that the person agreed to what is left of the call, and a
// time of its own where that is short; a command has all the time there is. A client
// that cancels still stops it.
func unhurried(ctx context.Context) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	if end, ends := ctx.Deadline(); ends {
		if least := time.Now().Add(afterAnswer); end.Before(least) {
			end = least
		}
		longer, cancel = context.WithDeadline(context.WithoutCancel(ctx), end)
	}
	stop := context.AfterFunc(ctx, func() {
		if errors.Is(ctx.Err(), context.Canceled) {
			cancel()
		}
	})
	return longer, func() { stop(); cancel() }
}

// onlyIfWanted is the next step after something that the person stopped.
func (m *Messenger) onlyIfWanted() string {
	if m.cfg.Typed {
		return m.say("다시 하려면 명령을 한 번 더 실행해 주세요.", "To do it after all, run the command again.")
	}
	return m.say("사용자가 다시 원할 때만 요청하세요.", "Ask again only if the user wants it.")
}

func (m *Messenger) turnedDown() *Refusal {
	return &Refusal{Problem: problem.Problem{Reason: "declined", Retry: problem.AfterUser, Next: m.onlyIfWanted(),
		What: m.say("취소해서 메시지를 보내지 않았어요.", "Cancelled. The message was not sent.")}}
}

// notAnswered words why there is no answer; nil if err is about something else. None
// of it names a way around the person.
func (m *Messenger) notAnswered(err error) *Refusal {
	refusal := func(reason string, retry problem.Retry, what, next string) *Refusal {
		return &Refusal{Problem: problem.Problem{Reason: reason, Retry: retry, What: what, Next: next}}
	}
	again := m.say("사용자가 확인 창에서 답했다고 말하면 같은 내용으로 다시 호출하세요.", "Call again with the same content once the user says that they answered.")
	if m.cfg.Typed {
		again = m.say("같은 명령을 다시 실행하고 확인 창에서 답해 주세요.", "Run the same command again and answer the confirmation.")
	}
	switch {
	case errors.Is(err, ask.ErrUnanswered):
		return refusal("unanswered", problem.AfterUser, m.say("확인 창에서 아직 답하지 않아서 메시지를 보내지 않았어요.", "The confirmation has not been answered, so the message was not sent."), again)
	case errors.Is(err, ask.ErrOpen):
		return refusal("confirmation_open", problem.AfterUser, m.say("같은 메시지의 확인 창이 이미 열려 있어요. 아직 답하지 않아서 보내지 않았어요.", "A confirmation of the same message is open already and not answered yet, so it was not sent."), again)
	case errors.Is(err, ask.ErrEnding):
		return refusal("server_ending", problem.AfterUser, m.say("확인을 기다리는 동안 프로그램이 종료되어 메시지를 보내지 않았어요.", "The program ended while it waited for the confirmation. The message was not sent."), m.onlyIfWanted())
	case errors.Is(err, ask.ErrUnseen):
		return refusal("not_shown", problem.AfterUser, m.say("AI 클라이언트가 확인 창을 보여 주지 않고 거절해서 메시지를 보내지 않았어요.", "The AI client refused the confirmation without showing it. The message was not sent."),
			m.say("사용자가 확인 창을 볼 수 있는 방식으로 클라이언트를 실행한 다음 다시 요청해야 해요.", "The user has to run the client in a way that shows confirmations, then ask again."))
	case errors.Is(err, ask.ErrCannotAsk) && m.cfg.Typed:
		return refusal("cannot_ask", problem.AfterUser, m.say("확인을 받을 터미널이나 브라우저가 없어서 메시지를 보내지 않았어요.", "There is no terminal or browser to confirm it in. The message was not sent."),
			m.say("터미널에서 직접 실행해 주세요.", "Run it in a terminal."))
	case errors.Is(err, ask.ErrCannotAsk):
		return refusal("cannot_ask", problem.AfterUser, m.say("확인 창도 브라우저도 열 수 없어서 메시지를 보내지 않았어요.", "Neither a confirmation nor a browser could be opened. The message was not sent."),
			m.say("브라우저를 열 수 있는 곳에서 다시 요청하거나 카카오톡에서 직접 보내 달라고 사용자에게 말해 주세요.", "Tell the user to ask again where a browser can be opened, or to send it in KakaoTalk."))
	}
	return nil
}
