package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/cmd/internal/doctor"
)

func newDoctor(o *app.Options, lang wording.Lang) *cobra.Command {
	var asJSON, testLink, tryReminder bool
	c := &cobra.Command{
		Use:   "doctor",
		Short: lang.Say("설정과 연결 상태 점검하기", "check settings and connections"),
		Long: lang.Say("설정, 키체인, 카카오디벨로퍼스 콘솔 설정, 로그인, 친구 목록, 클라이언트 설정을 하나씩 점검하고\n무엇을 하면 되는지 알려 줘요. 브라우저를 열거나 메시지를 보내지는 않아요.\n✔는 확인한 항목, -는 여기서 확인할 수 없는 항목이에요.",
			"Checks settings, keychain, Kakao Developers console, login, friends and clients, and says\nwhat to do. It does not open a browser or send messages.\n✔ was checked and is right, - could not be checked from here."),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case testLink:
				return doctor.SendTestLink(cmd.Context(), o)
			case tryReminder:
				return doctor.TryReminder(cmd.Context(), o)
			}
			return runDoctor(cmd.Context(), o, asJSON)
		},
	}
	c.Flags().BoolVar(&testLink, "send-test-link", false, lang.Say("나와의 채팅으로 링크를 보내 카카오톡에서 열리는지 확인하기", "send a link to your own chat and check that KakaoTalk opens it"))
	c.Flags().BoolVar(&tryReminder, "try-reminder", false, lang.Say("톡캘린더 알림이 휴대전화에 어떻게 오는지 5분쯤 걸려 확인하기", "find out in about five minutes how a calendar reminder comes on your phone"))
	jsonFlag(c, &asJSON, lang)
	return c
}

// runDoctor shows what the checks found. It fails if one did, and exits with 4 where
// nothing is set up.
func runDoctor(ctx context.Context, o *app.Options, asJSON bool) error {
	a, err := app.New(o, false) // wrong settings are a finding, not an end
	if err != nil {
		return err
	}
	defer a.Close()
	found, err := doctor.Examine(ctx, a)
	if err != nil {
		return err
	}
	failed := slices.ContainsFunc(found, func(f doctor.Finding) bool { return f.Status == doctor.Fail })
	if asJSON {
		err = cli.WriteJSON(o.Env.Stdout, map[string]any{"ok": !failed, "checks": found})
	} else {
		err = printFindings(o.Env.Stdout, found)
	}
	switch {
	case err == nil && failed && a.Session == nil && a.Broken == nil: // nothing else can be right yet
		return fmt.Errorf("%w%w", auth.ErrLoginNeeded, cli.ErrSilent)
	case err == nil && failed:
		return cli.ErrSilent
	}
	return err
}

func printFindings(out *os.File, found []doctor.Finding) error {
	marks := map[string]string{doctor.Pass: "✔", doctor.Warn: "!", doctor.Fail: "✘", doctor.Skip: "-"}
	p := &cli.Printer{W: out}
	const titles = 15 // columns
	for _, f := range found {
		p.Line("%s %s %s", marks[f.Status], cli.Pad(f.Title, titles), cli.Fold(out, f.Message, titles+3))
		for line := range strings.Lines(f.Hint) {
			p.Line("    → %s", cli.Fold(out, strings.TrimRight(line, "\n"), 6))
		}
	}
	return p.Err
}
