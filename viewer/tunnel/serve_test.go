package tunnel

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func externalConfig(addr string) Config {
	return Config{
		Spec: Spec{Kind: External}, BaseURL: testBase, ViewerAddr: addr,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Host) }),
	}
}

func TestExternal(t *testing.T) {
	addr := freeAddr(t)
	r := start(t, externalConfig(addr), quick())
	r.awaitUp()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "talk.example.com"
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if b, err := io.ReadAll(resp.Body); err != nil || string(b) != "talk.example.com" {
		t.Errorf("answer %q, %v", b, err)
	}
	r.cancel()
	if err := r.ended(); err != nil {
		t.Error(err)
	}
	if c, err := net.Dial("tcp", addr); err == nil {
		c.Close()
		t.Error("still listening after the end")
	}
}

func TestExternalPortTaken(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	r := start(t, externalConfig(ln.Addr().String()), quick())
	r.await("taken", func(s State) bool { return strings.Contains(s.LastError, "listening on the viewer's address") })
	ln.Close()
	r.awaitUp()
}

// Whoever reaches the local port cannot use up this process's memory and files.
func TestExternalFlood(t *testing.T) {
	addr := freeAddr(t)
	r := start(t, externalConfig(addr), quick())
	r.awaitUp()
	const more = 50
	var open []net.Conn
	served := 0
	for range maxConnections + more {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, c)
		_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: talk.example.com\r\n\r\n")
		if _, err := c.Read(make([]byte, 1)); err == nil {
			served++ // and kept for the next request
		}
	}
	if served != maxConnections {
		t.Errorf("%d connections served of %d, want %d", served, len(open), maxConnections)
	}
	// Those that go make room.
	for _, c := range open {
		c.Close()
	}
	for limit := time.Now().Add(patience); ; {
		resp, err := http.Get("http://" + addr)
		if err == nil {
			resp.Body.Close()
			return
		}
		if time.Now().After(limit) {
			t.Fatalf("after the flood: %v", err)
		}
	}
}
