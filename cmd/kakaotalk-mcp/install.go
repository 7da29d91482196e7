package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"kakaotalk-mcp/cmd/internal/clients"
)

// sessionVariables are what clients on Linux drop and the keychain and the
// browser need.
var sessionVariables = []string{"DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY"}

func newInstall(o *options, say sayer) *cobra.Command {
	var opt clients.Options
	c := &cobra.Command{
		Use:   "install [<client>...]",
		Short: say("AI 클라이언트에 등록하기", "register with AI clients"),
		Long: say(`AI 클라이언트의 설정에 이 프로그램을 등록해요. 이름 없이 실행하면 찾은 클라이언트를 보여 주고 물어봐요.
클라이언트: `, `Registers this program with AI clients. Without a name it lists those found and asks.
Clients: `) + clientIDs(),
		Example: `  kakaotalk-mcp install claude-desktop cursor
  kakaotalk-mcp install claude-code --sandbox
  kakaotalk-mcp install codex --print`,
		RunE: func(cmd *cobra.Command, args []string) error { return runInstall(cmd.Context(), o, opt, args) },
	}
	c.Flags().BoolVar(&opt.Print, "print", false, say("바꿀 내용만 보여 주고 쓰지 않기", "show the change, write nothing"))
	c.Flags().BoolVar(&opt.Force, "force", false, say("설치를 찾지 못해도, 같은 이름의 다른 항목이 있어도 쓰기", "write even if the client was not found or the name is taken"))
	return c
}

func clientIDs() string {
	var ids []string
	for _, c := range clients.All(clients.System{Home: "/", Getenv: func(string) string { return "" }}) {
		ids = append(ids, c.ID)
	}
	return strings.Join(ids, ", ")
}

// clientSystem describes this computer to package clients, with the environment
// that the command was given.
func clientSystem(sys surroundings, lang string) clients.System {
	host, err := clients.Host(lang)
	if err != nil {
		host = clients.System{OS: runtime.GOOS, TempDir: os.TempDir(), Lang: lang, LookPath: exec.LookPath}
	}
	host.Home = sys.userHome
	host.Getenv = func(name string) string { return environment(sys.environ, name) }
	return host
}

// clientEntry is what clients shall start.
func clientEntry(sys surroundings, practice bool) clients.Entry {
	e := clients.Entry{Name: "kakaotalk", Command: sys.executable, Args: []string{"serve"}, Env: map[string]string{}}
	if practice {
		e.Name, e.Args = "kakaotalk-sandbox", []string{"serve", "--sandbox"}
	}
	if home := environment(sys.environ, "KAKAOTALK_MCP_HOME"); home != "" && !practice {
		e.Env["KAKAOTALK_MCP_HOME"] = home
	}
	if runtime.GOOS == "linux" {
		e.PassEnv = sessionVariables
	}
	return e
}

func runInstall(ctx context.Context, o *options, opt clients.Options, names []string) error {
	lang := quickLang(o.sys)
	say := speaker(lang)
	all := clients.All(clientSystem(o.sys, lang))
	entry := clientEntry(o.sys, o.sandbox)
	chosen, err := pick(all, names, say)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		if chosen, err = chooseClients(ctx, o.sys, say, all, entry); err != nil {
			return err
		}
	}
	var failed error
	for _, c := range chosen {
		change, err := c.Install(ctx, entry, opt)
		if err != nil {
			fmt.Fprintf(o.sys.stderr, "✘ %s: %v\n", c.Title, err)
			failed = errSilent
			continue
		}
		printChange(o.sys, say, c, change, entry.Name, opt.Print)
	}
	if len(chosen) > 0 && failed == nil && !o.sandbox && !opt.Print {
		remindOfSetup(o, say, chosen[0].ID)
	}
	return failed
}

