// Package setup leads a person from Kakao's developer console to the first message
// and into their AI clients, step by step, checking each as doctor does. Every step
// stores what it found out, so that a run that is stopped loses nothing, and a
// script answers beforehand with the fields of [Answers]. In the sandbox the whole
// way can be rehearsed, mistakes included.
//
// It may import doctor, register, login, app and what those may.
package setup

import (
	"context"
	"errors"
	"slices"
	"strings"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/auth/keychain"
	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/cmd/internal/config"
	"kakaotalk-mcp/cmd/internal/doctor"
	"kakaotalk-mcp/cmd/internal/register"
	"kakaotalk-mcp/cmd/internal/terminal"
)

// Answers are those that a script gives beforehand.
type Answers struct {
	Purpose    string // me or friends
	ClientID   string
	SecretFile string // file, or - for standard input: a secret has no place among arguments
	ImportFile string
	TokenStore string // one of config.TokenStore.Choices
	NoLogin    bool
	NoMessage  bool
	Confirm    string   // one of config.Confirm.Choices
	Calendar   string   // on or off
	Clients    []string // to register with; "none" for no question
}

// setup is one run: the answers so far and the program built from them.
type setup struct {
	*doctor.Doctor
	o        *app.Options
	in       Answers
	secret   string // client secret that was given and not yet stored
	loggedIn bool   // in this run
	stored   bool   // something, in this run
	failed   error  // a client that was not registered with; told, and the rest goes on
}

// Run goes from step to step. Each step stores what it found out, so that a
// run that is stopped loses nothing.
func Run(ctx context.Context, o *app.Options, in Answers) error {
	for _, a := range []struct {
		flag, given string
		choices     []string
	}{
		{"--for", in.Purpose, []string{"me", "friends"}}, {"--token-store", in.TokenStore, config.TokenStore.Choices()},
		{"--confirm", in.Confirm, config.Confirm.Choices()}, {"--calendar", in.Calendar, []string{"on", "off"}},
	} {
		if a.given != "" && !slices.Contains(a.choices, a.given) {
			return cli.Misuse(o.Lang().Sayf("%s에는 다음 중 하나를 넣어 주세요: %s", "%s takes one of these: %s", a.flag, strings.Join(a.choices, ", ")))
		}
	}
	a, err := app.New(o, true)
	if err != nil {
		return err
	}
	s := &setup{Doctor: &doctor.Doctor{App: a}, o: o, in: in}
	defer func() { s.Close() }()
	// Better before the work than after it.
	if !s.skipsClients() {
		if err := register.Known(s.Env, s.Lang, in.Clients); err != nil {
			return err
		}
	}
	if s.Sandbox == nil && !s.skipsClients() {
		if err := register.System(s.Env, s.Lang).Check(register.Entry(s.Env, false)); err != nil {
			s.note("! %v", "! %v", err)
		}
	}
	if s.Sandbox != nil {
		s.tell(aRehearsal(s.Lang))
	}
	steps := []func(context.Context) error{s.takeOver, s.choosePurpose, s.ensureStore, s.ensureKey, s.ensureSecret, s.chooseCalendar, s.consoleSteps, s.askNickname, s.logIn, s.firstMessage, s.chooseConfirm, s.register, s.lookAround}
	for _, step := range steps {
		err := step(ctx)
		if errors.Is(err, terminal.ErrStopped) || ctx.Err() != nil {
			s.stopped()
			return context.Canceled
		}
		if err != nil {
			return err
		}
	}
	if s.Sandbox != nil {
		s.tell(rehearsed(s.Lang, s.Env.Command()))
		return s.failed
	}
	s.finish()
	return s.failed
}

// stopped tells a person who leaves what is kept.
func (s *setup) stopped() {
	switch {
	case s.Sandbox != nil:
		s.note("\n연습을 멈췄어요. 저장한 것은 없어요.", "\nPractice was stopped. Nothing was saved.")
	case s.stored:
		s.note("\n여기까지 한 것은 저장했어요. `%s setup`으로 이어서 할 수 있어요.", "\nWhat you did so far is saved. Continue with `%s setup`.", s.Env.Command())
	default:
		s.note("\n이번에 저장한 것은 없어요. `%s setup`으로 이어서 할 수 있어요.", "\nNothing was saved this time. Continue with `%s setup`.", s.Env.Command())
	}
}

