package setup

import (
	"context"
	"errors"
	"slices"
	"strings"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/cmd/internal/clients"
	"kakaotalk-mcp/cmd/internal/register"
	"kakaotalk-mcp/cmd/internal/terminal"
)

func (s *setup) skipsClients() bool { return slices.Equal(s.in.Clients, []string{"none"}) }

// register offers the clients found here. A rehearsal only shows what it would
// write.
func (s *setup) register(ctx context.Context) error {
	if s.skipsClients() {
		return nil
	}
	chosen := s.in.Clients
	if len(chosen) == 0 {
		var err error
		if chosen, err = s.chooseClients(ctx); err != nil || len(chosen) == 0 {
			return err
		}
	}
	err := register.Install(ctx, s.o, clients.Options{Print: s.Sandbox != nil}, chosen)
	if errors.Is(err, cli.ErrSilent) {
		s.failed, err = err, nil
	}
	return err
}

func (s *setup) chooseClients(ctx context.Context) ([]string, error) {
	entry := register.Entry(s.Env, s.Sandbox != nil)
	var open []terminal.Choice
	system := register.System(s.Env, s.Lang)
	if system.Check(entry) != nil {
		return nil, nil // told in the beginning
	}
	for _, c := range clients.All(system) {
		if !c.Found() || slices.ContainsFunc(open, func(o terminal.Choice) bool { return o.Value == c.ID }) {
			continue
		}
		state, err := c.Status(entry)
		switch {
		case err != nil:
			s.note("✘ %s: %v", "✘ %s: %v", c.Title, err)
		case state == clients.Same:
			s.note("✔ %s에 등록되어 있어요.", "✔ Registered with %s.", c.Title)
		default:
			open = append(open, terminal.Choice{Value: c.ID, Label: c.Title})
		}
	}
	if len(open) == 0 || !s.Terminal.IsThere() {
		return nil, nil
	}
	q := terminal.Question{Title: s.Lang.Say("어떤 AI 클라이언트에 등록할까요?", "Which clients should be set up?"), Flag: "--clients", Choices: open}
	if s.Sandbox != nil {
		q.Note = s.Lang.Say("연습이라서 바꿀 내용을 보여 주기만 해요.", "This is practice, so the changes are only shown.")
	}
	return s.Terminal.ChooseMany(ctx, q)
}

// registered are the clients that start this program now.
func (s *setup) registered() (titles []string) {
	entry := register.Entry(s.Env, false)
	for _, c := range clients.All(register.System(s.Env, s.Lang)) {
		if !c.Found() || slices.Contains(titles, c.Title) {
			continue
		}
		if state, err := c.Status(entry); err == nil && state == clients.Same {
			titles = append(titles, c.Title)
		}
	}
	return titles
}

// finish says what is done and what comes next: the first sentence to say, or what
// is still missing for it.
func (s *setup) finish() {
	command := s.Env.Command()
	if s.in.NoLogin {
		s.note("\n✔ 설정을 저장했어요. 로그인은 처음 사용할 때 하거나 `%s login`으로 할 수 있어요.", "\n✔ The settings are saved. Log in on first use, or with `%s login`.", command)
	} else {
		s.note("\n✔ 설정이 끝났어요.", "\n✔ All set.")
	}
	titles := s.registered()
	if len(titles) == 0 {
		s.note("아직 등록한 AI 클라이언트가 없어요. 등록하려면: `%s install`", "Not registered with any AI client yet. To register: `%s install`", command)
	} else {
		s.note("이제 AI 클라이언트(%s)에서 이렇게 말해 보세요:\n  내 카톡으로 오늘 할 일 보내 줘", "Now say this in your AI client (%s):\n  Send my to-do list for today to my KakaoTalk", strings.Join(titles, ", "))
		if s.purpose() == auth.ForFriends {
			s.note("  홍길동에게 3시에 보자고 보내 줘", "  Tell 홍길동 on KakaoTalk that we meet at three")
		}
		if s.Settings.Calendar {
			s.note("  매주 월요일 9시에 카톡으로 주간 보고 알려 줘", "  Remind me on KakaoTalk of the weekly report every Monday at nine")
		}
	}
	if s.Settings.Calendar {
		s.note("톡캘린더 알림이 휴대전화에 어떻게 오는지 확인하려면: `%s doctor --try-reminder`", "To find out how a reminder comes on your phone: `%s doctor --try-reminder`", command)
	}
	s.note("문제가 있으면 `%s doctor`로 점검할 수 있어요.", "If anything goes wrong, `%s doctor` checks it.", command)
}
