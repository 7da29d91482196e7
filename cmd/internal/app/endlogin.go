package app

import (
	"context"
	"errors"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/devconsole"
	"kakaotalk-mcp/tools/kakao"
)

// EndLogin ends the stored login's tokens at Kakao, or the whole connection to the app
// with unlink; the record stays. That Kakao has ended them already is no error; of the
// connection a login that has ended tells nothing: auth.ErrLoginNeeded. Other errors are
// about the login, or Kakao's.
func (a *App) EndLogin(ctx context.Context, unlink bool) error {
	end := a.Kakao.Logout
	if unlink {
		end = a.Kakao.Unlink
	}
	var refused error
	var answer *kakao.Error
	err := a.Session.Use(ctx, func(r *auth.Record) bool {
		refused = end(ctx, r.Access)
		return errors.As(refused, &answer) && answer.TokenRefused()
	})
	switch {
	case !unlink && errors.Is(err, auth.ErrLoginNeeded), errors.As(refused, &answer) && answer.Code == kakao.CodeNotLinked:
		return nil
	case err != nil:
		return err
	}
	return refused
}

// NotDisconnected says that the app is still connected, or may be: why EndLogin did not
// cut the connection, and who can.
func (a *App) NotDisconnected(err error) string {
	why := a.Messenger().Refusal(err).What
	if errors.Is(err, auth.ErrLoginNeeded) {
		ended, _ := devconsole.Explain("KOE322")
		why = ended.What(a.Lang, "")
	}
	return a.Lang.Sayf("! 카카오에서 앱 연결을 끊지 못했어요. %s\n  카카오톡의 [설정] > [카카오계정] > [연결된 서비스 관리]에서 끊어 주세요.",
		"! The app was not disconnected at Kakao. %s\n  Disconnect it in KakaoTalk: [설정] > [카카오계정] > [연결된 서비스 관리].", why)
}
