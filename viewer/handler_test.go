package viewer

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// get asks the handler as a server would, with the path as it was sent.
func get(h http.Handler, method, target string, change func(*http.Request)) *http.Response {
	r := httptest.NewRequest(method, "http://talk.example"+target, nil)
	r.RemoteAddr = "192.0.2.1:1234"
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func TestHandlerPaths(t *testing.T) {
	s, _ := newStore(t, Options{})
	id, _ := mustPut(t, s, "글", 0)
	h := NewHandler(s, HandlerConfig{
		Host: "Talk.example",
		Extra: map[string]http.Handler{"/friends/callback": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			fmt.Fprint(w, "callback "+r.URL.Query().Get("code"))
		})},
	})
	for _, c := range []struct {
		target string
		status int
		kind   string
	}{
		{"/message", 200, "text/html; charset=utf-8"},
		{"/message?utm=x", 200, "text/html; charset=utf-8"},
		{"/message/" + id, 200, "text/html; charset=utf-8"},
		{"/message/AAAAAAAAAAAAAAAAAAAAAA", 404, "text/html; charset=utf-8"},
		{"/message/" + id + "/data", 200, "application/octet-stream"},
		{"/healthz", 200, "text/plain; charset=utf-8"},
		{"/friends/callback?code=1", 200, "text/plain; charset=utf-8"},
		{"/message/" + id[:20], 404, "text/html; charset=utf-8"},
		{"/message/AAAAAAAAAAAAAAAAAAAAAA/data", 404, "text/plain; charset=utf-8"},
	} {
		r := get(h, "GET", c.target, nil)
		if r.StatusCode != c.status || r.Header.Get("Content-Type") != c.kind {
			t.Errorf("%s: %d %s", c.target, r.StatusCode, r.Header.Get("Content-Type"))
		}
	}
	for _, target := range []string{
		"/", "/message/", "/Message", "//message", "/message//" + id, "/./message", "/x/../message", "/message/../healthz",
		"/%6dessage", "/message%2F" + id, "/message/%2e%2e/healthz", "/message/" + id + "/", "/message/" + id + "/data/",
		"/message/" + id + "/Data", "/message/../data", "/message//data", "/friends/callback/", "/friends/%63allback", "/favicon.ico",
		"/auth/callback", "/healthz/", "/message/..%2f..%2fetc%2fpasswd/data", "/message/" + strings.Repeat("a", 65), "/.env",
	} {
		r := get(h, "GET", target, nil)
		if body, _ := io.ReadAll(r.Body); r.StatusCode != 404 || string(body) != "not found\n" || r.Header.Get("Location") != "" {
			t.Errorf("%s: %d %.20q", target, r.StatusCode, body)
		}
	}
}

func TestHandlerRefuses(t *testing.T) {
	h := NewHandler(nil, HandlerConfig{Host: "talk.example"})
	for _, host := range []string{"", "evil.example", "talk.example:80", "talk.example.", "127.0.0.1", "talk.example, evil.example"} {
		if r := get(h, "GET", "/message", func(r *http.Request) { r.Host = host }); r.StatusCode != http.StatusMisdirectedRequest {
			t.Errorf("host %q: %d", host, r.StatusCode)
		}
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"} {
		if r := get(h, method, "/message", nil); r.StatusCode != 405 || r.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: %d", method, r.StatusCode)
		}
	}
	if r := get(h, "GET", "/message", func(r *http.Request) { r.ContentLength = 5 }); r.StatusCode != 400 {
		t.Errorf("with a body: %d", r.StatusCode)
	}
	for _, target := range []string{"", "/data"} {
		if r := get(h, "GET", "/message/AAAAAAAAAAAAAAAAAAAAAA"+target, nil); r.StatusCode != 404 {
			t.Errorf("%s without a store: %d", target, r.StatusCode)
		}
	}
}

// Nobody learns from outside whether a message is unknown, expired or revoked.
func TestHandlerAnswersAlike(t *testing.T) {
	s, now := newStore(t, Options{})
	expired, _ := mustPut(t, s, "글", time.Hour)
	revoked, _ := mustPut(t, s, "글", 0)
	if err := s.Revoke(t.Context(), revoked); err != nil {
		t.Fatal(err)
	}
	*now = now.Add(time.Hour)
	h := NewHandler(s, HandlerConfig{Host: "talk.example"})
	for target, wantBody := range map[string]string{"": string(messagePage(true).html), "/data": "not found\n"} {
		answer := func(id string) string {
			r := get(h, "GET", "/message/"+id+target, nil)
			body, _ := io.ReadAll(r.Body)
			if r.StatusCode != 404 || string(body) != wantBody {
				t.Errorf("/message/<id>%s: %d with %.40q", target, r.StatusCode, body)
			}
			return fmt.Sprint(r.StatusCode, r.Header, string(body))
		}
		unknown := answer("AAAAAAAAAAAAAAAAAAAAAA")
		for _, id := range []string{expired, revoked} {
			if diff := cmp.Diff(unknown, answer(id)); diff != "" {
				t.Error(diff)
			}
		}
	}
}

