package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/cmd/internal/clients"
	"kakaotalk-mcp/tools/messenger"
)

func (s *setup) logIn(ctx context.Context) error {
	if s.in.noLogin {
		return nil
	}
	rec, err := s.session.Current(ctx)
	if err == nil && (s.purpose() == auth.ForMe || rec.HasFriends()) {
		s.note("✔ 로그인되어 있어요: %s", "✔ Logged in: %s", s.who(rec.Nickname, rec.Subject))
		return nil
	}
	if err != nil && !errors.Is(err, auth.ErrLoginNeeded) {
		return err
	}
	s.note("\n이제 카카오계정으로 로그인할게요.", "\nNow the Kakao login.")
	waiting, stop := context.WithCancel(ctx)
	defer stop()
	rec, err = s.session.Login(ctx, auth.LoginOptions{Request: auth.Request{Purpose: s.purpose(), Show: func(_ context.Context, page string) error {
		return s.showPage(waiting, page)
	}}})
	if err != nil {
		return err
	}
	s.loggedIn, s.stored = true, true
	s.note("✔ 로그인했어요: %s", "✔ Logged in: %s", s.who(rec.Nickname, rec.Subject))
	return nil
}

// showPage puts the login page in front of the person. What they type meanwhile
// comes through the keyboard: a reader of its own would outlive the login and
// take the next answer.
func (s *setup) showPage(ctx context.Context, page string) error {
	shower := *s.app
	if s.ask.possible() {
		r, w, err := os.Pipe()
		if err != nil {
			return fmt.Errorf("showing the login page: %w", err)
		}
		defer r.Close()
		shower.sys.stdin = r
		go func() {
			defer w.Close()
			for {
				line, err := s.ask.keyboard.line(ctx)
				if err != nil {
					return
				}
				if _, err := fmt.Fprintln(w, line); err != nil {
					return
				}
			}
		}()
	}
	return shower.showLogin(ctx, page, s.purpose(), false)
}

// firstMessage sends to the user what shows that all of it works. When they were
// logged in before, it asks: a message may have been sent already.
func (s *setup) firstMessage(ctx context.Context) error {
	if s.in.noMessage || s.in.noLogin {
		return nil
	}
	if !s.loggedIn {
		if !s.ask.possible() {
			return nil
		}
		send, err := s.ask.confirm(ctx, question{title: s.say("나에게 시험 메시지를 보낼까요?", "Send a test message to yourself?"), flag: "--no-message"}, s.say("보내기", "Send"), s.say("건너뛰기", "Skip"))
		if err != nil || !send {
			return err
		}
	}
	result, err := s.messenger().Send(ctx, messenger.SendRequest{ToMe: true, Content: messenger.Content{
		Message: s.say("kakaotalk-mcp 설정이 끝났어요. 이제 AI 비서가 카카오톡을 보낼 수 있어요! 🎉", "kakaotalk-mcp is set up: your AI assistant can send KakaoTalk messages now! 🎉")}}, s.person())
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
	if s.practice == nil || !s.loggedIn || s.in.noMessage || !s.ask.possible() {
		return nil
	}
	s.note("\n도착한 메시지는 대화방에 있어요. 대화방을 브라우저로 열어 보세요:\n  %s", "\nThe message is in the chat rooms. Open them in a browser:\n  %s", s.practice.rooms)
	_, err := s.ask.line(ctx, s.say("다 봤으면 Enter를 눌러 주세요. ", "Press Enter when you have seen it. "))
	return err
}

// register offers the clients found here. A rehearsal only shows what it would
// write.
func (s *setup) register(ctx context.Context) error {
	if len(s.in.clients) == 1 && s.in.clients[0] == "none" {
		return nil
	}
	o := clients.Options{Print: s.practice != nil}
	if len(s.in.clients) > 0 {
		return runInstall(ctx, s.o, o, s.in.clients)
	}
	chosen, err := s.chooseClients(ctx)
	if err != nil || len(chosen) == 0 {
		return err
	}
	return runInstall(ctx, s.o, o, chosen)
}

func (s *setup) chooseClients(ctx context.Context) ([]string, error) {
	entry := clientEntry(s.sys, s.practice != nil)
	var open []choice
	var problem *clients.Problem
	for _, c := range clients.All(clientSystem(s.sys, s.lang)) {
		if !c.Found() {
			continue
		}
		state, err := c.Status(entry)
		switch {
		case errors.As(err, &problem) && problem.File == "":
			s.note("! %v", "! %v", err) // about the program itself, the same for every client
			return nil, nil
		case err != nil:
			s.note("! %v", "! %v", err)
		case state == clients.Same:
			s.note("✔ %s에 등록되어 있어요.", "✔ Registered with %s.", c.Title)
		default:
			open = append(open, choice{c.ID, c.Title})
		}
	}
	if len(open) == 0 || !s.ask.possible() {
		if s.practice == nil { // a rehearsal's end says it
			s.note("AI 클라이언트에 등록하려면: `%s install`", "To register with AI clients: `%s install`", s.sys.command())
		}
		return nil, nil
	}
	q := question{title: s.say("어디에 등록할까요?", "Register with which?"), flag: "--clients", choices: open}
	if s.practice != nil {
		q.note = s.say("연습이라서 바꿀 내용을 보여 드리기만 해요.", "A rehearsal only shows what it would write.")
	}
	return s.ask.chooseMany(ctx, q)
}
