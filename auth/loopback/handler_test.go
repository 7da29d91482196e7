package loopback

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

const okQuery = "?code=abc&state=" + testState

// Requests that are not the callback: answered, without ending the login.
func TestIgnoredRequests(t *testing.T) {
	var completed atomic.Int32
	l, origin := start(t, Config{
		Paths: []string{"/auth/callback", "/friends/callback"},
		Hosts: []string{"talk.example.com"},
		Complete: func(context.Context, url.Values) Page {
			completed.Add(1)
			return success()
		},
	})
	host := strings.TrimPrefix(origin, "http://")
	port := host[strings.Index(host, ":"):]
	tests := []struct {
		name, method, target string
		host, header, value  string
		want                 int
		title                string
	}{
		{name: "root", target: "/", want: 404, title: "Nothing here"},
		{name: "favicon", target: "/favicon.ico", want: 404, title: "Nothing here"},
		{name: "other path", target: "/message" + okQuery, want: 404, title: "Nothing here"},
		{name: "longer path", target: "/auth/callback/" + okQuery, want: 404, title: "Nothing here"},
		{name: "unclean path", target: "//auth/callback" + okQuery, want: 404, title: "Nothing here"},
		{name: "dotted path", target: "/auth/../auth/callback" + okQuery, want: 404, title: "Nothing here"},
		{name: "encoded slash", target: "/auth%2Fcallback" + okQuery, want: 404, title: "Nothing here"},
		{name: "encoded letter", target: "/auth/%63allback" + okQuery, want: 404, title: "Nothing here"},
		{name: "other case", target: "/Auth/callback" + okQuery, want: 404, title: "Nothing here"},
		{name: "HEAD", method: "HEAD", target: "/auth/callback" + okQuery, want: 405},
		{name: "OPTIONS", method: "OPTIONS", target: "/auth/callback" + okQuery, want: 405, title: "Nothing here"},
		{name: "POST", method: "POST", target: "/auth/callback" + okQuery, want: 405, title: "Nothing here"},
		{name: "foreign host", target: "/auth/callback" + okQuery, host: "evil.example" + port, want: 421, title: "Nothing here"},
		{name: "other loopback name", target: "/auth/callback" + okQuery, host: "127.0.0.1" + port, want: 421, title: "Nothing here"},
		{name: "host without port", target: "/auth/callback" + okQuery, host: "localhost", want: 421, title: "Nothing here"},
		{name: "extra host with a port", target: "/auth/callback" + okQuery, host: "talk.example.com" + port, want: 421, title: "Nothing here"},
		{name: "long query", target: "/auth/callback" + okQuery + "&x=" + strings.Repeat("x", maxQuery), want: 414, title: "Nothing here"},
		{name: "no query", target: "/auth/callback", want: 400, title: "Not this login"},
		{name: "no state", target: "/auth/callback?code=abc", want: 400, title: "Not this login"},
		{name: "empty state", target: "/auth/callback?code=abc&state=", want: 400, title: "Not this login"},
		{name: "wrong state", target: "/auth/callback?code=abc&state=x" + testState[1:], want: 400, title: "Not this login"},
		{name: "beginning of the state", target: "/auth/callback?code=abc&state=" + testState[:10], want: 400, title: "Not this login"},
		{name: "error with wrong state", target: "/auth/callback?error=access_denied&state=x", want: 400, title: "Not this login"},
		{name: "error without state", target: "/friends/callback?error=access_denied", want: 400, title: "Not this login"},
		{name: "two states", target: "/auth/callback" + okQuery + "&state=" + testState, want: 400, title: "Not this login"},
		{name: "two codes", target: "/auth/callback" + okQuery + "&code=def", want: 400, title: "Not this login"},
		{name: "two errors", target: "/auth/callback?error=a&error=b&state=" + testState, want: 400, title: "Not this login"},
		{name: "semicolon", target: "/auth/callback?code=abc;state=" + testState, want: 400, title: "Not this login"},
		{name: "bad encoding", target: "/auth/callback" + okQuery + "&x=%zz", want: 400, title: "Not this login"},
		{name: "state alone", target: "/auth/callback?state=" + testState, want: 400, title: "Not this login"},
		{name: "empty code", target: "/auth/callback?code=&state=" + testState, want: 400, title: "Not this login"},
		{name: "prefetch", target: "/auth/callback" + okQuery, header: "Sec-Purpose", value: "prefetch", want: 204},
		{name: "prerender", target: "/auth/callback" + okQuery, header: "Sec-Purpose", value: "prefetch;prerender", want: 204},
		{name: "old prefetch", target: "/auth/callback" + okQuery, header: "Purpose", value: "prefetch", want: 204},
		{name: "Safari preview", target: "/auth/callback" + okQuery, header: "X-Purpose", value: "preview", want: 204},
		{name: "prefetch with wrong state", target: "/auth/callback?code=abc&state=x", header: "Purpose", value: "prefetch", want: 400, title: "Not this login"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), test.method, origin+test.target, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Host = test.host
			if test.header != "" {
				req.Header.Set(test.header, test.value)
			}
			got := send(t, req)
			if got.Status != test.want || !strings.Contains(got.Body, test.title) || strings.Contains(got.Body, testState) {
				t.Errorf("status %d, want %d with %q; body:\n%s", got.Status, test.want, test.title, got.Body)
			}
			if allow := got.Header.Get("Allow"); (allow == "GET") != (test.want == 405) {
				t.Errorf("Allow: %q", allow)
			}
			if got.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("headers: %v", got.Header)
			}
		})
	}
	if n := completed.Load(); n != 0 {
		t.Fatalf("completed %d times", n)
	}

	// After all of that the login still works, also through the extra host.
	req, err := http.NewRequestWithContext(t.Context(), "GET", origin+"/friends/callback"+okQuery, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "talk.example.com"
	if got := send(t, req); got.Status != 200 || completed.Load() != 1 {
		t.Errorf("status %d, completed %d times on port %d", got.Status, completed.Load(), l.Port())
	}
}

