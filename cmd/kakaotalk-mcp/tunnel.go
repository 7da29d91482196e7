package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"kakaotalk-mcp/viewer/tunnel"
)

func newTunnel(o *options, say sayer) *cobra.Command {
	var service, home string
	c := &cobra.Command{
		Use:   "tunnel",
		Short: say("긴 메시지 페이지의 공개 주소를 유지하기", "keep the public address of the message page up"),
		Long: say(`KAKAO_TUNNEL로 정한 방법으로 공개 주소를 연결하고, 끝낼 때까지 유지해요.
AI 클라이언트가 꺼져 있어도 링크가 열리게 하려면 사용자 서비스로 등록해 두세요(--print-service).`,
			`Connects the public address chosen by KAKAO_TUNNEL and keeps it up until it is
ended. Install it as a user service (--print-service) so that links outlive the
AI client.`),
		Example: `  kakaotalk-mcp tunnel
  kakaotalk-mcp tunnel --print-service`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if home != "" {
				o.sys.environ = append(o.sys.environ, "KAKAOTALK_MCP_HOME="+home)
			}
			if cmd.Flags().Changed("print-service") {
				return printService(o, say, service)
			}
			return runTunnel(cmd.Context(), o, home == "")
		},
	}
	c.Flags().StringVar(&service, "print-service", "", say("사용자 서비스 파일을 출력: systemd, launchd, schtasks (기본값: 이 운영체제)", "print a user service: systemd, launchd, schtasks (default: this system's)"))
	c.Flags().Lookup("print-service").NoOptDefVal = "auto"
	// For Task Scheduler, which sets no variables and shows nobody a question.
	c.Flags().StringVar(&home, "home", "", say("설정 폴더 (KAKAOTALK_MCP_HOME과 같아요)", "settings folder (as KAKAOTALK_MCP_HOME)"))
	c.Flags().Lookup("home").Hidden = true
	return c
}

func printService(o *options, say sayer, kind string) error {
	hints := map[string]string{
		"systemd":  "~/.config/systemd/user/%[1]s\n  systemctl --user daemon-reload && systemctl --user enable --now kakaotalk-mcp\n  loginctl enable-linger",
		"launchd":  "~/Library/LaunchAgents/%[1]s\n  launchctl bootstrap gui/$UID ~/Library/LaunchAgents/%[1]s",
		"schtasks": "%[1]s\n  schtasks /Create /TN kakaotalk-mcp /XML %[1]s",
	}
	if kind == "auto" {
		kind = cmp.Or(map[string]string{"darwin": "launchd", "windows": "schtasks"}[runtime.GOOS], "systemd")
	}
	hint := hints[kind]
	if hint == "" {
		return usageError{errors.New(say("--print-service에는 systemd, launchd, schtasks 중 하나를 적어 주세요", "--print-service takes systemd, launchd or schtasks"))}
	}
	home, err := settingsHome(o.sys)
	if err == nil && !o.sandbox { // a service that ends at once is of no use; to rehearse, it is a text to look at
		_, err = readSettings(o.sys, o.envFile)
	}
	if err != nil {
		return usageError{worded(err, say)}
	}
	name, text, err := tunnel.Service(kind, o.sys.executable, home, []string{"tunnel"})
	if err != nil {
		return usageError{err}
	}
	fmt.Fprintf(o.sys.stderr, say("저장할 곳: ", "Save as: ")+hint+"\n", name)
	_, err = fmt.Fprint(o.sys.stdout, text)
	return err
}

func runTunnel(ctx context.Context, o *options, mayAsk bool) error {
	a, err := newApp(o, true)
	if err != nil {
		return err
	}
	defer a.close()
	if a.practice != nil {
		return usageError{errors.New(a.say("연습용 카카오에는 터널이 없어요. --sandbox 없이 실행해 주세요", "the sandbox has no tunnel: run it without --sandbox"))}
	}
	spec := a.tunnelSpec()
	if spec.Kind == tunnel.Off {
		return errors.New(a.say("KAKAO_TUNNEL(srv.us, ssh://…, exec:…)이나 KAKAO_BASE_URL을 먼저 설정해 주세요", "set KAKAO_TUNNEL (srv.us, ssh://…, exec:…) or KAKAO_BASE_URL first"))
	}
	out := o.sys.stderr
	if state, _ := tunnel.ReadState(a.settings.home); state.Up {
		fmt.Fprintf(out, a.say("다른 프로그램이 이미 연결을 유지하고 있어요: %s (끝나면 이어받을게요)\n", "Another process holds it already: %s (this one takes over when it ends)\n"), state.URL)
	}
	var last tunnel.State
	report := func(s tunnel.State) {
		switch {
		case s.Up && !last.Up:
			fmt.Fprintf(out, a.say("✔ 연결됐어요: %s (Ctrl-C로 종료)\n", "✔ Up: %s (Ctrl-C ends)\n"), s.URL)
		case !s.Up && (last.Up || s.LastError != last.LastError) && s.LastError != "":
			if ko, ok := downKo[s.Failed]; ok { // else the command ends, and tells it then
				fmt.Fprintf(out, a.say("! %s 다시 연결할게요.\n", "! Down: %s Reconnecting.\n"), a.say(ko, s.LastError+"."))
			}
		}
		last = s
	}
	ask := a.askHostKey()
	if !mayAsk {
		ask = nil
	}
	err = a.holdTunnel(ctx, a.newPages(), ask, report)
	return a.tunnelProblem(err)
}

// askHostKey asks once on a terminal whether an unknown server key is right.
func (a *app) askHostKey() func(host, fingerprint string) bool {
	if !isTerminal(a.sys.stdin) {
		return nil
	}
	return func(host, fingerprint string) bool {
		fmt.Fprintf(a.sys.stderr, a.say("처음 연결하는 서버예요: %s\n지문: %s\n서버 관리자가 알려 준 지문과 같나요? [y/N] ", "Unknown server: %s\nFingerprint: %s\nIs that the fingerprint you were told? [y/N] "), host, fingerprint)
		line, _ := bufio.NewReader(a.sys.stdin).ReadString('\n')
		return yes(strings.ToLower(strings.TrimSpace(line)))
	}
}
