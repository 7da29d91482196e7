package setup

import (
	"context"
	"errors"
	"strings"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/devconsole"
	"kakaotalk-mcp/cmd/internal/config"
	"kakaotalk-mcp/cmd/internal/doctor"
	"kakaotalk-mcp/cmd/internal/login"
	"kakaotalk-mcp/cmd/internal/terminal"
	"kakaotalk-mcp/tools/compose"
)

func (s *setup) logIn(ctx context.Context) error {
	if s.in.NoLogin {
		return nil
	}
	f, rec := s.Login(ctx)
	switch {
	case rec != nil && (s.purpose() == auth.ForMe || rec.HasFriends()):
		s.tellFinding(f)
		return nil
	case rec == nil && !f.NoLogin: // a new login would meet the same
		return errors.New(strings.TrimSpace(f.Message + " " + f.Hint))
	}
	if dead, err := s.Session.Current(ctx); err == nil && f.NoLogin {
		if err := s.Session.Disconnected(ctx, dead.Access); err != nil {
			return err
		}
	}
	s.note("\n이제 카카오계정으로 로그인할게요.", "\nNow log in with your Kakao account.")
	rec, err := s.Session.Login(ctx, auth.LoginOptions{Request: auth.Request{Purpose: s.purpose(), Show: func(ctx context.Context, page string) error {
		return login.Show(ctx, s.App, page, s.purpose(), false, s.fixed)
	}}})
	if err != nil {
		return err
	}
	s.loggedIn, s.stored = true, true
	s.note("✔ 로그인했어요: %s", "✔ Logged in: %s", s.Who(rec.Nickname, rec.Subject))
	return nil
}

// askNickname lets logins ask for the nickname, which the app has as a consent item, as
// the steps in the console say, unless Kakao tells that it has not.
func (s *setup) askNickname(ctx context.Context) error {
	f := s.Items(ctx, []string{"profile_nickname"})
	return s.Session.AskNickname(f.Status == doctor.Pass || f.AtLogin)
}

// firstMessage sends to the user what shows that all of it works. When they were
// logged in before, it asks: a message may have been sent already.
func (s *setup) firstMessage(ctx context.Context) error {
	if s.in.NoMessage || s.in.NoLogin {
		return nil
	}
	if !s.loggedIn {
		if !s.Terminal.IsThere() {
			return nil
		}
		send, err := s.Terminal.Confirm(ctx, terminal.Question{Title: s.Lang.Say("나와의 채팅으로 테스트 메시지를 보낼까요?", "Send a test message to your own chat?"), Flag: "--no-message"}, s.Lang.Say("보내기", "Send"), s.Lang.Say("건너뛰기", "Skip"))
		if err != nil || !send {
			return err
		}
	}
	err := s.SendToMe(ctx, compose.Content{
		Message: s.Lang.Say("kakaotalk-mcp 설정이 끝났어요. 이제 AI 클라이언트에서 카카오톡 메시지를 보낼 수 있어요! 🎉", "kakaotalk-mcp is set up. Your AI client can now send KakaoTalk messages! 🎉")})
	if err != nil {
		return err
	}
	s.note("✔ 카카오톡 [나와의 채팅]에 메시지를 보냈어요. 알림은 오지 않아요.", "✔ Sent to your own chat in KakaoTalk. You won't get a notification.")
	return nil
}

// chooseConfirm asks once when the person wants to be asked before messages go out.
func (s *setup) chooseConfirm(ctx context.Context) error {
	if s.in.Confirm == "" && s.purpose() == auth.ForMe {
		return nil
	}
	return s.settle(ctx, config.Confirm, s.in.Confirm, terminal.Question{Title: s.Lang.Say("AI가 메시지를 보내기 전에 언제 물어볼까요?", "When do you want to be asked before the AI sends a message?"), Flag: "--confirm", Choices: []terminal.Choice{
		{Value: "friends", Label: s.Lang.Say("처음 보내는 친구에게 보낼 때 (권장)", "Before messages to friends you have not approved (recommended)")},
		{Value: "always", Label: s.Lang.Say("항상 (나에게 보낼 때도)", "Always, even before messages to yourself")},
		{Value: "client", Label: s.Lang.Say("AI 클라이언트가 물어볼 때만", "Only when the AI client asks")},
		{Value: "never", Label: s.Lang.Say("묻지 않기", "Never")},
	}})
}

// settle saves a setting that was given, or asks for it where nobody has set it yet.
func (s *setup) settle(ctx context.Context, id config.ID, given string, q terminal.Question) error {
	switch {
	case s.Sandbox != nil:
		return nil
	case given != "":
		return s.save(id, given)
	case !s.Terminal.IsThere() || s.Settings.Origin(id) != config.FromDefault:
		return nil
	}
	picked, err := s.Terminal.Choose(ctx, q)
	if err != nil {
		return err
	}
	return s.save(id, picked)
}

// chooseCalendar asks once whether reminders are wanted, before the console is set: they
// need a consent item of their own, and who has not set it up meets an error page.
func (s *setup) chooseCalendar(ctx context.Context) error {
	return s.settle(ctx, config.Calendar, s.in.Calendar, terminal.Question{Flag: "--calendar",
		Title: s.Lang.Say("때가 되면 알려 주는 톡캘린더 알림도 사용할까요?", "Use reminders in your KakaoTalk calendar, too?"),
		Note: s.Lang.Sayf("AI 클라이언트가 내 톡캘린더에 알림을 넣어요. 콘솔에서 동의항목 %s도 설정해야 해요.", "AI clients then put reminders into it. The console needs one more consent item: %s.",
			devconsole.Item(s.Lang, "talk_calendar")),
		Choices: []terminal.Choice{{Value: "off", Label: s.Lang.Say("사용하지 않기", "No")}, {Value: "on", Label: s.Lang.Say("사용하기", "Yes")}}})
}

// lookAround keeps a rehearsal's chat rooms up until the person has seen the
// message there: they end with the program.
func (s *setup) lookAround(ctx context.Context) error {
	if s.Sandbox == nil || !s.loggedIn || s.in.NoMessage || !s.Terminal.IsThere() {
		return nil
	}
	s.note("\n도착한 메시지는 대화방에 있어요. 대화방을 브라우저로 열어 보세요:\n  %s", "\nThe message is in the chat rooms. Open them in a browser:\n  %s", s.Sandbox.Rooms)
	_, err := s.Terminal.Prompt(ctx, s.Lang.Say("다 봤으면 Enter를 눌러 주세요. ", "Press Enter when you are done. "))
	return err
}
