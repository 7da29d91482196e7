package app

import (
	"bufio"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/auth/keychain"
	"kakaotalk-mcp/auth/loopback"
	"kakaotalk-mcp/cmd/internal/config"
	"kakaotalk-mcp/viewer"
)

// At the public address only a GET of the exact callback with the state of an
// invitation of ours makes us ask Kakao. No answer repeats the request, and
// while nobody logs in here there is no callback of the owner's.
func FuzzPublicCallback(f *testing.F) {
	const host = "talk.example"
	asked := 0
	kauth := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.WriteHeader(http.StatusBadRequest)
	}))
	f.Cleanup(kauth.Close)
	a := &App{Lang: wording.English, Log: slog.New(slog.DiscardHandler), Settings: &config.Settings{BaseURL: "https://" + host, CallbackURL: "https://" + host}}
	a.Session = auth.New(auth.Config{ClientID: "key", AuthURL: kauth.URL, APIURL: kauth.URL, CallbackURL: "https://" + host, Home: f.TempDir(),
		Store: keychain.NewMemory(), Lang: "en", Command: "kakaotalk-mcp", Open: func(string) error { return nil }})
	f.Cleanup(a.Session.Close)
	for _, target := range []string{
		"/friends/callback?code=one-time-code&state=STATE", "/friends/callback?state=STATE&error=access_denied&error_description=%1b%5b2J&code=one-time-code", "/friends/callback?state=STATE",
		"/friends/callback?code=one-time-code&state=STATEx", "/friends/callback?code=one-time-code&state=x&state=STATE", "/friends/callback?code=one-time-code&state=i.AAAA", "/friends/callback?%zz&code=c&state=STATE",
		"/friends/callback/?code=c&state=STATE", "/friends/%63allback?code=c&state=STATE", "/auth/callback?code=one-time-code&state=STATE", "/auth/callback?code=one-time-code&state=own", "/auth/callback",
	} {
		f.Add("GET", target, "")
		f.Add("HEAD", target, "")
	}
	f.Add("POST", "/friends/callback?code=c&state=STATE", "")
	f.Add("GET", "/friends/callback?code=c&state=STATE", "prefetch")
	f.Fuzz(func(t *testing.T, method, target, purpose string) {
		// A new one each time: an invitation closes after some failures.
		page, err := a.Session.Invite(t.Context(), "https://"+host+auth.ForFriends.CallbackPath())
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(page)
		if err != nil {
			t.Fatal(err)
		}
		state := u.Query().Get("state")
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(method + " " + strings.ReplaceAll(target, "STATE", state) + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n")))
		if err != nil {
			return // never reaches a handler
		}
		r.Header.Set("Purpose", purpose)
		before := asked
		w := httptest.NewRecorder()
		// A new handler each time: visitors are limited.
		h := viewer.NewHandler(nil, viewer.HandlerConfig{Host: host, Extra: a.publicCallbacks("https://" + host)})
		h.ServeHTTP(w, r)
		if w.Code == http.StatusSeeOther { // the page is at an address without the code
			at := w.Header().Get("Location")
			if strings.Contains(at, "one-time-code") || strings.Contains(at, state) {
				t.Errorf("%q: leads to %s", target, at)
			}
			next := httptest.NewRequest("GET", "https://"+host+at, nil)
			w = httptest.NewRecorder()
			h.ServeHTTP(w, next)
			if w.Code < 400 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
				t.Errorf("%q: %s is %d %s", target, at, w.Code, w.Header().Get("Content-Type"))
			}
		}
		q := r.URL.Query()
		want := 0
		if method == "GET" && r.Host == host && r.URL.EscapedPath() == "/friends/callback" && q.Get("state") == state && q.Get("error") == "" && !loopback.Prefetch(r.Header) {
			want = 1
		}
		if asked-before != want {
			t.Errorf("%s %q: asked Kakao %d times, want %d", method, target, asked-before, want)
		}
		if body := w.Body.String(); strings.Contains(body, "one-time-code") || strings.Contains(body, state) || strings.ContainsAny(body, "\x1b") {
			t.Errorf("%q: the answer repeats the request: %s", target, body)
		}
		// The page itself and the health check need no login.
		path := r.URL.EscapedPath()
		if w.Code >= 500 || w.Code == 200 && path != "/message" && path != "/healthz" && !strings.HasPrefix(path, "/message/") {
			t.Errorf("%s %q: status %d", method, target, w.Code)
		}
	})
}
