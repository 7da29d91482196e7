package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/cmd/internal/config"
	"kakaotalk-mcp/cmd/internal/doctor"
)

func newStatus(o *app.Options, lang wording.Lang) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "status",
		Short: lang.Say("로그인 상태와 설정 보기", "show the login and the settings"),
		Long: lang.Say("로그인 상태, 동의한 항목, 토큰 수명, 설정과 그 출처를 보여 줘요. 카카오 서버에는 연결하지 않아요.",
			"Shows the login, consents, token lifetimes, and each setting with its origin. Does not connect to Kakao."),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runStatus(cmd.Context(), o, asJSON) },
	}
	jsonFlag(c, &asJSON, lang)
	return c
}

type settingStatus struct {
	Name   string        `json:"name"`
	Value  string        `json:"value"`
	Origin config.Origin `json:"origin"`
}

type statusReport struct {
	Version  string          `json:"version"`
	SetUp    bool            `json:"set_up"`
	Login    auth.Status     `json:"login"`
	Problem  string          `json:"problem,omitempty"`
	Settings []settingStatus `json:"settings"`
	// Unknown are names that look like settings and are none.
	Unknown []config.Unknown `json:"unknown,omitempty"`
	// NotWorking is what on this computer keeps the program from its work.
	NotWorking []doctor.Finding `json:"not_working,omitempty"`
}

// runStatus exits with 4 when nobody is logged in.
func runStatus(ctx context.Context, o *app.Options, asJSON bool) error {
	a, err := app.New(o, true)
	if err != nil {
		return err
	}
	defer a.Close()
	r := statusReport{Version: o.Env.Version, SetUp: a.Session != nil, Login: auth.Status{Store: a.Store.Kind()}, Settings: settingsOf(a), Unknown: a.Settings.Unknown}
	var failure error
	if a.Session != nil {
		if r.Login, failure = a.Session.Status(ctx); failure != nil {
			r.Problem = failure.Error()
		}
	}
	r.NotWorking = (&doctor.Doctor{App: a}).NotWorking(ctx)
	broken := slices.ContainsFunc(r.NotWorking, func(f doctor.Finding) bool { return f.Check == "files" })
	if asJSON {
		err = cli.WriteJSON(o.Env.Stdout, r)
	} else {
		err = printStatus(a, r)
	}
	switch {
	case err != nil:
		return err
	case failure != nil, broken:
		return cli.ErrSilent
	case !r.Login.LoggedIn:
		return fmt.Errorf("%w%w", auth.ErrLoginNeeded, cli.ErrSilent)
	}
	return nil
}

func printStatus(a *app.App, r statusReport) error {
	p := &cli.Printer{W: a.Env.Stdout}
	p.Tell("kakaotalk-mcp %s", r.Version)
	switch {
	case !r.SetUp:
		p.Tell(a.Lang.Say("설정: 하지 않음 (KAKAO_CLIENT_ID 없음). `%s setup`을 실행해 주세요.", "Set up: no (KAKAO_CLIENT_ID is missing). Run `%s setup`."), a.Env.Command())
	case r.Problem != "":
		p.Tell(a.Lang.Say("로그인: 확인할 수 없음. %s", "Login: cannot be checked. %s"), r.Problem)
	case !r.Login.LoggedIn && a.Sandbox != nil:
		p.Tell("%s", a.Lang.Say("로그인: 하지 않음. 연습용 로그인 화면은 처음 사용할 때 열려요. 카카오계정은 필요 없어요.", "Login: none. The practice login page opens on first use. You need no Kakao account."))
	case !r.Login.LoggedIn:
		p.Tell(a.Lang.Say("로그인: 하지 않음. 처음 사용할 때 브라우저가 열리거나, `%s login`으로 로그인할 수 있어요.", "Login: none. The browser opens on first use, or run `%s login`."), a.Env.Command())
	default:
		p.Tell(a.Lang.Say("로그인: %s", "Login: %s"), a.Who(r.Login.Name, r.Login.Subject))
		p.Tell(a.Lang.Say("동의: %s", "Consents: %s"), a.Consents(r.Login.Scopes))
		p.Tell(a.Lang.Say("액세스 토큰: %s / 로그인 유지: %s", "Access token: %s / login: %s"), a.Until(r.Login.AccessExpiry), a.Until(r.Login.RefreshExpiry))
	}
	switch {
	case a.Sandbox != nil:
		p.Tell("%s", a.Lang.Say("저장 위치: 연습이 끝나면 지워지는 파일", "Saved in: a file that is deleted when the practice ends"))
	case r.Login.Store == "file":
		p.Tell(a.Lang.Say("저장 위치: %s (KAKAO_TOKEN_STORE=file, 키체인이 아니에요)", "Saved in: %s (KAKAO_TOKEN_STORE=file, not the keychain)"), a.File())
	default:
		p.Tell("%s", a.Lang.Say("저장 위치: 운영체제 키체인", "Saved in: the system's keychain"))
	}
	if r.Login.Pending != "" {
		p.Tell(a.Lang.Say("진행 중인 로그인: %s", "Login in progress: %s"), r.Login.Pending)
	}
	for _, l := range r.Login.Locks {
		p.Tell(a.Lang.Say("진행 중인 작업: %s", "In progress: %s"), worker(a.Lang, l))
	}
	for _, f := range r.NotWorking {
		p.Tell("! %s", f.Message)
		for line := range strings.Lines(f.Hint) {
			p.Tell("  → %s", strings.TrimSuffix(line, "\n"))
		}
	}
	p.Tell("%s", a.Lang.Say("설정:", "Settings:"))
	for _, s := range r.Settings {
		if s.Value == "" { // KAKAO_ALLOW
			s.Value = a.Lang.Say("비어 있음: 메시지를 보내지 않아요", "empty: no messages are sent")
		}
		p.Line("  %-22s %s  (%s)", s.Name, s.Value, a.Origin(s.Origin))
	}
	if unknown := a.Unknown(); unknown != "" {
		p.Tell(a.Lang.Say("! 없는 설정이라 적용되지 않았어요: %s", "! These settings do not exist, so they have no effect: %s"), unknown)
	}
	return p.Err
}

// worker words what a process is doing now.
func worker(lang wording.Lang, l auth.Lock) string {
	what := lang.Say("토큰 갱신", "token refresh")
	if l.Name == "login" {
		what = lang.Say("로그인", "login")
	}
	if l.PID == 0 {
		return what
	}
	return lang.Sayf("%s (프로세스 %d)", "%s (process %d)", what, l.PID)
}

// settingsOf are those that have a value, be it one that follows from others;
// secrets masked.
func settingsOf(a *app.App) []settingStatus {
	list := []settingStatus{}
	for _, id := range config.All() {
		if a.Settings.IsShown(id) {
			list = append(list, settingStatus{id.Name(), a.Settings.Shown(id), a.Settings.Origin(id)})
		}
	}
	return list
}
