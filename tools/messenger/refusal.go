package messenger

import (
	"errors"
	"fmt"
	"strings"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/tools/compose"
)

// Refusal is a call that was not carried out.
type Refusal struct {
	problem.Problem
	Candidates []Friend // people a name may have meant
	silent     bool     // What does not tell that nothing was sent
}

// BadInput is a refusal of what the caller asked for; nothing was sent, and the
// same again does not help.
func BadInput(reason, what, next string) *Refusal {
	return &Refusal{Problem: problem.Problem{Reason: reason, What: what, Next: next, Retry: problem.No}, silent: true}
}

// Refusal words any error of a call. Nothing of an unknown error's text reaches
// the model: it may quote an answer from the network.
func (m *Messenger) Refusal(err error) *Refusal {
	r := *m.worded(err)
	r.Next = m.thenAgain(r.Next, r.Retry)
	return &r
}

// thenAgain adds to what the user has to do that the call is to be made again then,
// where it does not say so itself.
func (m *Messenger) thenAgain(next string, retry problem.Retry) string {
	if next == "" || retry != problem.AfterUser || strings.Contains(next, m.say("다시", "again")) {
		return next
	}
	if m.cfg.Typed {
		return next + " " + m.say("그런 다음 다시 실행해 주세요.", "Then run it again.")
	}
	return next + " " + m.say("그런 다음 다시 요청해 주세요.", "Then ask again.")
}

func (m *Messenger) worded(err error) *Refusal {
	var r *Refusal
	var unsendable *compose.Unsendable
	var p *problem.Problem
	switch {
	case errors.As(err, &r):
		return r
	case errors.As(err, &unsendable):
		return &Refusal{Problem: unsendable.Problem, silent: true}
	case errors.As(err, &p):
		return &Refusal{Problem: *p, silent: true}
	}
	if r := m.notAnswered(err); r != nil {
		return r
	}
	return m.kakaoRefusal(err)
}

func (m *Messenger) notSetUp() *Refusal {
	if m.cfg.Broken != nil {
		return &Refusal{Problem: problem.Problem{Reason: "bad_settings", Retry: problem.AfterUser,
			What: fmt.Sprintf(m.say("설정에 문제가 있어요: %v.", "There is a problem with the settings: %v."), m.cfg.Broken),
			Next: fmt.Sprintf(m.say("설정을 고친 다음 프로그램을 다시 시작해 주세요. %s로 확인할 수 있어요.", "Fix it and restart the program. To see the settings, run %s."), m.command("status"))}, silent: true}
	}
	return &Refusal{Problem: problem.Problem{Reason: "not_set_up", Retry: problem.AfterUser,
		What: m.say("아직 설정하지 않았어요.", "Not set up yet."),
		Next: fmt.Sprintf(m.say("터미널에서 %s을 실행해 주세요.", "Run %s in a terminal."), m.command("setup"))}, silent: true}
}

// bad is BadInput in the owner's language.
func (m *Messenger) bad(reason, ko, en, nextKo, nextEn string) *Refusal {
	return BadInput(reason, m.say(ko, en), m.say(nextKo, nextEn))
}