// remindOfSetup speaks up when a client was given a program that cannot send yet.
func remindOfSetup(o *options, say sayer, client string) {
	s, err := loadSettings(o.sys, o.envFile)
	if err != nil || s.get("KAKAO_CLIENT_ID") != "" {
		return // doctor names what is wrong in the settings
	}
	fmt.Fprintf(o.sys.stderr, say("! 아직 카카오 설정을 하지 않았어요. `%[1]s setup`을 실행해 주세요.\n  카카오 없이 연습하려면: `%[1]s install %[2]s --sandbox`\n",
		"! Kakao is not set up yet. Run `%[1]s setup`.\n  To rehearse without Kakao: `%[1]s install %[2]s --sandbox`\n"), o.sys.command(), client)
}

// pick returns the clients with these IDs.
func pick(all []clients.Client, names []string, say sayer) ([]clients.Client, error) {
	var out []clients.Client
	for _, n := range names {
		i := slices.IndexFunc(all, func(c clients.Client) bool { return c.ID == n })
		if i < 0 {
			return nil, usageError{fmt.Errorf(say("'%s'은(는) 모르는 클라이언트예요. 쓸 수 있는 이름: %s", "unknown client %q; known: %s"), n, clientIDs())}
		}
		out = append(out, all[i])
	}
	return out, nil
}

// chooseClients lists the clients found here and asks which to register with.
func chooseClients(ctx context.Context, sys surroundings, say sayer, all []clients.Client, entry clients.Entry) ([]clients.Client, error) {
	var open []clients.Client
	for _, c := range all {
		if !c.Found() {
			continue
		}
		state, err := c.Status(entry)
		if err != nil {
			fmt.Fprintf(sys.stderr, "✘ %s: %v\n", c.Title, err)
			continue
		}
		fmt.Fprintf(sys.stderr, "  %-15s %-16s %s\n", c.ID, c.Title, stateText(state, say))
		if state == clients.Absent || state == clients.Different {
			open = append(open, c)
		}
	}
	if len(open) == 0 {
		fmt.Fprintln(sys.stderr, say("새로 등록할 클라이언트가 없어요.", "There is nothing to register with."))
		return nil, nil
	}
	if !isTerminal(sys.stdin) {
		return nil, usageError{errors.New(say("등록할 클라이언트의 이름을 적어 주세요", "name the clients to register with"))}
	}
	fmt.Fprintf(sys.stderr, say("%d개에 등록할까요? [Y/n] ", "Register with these %d? [Y/n] "), len(open))
	answer, err := readLine(ctx, sys.stdin)
	if err != nil {
		return nil, err
	}
	if answer = strings.ToLower(answer); answer != "" && !yes(answer) {
		return nil, context.Canceled
	}
	return open, nil
}

func yes(answer string) bool { return contains([]string{"y", "yes", "네", "예", "ㅇ"}, answer) }

func stateText(s clients.State, say sayer) string {
	switch s {
	case clients.Same:
		return say("등록되어 있음", "registered")
	case clients.Different:
		return say("등록 내용이 지금 프로그램과 다름", "registered differently")
	case clients.Foreign:
		return say("같은 이름의 다른 프로그램이 있음", "another program has the name")
	}
	return say("등록되지 않음", "not registered")
}

func printChange(sys surroundings, say sayer, c clients.Client, change clients.Change, name string, only bool) {
	switch {
	case !change.Changed:
		fmt.Fprintf(sys.stderr, say("✔ %s: 바꿀 것이 없어요.\n", "✔ %s: nothing to change.\n"), c.Title)
	case only:
		after := change.After
		if name != "" && strings.HasPrefix(after, "{") { // what stands behind the name; JSON needs the name too
			after = fmt.Sprintf("%q: %s", name, after)
		}
		fmt.Fprintf(sys.stdout, "# %s\n%s\n", change.File, after)
	default:
		done := say("✔ %s에 등록했어요: %s (%s)", "✔ %s: registered %s (%s)")
		if change.After == "" {
			done = say("✔ %s에서 뺐어요: %s (%s)", "✔ %s: removed %s (%s)")
		}
		fmt.Fprintf(sys.stderr, done, c.Title, name, change.File)
		if change.Backup != "" {
			fmt.Fprintf(sys.stderr, say("\n  이전 파일: %s", "\n  backup: %s"), change.Backup)
		}
		fmt.Fprintf(sys.stderr, "\n  %s\n", change.Note)
	}
}
