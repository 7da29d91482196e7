// Package register puts this program into AI clients' settings and takes it out
// again, with everything else that it leaves on a computer: login, secret,
// settings folder, service.
//
// How a client keeps its settings is package clients' knowledge; this one knows
// what is to stand there. It may import app and what app may.
package register

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/auth/keychain"
	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/cmd/internal/clients"
	"kakaotalk-mcp/cmd/internal/config"
)

// sessionVariables are what clients on Linux drop and the keychain and the
// browser need.
var sessionVariables = []string{"DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY"}

// ClientIDs are the names of all clients.
func ClientIDs() (ids []string) {
	for _, c := range clients.All(clients.System{Home: "/", Getenv: func(string) string { return "" }}) {
		ids = append(ids, c.ID)
	}
	return ids
}

// System describes this computer to package clients, with the environment
// that the command was given.
func System(env *cli.Env, lang wording.Lang) clients.System {
	host, err := clients.Host(lang)
	if err != nil {
		host = clients.System{OS: runtime.GOOS, TempDir: os.TempDir(), Lang: lang, LookPath: exec.LookPath}
	}
	host.Home, host.Program = env.UserHome, env.Command()
	host.Getenv = func(name string) string {
		value := env.Vars.Get(name)
		if name == sessionVariables[0] && keychain.IsUsualBus(value) {
			return "" // found without it; written down, it would be tried in sessions to come
		}
		return value
	}
	return host
}

// Entry is what clients shall start; practice: with the sandbox.
func Entry(env *cli.Env, practice bool) clients.Entry {
	e := clients.Entry{Name: "kakaotalk", Command: env.Executable, Args: []string{"serve"}, Env: map[string]string{}}
	if practice {
		e.Name, e.Args = "kakaotalk-sandbox", []string{"serve", "--sandbox"}
	}
	if home := env.Vars.Get(config.Home.Name()); home != "" && !practice {
		if path, err := filepath.Abs(home); err == nil { // clients start it in other folders
			home = path
		}
		e.Env[config.Home.Name()] = home
	}
	if runtime.GOOS == "linux" {
		e.PassEnv = sessionVariables
	}
	return e
}

// Install registers with the named clients, or with those found that a person
// agrees to. What failed for one is told and keeps no other from being tried.
func Install(ctx context.Context, o *app.Options, opt clients.Options, names []string) error {
	lang := o.Lang()
	all := clients.All(System(o.Env, lang))
	entry := Entry(o.Env, o.Sandbox)
	chosen, err := pick(o.Env, all, names, lang)
	if err != nil {
		return err
	}
	var failed error
	if len(names) == 0 {
		if chosen, failed, err = choose(ctx, o, all, entry); err != nil {
			return err
		}
	}
	for _, c := range chosen {
		change, err := c.Install(ctx, entry, opt)
		if err != nil {
			cli.Tell(o.Env.Stderr, fmt.Sprintf("✘ %s: %v", c.Title, err))
			failed = cli.ErrSilent
			continue
		}
		if err := printChange(o.Env, lang, c, change, entry.Name, opt.Print); err != nil {
			return err
		}
	}
	switch {
	case len(chosen) == 0 || failed != nil || opt.Print:
	case !o.Sandbox:
		remind(o, lang, chosen[0].ID)
	default:
		cli.Tell(o.Env.Stderr, lang.Say("이제 AI 클라이언트에서 이렇게 말해 보세요:\n  내 카톡으로 오늘 할 일 보내 줘\n연습용 로그인 화면이 열려요. 카카오계정은 필요 없어요.",
			"Now say this in your AI client:\n  Send my to-do list for today to my KakaoTalk\nA practice login page opens. You need no Kakao account."))
	}
	return failed
}

// remind speaks up when a client was given a program that cannot send yet, and names
// settings that work in this shell and that most clients do not pass on. The client
// secret is setup's matter.
func remind(o *app.Options, lang wording.Lang, client string) {
	s, err := o.Settings()
	if err != nil {
		return // doctor names what is wrong in the settings
	}
	if s.ClientID == "" {
		cli.Tell(o.Env.Stderr, lang.Sayf("! 아직 카카오 설정을 하지 않았어요. `%[1]s setup`을 실행해 주세요.\n  카카오계정 없이 연습하려면: `%[1]s install %[2]s --sandbox`", "! Kakao is not set up yet. Run `%[1]s setup`.\n  To practice without a Kakao account: `%[1]s install %[2]s --sandbox`", o.Env.Command(), client))
	}
	var names []string
	for _, id := range s.OnlyInEnvironment() {
		if id != config.ClientSecret {
			names = append(names, id.Name())
		}
	}
	if len(names) > 0 {
		cli.Tell(o.Env.Stderr, lang.Sayf("! 환경 변수에만 있는 설정은 대부분의 AI 클라이언트에 전달되지 않아요: %s\n  %s 파일에 이름=값으로 적어 주세요.",
			"! Most AI clients do not pass on settings that are only in the environment: %s\n  Add them to %s as NAME=value.", strings.Join(names, ", "), s.ConfigFile()))
	}
}

