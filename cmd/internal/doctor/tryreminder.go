package doctor

import (
	"context"
	"errors"
	"time"

	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/cmd/internal/terminal"
	"kakaotalk-mcp/tools/reminder"
)

const (
	// ahead is the least time to put the phone in its usual state before it reminds.
	ahead = time.Minute
	// overdue is when a reminder that has not come counts as missing.
	overdue = time.Minute
)

// TryReminder lets a person find out within about five minutes how their phone
// reminds: Kakao does not say. It puts a reminder on the next mark, asks what came of
// it, remembers the answer for the texts about reminders, and takes the event out again.
func TryReminder(ctx context.Context, o *app.Options) error {
	a, err := app.Ready(o)
	if err != nil {
		return err
	}
	defer a.Close()
	if !a.Settings.Calendar {
		return errors.New(a.Lang.Sayf("KAKAO_CALENDAR가 꺼져 있어요. `%s setup --calendar on`으로 먼저 설정해 주세요", "KAKAO_CALENDAR is off; set it up first with `%s setup --calendar on`", a.Env.Command()))
	}
	if !a.Terminal.IsThere() {
		return cli.Misuse(a.Lang.Say("답을 입력해야 하니 터미널에서 실행해 주세요", "Run this in a terminal: it asks for an answer"))
	}
	r := a.TypedReminders()
	at := time.Now().Add(ahead + 5*time.Minute).Truncate(5 * time.Minute)
	made, err := r.Create(ctx, reminder.Request{Title: a.Lang.Say("카카오톡 알림 테스트", "KakaoTalk reminder test"), At: at.Format(time.RFC3339), Minutes: 5, Resend: true}, a.Person())
	if err != nil {
		return err
	}
	if made.IsError() {
		return errors.New(made.Text())
	}
	cli.Tell(a.Env.Stderr, a.Lang.Sayf("톡캘린더에 테스트 알림을 넣었어요. 알림 시각: %s\n카카오톡을 닫고 휴대전화를 평소처럼 두세요. 알림이 오거나 그 시각이 1분쯤 지나면 답해 주세요.",
		"A test reminder is in your calendar. It is for %s.\nClose KakaoTalk and leave the phone as usual. Answer when the reminder comes, or a minute after that time.", at.Format("15:04")))
	answer, err := askRings(ctx, a, at)
	if gone := r.Delete(context.WithoutCancel(ctx), made.EventID, a.Person()); gone != nil {
		cli.Tell(a.Env.Stderr, a.Lang.Say("! 테스트 일정을 지우지 못했어요. 카카오톡에서 지워 주세요.", "! The test event was not deleted. Please delete it in KakaoTalk."))
	}
	if err != nil || answer == reminder.RingsUnknown {
		return err
	}
	if err := r.SetRings(answer); err != nil {
		return err
	}
	cli.Tell(a.Env.Stderr, a.Lang.Say("✔ 답을 저장했어요. 앞으로 알림을 만들 때 이 결과도 알려 줘요.", "✔ Saved. Results about reminders tell this from now on."))
	return nil
}

// askRings asks what came of a reminder. That nothing came counts from a minute after
// its time.
func askRings(ctx context.Context, a *app.App, at time.Time) (reminder.Rings, error) {
	for {
		picked, err := a.Terminal.Choose(ctx, terminal.Question{Title: a.Lang.Say("알림이 어떻게 왔나요?", "How did the reminder come?"), Choices: []terminal.Choice{
			{Value: string(reminder.RingsLoud), Label: a.Lang.Say("소리나 진동과 함께 왔어요", "With a sound or vibration")},
			{Value: string(reminder.RingsSilent), Label: a.Lang.Say("소리나 진동 없이 왔어요", "Without a sound or vibration")},
			{Value: string(reminder.RingsNot), Label: a.Lang.Say("오지 않았어요", "It did not come")},
			{Value: string(reminder.RingsUnknown), Label: a.Lang.Say("그만두기", "Stop")},
		}})
		answer := reminder.Rings(picked)
		if left := time.Until(at.Add(overdue)).Round(time.Second); err == nil && answer == reminder.RingsNot && left > 0 {
			cli.Tell(a.Env.Stderr, a.Lang.Sayf("%s 더 기다려 주세요. 알림 시각은 %s이에요.", "Wait %s more: it is for %s.", left, at.Format("15:04")))
			continue
		}
		return answer, err
	}
}