func TestHandlerHeaders(t *testing.T) {
	s, _ := newStore(t, Options{})
	id, _ := mustPut(t, s, "글", 0)
	h := NewHandler(s, HandlerConfig{Host: "talk.example"})
	for _, target := range []string{"/message", "/message/" + id, "/message/" + id + "/data", "/healthz", "/nothing"} {
		r := get(h, "GET", target, nil)
		for name, want := range map[string]string{
			"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow, noarchive, nosnippet", "Cache-Control": "no-store",
			"X-Content-Type-Options": "nosniff", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
			"Permissions-Policy": "browsing-topics=()",
		} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s %s: %q", target, name, got)
			}
		}
		policy := r.Header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: policy without %s", target, part)
			}
		}
		if strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q", target, policy)
		}
	}
}

func TestServerHead(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: NewHandler(nil, HandlerConfig{Host: l.Addr().String()})}
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(l) }()
	defer func() { server.Close(); <-done }()

	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	fmt.Fprintf(conn, "HEAD /message HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", l.Addr())
	r, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: "HEAD"})
	if err != nil || r.StatusCode != 200 || r.ContentLength != int64(len(messagePage(true).html)) {
		t.Fatalf("HEAD: %v, %v", r, err)
	}
}

func TestLimitPerVisitor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHandler(nil, HandlerConfig{Host: "talk.example", Forwarded: true})
		ask := func(forwarded ...string) int {
			return get(h, "GET", "/healthz", func(r *http.Request) { r.Header["X-Forwarded-For"] = forwarded }).StatusCode
		}
		count := func(n int, forwarded ...string) (allowed int) {
			for range n {
				if ask(forwarded...) == 200 {
					allowed++
				}
			}
			return allowed
		}
		// What a visitor writes himself stands left and counts for nothing.
		if n := count(100, "203.0.113.9", "10.0.0.1, 198.51.100.7"); n != int(visitorRate.burst) {
			t.Errorf("%d of 100 at once, want %v", n, visitorRate.burst)
		}
		if n := count(5, "203.0.113.9, 198.51.100.7"); n != 0 {
			t.Errorf("%d more with a forged address", n)
		}
		if ask("198.51.100.8") != 200 {
			t.Error("a neighbour is limited too")
		}
		time.Sleep(2 * time.Second)
		if n := count(100, "198.51.100.7"); n != 2*int(visitorRate.perSecond) {
			t.Errorf("%d after two seconds", n)
		}
		// A household of IPv6 addresses is one visitor.
		household := 0
		for i := range 100 {
			household += count(1, fmt.Sprintf("2001:db8:1:2::%x", i+1))
		}
		if household != int(visitorRate.burst) {
			t.Errorf("%d of 100 from one network", household)
		}
	})
}

func TestLimitShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHandler(nil, HandlerConfig{Host: "talk.example"})
		allowed := 0
		for i := range 1000 {
			r := get(h, "GET", "/healthz", func(r *http.Request) { r.Header.Set("X-Forwarded-For", fmt.Sprintf("10.0.%d.%d", i/256, i%256)) })
			if r.StatusCode == 200 {
				allowed++
			} else if r.StatusCode != 429 || r.Header.Get("Retry-After") == "" {
				t.Fatalf("refused with %d", r.StatusCode)
			}
		}
		if allowed != int(sharedRate.burst) {
			t.Errorf("%d of 1000 at once, want %v", allowed, sharedRate.burst)
		}
	})
}

func TestLimitForgetsVisitors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(true)
		now := time.Now()
		for i := range 5 * maxVisitors {
			l.visitor(fmt.Sprint(i), now)
		}
		if n := len(l.young) + len(l.old); n > 2*maxVisitors {
			t.Errorf("%d visitors are remembered", n)
		}
	})
}

func TestParallelCap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		h := NewHandler(nil, HandlerConfig{Host: "talk.example", Extra: map[string]http.Handler{
			"/slow": http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }),
		}})
		for range maxParallel {
			go get(h, "GET", "/slow", nil)
		}
		synctest.Wait()
		if r := get(h, "GET", "/message", nil); r.StatusCode != 429 {
			t.Errorf("one more than the cap: %d", r.StatusCode)
		}
		close(release)
		synctest.Wait()
		if r := get(h, "GET", "/message", nil); r.StatusCode != 200 {
			t.Errorf("afterwards: %d", r.StatusCode)
		}
	})
}