func TestWhatCompleteGets(t *testing.T) {
	tests := []struct {
		name, query string
		want        url.Values
	}{
		{"code", okQuery, url.Values{"code": {"abc"}, "state": {testState}}},
		{"error", "?error=access_denied&error_description=User+denied&state=" + testState,
			url.Values{"error": {"access_denied"}, "error_description": {"User denied"}, "state": {testState}}},
		{"both count as an error", okQuery + "&error=server_error", url.Values{"error": {"server_error"}, "state": {testState}}},
		{"empty error", okQuery + "&error=", url.Values{"code": {"abc"}, "error": {""}, "state": {testState}}},
		{"more parameters", okQuery + "&x=1", url.Values{"code": {"abc"}, "x": {"1"}, "state": {testState}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := make(chan url.Values, 1)
			_, origin := start(t, Config{Complete: func(_ context.Context, q url.Values) Page {
				got <- q
				return Page{Title: "Done"}
			}})
			get(t, origin+"/auth/callback"+test.query)
			select {
			case q := <-got:
				if diff := cmp.Diff(test.want, q); diff != "" {
					t.Errorf("query (-want +got):\n%s", diff)
				}
			default:
				t.Error("Complete was not called")
			}
		})
	}
}

func TestSecondCallback(t *testing.T) {
	var completed atomic.Int32
	_, origin := start(t, Config{Complete: func(context.Context, url.Values) Page {
		completed.Add(1)
		return Page{Status: 502, Lang: "en", Title: "Login failed", Body: []string{"Kakao said no."}}
	}})
	first := get(t, origin+"/auth/callback"+okQuery)
	if first.Status != 502 || !strings.Contains(first.Body, "Kakao said no.") || strings.Contains(first.Body, "finished before") {
		t.Errorf("first: %d\n%s", first.Status, first.Body)
	}
	for _, query := range []string{okQuery, "?code=other&state=" + testState, "?error=access_denied&state=" + testState} {
		got := get(t, origin+"/auth/callback"+query)
		if got.Status != 502 || !strings.Contains(got.Body, "Kakao said no.") || !strings.Contains(got.Body, "finished before") {
			t.Errorf("%s: %d\n%s", query, got.Status, got.Body)
		}
	}
	if n := completed.Load(); n != 1 {
		t.Errorf("completed %d times", n)
	}
}

func TestManyCallbacksAtOnce(t *testing.T) {
	var completed atomic.Int32
	arrived := make(chan struct{})
	_, origin := start(t, Config{Complete: func(context.Context, url.Values) Page {
		completed.Add(1)
		<-arrived
		return success()
	}})
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			if got := get(t, origin+"/auth/callback"+okQuery); got.Status != 200 || !strings.Contains(got.Body, "Logged in") {
				t.Errorf("%d\n%s", got.Status, got.Body)
			}
		})
	}
	close(arrived)
	group.Wait()
	if n := completed.Load(); n != 1 {
		t.Errorf("completed %d times", n)
	}
}

// A request that was under way when the listener stopped.
func TestCallbackAfterStop(t *testing.T) {
	h := newHandler(Config{
		Paths: []string{"/auth/callback"}, State: testState, Pages: testPages,
		Complete: func(context.Context, url.Values) Page {
			t.Error("completed after stop")
			return success()
		},
	}, []string{"example.com"})
	h.stop()
	h.stop()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/auth/callback"+okQuery, nil))
	if w.Code != http.StatusGone || !strings.Contains(w.Body.String(), "Not this login") {
		t.Errorf("%d\n%s", w.Code, w.Body)
	}
}

// Times that are too long for real sockets.
func TestSlowComplete(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(Config{
			Paths: []string{"/auth/callback"}, State: testState, Pages: testPages,
			Complete: func(ctx context.Context, _ url.Values) Page {
				<-ctx.Done()
				return success()
			},
		}, []string{"example.com"})
		request := func(ctx context.Context) (status int, body string, took time.Duration) {
			began := time.Now()
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequestWithContext(ctx, "GET", "/auth/callback"+okQuery, nil))
			return w.Code, w.Body.String(), time.Since(began)
		}
		first, cancel := context.WithCancel(t.Context())
		var group sync.WaitGroup
		group.Go(func() {
			status, body, took := request(first)
			if status != 200 || !strings.Contains(body, "Logged in") || took != completeTimeout {
				t.Errorf("first: %d after %v\n%s", status, took, body)
			}
		})
		synctest.Wait()
		cancel() // the tab is closed: Complete goes on

		status, body, took := request(t.Context())
		if status != 202 || !strings.Contains(body, "In progress") || took != secondWait {
			t.Errorf("reload: %d after %v\n%s", status, took, body)
		}
		gone, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, body, took := request(gone); body != "" || took != time.Second {
			t.Errorf("reload that went away: %q after %v", body, took)
		}
		time.Sleep(completeTimeout - secondWait - time.Second - 5*time.Second)
		status, body, took = request(t.Context())
		if status != 200 || !strings.Contains(body, "Logged in") || took != 5*time.Second {
			t.Errorf("reload near the end: %d after %v\n%s", status, took, body)
		}
		group.Wait()
	})
}
