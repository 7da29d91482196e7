package messenger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/tools/ask"
	"kakaotalk-mcp/tools/compose"
	"kakaotalk-mcp/tools/journal"
	"kakaotalk-mcp/tools/picture"
)

// Statuses of a send.
const (
	StatusSent        = "sent"
	StatusPartlySent  = "partly_sent"
	StatusAlreadySent = "already_sent"
	StatusNotSent     = "not_sent"
	StatusUnknown     = "unknown"
)

// SendRequest is one message to oneself or to friends.
type SendRequest struct {
	ToMe   bool
	To     []string // names, aliases or uuids
	UUID   string
	Resend bool // send although the same message went out a moment ago
	compose.Content
}

// Failed is a receiver who did not get the message, or not all of it.
type Failed struct {
	Name   string `json:"name"`
	UUID   string `json:"uuid,omitempty"`
	Reason string `json:"reason"` // sentence for people
	called string // the name in sentences
	code   string
	next   string
	retry  problem.Retry
	partly bool // some bubbles arrived
}

// SendResult says what became of a message. It is the tools' structuredContent.
type SendResult struct {
	Status        string        `json:"status"`
	Summary       string        `json:"summary"`
	Delivery      string        `json:"delivery,omitempty"`
	Delivered     []Receiver    `json:"delivered"`
	Failed        []Failed      `json:"failed"`
	Parts         int           `json:"parts,omitempty"`
	UsedToday     int           `json:"used_today"`
	LinkMayBeDead bool          `json:"link_may_be_dead,omitempty"`
	Reason        string        `json:"reason,omitempty"`
	NextStep      string        `json:"next_step,omitempty"`
	Retry         problem.Retry `json:"retry,omitempty"`
	LoginURL      string        `json:"login_url,omitempty"`
	Candidates    []Friend      `json:"candidates,omitempty"`
	Rooms         string        `json:"chat_rooms,omitempty"`
	ending        string        // last line of the text for people
	told          string        // what became of it, for the person who was asked
}

// Send carries out one request. Everything is checked before anything is sent,
// and everything sent is in the journal before it leaves. The error matches
// [ask.ErrSuspended], or is nil.
func (m *Messenger) Send(ctx context.Context, r SendRequest, h Human) (SendResult, error) {
	s := &sending{m: m, r: r, h: h, wait: wait{int(m.settle / settlePoll)}}
	err := s.run(ctx)
	if errors.Is(err, ask.ErrSuspended) {
		return SendResult{}, err
	}
	out := s.result(ctx, err)
	if s.agreed != nil {
		s.agreed.Done(out.told)
	}
	return out, nil
}

// Refuse is the result of a call that was turned down before it became a send.
func (m *Messenger) Refuse(ctx context.Context, err error) SendResult {
	return (&sending{m: m}).result(ctx, err)
}

// sending is one Send under way.
type sending struct {
	m *Messenger
	r SendRequest
	h Human

	account   string
	content   string           // digest of what receivers see
	exact     string           // digest of what was asked for, to the letter
	picture   *picture.Picture // of this computer, nil: none
	sum       string           // what identifies it
	uploaded  bool             // by this call
	plan      compose.Plan
	receivers []Receiver
	purpose   auth.Purpose
	unreached []Failed       // who are known not to get it, and are not among the receivers
	fates     []fate         // one for each receiver
	wait      wait           // for other calls that send the same
	stopped   *Refusal       // why the rest was not sent
	choice    *choice        // a name that fits several, until one is chosen
	agreed    *ask.Agreement // what the person answered, nil if they were not asked
}

// fate is what became of a message for one receiver.
type fate struct {
	have    []bool    // by bubble: delivered, by this call or an earlier one
	fresh   int       // how many of them this call delivered
	at      time.Time // of the newest bubble that an earlier call sent
	failed  *Failed   // certainly not delivered to the end
	unknown bool      // a bubble may or may not have arrived
}

// got returns how many bubbles have certainly arrived.
func (f *fate) got() int {
	n := 0
	for _, have := range f.have {
		if have {
			n++
		}
	}
	return n
}

// open reports whether bubbles are still to be sent.
func (f *fate) open() bool { return f.failed == nil && !f.unknown && f.got() < len(f.have) }

func (s *sending) run(ctx context.Context) error {
	if err := s.check(ctx); err != nil {
		return err
	}
	if err := s.resolve(ctx); err != nil {
		return err
	}
	if err := s.chosenBefore(ctx); err != nil {
		return err
	}
	if open, err := s.look(ctx); err != nil || !open && s.choice == nil {
		return err
	}
	asked := s.confirm(ctx)
	if asked != nil && !errors.Is(asked, ask.ErrOpen) {
		return asked
	}
	if s.agreed != nil {
		var cancel context.CancelFunc
		ctx, cancel = unhurried(ctx)
		defer cancel()
	}
	// While the person read the question an identical call may have gone out.
	if open, err := s.look(ctx); err != nil || !open && s.choice == nil {
		return err
	}
	if asked != nil {
		return asked
	}
	err := s.deliver(ctx)
	if err != nil && s.agreed != nil {
		s.agreed.Return() // nobody got it: the person need not be asked again
	}
	return err
}

