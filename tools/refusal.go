package tools

import (
	"errors"
	"fmt"
	"strings"

	"kakaotalk-mcp/auth/ground/problem"
)

// Refusal is a call that was not carried out, worded for people: what happened,
// the next step, and whether trying again helps.
type Refusal struct {
	Reason     string // stable word for programs
	What       string
	Next       string
	Retry      problem.Retry
	LoginURL   string
	Candidates []Friend // people a name may have meant
	silent     bool     // What does not tell that nothing was sent
}

// Error joins both sentences.
func (r *Refusal) Error() string { return strings.TrimSpace(r.What + " " + r.Next) }

// refusal words any error of a call. Nothing of an unknown error's text reaches
// the model: it may quote an answer from the network.
func (m *Messenger) refusal(err error) *Refusal {
	var r *Refusal
	var p *problem.Problem
	switch {
	case errors.As(err, &r):
		return r
	case errors.As(err, &p):
		return &Refusal{Reason: p.Reason, What: p.What, Next: p.Next, Retry: p.Retry, LoginURL: p.URL}
	}
	return m.kakaoRefusal(err)
}

func (m *Messenger) notSetUp() *Refusal {
	if m.cfg.Broken != nil {
		return &Refusal{Reason: "bad_settings", Retry: problem.AfterUser,
			What: fmt.Sprintf(m.say("설정에 문제가 있어요: %v.", "There is a problem with the settings: %v."), m.cfg.Broken),
			Next: fmt.Sprintf(m.say("설정을 고친 다음 프로그램을 다시 시작해 주세요. %s로 확인할 수 있어요.", "Correct it and start the program again; %s shows the settings."), m.command("status"))}
	}
	return &Refusal{Reason: "not_set_up", Retry: problem.AfterUser,
		What: m.say("아직 설정하지 않았어요.", "Not set up yet."),
		Next: fmt.Sprintf(m.say("터미널에서 %s을 실행해 주세요.", "Run %s in a terminal."), m.command("setup"))}
}

// bad is a refusal of the caller's input; nothing was sent and calling again
// with the same input does not help.
func (m *Messenger) bad(reason, ko, en, nextKo, nextEn string) *Refusal {
	return &Refusal{Reason: reason, What: m.say(ko, en), Next: m.say(nextKo, nextEn), Retry: problem.No, silent: true}
}