// rebuild makes the program anew with the settings stored so far.
func (s *setup) rebuild() error {
	a, err := app.New(s.o, true)
	if err != nil {
		return err
	}
	s.Close()
	s.Doctor = &doctor.Doctor{App: a}
	return nil
}

// save writes one setting to config.env unless it has that value already; what only
// the environment has, clients would not get.
func (s *setup) save(id config.ID, text string) error {
	if s.Settings.Text(id) == text && s.Settings.Origin(id) != config.FromDefault && !slices.Contains(s.Settings.OnlyInEnvironment(), id) {
		return nil
	}
	if err := s.o.Config.Save(id, text); err != nil {
		return err
	}
	s.stored = true
	if err := s.rebuild(); err != nil {
		return err
	}
	if s.Settings.Text(id) != text {
		return errors.New(s.Lang.Sayf("%s의 %s 값이 우선 적용돼서 저장한 값이 적용되지 않아요. 그 값을 지우고 다시 실행해 주세요", "%[2]s in the %[1]s takes precedence over the saved value. Remove it there and run setup again", s.Origin(s.Settings.Origin(id)), id))
	}
	return nil
}

func (s *setup) note(ko, en string, args ...any) { s.tell(s.Lang.Sayf(ko, en, args...)) }

func (s *setup) tell(text string) { cli.Tell(s.Env.Stderr, text) }

func (s *setup) choosePurpose(ctx context.Context) error {
	if s.in.Purpose != "" {
		return nil
	}
	if s.Session != nil && s.Sandbox == nil { // a login tells what was answered before
		if rec, err := s.Session.Current(ctx); err == nil {
			s.in.Purpose = "me"
			if rec.HasFriends() {
				s.in.Purpose = "friends"
			} else {
				s.note("나에게 보내도록 설정되어 있어요. 친구에게도 보내려면 `%s setup --for friends`를 실행해 주세요.", "Set up to send to yourself. To send to friends as well, run `%s setup --for friends`.", s.Env.Command())
			}
			return nil
		}
	}
	var err error
	s.in.Purpose, err = s.Terminal.Choose(ctx, terminal.Question{Title: s.Lang.Say("누구에게 보낼까요?", "Who will you send messages to?"), Flag: "--for", Choices: []terminal.Choice{
		{Value: "me", Label: s.Lang.Say("나에게만 (가장 간단해요)", "Only me (simplest)")},
		{Value: "friends", Label: s.Lang.Say("친구에게도", "Friends as well")},
	}})
	return err
}

// ensureStore finds out where secrets can be kept before any is entered.
func (s *setup) ensureStore(ctx context.Context) error {
	if s.Sandbox != nil {
		return nil
	}
	if s.in.TokenStore != "" {
		if err := s.save(config.TokenStore, s.in.TokenStore); err != nil {
			return err
		}
	}
	err := s.Store.Probe(ctx)
	if !errors.Is(err, keychain.ErrUnavailable) || s.Store.Kind() == config.KeptInFile {
		return s.worded(err)
	}
	if errors.Is(err, keychain.ErrNoCollection) {
		what, next := auth.NoCollection(s.Lang)
		s.note("%s %s", "%s %s", what, next)
	}
	yes, err := s.Terminal.Confirm(ctx, terminal.Question{
		Title: s.Lang.Say("이 컴퓨터에는 사용할 수 있는 키체인이 없어요. 로그인 정보를 파일에 저장할까요?", "There is no usable keychain here. Save the login in a file?"),
		Note:  s.Lang.Sayf("저장 위치: %s", "Saved in: %s.", s.File()),
		Flag:  "--token-store file",
	}, s.Lang.Say("파일에 저장하기", "Save it in a file"), s.Lang.Say("그만두기", "Stop"))
	if err != nil {
		return err
	}
	if !yes {
		return terminal.ErrStopped
	}
	return s.save(config.TokenStore, config.KeptInFile)
}

func (s *setup) worded(err error) error {
	if errors.Is(err, keychain.ErrLocked) {
		return errors.New(s.Lang.Say("키체인이 잠겨 있거나 응답하지 않아요. 잠금을 풀고 다시 실행해 주세요", "The keychain is locked or does not respond. Unlock it and run setup again"))
	}
	if p := problem.OfFile(s.Lang, err); p != nil {
		return p
	}
	return err
}

func (s *setup) purpose() auth.Purpose {
	if s.in.Purpose == "friends" {
		return auth.ForFriends
	}
	return auth.ForMe
}
