package login

import (
	"context"
	"errors"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/cli"
)

// Logout ends the tokens at Kakao, or the whole connection to the app with unlink,
// and deletes the record. What Kakao does not confirm stays, unless force: a token
// that nobody holds any more could not be ended, and its refresh token lives for
// 60 days.
func Logout(ctx context.Context, o *app.Options, unlink, force bool) error {
	a, err := app.Ready(o)
	if err != nil {
		return err
	}
	defer a.Close()
	login, err := a.Session.Status(ctx)
	if err != nil {
		return err
	}
	if login.Subject == "" {
		cli.Tell(o.Env.Stderr, a.Lang.Say("로그인되어 있지 않아요.", "Not logged in."))
		return nil
	}
	err = a.EndLogin(ctx, unlink)
	switch {
	case errors.Is(err, auth.ErrLoginNeeded):
		cli.Tell(o.Env.Stderr, a.NotDisconnected(err))
	case err != nil:
		why := a.Messenger().Refusal(err)
		if !force {
			return errors.New(notLoggedOut(a.Lang, why, o.Env.Command()))
		}
		cli.Tell(o.Env.Stderr, maybeAlive(a.Lang, why))
	}
	if err := a.Session.Forget(ctx); err != nil {
		return err
	}
	who := a.Who(login.Name, login.Subject)
	if unlink && err == nil {
		cli.Tell(o.Env.Stderr, a.Lang.Sayf("앱 연결을 끊고 로그인 정보를 지웠어요: %s", "Disconnected the app and deleted the login: %s", who))
		return nil
	}
	cli.Tell(o.Env.Stderr, a.Lang.Sayf("로그아웃했어요: %s", "Logged out: %s", who))
	return nil
}
