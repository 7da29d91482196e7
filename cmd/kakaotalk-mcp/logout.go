package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/tools/kakao"
)

func newLogout(o *options, say sayer) *cobra.Command {
	var unlink bool
	c := &cobra.Command{
		Use:   "logout",
		Short: say("로그아웃하고 저장된 로그인 정보 지우기", "log out and delete the saved login"),
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return runLogout(cmd.Context(), o, unlink) },
	}
	c.Flags().BoolVar(&unlink, "unlink", false, say("앱과 카카오계정의 연결과 동의까지 끊기", "also cut the connection between app and account, with all consents"))
	return c
}

// ended reports whether Kakao no longer takes the token (-401) or the account
// is no longer connected (-101).
func ended(err error) bool {
	var answer *kakao.Error
	return errors.As(err, &answer) && (answer.Code == -401 || answer.Code == -101)
}

// runLogout ends the tokens at Kakao and deletes the record. When Kakao cannot
// be told, the record stays: a token nobody holds any more could not be ended.
func runLogout(ctx context.Context, o *options, unlink bool) error {
	a, err := newApp(o, true)
	if err != nil {
		return err
	}
	defer a.close()
	session, err := a.needSession()
	if err != nil {
		return err
	}
	keychainCtx, cancel := a.keychainPatience(ctx)
	defer cancel()
	rec, err := session.Current(keychainCtx)
	if errors.Is(err, auth.ErrLoginNeeded) {
		fmt.Fprintln(o.sys.stderr, a.say("로그인되어 있지 않아요.", "Not logged in."))
		return nil
	}
	if err != nil {
		return err
	}
	end := a.kakao.Logout
	if unlink {
		end = a.kakao.Unlink
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
		return errors.New(a.say("카카오에 연결하지 못해서 로그아웃하지 못했어요. 저장된 로그인 정보는 그대로 있어요. 잠시 후 다시 시도해 주세요", "Kakao could not be reached, so the logout did not happen; the saved login is kept. Try again in a while"))
	}
	if err := session.Forget(ctx); err != nil {
		return err
	}
	if unlink {
		fmt.Fprintf(o.sys.stderr, a.say("%s 계정과 앱의 연결을 끊고 로그인 정보를 지웠어요.\n", "Disconnected %s from the app and deleted the login.\n"), a.who(rec.Nickname, rec.Subject))
		return nil
	}
	fmt.Fprintf(o.sys.stderr, a.say("로그아웃했어요: %s\n", "Logged out: %s\n"), a.who(rec.Nickname, rec.Subject))
	return nil
}
