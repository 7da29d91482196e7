package app

import (
	"context"
	"errors"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/tools/kakao"
)

// EndLogin ends the stored login's tokens at Kakao, or the whole connection to the app
// with unlink; the record stays. That Kakao has ended them already is no error. Errors
// are about the login, or Kakao's.
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
	case errors.Is(err, auth.ErrLoginNeeded), errors.As(refused, &answer) && answer.Code == kakao.CodeNotLinked:
		return nil
	case err != nil:
		return err
	}
	return refused
}
