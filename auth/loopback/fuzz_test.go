package loopback

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// Only a GET for our page on our host with exactly this login's state, once, and
// a code or an error completes the login, and only the first one does. No answer
// repeats anything of the request.
func FuzzCallback(f *testing.F) {
	const host, path = "localhost:17654", "/auth/callback"
	good := path + "?code=one-time-code&state=" + testState
	for _, target := range []string{
		good, good + "&state=" + testState, good + "x", strings.Replace(good, "state", "st%61te", 1), good + "&scope=a%20b",
		path + "?error=access_denied&error_description=%3Cb%3E%EB%84%A4&code=one-time-code&state=" + testState,
		path + "?state=" + testState, path + "?code=&state=" + testState, path + "?code=a;state=" + testState, path + "?code=%zz&state=" + testState,
		path, "/auth/%63allback?code=c&state=" + testState, "//auth/callback?code=c&state=" + testState, "/", "http://" + host + good, "*",
		path + "?error=e&state=" + strings.ToLower(testState), path + "?x=" + strings.Repeat("y", maxQuery) + "&code=c&state=" + testState,
	} {
		f.Add("GET", host, target, "")
	}
	f.Add("POST", host, good, "")
	f.Add("HEAD", host, good, "")
	f.Add("GET", "localhost:17654.evil.example", good, "")
	f.Add("GET", "127.0.0.1:17654", good, "")
	f.Add("GET", host, good, "prefetch;prerender")
	f.Fuzz(func(t *testing.T, method, name, target, purpose string) {
		if strings.ContainsAny(purpose, "\r\n") || strings.ContainsAny(name, "\r\n") {
			return // another header line
		}
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(method + " " + target + " HTTP/1.1\r\nHost: " + name + "\r\nSec-Purpose: " + purpose + "\r\n\r\n")))
		if err != nil {
			return // never reaches a handler
		}
		var taken []url.Values
		h := newHandler(Config{Paths: []string{path}, State: testState, Pages: testPages, Complete: func(_ context.Context, q url.Values) Page {
			taken = append(taken, q)
			return success()
		}}, []string{host})
		var answers [2]*httptest.ResponseRecorder
		for i := range answers {
			answers[i] = httptest.NewRecorder()
			h.ServeHTTP(answers[i], r)
		}
		for _, a := range answers {
			body := a.Body.String()
			if a.Header().Get("Referrer-Policy") != "no-referrer" || a.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("status %d: the address, which may hold a code, is not kept back", a.Code)
			}
			if strings.Contains(target, "one-time-code") && strings.Contains(body, "one-time-code") || strings.Contains(body, testState) {
				t.Errorf("the answer repeats the request: %s", body)
			}
		}
		if len(taken) == 0 {
			if c := answers[0].Code; c/100 != 4 && c != http.StatusNoContent || c == http.StatusNoContent && purpose == "" {
				t.Errorf("%s %q: status %d, but nothing was completed", method, target, c)
			}
			return
		}
		sent, query, _ := strings.Cut(strings.TrimPrefix(target, "http://"+r.Host), "?")
		if len(taken) != 1 || r.Method != "GET" || r.Host != host || r.URL.Scheme == "" && sent != path || r.URL.EscapedPath() != path {
			t.Fatalf("%d completed by %s %s %q", len(taken), r.Method, r.Host, target)
		}
		states := 0
		for pair := range strings.SplitSeq(strings.SplitN(query, "#", 2)[0], "&") {
			key, value, _ := strings.Cut(pair, "=")
			key, err1 := url.QueryUnescape(key)
			value, err2 := url.QueryUnescape(value)
			if err1 != nil || err2 != nil {
				t.Errorf("completed by a malformed query %q", query)
			}
			if key == "state" {
				states++
				if value != testState {
					t.Errorf("completed with the state %q", value)
				}
			}
		}
		if q := taken[0]; states != 1 || (q.Get("code") != "") == (q.Get("error") != "") {
			t.Errorf("%d states, values %v from %q", states, q, query)
		}
		if !strings.Contains(answers[1].Body.String(), testPages.AlreadyUsed[0]) {
			t.Error("the second callback is not told that it is the second")
		}
	})
}
