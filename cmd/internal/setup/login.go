package setup

import (
	"context"
	"errors"
	"slices"
	"strings"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/cmd/internal/clients"
	"kakaotalk-mcp/cmd/internal/login"
	"kakaotalk-mcp/cmd/internal/register"
	"kakaotalk-mcp/cmd/internal/terminal"
	"kakaotalk-mcp/tools/messenger"
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
	result, err := s.Messenger().Send(ctx, messenger.SendRequest{ToMe: true, Content: messenger.Content{
		Message: s.Lang.Say("kakaotalk-mcp 설정이 끝났어요. 이제 AI 비서가 카카오톡을 보낼 수 있어요! 🎉", "kakaotalk-mcp is set up: your AI assistant can send KakaoTalk messages now! 🎉")}}, s.Person())
	if err != nil {
		return err
	}
	if result.IsError() {
		return errors.New(result.Text())
	}
	s.note("✔ 카카오톡 [나와의 채팅]에 메시지를 보냈어요. (알림은 울리지 않아요)", "✔ The message is in your own KakaoTalk chat. (It makes no notification.)")
	return nil
}

// lookAround keeps a rehearsal's chat rooms up until the person has seen the
// message there: they end with the program.
func (s *setup) lookAround(ctx context.Context) error {
	if s.Sandbox == nil || !s.loggedIn || s.in.NoMessage || !s.Terminal.IsThere() {
		return nil
	}
	s.note("\n도착한 메시지는 대화방에 있어요. 대화방을 브라우저로 열어 보세요:\n  %s", "\nThe message is in the chat rooms. Open them in a browser:\n  %s", s.Sandbox.Rooms)
	_, err := s.Terminal.Prompt(ctx, s.Lang.Say("다 봤으면 Enter를 눌러 주세요. ", "Press Enter when you have seen it. "))
	return err
}

// register offers the clients found here. A rehearsal only shows what it would
// write.
func (s *setup) register(ctx context.Context) error {
	if len(s.in.Clients) == 1 && s.in.Clients[0] == "none" {
		return nil
	}
	o := clients.Options{Print: s.Sandbox != nil}
	if len(s.in.Clients) > 0 {
		return register.Install(ctx, s.o, o, s.in.Clients)
	}
	chosen, err := s.chooseClients(ctx)
	if err != nil || len(chosen) == 0 {
		return err
	}
	return register.Install(ctx, s.o, o, chosen)
}

func (s *setup) chooseClients(ctx context.Context) ([]string, error) {
	entry := register.Entry(s.Env, s.Sandbox != nil)
	var open []terminal.Choice
	system := register.System(s.Env, s.Lang)
	if err := system.Check(entry); err != nil { // about the program itself, the same for every client
		s.note("! %v", "! %v", err)
		return nil, nil
	}
	for _, c := range clients.All(system) {
		if !c.Found() || slices.ContainsFunc(open, func(o terminal.Choice) bool { return o.Value == c.ID }) {
			continue
		}
		state, err := c.Status(entry)
		switch {
		case err != nil:
			s.note("! %v", "! %v", err)
		case state == clients.Same:
			s.note("✔ %s에 등록되어 있어요.", "✔ Registered with %s.", c.Title)
		default:
			open = append(open, terminal.Choice{Value: c.ID, Label: c.Title})
		}
	}
	if len(open) == 0 || !s.Terminal.IsThere() {
		if s.Sandbox == nil { // a rehearsal's end says it
			s.note("AI 클라이언트에 등록하려면: `%s install`", "To register with AI clients: `%s install`", s.Env.Command())
		}
		return nil, nil
	}
	q := terminal.Question{Title: s.Lang.Say("어디에 등록할까요?", "Register with which?"), Flag: "--clients", Choices: open}
	if s.Sandbox != nil {
		q.Note = s.Lang.Say("연습이라서 바꿀 내용을 보여 드리기만 해요.", "A rehearsal only shows what it would write.")
	}
	return s.Terminal.ChooseMany(ctx, q)
}
