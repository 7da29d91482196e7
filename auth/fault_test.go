package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/auth/keychain"
)

// journeys are the ways to a token, each from its own start.
var journeys = []struct {
	name    string
	purpose Purpose
	prepare func(*world, *Session)
}{
	{"first login", ForMe, func(*world, *Session) {}},
	{"refresh", ForMe, func(w *world, s *Session) { w.mustToken(s, ForMe); w.advance(7 * time.Hour) }},
	{"rotating refresh", ForMe, func(w *world, s *Session) { w.mustToken(s, ForMe); w.advance(40 * 24 * time.Hour) }},
	{"extra consent", ForFriends, func(w *world, s *Session) { w.mustToken(s, ForMe) }},
}

// afterwards checks that a journey with a fault lost nothing: what the store
// holds works or is gone for good, and the next call gets a token, in this
// process and in a new one.
func afterwards(w *world, s *Session, p Purpose, err error, old *Record) {
	w.Helper()
	if err != nil {
		var p *problem.Problem
		if !errors.As(err, &p) || p.What == "" || p.Retry == "" {
			w.Errorf("not worded: %v", err)
		}
	}
	now := w.record(s)
	if old != nil && now == nil {
		w.Errorf("the record is lost after: %v", err)
	}
	w.advance(2 * tabInterval) // the limit on tabs is another test's business
	if token := w.mustToken(s, p); !w.works(token) {
		w.Errorf("the next call's token does not work")
	}
	s.Close()
	tabs := w.opened()
	if token := w.mustToken(w.session(), p); !w.works(token) {
		w.Errorf("a new process's token does not work")
	}
	if w.opened() != tabs {
		w.Errorf("a new process had to log in again")
	}
}

// errLost is what a client sees of a connection that broke.
var errLost = errors.New("connection lost")

func TestFaultAtEveryRequest(t *testing.T) {
	t.Parallel()
	for _, j := range journeys {
		for _, answered := range []bool{false, true} { // lost on the way there, or on the way back
			for _, path := range []string{"/oauth/token", "/.well-known/jwks.json"} { // the requests of a login, at the same time
				t.Run(fmt.Sprintf("%s%s/answered=%v", j.name, path, answered), func(t *testing.T) {
					t.Parallel()
					w := newWorld(t)
					s := w.session()
					j.prepare(w, s)
					old := w.record(s)
					var lost atomic.Bool
					s.http.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
						if r.URL.Path != path || lost.Swap(true) {
							return http.DefaultTransport.RoundTrip(r)
						}
						if answered {
							if res, err := http.DefaultTransport.RoundTrip(r); err == nil {
								res.Body.Close()
							}
						}
						return nil, errLost
					})
					_, err := w.token(s, j.purpose)
					if j.name == "rotating refresh" && answered && path == "/oauth/token" {
						// The new refresh token was in the lost answer, and the sandbox takes the old
						// one no more: only a login helps, and it has to come by itself.
						w.mustToken(s, j.purpose)
						return
					}
					afterwards(w, s, j.purpose, err, old)
				})
			}
		}
	}
}

func TestFaultAtEveryStoreCall(t *testing.T) {
	t.Parallel()
	for _, j := range journeys {
		for _, fault := range []error{keychain.ErrLocked, keychain.ErrUnavailable} {
			for _, after := range []bool{false, true} { // a write may succeed although it timed out
				for n := 1; n <= 6; n++ { // an extra consent makes six calls
					t.Run(fmt.Sprintf("%s/%v/%d/after=%v", j.name, fault, n, after), func(t *testing.T) {
						t.Parallel()
						w := newWorld(t)
						s := w.session()
						j.prepare(w, s)
						old := w.record(s)
						w.store.fail(n, after, fault)
						_, err := w.token(s, j.purpose)
						w.store.fail(0, false, nil)
						if j.name == "rotating refresh" && w.record(s).Refresh == old.Refresh && err == nil {
							// Not saved. It is in memory and gets saved a little later.
							w.advance(2 * resaveAfter)
							w.mustToken(s, j.purpose)
							s.Close()
							if w.record(s).Refresh == old.Refresh {
								t.Error("the rotated refresh token was never saved")
							}
							s = w.session()
						}
						afterwards(w, s, j.purpose, err, old)
					})
				}
			}
		}
	}
}

// Each file of the home in turn cannot be used: a folder is in its place.
func TestFaultAtEveryFile(t *testing.T) {
	t.Parallel()
	for _, j := range journeys {
		for _, name := range []string{loginLock, refreshLock, tabLock, pendingFile, tabFile} {
			t.Run(j.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				s := w.session()
				j.prepare(w, s)
				old := w.record(s)
				os.RemoveAll(w.path(name))
				if err := os.MkdirAll(w.path(name)+"/x", 0o700); err != nil {
					t.Fatal(err)
				}
				_, err := w.token(s, j.purpose)
				if err := os.RemoveAll(w.path(name)); err != nil {
					t.Fatal(err)
				}
				afterwards(w, s, j.purpose, err, old)
			})
		}
	}
}

// A home that cannot be written at all, as on a full or read-only disk.
func TestHomeUnusable(t *testing.T) {
	w := newWorld(t)
	if err := os.WriteFile(w.path("file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := w.session(func(c *Config) { c.Home = w.path("file") })
	_, err := w.token(s, ForMe)
	var p *problem.Problem
	if !errors.As(err, &p) || p.Reason != "home_unusable" || w.opened() != 0 {
		t.Errorf("%v, %d tabs", err, w.opened())
	}
}

// A refresh that began is finished and saved although its caller gave up.
func TestRefreshOutlivesItsCaller(t *testing.T) {
	w := newWorld(t)
	s := w.session()
	w.mustToken(s, ForMe)
	old := w.record(s)
	w.advance(40 * 24 * time.Hour)
	ctx, giveUp := context.WithCancel(t.Context())
	left := make(chan struct{})
	s.http.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
		giveUp()
		<-left // or the answer might be there first
		return http.DefaultTransport.RoundTrip(r)
	})
	if _, err := s.Token(ctx, Request{}); !errors.Is(err, context.Canceled) {
		t.Errorf("the call ended with %v", err)
	}
	close(left)
	s.Close() // waits for it
	if now := w.record(s); now.Refresh == old.Refresh {
		t.Error("the rotated refresh token is lost")
	}
}

// An exchange that began when the process was told to end is saved.
func TestExchangeOutlivesClose(t *testing.T) {
	w := newWorld(t)
	s := w.session()
	closed := make(chan struct{})
	s.http.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.URL.Path == "/oauth/token" {
			go func() { s.Close(); close(closed) }()
			<-s.life.Done()
		}
		return http.DefaultTransport.RoundTrip(r)
	})
	if _, err := w.token(s, ForMe); err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	<-closed
	if w.record(s) == nil {
		t.Error("the login is lost")
	}
}
