package auth

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/auth/keychain"
)

// stuck is a store that can be read and no longer written, as on a full disk.
type stuck struct{ keychain.Store }

func (stuck) Kind() string { return "file" }
func (stuck) Set(context.Context, string, []byte) error {
	return fmt.Errorf("disk full: %w", keychain.ErrUnavailable)
}
func (s stuck) Probe(ctx context.Context) error { return s.Set(ctx, "", nil) }

// TestWithdrawnAndNotWritten: Kakao said that a consent is gone, and the store still
// claims it. The token it comes with is not tried again: what keeps the new consent
// from being asked for is told instead.
func TestWithdrawnAndNotWritten(t *testing.T) {
	w := newWorld(t)
	before := w.session()
	token := w.mustToken(before, ForFriends)
	s := w.session(func(c *Config) { c.Store = stuck{w.store} })
	if got := w.mustToken(s, ForFriends); got != token {
		t.Fatal("another token")
	}
	s.Withdrawn(t.Context(), token, []string{"friends"})
	got, err := w.token(s, ForFriends)
	var p *problem.Problem
	if !errors.As(err, &p) || p.Reason != "home_unusable" {
		t.Errorf("got the same token: %v, %v", got == token, err)
	}
	if got, err := w.token(s, ForMe); err != nil || got != token {
		t.Errorf("what was not withdrawn: %v", err)
	}
}
