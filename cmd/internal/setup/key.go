package setup

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"kakaotalk-mcp/auth/devconsole"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/cmd/internal/config"
	"kakaotalk-mcp/cmd/internal/doctor"
	"kakaotalk-mcp/cmd/internal/terminal"
)

// ensureKey asks for the REST API key until Kakao knows it, and stores it.
func (s *setup) ensureKey(ctx context.Context) error {
	have := s.Settings.ClientID
	if s.Sandbox != nil && s.Terminal.IsThere() {
		have = "" // the rehearsal has one to enter
	}
	key, given := have, s.in.ClientID != ""
	if given {
		key = terminal.Trimmed(s.in.ClientID)
		if err := s.checkKeyForm(key); err != nil {
			return cli.Usage(err)
		}
	}
	asked := false
	for {
		if key == "" {
			var err error
			if key, err = s.askKey(ctx, !asked); err != nil {
				return err
			}
			asked = true
		}
		f, code := s.Key(ctx, key, "")
		if !wrongKey(code) {
			break // right, or Kakao cannot be asked now
		}
		if !s.Terminal.IsThere() {
			return fmt.Errorf("%s %s", f.Message, f.Hint)
		}
		s.tellFinding(f)
		key = ""
	}
	if s.Sandbox == nil {
		if err := s.save(config.ClientID, key); err != nil {
			return err
		}
	}
	s.note("✔ REST API 키를 입력했어요.", "✔ REST API key entered.")
	return nil
}

func wrongKey(code string) bool { return code == "KOE101" || code == "KOE008" }

func (s *setup) checkKeyForm(text string) error {
	if !devconsole.IsKey(terminal.Trimmed(text)) {
		return errors.New(s.Lang.Say("REST API 키는 영문자와 숫자로 된 32글자예요", "A REST API key has 32 letters and digits"))
	}
	return nil
}

func (s *setup) askKey(ctx context.Context, first bool) (string, error) {
	q := terminal.Question{Title: s.Lang.Say("REST API 키", "REST API key"), Note: s.Lang.Say("위치: ", "Where: ") + devconsole.Key.Name(s.Lang), Flag: "--client-id", Check: s.checkKeyForm}
	if s.Sandbox != nil {
		q.Note = s.Lang.Sayf("연습용 키: %s (틀린 키도 넣어 보세요)", "Practice key: %s (you can also try a wrong one)", s.Sandbox.Kakao.App().Key)
	}
	if first {
		s.tell(makeApp(s.Lang))
		s.open(devconsole.URL)
	}
	return s.Terminal.Input(ctx, q)
}

// ensureSecret stores the client secret once Kakao says that key and secret
// belong together. Where Kakao does not say, a given secret is stored unseen.
func (s *setup) ensureSecret(ctx context.Context) error {
	if s.in.SecretFile != "" {
		var err error
		if s.secret, err = s.givenSecret(ctx); err != nil {
			return err
		}
	}
	stored, err := s.ClientSecret(ctx)
	if err != nil {
		return s.worded(err)
	}
	if s.Sandbox != nil && s.Terminal.IsThere() {
		stored = ""
	}
	secret, asked := stored, false
	if s.secret != "" {
		secret = s.secret
	}
	for {
		f, code := s.Key(ctx, s.Settings.ClientID, secret)
		if m, _ := devconsole.Explain(code); m.Menu == devconsole.Key {
			return fmt.Errorf("%s %s", f.Message, f.Hint)
		}
		if code != "KOE010" { // right, or not for this step to put right
			if err := s.keepSecret(ctx, secret); err != nil {
				return err
			}
			s.tellFinding(f)
			return nil
		}
		// Doctor's hint is to run setup.
		f.Hint = s.Lang.Sayf("%s에서 값을 복사해 주세요.", "Copy the value from %s.", devconsole.Secret.Path(s.Lang))
		if !s.Terminal.IsThere() {
			return cli.Misuse(s.Lang.Sayf("%s %s 시크릿은 --client-secret-file 옵션으로 넣을 수 있어요", "%s %s Give the secret with --client-secret-file", f.Message, f.Hint))
		}
		if !asked {
			s.note("\n2. 클라이언트 시크릿\n   위치: %s", "\n2. Client secret\n   Where: %s", devconsole.Secret.Path(s.Lang))
			asked = true
		} else {
			s.tellFinding(f)
		}
		if secret, err = s.askSecret(ctx); err != nil {
			return err
		}
	}
}

func (s *setup) askSecret(ctx context.Context) (string, error) {
	q := terminal.Question{Title: s.Lang.Say("클라이언트 시크릿", "Client secret"), Note: s.Lang.Say("값을 복사해 붙여 넣어 주세요. 화면에는 보이지 않아요.", "Copy the value and paste it. It is not shown."), Flag: "--client-secret-file", Secret: true,
		Check: func(text string) error {
			if terminal.Trimmed(text) == "" {
				return errors.New(s.Lang.Say("값을 붙여 넣어 주세요", "Paste the value"))
			}
			return nil
		}}
	if s.Sandbox != nil {
		q.Note = s.Lang.Sayf("연습용 시크릿: %s (틀린 값도 넣어 보세요)", "Practice secret: %s (you can also try a wrong one)", s.Sandbox.Kakao.App().Secret)
	}
	return s.Terminal.Input(ctx, q)
}

// keepSecret puts the secret into the store, also one that so far only the
// environment has: clients would not get it. Another one there would hide it, so that
// has to go first.
func (s *setup) keepSecret(ctx context.Context, secret string) error {
	if secret == "" || s.Sandbox != nil {
		return nil
	}
	if outside := s.Settings.ClientSecret; outside != "" && outside != secret {
		return fmt.Errorf(s.Lang.Say("%s의 KAKAO_CLIENT_SECRET이 우선 적용돼요. 그 값을 지우고 다시 실행해 주세요", "KAKAO_CLIENT_SECRET in the %s takes precedence. Remove it and run setup again"), s.Origin(s.Settings.Origin(config.ClientSecret)))
	}
	if have, err := s.Store.Get(ctx, s.SecretName()); err == nil && string(have) == secret {
		return nil
	}
	if err := s.Store.Set(ctx, s.SecretName(), []byte(secret)); err != nil {
		return s.worded(err)
	}
	s.stored = true
	return nil
}

// tellFinding shows a finding as a line of the conversation.
func (s *setup) tellFinding(f doctor.Finding) {
	mark := map[string]string{doctor.Pass: "✔", doctor.Warn: "!", doctor.Skip: "!", doctor.Fail: "✘"}[f.Status]
	if f.AtLogin {
		mark = "-"
	}
	s.note("%s %s", "%s %s", mark, f.Message)
	if f.Hint != "" && f.Status != doctor.Pass {
		s.note("  → %s", "  → %s", strings.ReplaceAll(f.Hint, "\n", "\n    "))
	}
}
