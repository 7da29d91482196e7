package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/viewer/tunnel"
)

func newTunnel(o *app.Options, lang wording.Lang) *cobra.Command {
	var service, home string
	c := &cobra.Command{
		Use:   "tunnel",
		Short: lang.Say("메시지 페이지의 공개 주소 연결하기", "connect the public address of the message page"),
		Long: lang.Say(`KAKAO_TUNNEL로 정한 방법으로 공개 주소를 연결하고, 끝낼 때까지 유지해요.
AI 클라이언트가 꺼져 있어도 링크가 열리게 하려면 사용자 서비스로 등록해 주세요(--print-service).`,
			`Connects the public address chosen by KAKAO_TUNNEL until you end it. Install it as a user service (--print-service) so that links open even without an AI client.`),
		Example: `  kakaotalk-mcp tunnel
  kakaotalk-mcp tunnel --print-service`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				if !cmd.Flags().Changed("print-service") || service != thisSystem {
					return misuse(cmd, lang, unexpected(args[0], lang))
				}
				service = args[0] // pflag takes what follows a blank for an argument
			}
			if home != "" {
				o.UseHome(home)
			}
			if cmd.Flags().Changed("print-service") {
				return printService(o, lang, service)
			}
			return runTunnel(cmd.Context(), o, home == "")
		},
	}
	c.Flags().StringVar(&service, "print-service", "", lang.Say("사용자 서비스 파일 출력하기: systemd, launchd, schtasks (값이 없으면 이 운영체제용)", "print a user service: systemd, launchd, schtasks (without a value: for this system)"))
	c.Flags().Lookup("print-service").NoOptDefVal = thisSystem
	complete(c, "print-service", services...)
	c.ValidArgsFunction = offered(func(before []string) []string {
		if len(before) > 0 || !c.Flags().Changed("print-service") {
			return nil
		}
		return services
	})
	// For Task Scheduler, which sets no variables and shows nobody a question.
	c.Flags().StringVar(&home, "home", "", lang.Say("설정 폴더 (KAKAOTALK_MCP_HOME과 같아요)", "settings folder (as KAKAOTALK_MCP_HOME)"))
	c.Flags().Lookup("home").Hidden = true
	return c
}

// services are the kinds of user service, and thisSystem stands for the one of
// this system.
var services = []string{"systemd", "launchd", "schtasks"}

const thisSystem = "auto"

func printService(o *app.Options, lang wording.Lang, kind string) error {
	hints := map[string]string{
		"systemd":  "~/.config/systemd/user/%[1]s\n  systemctl --user daemon-reload && systemctl --user enable --now kakaotalk-mcp\n  loginctl enable-linger",
		"launchd":  "~/Library/LaunchAgents/%[1]s\n  launchctl bootstrap gui/$UID ~/Library/LaunchAgents/%[1]s",
		"schtasks": "%[1]s\n  schtasks /Create /TN kakaotalk-mcp /XML %[1]s",
	}
	if kind == thisSystem {
		kind = cmp.Or(map[string]string{"darwin": "launchd", "windows": "schtasks"}[runtime.GOOS], "systemd")
	}
	hint := hints[kind]
	if hint == "" {
		return cli.Misuse(lang.Sayf("--print-service 값이 올바르지 않아요: %s (가능한 값: %s)", "Invalid value for --print-service: %s (use one of: %s)", kind, strings.Join(services, ", ")))
	}
	s, err := o.Settings()
	if err != nil && !(o.Sandbox && s.Home != "") { // a service that ends at once is of no use; to rehearse, it is a text to look at
		return cli.Usage(err)
	}
	name, text, err := tunnel.Service(kind, o.Env.Executable, s.Home, []string{"tunnel"})
	if err != nil {
		return cli.Usage(err)
	}
	fmt.Fprintf(o.Env.Stderr, lang.Say("저장할 곳: ", "Save as: ")+hint+"\n", name)
	_, err = fmt.Fprint(o.Env.Stdout, text)
	return err
}

func runTunnel(ctx context.Context, o *app.Options, mayAsk bool) error {
	a, err := app.New(o, true)
	if err != nil {
		return err
	}
	defer a.Close()
	if a.Sandbox != nil {
		return cli.Misuse(a.Lang.Say("연습용 카카오에서는 터널을 사용할 수 없어요. --sandbox 없이 실행해 주세요", "The practice Kakao has no tunnel. Run this without --sandbox"))
	}
	if a.Settings.Tunnel.Kind == tunnel.Off {
		return errors.New(a.Lang.Say("KAKAO_TUNNEL(srv.us, ssh://…, exec:…)이나 KAKAO_BASE_URL을 먼저 설정해 주세요", "Set KAKAO_TUNNEL (srv.us, ssh://…, exec:…) or KAKAO_BASE_URL first"))
	}
	out := o.Env.Stderr
	if state, _ := tunnel.ReadState(a.Settings.Home); state.Up {
		fmt.Fprintf(out, a.Lang.Say("다른 프로그램이 이미 연결을 유지하고 있어요: %s (끝나면 이어서 연결할게요)\n", "Another program already keeps the connection: %s (this one takes over when it ends)\n"), state.URL)
	}
	var last tunnel.State
	report := func(s tunnel.State) {
		switch {
		case s.Up && !last.Up:
			fmt.Fprintf(out, a.Lang.Say("✔ 연결됐어요: %s (Ctrl-C로 종료)\n", "✔ Connected: %s (Ctrl-C to end)\n"), s.URL)
			if where := s.Elsewhere(a.Lang); where != "" {
				fmt.Fprintf(out, "! %s\n", where)
			}
		case !s.Up && (last.Up || s.LastError != last.LastError) && s.LastError != "":
			if why, ok := a.TunnelDown(s); ok { // else the command ends, and tells it then
				fmt.Fprintf(out, a.Lang.Say("! %s 다시 연결할게요.\n", "! %s Reconnecting.\n"), why)
			}
		}
		last = s
	}
	var open atomic.Bool // a question without an answer
	var ask func(host, fingerprint string) bool
	if mayAsk && cli.IsTerminal(o.Env.Stdin) {
		ask = func(host, fingerprint string) bool {
			open.Store(true)
			agreed, err := a.Terminal.YesNo(ctx, unknownServer(a.Lang, host, fingerprint), false)
			open.Store(err != nil)
			return agreed && err == nil
		}
	}
	err = a.HoldTunnel(ctx, a.Pages(), ask, report)
	if open.Load() && ctx.Err() != nil { // left instead of answered
		return ctx.Err()
	}
	return a.TunnelProblem(err)
}

// unknownServer asks whether an unknown server's key is right.
func unknownServer(lang wording.Lang, host, fingerprint string) string {
	return lang.Sayf("처음 연결하는 서버예요: %s\n지문: %s\n서버 관리자가 알려 준 지문과 같나요? [y/N] ",
		"First connection to this server: %s\nFingerprint: %s\nDoes this match the fingerprint from your server's administrator? [y/N] ", host, fingerprint)
}
