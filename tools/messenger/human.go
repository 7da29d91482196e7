package messenger

import (
	"context"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/tools/ask"
)

// Human is the person behind a call, as far as the call's client can reach them.
type Human interface {
	// Login says how a login page gets in front of the person, where the browser is
	// not the way or not the only one.
	Login(r *auth.Request)
	// Ask shows a question in the client or on the terminal, see [ask.Way].
	Ask(ctx context.Context, q ask.Question) (ask.Answer, error)
	// Cuts reports whether Ask would show the beginning of q only.
	Cuts(q ask.Question) bool
	// Program is what the program that asks calls itself, "" if it does not say.
	Program() string
	// Waiting says that the call still waits for the person; page is the login page
	// they have to finish, or "" for a question.
	Waiting(page string)
}

// Nobody is a Human who can only be reached through the browser.
type Nobody struct{}

func (Nobody) Login(*auth.Request)    {}
func (Nobody) Waiting(string)         {}
func (Nobody) Program() string        { return "" }
func (Nobody) Cuts(ask.Question) bool { return false }
func (Nobody) Ask(context.Context, ask.Question) (ask.Answer, error) {
	return ask.Answer{}, ask.ErrCannotAsk
}
