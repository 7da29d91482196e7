package app

import (
	"context"
	"errors"
	"fmt"

	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/tools/messenger"
	"kakaotalk-mcp/viewer/tunnel"
)

// Person is the human at this terminal.
func (a *App) Person() messenger.Human { return &typist{a} }

// typist is a Human who typed a command: the login page's address is printed, and
// nothing they asked for themselves is asked again.
type typist struct{ a *App }

func (t *typist) Login() (func(context.Context, string) error, bool) {
	return func(ctx context.Context, page string) error {
		fmt.Fprintf(t.a.Env.Stderr, t.a.Lang.Say("카카오 로그인이 필요해요. 브라우저에서 로그인해 주세요.\n\n  %s\n\n", "A Kakao login is needed; please finish it in the browser.\n\n  %s\n\n"), page)
		if lost := t.a.ComeBack(); lost != "" {
			cli.Tell(t.a.Env.Stderr, lost)
		}
		return t.a.Browser().Open(page)
	}, false
}

func (t *typist) Ask(context.Context, messenger.Question) (string, error) {
	return "", errors.New("nothing is asked at a terminal")
}

func (t *typist) Waiting(string) {}

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
