package viewer

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// called counts what it is asked for and answers with a page.
func called(count *int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*count++
		switch r.URL.Query().Get("code") {
		case "":
			http.NotFound(w, r)
		case "early":
			w.WriteHeader(http.StatusNoContent)
		case "pending", "wrong":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.WriteHeader(map[string]int{"pending": http.StatusAccepted, "wrong": http.StatusBadRequest}[r.URL.Query().Get("code")])
		default:
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Security-Policy", "of the page")
			w.WriteHeader(http.StatusOK)
			fmt.Fprintf(w, "page %d", *count)
		}
	})
}

func withCallback(count *int) http.Handler {
	return NewHandler(nil, HandlerConfig{Host: "talk.example", Extra: map[string]http.Handler{
		"/friends/callback": called(count), "/auth/callback": called(count)}})
}

// TestCodeLeavesTheAddress: a browser keeps addresses in its history, so the page
// of a callback is shown at one without the code, as often as it is reloaded.
func TestCodeLeavesTheAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		count := 0
		h := withCallback(&count)
		r := get(h, "GET", "/friends/callback?code=secret&state=x", nil)
		body, _ := io.ReadAll(r.Body)
		clean := r.Header.Get("Location")
		u, err := url.Parse(clean)
		if err != nil || r.StatusCode != http.StatusSeeOther || u.Path != "/friends/callback" || u.Host != "" || strings.Contains(clean, "secret") || strings.Contains(string(body), "secret") {
			t.Fatalf("%d to %q with %q", r.StatusCode, clean, body)
		}
		if r.Header.Get("Referrer-Policy") != "no-referrer" || r.Header.Get("Cache-Control") != "no-store" || r.Header.Get("Content-Security-Policy") != closedPolicy {
			t.Errorf("headers of the redirect: %v", r.Header)
		}
		shows := func(target string) bool {
			r := get(h, "GET", target, nil)
			body, _ := io.ReadAll(r.Body)
			return r.StatusCode == http.StatusOK && string(body) == "page 1" && r.Header.Get("Content-Security-Policy") == "of the page" && r.Header.Get("Cache-Control") == "no-store"
		}
		for range 2 {
			if !shows(clean) {
				t.Error("the page is not at its address")
			}
		}
		if count != 1 {
			t.Errorf("the callback was carried out %d times", count)
		}
		for _, other := range []string{strings.Replace(clean, "/friends/", "/auth/", 1), clean + "x", "/friends/callback?shown=", "/friends/callback"} {
			if shows(other) {
				t.Errorf("the page is also at %s", other)
			}
		}
		time.Sleep(shownFor + time.Second)
		if shows(clean) {
			t.Error("the page stays for ever")
		}
	})
}

// TestOnlyPagesMove: what is no page of a success is answered where it was asked; a
// page that says "under way" could not be reloaded elsewhere.
func TestOnlyPagesMove(t *testing.T) {
	count := 0
	h := withCallback(&count)
	for target, want := range map[string]int{"/friends/callback": 404, "/friends/callback?x=y": 404, "/friends/callback?code=early": 204,
		"/friends/callback?code=pending": 202, "/friends/callback?code=wrong": 400} {
		if r := get(h, "GET", target, nil); r.StatusCode != want || r.Header.Get("Location") != "" {
			t.Errorf("%s: %d to %q", target, r.StatusCode, r.Header.Get("Location"))
		}
	}
	if r := get(h, "HEAD", "/friends/callback?code=1", nil); r.StatusCode != 200 {
		t.Errorf("HEAD: %d", r.StatusCode)
	}
}

// TestShownPagesAreBounded: strangers cannot fill the memory with them.
func TestShownPagesAreBounded(t *testing.T) {
	count := 0
	o := &outcomes{}
	large := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Write(make([]byte, maxShownPage+1))
	})
	ask := func(callback http.Handler) *http.Response {
		return get(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { o.serve(w, r, callback) }), "GET", "/auth/callback?code=1", nil)
	}
	if r := ask(large); r.StatusCode != 200 || len(o.kept) != 0 {
		t.Errorf("a large page: %d, %d kept", r.StatusCode, len(o.kept))
	}
	var last string
	for range 3 * maxShown {
		last = ask(called(&count)).Header.Get("Location")
	}
	if len(o.kept) != maxShown {
		t.Errorf("%d pages are kept", len(o.kept))
	}
	if r := get(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { o.serve(w, r, large) }), "GET", last, nil); r.StatusCode != 200 {
		t.Errorf("the newest page: %d", r.StatusCode)
	}
}
