package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/tools/messenger"
)

// Exit codes.
const (
	exitOK    = 0
	exitError = 1
	exitUsage = 2 // wrong usage, or cancelled
	exitLogin = 4 // a login is needed
)

// surroundings is everything a command gets from outside. Nothing below run
// touches os.Args, os.Stdin, os.Stdout or the environment.
type surroundings struct {
	stdin          *os.File
	stdout, stderr *os.File
	environ        []string
	executable     string // absolute path of this program
	userHome       string
}

func system() surroundings {
	exe, err := os.Executable()
	if err == nil {
		if resolved, rerr := filepath.EvalSymlinks(exe); rerr == nil && filepath.Base(resolved) == filepath.Base(exe) {
			exe = resolved
		}
	} else {
		exe = "kakaotalk-mcp"
	}
	home, _ := os.UserHomeDir()
	return surroundings{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, environ: os.Environ(), executable: exe, userHome: home}
}

// plainEnv is the environment without our settings: programs that we start need
// none of them, and some are secret.
func (s surroundings) plainEnv() []string {
	isSetting := func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return slices.ContainsFunc(settingNames, func(n settingName) bool { return n.name == name })
	}
	return slices.DeleteFunc(slices.Clone(s.environ), isSetting)
}

// forgetSecrets takes secret settings out of this process's environment, once
// they were read: libraries start browsers and other programs with all of it.
func forgetSecrets() {
	for _, n := range settingNames {
		if n.secret {
			os.Unsetenv(n.name) //nolint:errcheck // fails for impossible names only
		}
	}
}

// command is how a person calls this program, ready to be pasted: a binary that
// `go run` built is gone when they read it.
func (s surroundings) command() string { return pasted(runtime.GOOS, s.executable) }

// pasted is how a program is called in a terminal of the given system.
func pasted(system, executable string) string {
	switch {
	case strings.Contains(filepath.ToSlash(executable), "/go-build"):
		return "go run ./cmd/kakaotalk-mcp"
	case system == "windows" && strings.ContainsAny(executable, " $`&'(){};,@#"):
		// To PowerShell a quoted path is a text; & makes a command of it.
		return `& "` + strings.NewReplacer("`", "``", "$", "`$").Replace(executable) + `"`
	case strings.ContainsRune(executable, ' '):
		return `"` + executable + `"`
	}
	return executable
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// errSilent ends a command whose error was already told.
var errSilent = errors.New("already reported")

// usageError is wrong usage: exit code 2.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// run carries out one command line and returns the exit code.
func run(ctx context.Context, sys surroundings, args []string) int {
	err := execute(ctx, sys, args)
	if errors.Is(err, context.Canceled) && isTerminal(sys.stderr) {
		fmt.Fprintln(sys.stderr, speaker(quickLang(sys))("취소했어요.", "Cancelled."))
	}
	if err != nil && !errors.Is(err, errSilent) && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(sys.stderr, "kakaotalk-mcp:", worded(err, speaker(quickLang(sys))))
	}
	return exitCode(err)
}

// execute runs the command that args name.
func execute(ctx context.Context, sys surroundings, args []string) error {
	// What clients start, to stay: without the tree of all commands, which takes 0.4 MB.
	if len(args) == 1 && args[0] == "serve" {
		return runServe(ctx, &options{sys: sys})
	}
	root := newRoot(sys)
	root.SetArgs(args)
	root.SetIn(sys.stdin)
	root.SetOut(sys.stdout)
	root.SetErr(sys.stderr)
	return root.ExecuteContext(ctx)
}

func exitCode(err error) int {
	var usage usageError
	var refusal *messenger.Refusal
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &usage), errors.Is(err, context.Canceled), errors.Is(err, auth.ErrDeclined):
		return exitUsage
	case errors.Is(err, auth.ErrLoginNeeded), errors.As(err, &refusal) && refusal.URL != "":
		return exitLogin
	}
	return exitError
}

// options are the flags every command has.
type options struct {
	sys     surroundings
	envFile string
	sandbox bool
}

func newRoot(sys surroundings) *cobra.Command {
	o := &options{sys: sys}
	showVersion := false
	say := speaker(quickLang(sys))
	root := &cobra.Command{
		Use:   "kakaotalk-mcp",
		Short: say("AI 비서가 카카오톡 메시지를 보낼 수 있게 해 주는 로컬 MCP 서버", "Local MCP server that lets AI assistants send KakaoTalk messages"),
		Long: say(`AI 비서(Claude Desktop, Cursor, Claude Code 등)가 이 프로그램을 실행하면
나와 친구에게 카카오톡 메시지를 보내고 친구를 찾을 수 있어요.
명령 없이 실행하면 MCP 서버(serve)로 동작해요.`,
			`An AI assistant (Claude Desktop, Cursor, Claude Code, …) starts this program and
can then send KakaoTalk messages to you and your friends, and find friends.
Without a command it is the MCP server (serve).`),
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
			return runServe(cmd.Context(), o)
		},
	}
	root.Flags().BoolVar(&showVersion, "version", false, say("버전 보기", "show the version"))
	root.PersistentFlags().StringVar(&o.envFile, "env-file", "", say("설정 파일을 하나 더 읽기", "read one more settings file"))
	root.PersistentFlags().BoolVar(&o.sandbox, "sandbox", false, say("진짜 카카오 대신 연습용 카카오 쓰기", "use the practice Kakao instead of the real one"))
	root.AddCommand(
		newServe(o, say), newLogin(o, say), newLogout(o, say), newStatus(o, say), newFriends(o, say), newSend(o, say),
		newSetup(o, say), newDoctor(o, say), newInstall(o, say), newUninstall(o, say), newInvite(o, say), newPage(o, say), newTunnel(o, say), newDemo(o, say), newChat(o, say), newVersion(o, say),
	)
	localise(root, say)
	return root
}

// printer collects the first write error, so that a full disk behind a pipe is
// not taken for success.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}
