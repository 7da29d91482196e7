package login

import (
	"context"
	"errors"
	"fmt"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/tools/kakao"
)

// ended reports whether Kakao no longer takes the token (-401) or the account
// is no longer connected (-101).
func ended(err error) bool {
	var answer *kakao.Error
	return errors.As(err, &answer) && (answer.Code == -401 || answer.Code == -101)
}

// Logout ends the tokens at Kakao and deletes the record. When Kakao cannot
// be told, the record stays: a token nobody holds any more could not be ended.
func Logout(ctx context.Context, o *app.Options, unlink bool) error {
	a, err := app.New(o, true)
	if err != nil {
		return err
	}
	defer a.Close()
	session, err := a.NeedSession()
	if err != nil {
		return err
	}
	keychainCtx, cancel := a.KeychainPatience(ctx)
	defer cancel()
	rec, err := session.Current(keychainCtx)
	if errors.Is(err, auth.ErrLoginNeeded) {
		fmt.Fprintln(o.Env.Stderr, a.Lang.Say("로그인되어 있지 않아요.", "Not logged in."))
		return nil
	}
	if err != nil {
		return err
	}
	end := a.Kakao.Logout
	if unlink {
		end = a.Kakao.Unlink
	}
	err = end(ctx, rec.Access)
	if ended(err) {
		// Perhaps only the access token: the refresh token has to go too.
		session.Rejected(rec.Access)
		var renewed *auth.Record
		if renewed, err = session.Current(ctx); err == nil {
			rec = renewed
			err = end(ctx, rec.Access)
		}
	}
	if ended(err) || errors.Is(err, auth.ErrLoginNeeded) {
		err = nil // Kakao has ended it all already
	}
	if err != nil {
		return errors.New(a.Lang.Say("카카오에 연결하지 못해서 로그아웃하지 못했어요. 저장된 로그인 정보는 그대로 있어요. 잠시 후 다시 시도해 주세요", "Kakao could not be reached, so the logout did not happen; the saved login is kept. Try again in a while"))
	}
	if err := session.Forget(ctx); err != nil {
		return err
	}
	if unlink {
		fmt.Fprintf(o.Env.Stderr, a.Lang.Say("%s 계정과 앱의 연결을 끊고 로그인 정보를 지웠어요.\n", "Disconnected %s from the app and deleted the login.\n"), a.Who(rec.Nickname, rec.Subject))
		return nil
	}
	fmt.Fprintf(o.Env.Stderr, a.Lang.Say("로그아웃했어요: %s\n", "Logged out: %s\n"), a.Who(rec.Nickname, rec.Subject))
	return nil
}
