package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"kakaotalk-mcp/tools/kakao/sandbox"
)

// Callbacks that arrive at a public address, or are pasted, are handed to the
// process that owns the login.
func TestForward(t *testing.T) {
	for name, callback := range map[string]string{"public": "https://talk.example", "local": ""} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.person(nil)
			if callback == "" {
				callback = w.callback
			}
			w.kakao.UpdateApp(func(a *sandbox.App) { a.RedirectURIs = []string{callback + "/auth/callback"} })
			set := func(c *Config) { c.CallbackURL = callback }
			owner, tunnel := w.session(set), w.session(set)
			if _, _, _, err := tunnel.Forward(t.Context(), "/auth/callback", "state=x&code=y"); !errors.Is(err, ErrLoginNeeded) {
				t.Errorf("without a login: %v", err)
			}
			call := w.ask(t.Context(), owner, Request{})
			page := w.awaitTab(1)
			for _, c := range []struct {
				path, query string
				status      int
			}{{"/auth/callback", "state=wrong&code=y", 400}, {"/friends/callback", "state=x", 0}, {"/auth/callback", "", 400}} {
				if status, _, _, _ := tunnel.Forward(t.Context(), c.path, c.query); status != c.status {
					t.Errorf("%s?%s: status %d, want %d", c.path, c.query, status, c.status)
				}
			}
			status, _, body, err := tunnel.Forward(t.Context(), "/auth/callback", w.code(page))
			if err != nil || status != 200 || !strings.Contains(string(body), "로그인했어요") {
				t.Errorf("%d %v\n%s", status, err, body)
			}
			if got := <-call; got.err != nil {
				t.Error(got.err)
			}
		})
	}
}

// code logs in and returns the query of the callback, which the browser does not
// follow.
func (w *world) code(page string) string {
	w.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.Fatal(err)
	}
	var query string
	browser := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasSuffix(r.URL.Path, "/callback") {
			query = r.URL.RawQuery
			return http.ErrUseLastResponse
		}
		return nil
	}}
	open := func(res *http.Response, err error) (flow string) {
		if err != nil {
			w.Fatal(err)
		}
		res.Body.Close()
		return res.Request.URL.Query().Get("flow")
	}
	flow := open(browser.Get(page))
	open(browser.PostForm(w.server.AuthURL+"/login", url.Values{"flow": {flow}, "person": {fmt.Sprint(w.kakao.Owner().ID)}}))
	open(browser.PostForm(w.server.AuthURL+"/consent", url.Values{"flow": {flow}, "scope": {"talk_message", "profile_nickname"}, "answer": {"agree"}}))
	return query
}

// Somebody else shows the page where no browser can be opened, and every way it can
// end.
func TestAsk(t *testing.T) {
	for name, c := range map[string]struct {
		ask    func(w *world) func(context.Context, string) error
		reason string
	}{
		"accepts": {func(w *world) func(context.Context, string) error {
			return func(_ context.Context, p string) error { return w.open(p) }
		}, "<nil>"},
		"declines": {func(*world) func(context.Context, string) error {
			return func(context.Context, string) error { return ErrDeclined }
		}, "login_declined"},
		"errs": {func(*world) func(context.Context, string) error {
			return func(context.Context, string) error { return errors.New("-32601") }
		}, "login_pending"},
		"is silent": {func(*world) func(context.Context, string) error {
			return func(ctx context.Context, _ string) error { <-ctx.Done(); return ctx.Err() }
		}, "login_pending"},
		"hands over": {func(*world) func(context.Context, string) error {
			return func(context.Context, string) error { return ErrHandedOver }
		}, ErrHandedOver.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s := w.session(func(c *Config) { c.Open = func(string) error { return errors.New("no graphical session") } })
			limit := 8 * time.Second
			if name == "is silent" {
				limit = 200 * time.Millisecond
			}
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			defer cancel()
			_, err := s.Token(ctx, Request{Ask: c.ask(w)})
			if reason(err) != c.reason {
				t.Errorf("%v", err)
			}
			if name == "hands over" { // and in the next round the person says no
				_, err := s.Token(ctx, Request{Declined: true})
				if reason(err) != "login_declined" || !errors.Is(err, ErrDeclined) {
					t.Errorf("turned down: %v", err)
				}
			}
		})
	}
}

// A browser comes first, whatever the client offers.
func TestBrowserBeforeAsking(t *testing.T) {
	w := newWorld(t)
	s := w.session()
	_, err := s.Token(t.Context(), Request{Ask: func(context.Context, string) error { t.Error("asked"); return nil }})
	if err != nil || w.opened() != 1 {
		t.Errorf("%v, %d tabs", err, w.opened())
	}
}
