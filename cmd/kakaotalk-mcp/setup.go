package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/keychain"
)

// setupOptions are the answers that a script gives beforehand.
type setupOptions struct {
	purpose    string // me or friends
	clientID   string
	secretFile string // file, or - for standard input: a secret has no place among arguments
	importFile string
	tokenStore string // keychain or file
	noLogin    bool
	noMessage  bool
	clients    []string // to register with; "none" for no question
}

func newSetup(o *options, say sayer) *cobra.Command {
	var s setupOptions
	c := &cobra.Command{
		Use:   "setup",
		Short: say("처음 설정하기: 카카오 콘솔부터 첫 메시지까지", "set up: from Kakao's console to the first message"),
		Long: say(`카카오디벨로퍼스 콘솔에서 할 일을 하나씩 안내하고, 입력한 값을 확인해 저장하고, 로그인해서 나에게 첫 메시지를 보낸 다음, AI 클라이언트에 등록해요.
중간에 멈췄다가 다시 실행하면 이어서 하고, 이미 맞게 설정한 것은 바꾸지 않아요.
터미널 없이 실행할 때는 질문마다 있는 옵션으로 답해 주세요.`,
			`Leads through Kakao's developer console step by step, checks and saves what you enter, logs in, sends a first message to you, and registers with AI clients.
It can be stopped and run again; what is right already is not changed.
Without a terminal, answer with the options: there is one for every question.`),
		Example: `  kakaotalk-mcp setup
  kakaotalk-mcp setup --import ../old-project/.env
  kakaotalk-mcp setup --sandbox`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runSetup(cmd.Context(), o, s) },
	}
	f := c.Flags()
	f.StringVar(&s.purpose, "for", "", say("보낼 사람: me(나에게만) 또는 friends(친구에게도)", "whom to send to: me, or friends too"))
	f.StringVar(&s.clientID, "client-id", "", say("REST API 키", "REST API key"))
	f.StringVar(&s.secretFile, "client-secret-file", "", say("클라이언트 시크릿이 든 파일 (-는 표준 입력)", "file with the client secret (- is standard input)"))
	f.StringVar(&s.importFile, "import", "", say("예전 프로젝트의 .env에서 가져오기", "take over an old project's .env"))
	f.StringVar(&s.tokenStore, "token-store", "", say("로그인 정보를 둘 곳: keychain 또는 file", "where the login is kept: keychain or file"))
	f.Bool("accessible", false, say("화면 낭독기에 맞는 단순한 질문 (늘 그렇게 물어요)", "plain questions, for screen readers (always so)"))
	f.BoolVar(&s.noLogin, "no-login", false, say("로그인하지 않기", "do not log in"))
	f.BoolVar(&s.noMessage, "no-message", false, say("첫 메시지를 보내지 않기", "send no first message"))
	f.StringSliceVar(&s.clients, "clients", nil, say("등록할 클라이언트 (none: 등록하지 않음)", "clients to register with (none: do not)"))
	return c
}

// setup is one run: the answers so far and the program built from them.
type setup struct {
	*app
	o        *options
	in       setupOptions
	ask      asker
	secret   string // client secret that was given and not yet stored
	loggedIn bool   // in this run
	stored   bool   // something, in this run
}

// runSetup goes from step to step. Each step stores what it found out, so that a
// run that is stopped loses nothing.
func runSetup(ctx context.Context, o *options, in setupOptions) error {
	if !contains([]string{"", "me", "friends"}, in.purpose) {
		return usageError{errors.New("--for: me, friends")}
	}
	if !contains([]string{"", "keychain", "file"}, in.tokenStore) {
		return usageError{errors.New("--token-store: keychain, file")}
	}
	a, err := newApp(o, true)
	if err != nil {
		return err
	}
	s := &setup{app: a, o: o, in: in, ask: newAsker(o.sys, a.say)}
	defer func() { s.close() }()
	if s.practice != nil {
		s.note("연습이에요. 진짜 카카오와 내 설정은 건드리지 않고, 끝나면 모두 사라져요.\n콘솔에서 할 일은 읽어만 보고, 키와 시크릿은 화면에 나오는 연습용 값을 넣어 주세요.",
			"This is a rehearsal: neither Kakao nor your settings are touched, and all of it is gone at the end.\nOnly read what has to be done in the console, and enter the practice key and secret shown here.")
	}
	steps := []func(context.Context) error{s.takeOver, s.choosePurpose, s.ensureStore, s.ensureKey, s.ensureSecret, s.consoleSteps, s.logIn, s.firstMessage, s.register, s.lookAround}
	for _, step := range steps {
		err := step(ctx)
		if errors.Is(err, errStopped) || ctx.Err() != nil {
			s.stopped()
			return context.Canceled
		}
		if err != nil {
			return err
		}
	}
	if s.practice != nil {
		s.note("\n✔ 연습이 끝났어요. 진짜로 설정하려면 `%[1]s setup`, AI 클라이언트에서도 연습해 보려면 `%[1]s install --sandbox`를 실행해 주세요.",
			"\n✔ End of the rehearsal. For the real setup run `%[1]s setup`; to rehearse in AI clients too, run `%[1]s install --sandbox`.", s.sys.command())
		return nil
	}
	s.note("\n✔ 설정이 끝났어요. `%s doctor`로 언제든 점검할 수 있어요.", "\n✔ All set. `%s doctor` examines it any time.", s.sys.command())
	return nil
}

