package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kakaotalk-mcp/auth"
)

func newStatus(o *options, say sayer) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "status",
		Short: say("로그인 상태와 설정 보기", "show the login and the settings"),
		Long: say("로그인 상태, 동의한 항목, 토큰 수명, 설정값과 그 출처를 보여 줘요. 카카오에 묻지 않아요.",
			"Shows the login, consents, lifetimes, and each setting with its origin. Does not ask Kakao."),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runStatus(cmd.Context(), o, asJSON) },
	}
	jsonFlag(c, &asJSON, say)
	return c
}

type settingStatus struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Origin string `json:"origin"`
}

type statusReport struct {
	Version  string          `json:"version"`
	SetUp    bool            `json:"set_up"`
	Login    auth.Status     `json:"login"`
	Problem  string          `json:"problem,omitempty"`
	Settings []settingStatus `json:"settings"`
}

// runStatus exits with 4 when nobody is logged in.
func runStatus(ctx context.Context, o *options, asJSON bool) error {
	a, err := newApp(o, true)
	if err != nil {
		return err
	}
	defer a.close()
	r := statusReport{Version: version(), SetUp: a.session != nil, Login: auth.Status{Store: a.store.Kind()}, Settings: a.settings.visible()}
	var failure error
	if a.session != nil {
		keychainCtx, cancel := a.keychainPatience(ctx)
		defer cancel()
		if r.Login, failure = a.session.Status(keychainCtx); failure != nil {
			r.Problem = failure.Error()
		}
	}
	if asJSON {
		err = writeJSON(o.sys.stdout, r)
	} else {
		err = a.printStatus(r)
	}
	switch {
	case err != nil:
		return err
	case failure != nil:
		return errSilent
	case !r.Login.LoggedIn:
		return fmt.Errorf("%w%w", auth.ErrLoginNeeded, errSilent)
	}
	return nil
}

func (a *app) printStatus(r statusReport) error {
	p := &printer{w: a.sys.stdout}
	p.line("kakaotalk-mcp %s", r.Version)
	switch {
	case !r.SetUp:
		p.line(a.say("설정: 아직 안 됨 (KAKAO_CLIENT_ID 없음). `%s setup`을 실행해 주세요.", "Set up: no (KAKAO_CLIENT_ID is missing). Run `%s setup`."), a.sys.command())
	case r.Problem != "":
		p.line(a.say("로그인: 확인할 수 없음. %s", "Login: cannot be read. %s"), r.Problem)
	case !r.Login.LoggedIn:
		p.line(a.say("로그인: 안 됨. 처음 쓸 때 브라우저가 열리거나, `%s login`으로 로그인할 수 있어요.", "Login: none. The browser opens on first use, or run `%s login`."), a.sys.command())
	default:
		p.line(a.say("로그인: %s", "Login: %s"), a.who(r.Login.Name, r.Login.Subject))
		p.line(a.say("동의: %s", "Consents: %s"), a.consents(r.Login.Scopes))
		p.line(a.say("액세스 토큰: %s / 로그인 유지: %s", "Access token: %s / login: %s"), a.until(r.Login.AccessExpiry), a.until(r.Login.RefreshExpiry))
	}
	switch r.Login.Store {
	case "file":
		p.line("%s", a.say("저장 위치: 파일 (KAKAO_TOKEN_STORE=file, 키체인이 아니에요. 본인만 읽을 수 있어요)", "Kept in: a file (KAKAO_TOKEN_STORE=file, not the keychain; readable by you only)"))
	default:
		p.line("%s", a.say("저장 위치: 운영체제 키체인", "Kept in: the system's keychain"))
	}
	if r.Login.Pending != "" {
		p.line(a.say("진행 중인 로그인: %s", "Login under way: %s"), r.Login.Pending)
	}
	for _, l := range r.Login.Locks {
		p.line(a.say("작업 중: %s", "At work: %s"), a.worker(l))
	}
	p.line("%s", a.say("설정값:", "Settings:"))
	for _, s := range r.Settings {
		p.line("  %-22s %s  (%s)", s.Name, s.Value, a.origin(s.Origin))
	}
	return p.err
}

// origin words where a value comes from; a file is named by its path.
func (a *app) origin(from string) string {
	switch from {
	case fromEnvironment:
		return a.say("환경 변수", from)
	case fromDefault:
		return a.say("기본값", from)
	case fromSandbox:
		return a.say("연습용", from)
	}
	return from
}

// who words whose login it is: without a consented nickname there is only a number.
func (a *app) who(name, subject string) string {
	if name == "" || name == subject {
		return fmt.Sprintf(a.say("회원번호 %s", "user id %s"), subject)
	}
	return fmt.Sprintf(a.say("%s (회원번호 %s)", "%s (user id %s)"), name, subject)
}

// consents names the items as Kakao's console does.
func (a *app) consents(items []string) string {
	names := map[string]string{
		"talk_message": "[카카오톡 메시지 전송]", "friends": "[카카오 서비스 내 친구목록]",
		"profile_nickname": "[닉네임]", "profile_image": "[프로필 사진]", "account_email": "[카카오계정(이메일)]",
	}
	var list []string
	for _, item := range items {
		if item == "openid" {
			continue // not an item that people agree to
		}
		if n := names[item]; n != "" {
			item = n
		}
		list = append(list, item)
	}
	if len(list) == 0 {
		return a.say("없음", "none")
	}
	return strings.Join(list, ", ")
}

// worker words what a process is doing now.
func (a *app) worker(l auth.Lock) string {
	what := a.say("토큰 갱신", "renewing the token")
	if l.Name == "login" {
		what = a.say("로그인", "a login")
	}
	if l.PID == 0 {
		return what
	}
	return fmt.Sprintf(a.say("%s (프로세스 %d)", "%s (process %d)"), what, l.PID)
}

// until words when something ends.
func (a *app) until(t time.Time) string {
	if t.IsZero() {
		return a.say("알 수 없음", "unknown")
	}
	if left := time.Until(t); left <= 0 {
		return a.say("만료됨", "expired")
	}
	return fmt.Sprintf(a.say("%s까지", "until %s"), t.Local().Format("2006-01-02 15:04"))
}

// visible returns every setting that has a value, be it one that follows from
// others; secrets masked.
func (s settings) visible() []settingStatus {
	out := []settingStatus{}
	for _, n := range settingNames {
		v := s.values[n.name]
		if v.text == "" {
			v = value{s.unset(n.name), fromDefault}
		}
		if v.text != "" {
			out = append(out, settingStatus{n.name, shown(v.text, n.secret), v.origin})
		}
	}
	return out
}
