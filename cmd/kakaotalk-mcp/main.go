// Command kakaotalk-mcp lets AI assistants send KakaoTalk messages. Started
// without a command it is a local MCP server on stdin and stdout; its other
// commands set it up, check it and use it from a terminal.
//
// This package names the commands: each file has one, with its flags, one call and
// what is printed. The work is done in cmd/internal and in the houses below.
package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/pkg/browser"
	"github.com/spf13/cobra"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/cmd/internal/config"
	"kakaotalk-mcp/cmd/internal/setup"
	"kakaotalk-mcp/tools/messenger"
)

func main() {
	ends := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as under nohup
		ends = append(ends, syscall.SIGHUP) // the terminal was closed
	}
	ctx, stop := signal.NotifyContext(context.Background(), ends...)
	context.AfterFunc(ctx, stop) // a second signal ends the program the hard way
	env := cli.System(version())
	config.ForgetSecrets()
	os.Exit(run(ctx, env, os.Args[1:]))
}

// run carries out one command line and returns the exit code.
func run(ctx context.Context, env *cli.Env, args []string) int {
	browser.Stdout, browser.Stderr = env.Stderr, env.Stderr // stdout is a command's data, or the protocol
	o := app.NewOptions(env)
	err := execute(ctx, o, args)
	switch {
	case err == nil, errors.Is(err, cli.ErrSilent):
	case !errors.Is(err, context.Canceled):
		cli.Tell(env.Stderr, "kakaotalk-mcp: "+problem.InWords(o.Lang(), err))
	case cli.IsTerminal(env.Stderr):
		cli.Tell(env.Stderr, o.Lang().Say("취소했어요.", "Cancelled."))
	}
	if !errors.Is(err, context.Canceled) && env.OwnWindow() { // or nobody could read what was said
		_, _ = o.Terminal.Prompt(ctx, o.Lang().Say("\n창을 닫으려면 Enter를 눌러 주세요. ", "\nPress Enter to close this window. "))
	}
	return exitCode(err)
}

func execute(ctx context.Context, o *app.Options, args []string) error {
	switch strings.Join(args, " ") { // what other programs start need not know the commands of people
	case "serve":
		return runServe(ctx, o)
	case app.KeepLogin:
		return app.RunKeeper(ctx, o.Env)
	}
	root := newRoot(o)
	root.SetArgs(args)
	root.SetIn(o.Env.Stdin)
	root.SetOut(o.Env.Stdout)
	root.SetErr(o.Env.Stderr)
	return root.ExecuteContext(ctx)
}

func exitCode(err error) int {
	var usage cli.UsageError
	var refusal *messenger.Refusal
	var missing *problem.Problem
	switch {
	case err == nil:
		return cli.ExitOK
	case errors.As(err, &usage), errors.Is(err, context.Canceled), errors.Is(err, auth.ErrDeclined):
		return cli.ExitUsage
	case errors.Is(err, auth.ErrLoginNeeded), errors.As(err, &refusal) && (refusal.URL != "" || refusal.Reason == app.NotSetUp),
		errors.As(err, &missing) && missing.Reason == app.NotSetUp:
		return cli.ExitLogin
	}
	return cli.ExitError
}

func newRoot(o *app.Options) *cobra.Command {
	cobra.MousetrapHelpText = "" // it refuses every command that a shortcut starts, in English
	showVersion := false
	lang := o.Lang()
	root := &cobra.Command{
		Use:   "kakaotalk-mcp",
		Short: lang.Say("AI 클라이언트에서 카카오톡 메시지를 보내는 로컬 MCP 서버", "Local MCP server that lets AI clients send KakaoTalk messages"),
		Long: lang.Say(`Claude Desktop, Cursor, Claude Code 같은 AI 클라이언트에서 카카오톡 메시지를 보내고 친구를 찾게 해 주는 MCP 서버예요. 명령 없이 실행하면 MCP 서버(serve)로 동작해요.`,
			`An MCP server that lets AI clients (Claude Desktop, Cursor, Claude Code, …) send KakaoTalk messages to you and your friends, and find friends. Without a command it runs as the MCP server (serve).`),
		Example: `  kakaotalk-mcp demo
  kakaotalk-mcp setup
  kakaotalk-mcp doctor`,
		Args:          cobra.NoArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if showVersion {
				return printVersion(o, false)
			}
			if o.Env.OwnWindow() {
				return setup.Welcome(cmd.Context(), o)
			}
			return runServe(cmd.Context(), o)
		},
	}
	root.Flags().BoolVar(&showVersion, "version", false, lang.Say("버전 보기", "show the version"))
	root.PersistentFlags().StringVar(&o.EnvFile, "env-file", "", lang.Say("설정 파일을 하나 더 불러오기", "load one more settings file"))
	root.PersistentFlags().BoolVar(&o.Sandbox, "sandbox", false, lang.Say("실제 카카오 대신 연습용 카카오 사용하기", "use the practice Kakao instead of the real one"))
	root.AddCommand(
		newServe(o, lang), newLogin(o, lang), newLogout(o, lang), newStatus(o, lang), newFriends(o, lang), newSend(o, lang), newReminders(o, lang),
		newSetup(o, lang), newDoctor(o, lang), newInstall(o, lang), newUninstall(o, lang), newInvite(o, lang), newPage(o, lang), newTunnel(o, lang), newDemo(o, lang), newChat(o, lang), newCompletion(o, lang), newVersion(o, lang),
	)
	completeFile(root, "env-file")
	localise(root, lang)
	return root
}

func jsonFlag(c *cobra.Command, to *bool, lang wording.Lang) {
	c.Flags().BoolVar(to, "json", false, lang.Say("JSON으로 출력하기", "print JSON"))
}
