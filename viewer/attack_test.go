package viewer

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// onTheWire serves h on a real socket and sends requests as they are written.
func onTheWire(t *testing.T, h http.Handler) (host string, ask func(request string) (*http.Response, string)) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: h}
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(l) }()
	t.Cleanup(func() { server.Close(); <-done })
	return l.Addr().String(), func(request string) (*http.Response, string) {
		t.Helper()
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
		if _, err := io.WriteString(conn, request); err != nil {
			t.Fatal(err)
		}
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatalf("%.80q: %v", request, err)
		}
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatalf("%.80q: %v", request, err)
		}
		return res, string(body)
	}
}

// TestPathTraversal: no spelling of a path leaves the store, on a real server
// with a file beside the store that would be a message if it were in it.
func TestPathTraversal(t *testing.T) {
	s, now := newStore(t, Options{})
	id, _ := mustPut(t, s, "글", 0)
	secret := append(header{*now, now.Add(time.Hour)}.append(nil), "SECRET"...)
	for _, path := range []string{filepath.Join(filepath.Dir(s.dir), "secret"), filepath.Join(s.dir, "secret")} {
		if err := os.WriteFile(path, secret, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, ask := onTheWire(t, NewHandler(s, HandlerConfig{Host: "talk.example"}))
	name := fileName(id)
	for _, path := range []string{
		"/message/../secret/data", "/message/..%2fsecret/data", "/message/..%252fsecret/data", "/message/%2e%2e%2fsecret/data", "/message/....//secret/data",
		"/message/..\\secret/data", "/message/..%5csecret/data", "/message/secret/data", "/message/secret%00/data", "/message/%00" + id[1:] + "/data",
		"/message/" + name + "/data", "/message/" + name[:22] + "/data", "/message/%ef%bc%8e%ef%bc%8e%ef%bc%8fsecret/data", "/message/..%c0%afsecret/data",
		"/message/" + id + "%2f..%2f..%2fsecret/data", "/message/" + id + "/../../secret/data", "/message/" + id + ";x/data", "/message/" + id + "%0d%0aX-Evil:1/data",
		"/message/file:%2f%2f%2fetc%2fpasswd/data", "/message/CON/data", "/message/secret::$DATA/data", "http://talk.example/message/../secret/data", "/message/%/data",
	} {
		res, body := ask("GET " + path + " HTTP/1.1\r\nHost: talk.example\r\nConnection: close\r\n\r\n")
		if res.StatusCode != 404 && res.StatusCode != 400 || strings.Contains(body, "SECRET") || res.Header.Get("X-Evil") != "" || res.Header.Get("Location") != "" {
			t.Errorf("%s: %d %v %.40q", path, res.StatusCode, res.Header, body)
		}
	}
	for _, id := range []string{"..", "../secret", "secret", name, "/etc/passwd", "..\\secret", "secret\x00", strings.Repeat("A", 1<<20), "\xff\xfe", id + "\n"} {
		if _, err := s.Blob(t.Context(), id); err != ErrNotFound {
			t.Errorf("id %.30q: %v", id, err)
		}
		if err := s.Revoke(t.Context(), id); id != name && !errors.Is(err, ErrNotFound) {
			t.Errorf("revoking %.30q: %v", id, err)
		}
	}
	for _, path := range []string{filepath.Join(filepath.Dir(s.dir), "secret"), filepath.Join(s.dir, "secret")} {
		if _, err := os.Stat(path); err != nil {
			t.Errorf("a file that is no message was touched: %v", err)
		}
	}
}

// TestHostilePages: a page of another site, or one whose name was pointed at
// this computer, gets nothing it may read and changes nothing.
func TestHostilePages(t *testing.T) {
	s, _ := newStore(t, Options{})
	id, _ := mustPut(t, s, "글", 0)
	called := 0
	_, ask := onTheWire(t, NewHandler(s, HandlerConfig{Host: "talk.example", Extra: map[string]http.Handler{
		"/friends/callback": http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called++ })}}))
	const cross = "Origin: https://evil.example\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: cors\r\n"
	for name, c := range map[string]struct {
		request string
		want    int
	}{
		"rebinding":            {"GET /message/" + id + "/data HTTP/1.1\r\nHost: evil.example\r\n", 421},
		"rebinding, port":      {"GET /message HTTP/1.1\r\nHost: talk.example:17655\r\n", 421},
		"rebinding, loopback":  {"GET /message HTTP/1.1\r\nHost: 127.0.0.1:17655\r\n", 421},
		"rebinding, forwarded": {"GET /message HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: talk.example\r\nForwarded: host=talk.example\r\n", 421},
		"two hosts":            {"GET /message HTTP/1.1\r\nHost: talk.example\r\nHost: evil.example\r\n", 400},
		"absolute form":        {"GET http://evil.example/message HTTP/1.1\r\nHost: talk.example\r\n", 421},
		"no host":              {"GET /message HTTP/1.0\r\n", 421},
		"fetch":                {"GET /message/" + id + "/data HTTP/1.1\r\nHost: talk.example\r\n" + cross, 200},
		"preflight":            {"OPTIONS /message HTTP/1.1\r\nHost: talk.example\r\nAccess-Control-Request-Method: PUT\r\nAccess-Control-Request-Private-Network: true\r\n" + cross, 405},
		"form":                 {"POST /friends/callback HTTP/1.1\r\nHost: talk.example\r\nContent-Length: 0\r\n" + cross, 405},
		"smuggled":             {"GET /message HTTP/1.1\r\nHost: talk.example\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n", 400},
		"body":                 {"GET /friends/callback HTTP/1.1\r\nHost: talk.example\r\nContent-Length: 4\r\n", 400},
		"method override":      {"GET /message/" + id + "/data HTTP/1.1\r\nHost: talk.example\r\nX-HTTP-Method-Override: DELETE\r\n", 200},
		"upgrade":              {"GET /healthz HTTP/1.1\r\nHost: talk.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" + cross, 200},
	} {
		res, _ := ask(c.request + "\r\n")
		if res.StatusCode != c.want {
			t.Errorf("%s: %d, want %d", name, res.StatusCode, c.want)
		}
		for header := range res.Header {
			if strings.HasPrefix(header, "Access-Control-") || header == "Set-Cookie" || header == "Location" {
				t.Errorf("%s: the answer has %s", name, header)
			}
		}
		if res.StatusCode == 200 && res.Header.Get("Cross-Origin-Resource-Policy") != "same-origin" {
			t.Errorf("%s: other sites may embed it", name)
		}
	}
	if called != 0 {
		t.Errorf("the callback was called %d times", called)
	}
	if _, err := s.Blob(t.Context(), id); err != nil {
		t.Errorf("the message is gone: %v", err)
	}
}

// TestBlobFlood: however many messages are put or foreign files lie there, the
// folder stays within its caps and a look into it stays possible.
func TestBlobFlood(t *testing.T) {
	s, now := newStore(t, Options{MaxCount: 50, MaxBytes: 4 << 10})
	kept := 0
	for i := range 500 {
		if _, _, err := s.Put(t.Context(), fmt.Sprint(i), 0); err == nil {
			kept++
		} else if !errors.Is(err, ErrFull) {
			t.Fatal(err)
		}
	}
	total := int64(0)
	files, err := os.ReadDir(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if info, err := f.Info(); err == nil {
			total += info.Size()
		}
	}
	if kept == 0 || kept > 50 || len(files) != kept || total > 4<<10 {
		t.Errorf("%d kept, %d files of %d bytes", kept, len(files), total)
	}
	// Messages "from the future" that never expire, and one whose name is not its own.
	for i := range 100 {
		content := append(header{*now, now.Add(1 << 62)}.append(nil), "x"...)
		if err := os.WriteFile(filepath.Join(s.dir, fmt.Sprintf("%064x", i)), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Put(t.Context(), "글", 0); !errors.Is(err, ErrFull) {
		t.Errorf("planted files do not count: %v", err)
	}
}
