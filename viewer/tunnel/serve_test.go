package tunnel

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
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
