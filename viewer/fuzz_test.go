package viewer

import (
	"bufio"
	"bytes"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// Whatever is asked, an answer is the page, a blob that was asked for by its
// exact address, or a fixed word: nothing of the request comes back, nothing
// leads away, and one visitor leaves at most one short name in memory.
func FuzzRequest(f *testing.F) {
	const host = "talk.example"
	store, _ := newStore(f, Options{})
	id, _ := mustPut(f, store, "안녕하세요", 0)
	blob, err := store.Blob(f.Context(), id)
	if err != nil {
		f.Fatal(err)
	}
	for _, target := range []string{
		"/", "/message", "/message?x=<script>", "/message/ID", "/message/ID/data", "/message/ID/data?a=b", "/message/ID/data/", "/message//data", "/message/../data", "/message/ID%2fdata",
		"/message/..%2f..%2fetc%2fpasswd/data", "/healthz", "/callback?code=<b>", "//evil.example/message", "http://" + host + "/message", "/message/" + strings.Repeat("a", 64), "*", "/%", "/message/I\x00D",
	} {
		f.Add("GET", host, target, "203.0.113.7")
	}
	f.Add("HEAD", "TALK.example", "/message/ID/data", "2001:db8::1%eth0, ::ffff:10.0.0.1")
	f.Add("POST", host, "/message", "")
	f.Add("CONNECT", host, host+":443", "")
	f.Add("GET", "talk.example:443", "/message", "x")
	f.Add("GET", host, "/message", strings.Repeat("x", 300))
	f.Add("GET", "evil.example", "/message/ID/data", ",")
	h := NewHandler(store, HandlerConfig{Host: host, Forwarded: true, Extra: map[string]http.Handler{
		"/callback": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "callback") })}}).(*handler)
	f.Fuzz(func(t *testing.T, method, name, target, visitor string) {
		if strings.ContainsAny(name+visitor, "\r\n") {
			return // another header line
		}
		target = strings.ReplaceAll(target, "ID", id)
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(method + " " + target + " HTTP/1.1\r\nHost: " + name + "\r\nX-Forwarded-For: " + visitor + "\r\n\r\n")))
		if err != nil {
			return // never reaches a handler
		}
		r.RemoteAddr = "127.0.0.1:1234"
		h.limiter = newLimiter(true)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		path, _, _ := strings.Cut(target, "?")
		if r.URL.IsAbs() { // as to a proxy
			path = r.URL.EscapedPath()
		}
		body := w.Body.Bytes()
		answerable := strings.EqualFold(r.Host, host) && (method == "GET" || method == "HEAD")
		switch w.Code {
		case http.StatusOK:
			known := map[string][]byte{"/healthz": []byte("ok\n"), "/callback": []byte("callback"), "/message/" + id + "/data": blob}
			want, special := known[path]
			if !special {
				want = h.page.html
			}
			if !answerable || !bytes.Equal(body, want) || !special && path != "/message" && !strings.HasPrefix(path, "/message/") {
				t.Errorf("%s %s %q: 200 with %d bytes", method, r.Host, target, len(body))
			}
		case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusMisdirectedRequest, http.StatusBadRequest:
			if text := strings.ToLower(http.StatusText(w.Code)) + "\n"; string(body) != text && !bytes.Equal(body, h.page.html) {
				t.Errorf("%q: status %d with %.100q", target, w.Code, body)
			}
		default:
			t.Errorf("%s %q: status %d", method, target, w.Code)
		}
		header := w.Result().Header
		if header.Get("X-Content-Type-Options") != "nosniff" || header.Get("Content-Security-Policy") == "" || header.Get("Location") != "" || header.Get("Set-Cookie") != "" {
			t.Errorf("%q: headers %v", target, header)
		}
		for _, line := range slices.Concat(slices.Collect(maps.Values(header))...) {
			if strings.Contains(line, id) || strings.ContainsAny(line, "\r\n") {
				t.Errorf("%q: header %q", target, line)
			}
		}
		for key := range h.limiter.young {
			if len(key) > 64 || len(h.limiter.young) > 1 {
				t.Errorf("visitors remembered: %d, %q", len(h.limiter.young), key)
			}
		}
	})
}
