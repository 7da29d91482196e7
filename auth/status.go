package auth

import (
	"context"
	"errors"
	"time"

	"kakaotalk-mcp/auth/keychain"
)

// Status is what is known of the login without asking Kakao. It holds no token.
type Status struct {
	LoggedIn      bool      `json:"logged_in"`
	Name          string    `json:"name,omitempty"`    // nickname, else 회원번호
	Subject       string    `json:"user_id,omitempty"` // 회원번호
	Scopes        []string  `json:"scopes,omitempty"`
	AccessExpiry  time.Time `json:"access_token_expires,omitzero"`
	RefreshExpiry time.Time `json:"login_expires,omitzero"`
	Consented     time.Time `json:"consented,omitzero"`
	Store         string    `json:"token_store"`
	Pending       string    `json:"pending_login,omitempty"` // page of the login under way
	Locks         []Lock    `json:"locks,omitempty"`         // what processes are at work on now
}

// Lock is a lock that some process holds.
type Lock struct {
	Name string `json:"name"`          // "login" or "refresh"
	PID  int    `json:"pid,omitempty"` // of the holder, where it is known
}

// Status reads the store once. The error is a *problem.Problem when the store cannot be
// read, which is not the same as being logged out.
func (s *Session) Status(ctx context.Context) (Status, error) {
	st := Status{Store: s.cfg.Store.Kind()}
	if s.held(loginLock) {
		p := s.under()
		st.Pending = p.URL
		st.Locks = append(st.Locks, Lock{"login", p.PID})
	}
	if s.held(refreshLock) {
		st.Locks = append(st.Locks, Lock{Name: "refresh"})
	}
	rec, err := s.load(ctx)
	if errors.Is(err, keychain.ErrNotFound) {
		return st, nil
	}
	if err != nil {
		return st, s.asProblem(err)
	}
	st.LoggedIn = s.now().Before(rec.AccessExpiry) || rec.RefreshExpiry.IsZero() || s.now().Before(rec.RefreshExpiry)
	st.Name, st.Subject, st.Scopes = rec.Name(), rec.Subject, rec.Scopes
	st.AccessExpiry, st.RefreshExpiry, st.Consented = rec.AccessExpiry, rec.RefreshExpiry, rec.Consented
	return st, nil
}
