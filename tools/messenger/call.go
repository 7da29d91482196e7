package messenger

import (
	"context"
	"errors"
	"slices"
	"time"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/tools/kakao"
)

// Human is the person behind a call, as far as the call's client can reach them.
type Human interface {
	// Login returns how the login page gets in front of the person: nil means
	// the browser. shown: it is there already.
	Login() (show func(ctx context.Context, url string) error, shown bool)
	// Ask shows a question with a few answers and returns the chosen one. It
	// returns ErrCannotAsk where no form can be shown, ErrRefused when the
	// person (or a headless client in their place) turned it down.
	Ask(ctx context.Context, q Question) (string, error)
	// Waiting says that the call still waits for the person; page is the login page
	// they have to finish, or "" for a question.
	Waiting(page string)
}

// Question is what a person is asked before a message goes out.
type Question struct {
	Text    string
	Answers []string
	Bound   string // what the answer is good for and nothing else
}

// Errors of [Human.Ask].
var (
	ErrCannotAsk = errors.New("the client shows no forms")
	ErrRefused   = errors.New("the person did not agree")
	// ErrSuspended: the call ends here, the client asks the person and makes the
	// same call again with the answer.
	ErrSuspended = errors.New("the client has to answer a question first")
)

// Nobody is a Human who can only be reached through the browser.
type Nobody struct{}

func (Nobody) Login() (func(context.Context, string) error, bool) { return nil, false }
func (Nobody) Waiting(string)                                     {}
func (Nobody) Ask(context.Context, Question) (string, error)      { return "", ErrCannotAsk }

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
	show, shown := h.Login()
	return m.cfg.Session.Token(ctx, auth.Request{Purpose: p, Show: show, Shown: shown, Waiting: h.Waiting})
}

// call runs one Kakao request with a token for p. It repeats the request only
// if it certainly had no effect and something was done about the reason: a new
// token after -401, a consent after -402, a login after -101, a pause when no
// connection came about.
func (m *Messenger) call(ctx context.Context, p auth.Purpose, h Human, request func(token string) error) error {
	var consented, connected bool
	renewed := 0
	for dials := 1; ; {
		token, err := m.token(ctx, p, h)
		if err != nil {
			return err
		}
		err = request(token)
		var answer *kakao.Error
		if !errors.As(err, &answer) {
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

// read is call for requests that change nothing: they are also repeated after
// an answer that leaves open what happened.
func (m *Messenger) read(ctx context.Context, h Human, request func(token string) error) error {
	for try := 1; ; try++ {
		err := m.call(ctx, auth.ForFriends, h, request)
		var answer *kakao.Error
		passing := errors.As(err, &answer) && (answer.Code == kakao.CodeInternal || answer.Code == kakao.CodeTimeout || answer.Status >= 500)
		if err == nil || try == maxDials || !passing || !pause(ctx, try) {
			return err
		}
	}
}

// pause waits before try n+1: 0.4 s, 0.8 s, … It reports false if ctx ended.
func pause(ctx context.Context, n int) bool {
	t := time.NewTimer(400 * time.Millisecond << (n - 1))
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// dialFailed reports a request that never left this computer, but for its content.
func dialFailed(err error) bool {
	var content *kakao.FieldError
	return kakao.NotSent(err) && !errors.As(err, &content)
}
