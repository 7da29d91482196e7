package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"kakaotalk-mcp/viewer/tunnel"
)

func newTunnel(o *options, say sayer) *cobra.Command {
	var service string
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
			if cmd.Flags().Changed("print-service") {
				return printService(o, say, service)
			}
			return runTunnel(cmd.Context(), o)
		},
	}
	c.Flags().StringVar(&service, "print-service", "", say("사용자 서비스 파일을 출력: systemd, launchd, schtasks (기본값: 이 운영체제)", "print a user service: systemd, launchd, schtasks (default: this system's)"))
	c.Flags().Lookup("print-service").NoOptDefVal = "auto"
	return c
}

func printService(o *options, say sayer, kind string) error {
	if kind == "auto" {
		kind = map[string]string{"darwin": "launchd", "windows": "schtasks"}[runtime.GOOS]
		if kind == "" {
			kind = "systemd"
		}
	}
	s, err := loadSettings(o.sys, o.envFile)
	if err != nil {
		return usageError{err}
	}
	name, text, err := tunnel.Service(kind, o.sys.executable, s.home, []string{"tunnel"})
	if err != nil {
		return usageError{err}
	}
	hint := map[string]string{
		"systemd":  "~/.config/systemd/user/%[1]s\n  systemctl --user daemon-reload && systemctl --user enable --now kakaotalk-mcp\n  loginctl enable-linger",
		"launchd":  "~/Library/LaunchAgents/%[1]s\n  launchctl bootstrap gui/$UID ~/Library/LaunchAgents/%[1]s",
		"schtasks": "%[1]s\n  schtasks /Create /TN kakaotalk-mcp /XML %[1]s",
	}[kind]
	fmt.Fprintf(o.sys.stderr, say("저장할 곳: ", "Save as: ")+hint+"\n", name)
	_, err = fmt.Fprint(o.sys.stdout, text)
	return err
}

func runTunnel(ctx context.Context, o *options) error {
	a, err := newApp(o, true)
	if err != nil {
		return err
	}
	defer a.close()
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
			fmt.Fprintf(out, a.say("! 연결이 끊겼어요: %s. 다시 연결할게요.\n", "! Down: %s. Reconnecting.\n"), s.LastError)
		}
		last = s
	}
	err = a.holdTunnel(ctx, a.newPages(), a.askHostKey(), report)
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

// tunnelProblem words what only a person can mend.
func (a *app) tunnelProblem(err error) error {
	var key *tunnel.HostKeyError
	var auth *tunnel.AuthError
	var address *tunnel.AddressError
	switch {
	case errors.As(err, &key) && key.Changed:
		return fmt.Errorf(a.say("서버 %s의 키가 바뀌었어요(%s). 누군가 끼어들었을 수 있으니 관리자에게 확인한 다음 known_hosts에서 지워 주세요", "the key of %s changed (%s): somebody may be in between; ask its administrator, then remove the line from known_hosts"), key.Host, key.Fingerprint)
	case errors.As(err, &key):
		return fmt.Errorf(a.say("모르는 서버예요: %s (%s). 터미널에서 `%s tunnel`을 실행해 확인하거나 KAKAO_TUNNEL_HOSTKEY에 지문을 적어 주세요", "unknown server %s (%s): confirm it with `%s tunnel` in a terminal, or set KAKAO_TUNNEL_HOSTKEY"), key.Host, key.Fingerprint, a.sys.command())
	case errors.As(err, &auth):
		return fmt.Errorf(a.say("서버(%s)가 키를 받아들이지 않았어요. %s 계정의 authorized_keys에 이 줄을 넣어 주세요:\n%s", "%s refused the key: add this line to the authorized_keys of %s:\n%s"), auth.Host, auth.User, auth.PublicKey)
	case errors.As(err, &address):
		return fmt.Errorf(a.say("서버가 알려 준 주소(%[2]s)가 설정한 주소(%[1]s)와 달라서 멈췄어요. KAKAO_BASE_URL을 확인해 주세요", "the announced address (%[2]s) is not the configured one (%[1]s); check KAKAO_BASE_URL"), address.Want, address.Got)
	}
	return err
}
