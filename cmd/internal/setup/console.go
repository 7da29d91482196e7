package setup

import (
	"context"
	"slices"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/devconsole"
	"kakaotalk-mcp/cmd/internal/doctor"
	"kakaotalk-mcp/cmd/internal/terminal"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// consoleSteps shows what has to be set in the console and checks what can be
// checked from here. Only where all of it was seen to be right it asks for nothing.
func (s *setup) consoleSteps(ctx context.Context) error {
	registered, items := s.Redirects(ctx), s.checkItems(ctx)
	if registered.Status == doctor.Pass && items.Status == doctor.Pass && (s.Sandbox == nil || !s.Terminal.IsThere()) {
		s.tellFinding(registered)
		s.tellFinding(items)
		return nil
	}
	// Both are always registered: the friend list consent comes up on first use.
	redirects := []string{s.Session.RedirectURI(auth.ForMe), s.Session.RedirectURI(auth.ForFriends)}
	s.note("\n3. 카카오 로그인 켜기\n   %s → [ON]\n   %s → [ON]", "\n3. Switch on Kakao Login\n   %s → [ON]\n   %s → [ON]", devconsole.Login.Path(s.Lang), devconsole.OIDC.Path(s.Lang))
	s.note("\n4. 리다이렉트 URI 두 개 등록하기 (한 글자도 다르면 안 돼요)\n   %s", "\n4. Register two redirect URIs (exactly as they are)\n   %s", devconsole.Redirect.Path(s.Lang))
	if registered.Status == doctor.Pass && s.Sandbox == nil {
		s.note("     %s\n     %s\n   ✔ 두 개 모두 이미 등록되어 있어요.", "     %s\n     %s\n   ✔ Both are registered already.", redirects[0], redirects[1])
	} else if err := s.handOver(ctx, redirects); err != nil {
		return err
	}
	s.note("\n5. 동의항목 설정하기\n   %s", "\n5. Set the consent items\n   %s", devconsole.Consent.Path(s.Lang))
	s.tell("   " + devconsole.Item(s.Lang, "profile_nickname") + " → " + devconsole.Required(s.Lang))
	wanted := []string{"talk_message"}
	if s.Settings.Calendar {
		wanted = append(wanted, "talk_calendar")
	}
	if s.purpose() == auth.ForFriends {
		wanted = append(wanted, "friends")
	}
	for _, id := range wanted {
		s.tell("   " + devconsole.Item(s.Lang, id) + " → " + devconsole.InUse(s.Lang))
	}
	if s.purpose() == auth.ForFriends {
		s.tell(inviteMembers(s.Lang, s.Env.Command()))
	}
	if hosts := s.Settings.LinkHosts; len(hosts) > 0 {
		s.note("\n웹 도메인 등록하기 (링크 버튼이 열리려면 필요해요)\n   %s", "\nRegister the web domains (link buttons need them)\n   %s", devconsole.WebDomain.Path(s.Lang))
		if err := s.handOver(ctx, hosts); err != nil {
			return err
		}
	}
	return s.waitForConsole(ctx)
}

// handOver shows values to register, one after the other on the clipboard where
// there is one.
func (s *setup) handOver(ctx context.Context, values []string) error {
	for _, v := range values {
		s.note("     %s", "     %s", v)
	}
	if !s.Terminal.IsThere() {
		return nil
	}
	for _, v := range values {
		if !terminal.Copy(ctx, s.PlainVars(), v) {
			return nil // the values stand above
		}
		if _, err := s.Terminal.Confirm(ctx, terminal.Question{Title: s.Lang.Say("복사했어요. 콘솔에 붙여 넣어 주세요.", "Copied. Paste it into the console."), Note: v}, s.Lang.Say("붙여 넣었어요", "Pasted"), ""); err != nil {
			return err
		}
	}
	return nil
}

// waitForConsole lets the person work and checks until nothing wrong shows or they go
// on all the same.
func (s *setup) waitForConsole(ctx context.Context) error {
	for {
		if s.Terminal.IsThere() {
			if err := s.whenDone(ctx); err != nil {
				return err
			}
		}
		found := []doctor.Finding{s.Redirects(ctx), s.checkItems(ctx)}
		wrong := slices.IndexFunc(found, func(f doctor.Finding) bool { return f.Status != doctor.Pass && !f.AtLogin })
		if wrong < 0 {
			for _, f := range found {
				s.tellFinding(f)
			}
			return nil
		}
		s.tellFinding(found[wrong])
		if !s.Terminal.IsThere() {
			return nil // a warning, never a failure: Kakao's answer may have other reasons
		}
		again, err := s.Terminal.Confirm(ctx, terminal.Question{Title: s.Lang.Say("고친 다음 다시 확인할까요?", "Check again once it is fixed?")}, s.Lang.Say("다시 확인하기", "Check again"), s.Lang.Say("확인하지 않고 계속하기", "Continue anyway"))
		if err != nil {
			return err
		}
		if !again {
			return nil
		}
	}
}

// whenDone waits until the person says that the console is set. In a rehearsal
// they choose what they forgot.
func (s *setup) whenDone(ctx context.Context) error {
	if s.Sandbox != nil {
		return s.pretend(ctx)
	}
	done, err := s.Terminal.Confirm(ctx, terminal.Question{Title: s.Lang.Say("콘솔에서 모두 설정했나요?", "Have you finished the steps in the console?")}, s.Lang.Say("네, 확인하기", "Yes, check now"), s.Lang.Say("나중에 하기", "Not yet"))
	if err == nil && !done {
		err = terminal.ErrStopped
	}
	return err
}

// slip is a mistake that a rehearsal can try out.
type slip struct {
	name, ko, en string
	make         func(*sandbox.App)
}

var slips = []slip{
	{"none", "모두 설정한 경우", "Everything is set up", func(*sandbox.App) {}},
	{"login", "카카오 로그인을 켜지 않은 경우", "Kakao Login is not switched on", func(app *sandbox.App) { app.LoginOn = false }},
	{"redirect", "리다이렉트 URI를 하나 빠뜨린 경우", "One redirect URI is missing", func(app *sandbox.App) { app.RedirectURIs = app.RedirectURIs[:1] }},
	{"oidc", "OpenID Connect를 켜지 않은 경우", "OpenID Connect is not switched on", func(app *sandbox.App) { app.OIDCOn = false }},
	{"items", "동의항목을 설정하지 않은 경우", "A consent item is not set up", func(app *sandbox.App) { delete(app.Items, "talk_message") }},
}

func (s *setup) pretend(ctx context.Context) error {
	q := terminal.Question{Title: s.Lang.Say("어떤 상황을 연습할까요?", "Which situation do you want to practice?")}
	for _, made := range slips {
		q.Choices = append(q.Choices, terminal.Choice{Value: made.name, Label: s.Lang.Say(made.ko, made.en)})
	}
	picked, err := s.Terminal.Choose(ctx, q)
	if err != nil {
		return err
	}
	s.setConsole(slips[slices.IndexFunc(slips, func(made slip) bool { return made.name == picked })])
	return nil
}

// setConsole sets the practice Kakao's console right, but for one slip.
func (s *setup) setConsole(made slip) {
	s.Sandbox.Kakao.UpdateApp(func(app *sandbox.App) {
		app.LoginOn, app.OIDCOn = true, true
		app.RedirectURIs = []string{s.Session.RedirectURI(auth.ForMe), s.Session.RedirectURI(auth.ForFriends)}
		app.Items = map[string]sandbox.Stage{"profile_nickname": sandbox.StageRequired, "friends": sandbox.StageInUse, "talk_message": sandbox.StageInUse}
		made.make(app)
	})
}

// fixed is the console put right after a mistake that shows at the login.
func (s *setup) fixed() {
	if s.Sandbox != nil {
		s.setConsole(slips[0])
		s.note("콘솔에서 고쳤다고 가정할게요. 로그인 화면을 다시 열어요.", "The console is now treated as fixed. The login page opens again.")
	}
}

// open shows a page if a browser can be had; its address is printed anyway. A
// rehearsal opens none of Kakao's.
func (s *setup) open(page string) {
	if s.Terminal.IsThere() && s.Sandbox == nil {
		_ = s.Browser().Open(page)
	}
}

// checkItems looks for the consent items that the purpose needs.
func (s *setup) checkItems(ctx context.Context) doctor.Finding {
	ids := []string{"openid", "talk_message"}
	if s.purpose() == auth.ForFriends {
		ids = append(ids, "friends")
	}
	if s.Settings.Calendar {
		ids = append(ids, "talk_calendar")
	}
	return s.Items(ctx, ids)
}