// check refuses everything that can be told without a login.
func (s *sending) check(ctx context.Context) (err error) {
	m := s.m
	if m.cfg.ReadOnly {
		return &Refusal{Problem: problem.Problem{Reason: "read_only", Retry: problem.No, Next: m.onlyTheUser("KAKAO_READ_ONLY"),
			What: m.say("KAKAO_READ_ONLY가 켜져 있어서 메시지를 보내지 않았어요.", "KAKAO_READ_ONLY is on, so the message was not sent.")}}
	}
	if m.cfg.Session == nil {
		return m.notSetUp()
	}
	if s.plan, err = m.maker.Compose(ctx, s.withPicture(compose.PictureAddress), !s.r.ToMe); err != nil {
		return err
	}
	if err := s.openPicture(); err != nil {
		return err
	}
	if !s.r.ToMe {
		return m.checkWords(receiverWords(s.r.To, s.r.UUID))
	}
	return nil
}

// resolve logs in if need be and finds out who gets the message.
func (s *sending) resolve(ctx context.Context) error {
	m := s.m
	if !s.r.ToMe {
		s.purpose = auth.ForFriends
	}
	if _, err := m.token(ctx, s.purpose, s.h); err != nil {
		return err
	}
	s.content, s.exact = s.plan.Digest(s.sum), s.withPicture(s.sum).Digest()
	if s.r.ToMe {
		s.account = m.cfg.Session.Account()
		s.receivers = []Receiver{{Name: m.say("나", "me"), UUID: journal.Me}}
		return nil
	}
	began := m.now()
	var err error
	if s.receivers, s.choice, err = m.address(ctx, s.h, s.r.To, s.r.UUID); err != nil {
		return err
	}
	s.account = m.cfg.Session.Account() // reading the friend list may have meant another login
	if err := m.allowed(s.receivers, s.choice); err != nil {
		return err
	}
	return s.reach(ctx, began)
}

// stillSame refuses to go on when somebody else logged in meanwhile: receivers
// and journal belong to the account the call began with.
func (s *sending) stillSame() error {
	if s.m.cfg.Session.Account() == s.account {
		return nil
	}
	return &Refusal{Problem: problem.Problem{Reason: "account_changed", Retry: problem.Yes,
		What: s.m.say("로그인한 카카오계정이 그동안 바뀌어서 메시지를 보내지 않았어요.", "The Kakao account changed in the meantime, so the message was not sent."),
		Next: s.m.say("받는 사람을 확인하고 다시 요청해 주세요.", "Check the recipients and ask again.")}}
}

// learnNames remembers whom a word meant, so that a friend who takes over
// somebody's name is noticed.
func (s *sending) learnNames(ctx context.Context) {
	for i, r := range s.receivers {
		if r.meant != "" && s.fates[i].fresh > 0 {
			if err := s.m.journal.LearnName(context.WithoutCancel(ctx), s.account, r.meant, r.UUID); err != nil {
				s.m.cfg.Log.Warn("name not remembered", "err", err)
			}
		}
	}
}

// JournalProblem refuses a send whose journal cannot be read or written: what is
// not written down could go out twice.
func (m *Messenger) JournalProblem(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if p := problem.OfFile(m.cfg.Lang, err); p != nil {
		return &Refusal{Problem: *p, silent: true}
	}
	m.cfg.Log.Error("journal", "err", err)
	if errors.Is(err, journal.ErrBusy) {
		return &Refusal{Problem: problem.Problem{Reason: "busy", Retry: problem.Yes,
			What: m.say("다른 프로그램이 전송 기록을 사용하고 있어서 메시지를 보내지 않았어요.", "Another program is using the send journal, so the message was not sent."),
			Next: m.say("잠시 후 다시 시도해 주세요.", "Try again in a moment.")}}
	}
	next := m.say("폴더 권한과 남은 디스크 공간을 확인해 주세요.", "Check the folder's permissions and the free disk space.")
	if errors.Is(err, journal.ErrNewer) {
		next = m.say("더 새로운 버전에서 만든 기록이에요. 이 프로그램을 업데이트해 주세요.", "A newer version created it. Update this program.")
	}
	return &Refusal{Problem: problem.Problem{Reason: "home_unusable", Retry: problem.AfterUser, Next: next,
		What: fmt.Sprintf(m.say("전송 기록을 저장할 수 없어서 메시지를 보내지 않았어요(%s).", "The send journal cannot be used, so the message was not sent (%s)."), m.cfg.Home)}}
}
