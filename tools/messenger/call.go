package messenger

import (
	"context"
	"errors"
	"slices"
	"time"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/tools/kakao"
)

const (
	// maxDials bounds repeats of a request that never left this computer.
	maxDials = 3
	// maxRenewals bounds new tokens after -401: the first may come from the store,
	// where another process left one that Kakao has ended as well; the second
	// comes from Kakao.
	maxRenewals = 2
)

// token gets an access token for p, with a login if need be.
func (m *Messenger) token(ctx context.Context, p auth.Purpose, h Human) (string, error) {
	if m.cfg.Session == nil {
		return "", m.notSetUp()
	}
	r := auth.Request{Purpose: p, Waiting: h.Waiting}
	h.Login(&r)
	return m.cfg.Session.Token(ctx, r)
}

// Call runs one Kakao request with a token for p. It repeats the request only
// if it certainly had no effect and something was done about the reason: a new
// token after -401, a consent after -402, a login after -101, a pause when no
// connection came about.
func (m *Messenger) Call(ctx context.Context, p auth.Purpose, h Human, request func(token string) error) error {
	var consented, connected bool
	renewed := 0
	for dials := 1; ; {
		token, err := m.token(ctx, p, h)
		if err != nil {
			return err
		}
		err = request(token)
		answer, answered := errors.AsType[*kakao.Error](err)
		if !answered {
			if err == nil {
				m.cfg.Session.Accepted(token)
				return nil
			}
			if !dialFailed(err) || dials == maxDials || !pause(ctx, dials) {
				return err
			}
			dials++
			continue
		}
		if answer.Code != kakao.CodeUnauthorized {
			m.cfg.Session.Accepted(token)
		}
		switch {
		case answer.TokenRefused() && renewed < maxRenewals && m.cfg.Session.Rejected(token):
			renewed++
		case answer.Code == kakao.CodeNotLinked && !connected:
			connected = true // the app connection was cut: the stored login is worth nothing
			if err := m.cfg.Session.Disconnected(ctx, token); err != nil {
				return err
			}
		case answer.Code == kakao.CodeConsentMissing && !consented && len(answer.RequiredScopes) > 0:
			consented = true
			m.cfg.Session.Withdrawn(ctx, token, answer.RequiredScopes)
			if slices.Contains(answer.RequiredScopes, "friends") {
				p = auth.ForFriends
			}
		default:
			return err
		}
	}
}

// read is Call for requests that change nothing: they are also repeated after
// an answer that leaves open what happened.
func (m *Messenger) read(ctx context.Context, h Human, request func(token string) error) error {
	for try := 1; ; try++ {
		err := m.Call(ctx, auth.ForFriends, h, request)
		answer, answered := errors.AsType[*kakao.Error](err)
		passing := answered && (answer.Code == kakao.CodeInternal || answer.Code == kakao.CodeTimeout || answer.Status >= 500)
		if err == nil || try == maxDials || !passing || !pause(ctx, try) {
			return err
		}
	}
}

// pause waits before try n+1: 0.4 s, 0.8 s, … It reports false if ctx ended.
func pause(ctx context.Context, n int) bool { return Pause(ctx, 400*time.Millisecond<<(n-1)) }

// Pause waits; it reports false if ctx ended.
func Pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}

// dialFailed reports a request that never left this computer, but for its content.
func dialFailed(err error) bool {
	_, content := errors.AsType[*kakao.FieldError](err)
	return kakao.NotSent(err) && !content
}