// stopped tells a person who leaves what is kept.
func (s *setup) stopped() {
	switch {
	case s.practice != nil:
		s.note("\n연습을 멈췄어요. 저장한 것은 없어요.", "\nThe rehearsal was stopped; nothing is saved.")
	case s.stored:
		s.note("\n여기까지 한 것은 저장했어요. `%s setup`으로 이어서 할 수 있어요.", "\nWhat was done so far is saved; continue with `%s setup`.", s.sys.command())
	default:
		s.note("\n이번에 저장한 것은 없어요. `%s setup`으로 이어서 할 수 있어요.", "\nNothing was saved this time; continue with `%s setup`.", s.sys.command())
	}
}

// rebuild makes the program anew with the settings stored so far.
func (s *setup) rebuild() error {
	a, err := newApp(s.o, true)
	if err != nil {
		return err
	}
	s.close()
	s.app = a
	return nil
}

// save writes one setting to config.env unless it has that value already.
func (s *setup) save(name, text string) error {
	if s.settings.get(name) == text {
		return nil
	}
	if err := editConfig(s.settings.home, name, text); err != nil {
		return worded(err, s.say)
	}
	s.stored = true
	if err := s.rebuild(); err != nil {
		return err
	}
	if v := s.settings.values[name]; v.text != text {
		return fmt.Errorf(s.say("%s의 %s 값이 먼저 쓰여서 저장한 값이 쓰이지 않아요. 그 값을 지우고 다시 실행해 주세요", "%[2]s in the %[1]s hides the saved value; remove it there and run setup again"), s.origin(v.origin), name)
	}
	return nil
}

func (s *setup) note(ko, en string, args ...any) {
	tell(s.sys.stderr, fmt.Sprintf(s.say(ko, en), args...))
}

func (s *setup) choosePurpose(ctx context.Context) error {
	if s.in.purpose != "" {
		return nil
	}
	var err error
	s.in.purpose, err = s.ask.choose(ctx, question{title: s.say("누구에게 보낼까요?", "Whom will you send to?"), flag: "--for", choices: []choice{
		{"me", s.say("나에게만 (가장 간단해요)", "Only me (the simplest)")},
		{"friends", s.say("친구에게도", "Friends too")},
	}})
	return err
}

// ensureStore finds out where secrets can be kept before any is entered.
func (s *setup) ensureStore(ctx context.Context) error {
	if s.practice != nil {
		return nil
	}
	if s.in.tokenStore != "" {
		if err := s.save("KAKAO_TOKEN_STORE", s.in.tokenStore); err != nil {
			return err
		}
	}
	err := s.store.Probe(ctx)
	if !errors.Is(err, keychain.ErrUnavailable) || s.store.Kind() == "file" {
		return s.worded(err)
	}
	yes, err := s.ask.confirm(ctx, question{
		title: s.say("이 컴퓨터에는 쓸 수 있는 키체인이 없어요. 로그인 정보를 파일에 저장할까요?", "There is no usable keychain here. Keep the login in a file?"),
		note:  s.say("본인만 읽을 수 있는 파일이에요.", "Only you can read it."),
		flag:  "--token-store file",
	}, s.say("파일에 저장", "Keep it in a file"), s.say("그만두기", "Stop"))
	if err != nil {
		return err
	}
	if !yes {
		return errStopped
	}
	return s.save("KAKAO_TOKEN_STORE", "file")
}

func (s *setup) worded(err error) error {
	if errors.Is(err, keychain.ErrLocked) {
		return errors.New(s.say("키체인이 잠겨 있거나 응답하지 않아요. 잠금을 풀고 다시 실행해 주세요", "the keychain is locked or does not answer; unlock it and run setup again"))
	}
	return err
}

func (s *setup) purpose() auth.Purpose {
	if s.in.purpose == "friends" {
		return auth.ForFriends
	}
	return auth.ForMe
}