// Known returns an error that lists the clients there are unless each name is one.
func Known(env *cli.Env, lang wording.Lang, names []string) error {
	if len(names) == 0 {
		return nil
	}
	_, err := pick(env, clients.All(System(env, lang)), names, lang)
	return err
}

// pick returns the clients with these IDs.
func pick(env *cli.Env, all []clients.Client, names []string, lang wording.Lang) ([]clients.Client, error) {
	if env.UserHome == "" {
		return nil, cli.Misuse(lang.Say("홈 폴더를 알 수 없어서 AI 클라이언트의 설정 파일을 찾지 못해요. HOME 환경 변수를 설정해 주세요", "The home folder is unknown, so the AI clients' settings files cannot be found. Set HOME"))
	}
	out, unknown := clients.Select(all, names)
	if unknown != "" {
		return nil, cli.Misuse(lang.Sayf("지원하지 않는 클라이언트예요: %s (지원: %s)", "Unsupported client: %s (supported: %s)", unknown, strings.Join(append(ClientIDs(), "all", "other"), ", ")))
	}
	return out, nil
}

// choose lists the clients found here and asks which to register with. failed: one of
// them could not be looked at, which is told.
func choose(ctx context.Context, o *app.Options, all []clients.Client, entry clients.Entry) (open []clients.Client, failed, err error) {
	env, lang := o.Env, o.Lang()
	found, foreign := 0, ""
	for _, c := range all {
		if !c.Found() {
			continue
		}
		found++
		state, err := c.Status(entry)
		if err != nil {
			cli.Tell(env.Stderr, fmt.Sprintf("✘ %s: %v", c.Title, err))
			failed = cli.ErrSilent
			continue
		}
		fmt.Fprintf(env.Stderr, "  %-15s %-16s %s\n", c.ID, c.Title, stateText(state, lang))
		switch state {
		case clients.Absent, clients.Different:
			open = append(open, c)
		case clients.Foreign:
			foreign = c.ID
		}
	}
	switch {
	case len(open) > 0 && !cli.IsTerminal(env.Stdin):
		return nil, nil, cli.Misuse(lang.Say("등록할 클라이언트의 이름을 적어 주세요", "Name the clients to register with"))
	case len(open) > 0:
		yes, err := o.Terminal.YesNo(ctx, lang.Sayf("클라이언트 %d개에 등록할까요? [Y/n] ", "Register with these clients (%d)? [Y/n] ", len(open)), true)
		if err == nil && !yes {
			err = context.Canceled
		}
		return open, failed, err
	case found == 0:
		cli.Tell(env.Stderr, lang.Sayf("AI 클라이언트를 찾지 못했어요. 클라이언트를 설치한 뒤 다시 실행하거나, 직접 적을 내용을 확인해 주세요: `%s install other --print`",
			"No AI client was found. Install one and run this again, or see what to add by hand: `%s install other --print`", env.Command()))
	case foreign != "":
		cli.Tell(env.Stderr, lang.Sayf("그 항목을 바꿔서 등록하려면: `%s install %s --force`", "To replace that entry: `%s install %s --force`", env.Command(), foreign))
	case failed == nil:
		cli.Tell(env.Stderr, lang.Say("찾은 클라이언트에 모두 등록되어 있어요.", "All clients found here are registered."))
	}
	return nil, failed, nil
}

func stateText(s clients.State, lang wording.Lang) string {
	switch s {
	case clients.Same:
		return lang.Say("등록되어 있음", "registered")
	case clients.Different:
		return lang.Say("다른 내용으로 등록되어 있음", "registered with different settings")
	case clients.Foreign:
		return lang.Say("같은 이름의 다른 항목이 있음", "another entry has this name")
	}
	return lang.Say("등록되지 않음", "not registered")
}

func printChange(env *cli.Env, lang wording.Lang, c clients.Client, change clients.Change, name string, only bool) error {
	out := &cli.Printer{W: env.Stdout}
	switch {
	case !change.Changed:
		cli.Tell(env.Stderr, lang.Sayf("✔ %s: 바꿀 내용이 없어요.", "✔ %s: nothing to change.", c.Title))
	case only:
		if change.File != "" {
			out.Line("# %s", change.File)
		}
		out.Line("%s", strings.TrimSuffix(change.After, "\n"))
	default:
		done := lang.Say("✔ %s에 등록했어요: %s (%s)", "✔ %s: registered %s (%s)")
		if change.After == "" {
			done = lang.Say("✔ %s에서 등록을 해제했어요: %s (%s)", "✔ %s: unregistered %s (%s)")
		}
		cli.Tell(env.Stderr, fmt.Sprintf(done, c.Title, name, change.File))
		if change.Backup != "" {
			cli.Tell(env.Stderr, lang.Sayf("  백업: %s", "  backup: %s", change.Backup))
		}
		cli.Tell(env.Stderr, "  "+change.Note)
	}
	for _, p := range change.Obstacles {
		cli.Tell(env.Stderr, fmt.Sprintf("  ! %v", p))
	}
	return out.Err
}
