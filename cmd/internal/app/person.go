package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/cmd/internal/terminal"
	"kakaotalk-mcp/tools/ask"
	"kakaotalk-mcp/tools/messenger"
	"kakaotalk-mcp/viewer/tunnel"
)

// Person is the human at this terminal.
func (a *App) Person() messenger.Human { return &typist{a: a} }

// typist is a Human who typed a command: the login page's address is printed, and
// questions are asked on the terminal.
type typist struct {
	a    *App
	told sync.Once // that the page waits for an answer
}

func (t *typist) Login(r *auth.Request) {
	r.Show = func(_ context.Context, page string) error {
		endsWithUs := t.a.Sandbox != nil // the page does
		if endsWithUs && !t.a.Terminal.IsThere() {
			return t.a.Browser().Open(page)
		}
		cli.Tell(t.a.Env.Stderr, t.a.Lang.Sayf("카카오 로그인이 필요해요. 브라우저에서 로그인해 주세요.\n\n  %s\n", "You need to log in to Kakao. Log in in the browser.\n\n  %s\n", page))
		if lost := t.a.ComeBack(); lost != "" {
			cli.Tell(t.a.Env.Stderr, lost)
		}
		err := t.a.Browser().Open(page)
		if err != nil && endsWithUs {
			cli.Tell(t.a.Env.Stderr, t.a.Lang.Say("브라우저를 열 수 없었어요. 위 주소를 직접 열어 주세요. 기다리고 있어요(Ctrl-C로 취소).", "The browser could not be opened. Please open the address above. Waiting (Ctrl-C to cancel)."))
			return nil
		}
		return err
	}
}

// Ask implements messenger.Human. Cancel comes first: it is what Enter alone means.
func (t *typist) Ask(ctx context.Context, q ask.Question) (ask.Answer, error) {
	if !t.a.Terminal.IsThere() {
		return ask.Answer{}, ask.ErrCannotAsk
	}
	question := terminal.Question{Title: q.Text()}
	for _, c := range slices.Backward(q.Answers) {
		question.Choices = append(question.Choices, terminal.Choice{Value: string(c.Verdict), Label: c.Label})
	}
	verdict, err := t.a.Terminal.Choose(ctx, question)
	answer := ask.Answer{Verdict: ask.Verdict(verdict)}
	if err == nil && len(q.Choose) > 0 && answer.Verdict != ask.Cancel {
		people := terminal.Question{Title: t.a.Lang.Say("받는 사람을 골라 주세요.", "Choose the recipient.")}
		for _, p := range q.Choose {
			people.Choices = append(people.Choices, terminal.Choice{Value: p.UUID, Label: p.Label(t.a.Lang)})
		}
		people.Choices = append(people.Choices, terminal.Choice{Label: t.a.Lang.Say("취소", "Cancel")})
		answer.To, err = t.a.Terminal.Choose(ctx, people)
	}
	switch {
	case errors.Is(err, terminal.ErrStopped), len(q.Choose) > 0 && answer.To == "":
		return ask.Answer{Verdict: ask.Cancel}, nil
	case err != nil:
		return ask.Answer{}, fmt.Errorf("%w: %w", ask.ErrCannotAsk, err)
	}
	return answer, nil
}

// Cuts implements messenger.Human.
func (t *typist) Cuts(ask.Question) bool { return false }

// Program implements messenger.Human.
func (t *typist) Program() string { return "kakaotalk-mcp" }

// Waiting implements messenger.Human.
func (t *typist) Waiting(page string) {
	if page == "" && !t.a.Terminal.IsThere() {
		t.told.Do(func() {
			cli.Tell(t.a.Env.Stderr, t.a.Lang.Say("브라우저의 확인 페이지에서 답해 주세요.", "Please answer on the confirmation page in the browser."))
		})
	}
}

// ComeBack says why a login cannot come back at the moment: it would come to the
// public address, and no process of the user takes it from there. It is "" where
// one does, or where logins come back to this computer. Whether what stands in
// front of that process (the user's own proxy) works cannot be known here.
func (a *App) ComeBack() string {
	callback := a.Settings.CallbackURL
	if callback != a.Settings.BaseURL {
		return ""
	}
	if a.Settings.Tunnel.Kind == tunnel.Off {
		return noTunnelForLogin(a.Lang, callback)
	}
	if state, _ := tunnel.ReadState(a.Settings.Home); state.Up { // unreadable: as good as down
		return ""
	}
	return nobodyTakesLogin(a.Lang, callback, a.Env.Command())
}
