package main

import (
	"context"

	"github.com/spf13/cobra"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/tools/bubble"
)

func newReminders(o *app.Options, lang wording.Lang) *cobra.Command {
	var del string
	var asJSON bool
	c := &cobra.Command{
		Use:   "reminders [--delete <id>]",
		Short: lang.Say("톡캘린더에 넣은 알림을 보거나 지우기", "show or delete reminders in your KakaoTalk calendar"),
		Long: lang.Say("AI 클라이언트가 톡캘린더에 넣은 알림을 보여 주고 지워요. 카카오톡에서 직접 넣은 일정은 나오지 않아요.\nKAKAO_CALENDAR를 on으로 설정하면 AI 클라이언트에서 알림을 만들 수 있어요.",
			"Shows and deletes the reminders that AI clients put into your KakaoTalk calendar, not events of your own.\nAI clients can make reminders where KAKAO_CALENDAR is on."),
		Example: `  kakaotalk-mcp reminders
  kakaotalk-mcp reminders --delete <id>`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runReminders(cmd.Context(), o, del, asJSON) },
	}
	c.Flags().StringVar(&del, "delete", "", lang.Say("이 ID의 알림 지우기 (반복 알림은 모두)", "delete the reminder with this ID (with all its repeats)"))
	jsonFlag(c, &asJSON, lang)
	return c
}

func runReminders(ctx context.Context, o *app.Options, del string, asJSON bool) error {
	a, err := app.Ready(o)
	if err != nil {
		return err
	}
	defer a.Close()
	r := a.TypedReminders()
	if del != "" {
		if err := r.Delete(ctx, del, a.Person()); err != nil {
			return r.Refusal(err)
		}
		if asJSON {
			return cli.WriteJSON(o.Env.Stdout, map[string]string{"deleted": del})
		}
		cli.Tell(o.Env.Stderr, a.Lang.Say("알림을 지웠어요.", "The reminder was deleted."))
		return nil
	}
	all, err := r.All(ctx, a.Person())
	if err != nil {
		return r.Refusal(err)
	}
	if asJSON {
		return cli.WriteJSON(o.Env.Stdout, all)
	}
	if len(all) == 0 {
		cli.Tell(o.Env.Stderr, a.Lang.Say("이 프로그램으로 넣은 알림이 없어요.", "This program has no reminders in the calendar."))
	}
	p := &cli.Printer{W: o.Env.Stdout}
	for _, reminder := range all {
		again := ""
		if reminder.Repeats {
			again = a.Lang.Say(" (반복)", " (repeats)")
		}
		p.Line("%s\t%s%s\t%s", reminder.StartsAt, bubble.Clean(reminder.Title, maxTitle), again, reminder.ID)
	}
	return p.Err
}

// maxTitle is how many characters a calendar's title has at most.
const maxTitle = 50
