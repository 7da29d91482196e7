package messenger

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"kakaotalk-mcp/auth/ground/problem"
)

// confirm asks the human before a message goes out, as KAKAO_CONFIRM says.
func (s *sending) confirm(ctx context.Context) error {
	m := s.m
	ask := m.cfg.Confirm == ConfirmAlways || m.cfg.Confirm != ConfirmNever && !s.r.ToMe
	if !ask || s.m.cfg.Typed || s.approved() {
		return nil
	}
	once, always, cancel := m.say("이번만 보내기", "Send once"), m.say("이 친구에게는 항상 보내기", "Always send to this friend"), m.say("취소", "Cancel")
	if len(s.receivers) > 1 {
		always = m.say("이 친구들에게는 항상 보내기", "Always send to these friends")
	}
	q := Question{Text: s.question(), Bound: s.whatFor(), Answers: []string{once, always, cancel}}
	if s.r.ToMe {
		q.Answers = []string{once, cancel}
	}
	answer, err := s.h.Ask(ctx, q)
	switch {
	case errors.Is(err, ErrCannotAsk):
		if m.cfg.Confirm == ConfirmAlways {
			return &Refusal{Problem: problem.Problem{Reason: "cannot_ask", Retry: problem.No,
				What: m.say("보내기 전에 꼭 묻도록 설정했는데(KAKAO_CONFIRM=always) 지금 쓰는 클라이언트는 질문을 보여 줄 수 없어서 보내지 않았어요.", "KAKAO_CONFIRM=always wants a question first, and this client cannot show one. Nothing was sent."),
				Next: m.say("KAKAO_CONFIRM을 friends로 바꾸거나 질문을 보여 줄 수 있는 클라이언트를 써 주세요.", "Set KAKAO_CONFIRM to friends or use a client that shows questions.")}}
		}
		return nil // the client's own permission prompt is the question
	case errors.Is(err, ErrRefused):
		return s.turnedDown()
	case err != nil:
		return err
	case answer == once:
		return nil
	case answer == always && !s.r.ToMe:
		if err := m.approve(s.receivers...); err != nil {
			m.cfg.Log.Error("approval not saved", "err", err)
		}
		return nil
	}
	return s.turnedDown()
}

// approved reports whether all receivers were approved beforehand.
func (s *sending) approved() bool {
	if s.r.ToMe {
		return false
	}
	for _, r := range s.receivers {
		if !s.m.aliases.approved(r.UUID) && !(len(s.m.cfg.Allow) > 0 && s.m.allows(r.UUID)) {
			return false
		}
	}
	return true
}

// whatFor identifies exactly what an answer is good for: the question alone
// would be the same for another friend of the same name.
func (s *sending) whatFor() string {
	words := []string{s.account, s.content}
	for _, r := range s.receivers {
		words = append(words, r.UUID)
	}
	return strings.Join(words, "\n")
}

// question shows real names, the exact text and how long text will travel.
func (s *sending) question() string {
	m := s.m
	who := fmt.Sprintf(m.say("%s님께 카카오톡을 보낼까요?", "Send this KakaoTalk message to %s?"), s.whoExactly())
	if s.r.ToMe {
		who = m.say("나에게 카카오톡을 보낼까요?", "Send this KakaoTalk message to yourself?")
	}
	if s.plan.travels != "" {
		who += " " + s.plan.travels
	}
	return m.Marked(who + "\n\n" + revealed(strings.TrimSpace(s.plan.shown)))
}

// revealed shows the invisible characters of text as �, joiners of emoji and words
// aside: KakaoTalk ignores them, but the terminal in which the person is asked
// could be made to hide or overwrite what goes out.
func revealed(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r == '\u200c' || r == '\u200d' || !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			return r
		}
		return unicode.ReplacementChar
	}, strings.ReplaceAll(text, "\r\n", "\n"))
}

// whoExactly lists names; behind an alias the nickname, as far as it is known.
func (s *sending) whoExactly() string {
	var names []string
	labels := s.m.labels()
	for _, r := range s.receivers {
		name := r.Name
		if f, ok := s.m.friends.known(r.UUID); ok {
			name = labels.of(f).Label()
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// onlyIfWanted is the next step after something that the person stopped.
func (m *Messenger) onlyIfWanted() string {
	if m.cfg.Typed {
		return m.say("다시 하려면 명령을 한 번 더 실행해 주세요.", "Run the command again if you want it after all.")
	}
	return m.say("사용자가 다시 원할 때만 요청하세요.", "Ask again only if the user wants it.")
}

func (s *sending) turnedDown() error {
	m := s.m
	next := m.onlyIfWanted()
	if !s.r.ToMe {
		var words []string
		for _, r := range s.receivers {
			words = append(words, m.command("friends allow -- "+r.UUID)) // uuids can begin with a dash
		}
		next += " " + fmt.Sprintf(m.say("확인 없이 보내려면 사용자가 터미널에서 이 명령을 실행하면 돼요: %s", "To send without the question the user can run %s in a terminal."), strings.Join(words, ", "))
	}
	return &Refusal{Problem: problem.Problem{Reason: "declined", Retry: problem.AfterUser, Next: next,
		What: m.say("확인을 받지 못해서 아무것도 보내지 않았어요.", "It was not confirmed, so nothing was sent.")}}
}
