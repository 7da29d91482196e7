package loopback

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a listener whose connections are pipes: their deadlines follow a
// test's own clock.
type pipes struct {
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), done: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error { p.once.Do(func() { close(p.done) }); return nil }

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 17654} }

func (p *pipes) dial() net.Conn {
	ours, theirs := net.Pipe()
	p.conns <- theirs
	return ours
}

// TestSlowPeers: whoever sends a byte a second, or reads nothing of the answer,
// is cut off, and the login works beside a hundred of them.
func TestSlowPeers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		l, err := listen(Config{Paths: []string{"/auth/callback"}, State: testState, Pages: testPages, Complete: succeed},
			func(string, string) (net.Listener, error) { return p, nil })
		if err != nil {
			t.Fatal(err)
		}
		var peers sync.WaitGroup
		began := time.Now()
		for range 100 {
			dripping, deaf := p.dial(), p.dial()
			peers.Go(func() {
				go io.Copy(io.Discard, dripping) //nolint:errcheck // ends with the connection
				for i := range strings.Repeat("GET /auth/callback HTTP/1.1\r\nHost: x\r\n", 100) {
					if _, err := io.WriteString(dripping, "G"); err != nil {
						if took := time.Since(began); took > headerTimeout+time.Second {
							t.Errorf("cut off after %v and %d bytes", took, i)
						}
						return
					}
					time.Sleep(time.Second)
				}
				t.Error("a header of an hour was taken")
			})
			peers.Go(func() {
				io.WriteString(deaf, "GET / HTTP/1.1\r\nHost: 127.0.0.1:17654\r\n\r\n")
				time.Sleep(completeTimeout + 2*headerTimeout) // far longer than anybody reads
				if answer, err := io.ReadAll(deaf); err != nil || len(answer) > 0 {
					t.Errorf("a deaf reader still gets %d bytes, %v", len(answer), err)
				}
			})
		}
		honest := p.dial()
		fmt.Fprintf(honest, "GET /auth/callback%s HTTP/1.1\r\nHost: 127.0.0.1:17654\r\n\r\n", okQuery)
		res, err := http.ReadResponse(bufio.NewReader(honest), nil)
		if err != nil || res.StatusCode != 200 || time.Since(began) > time.Second {
			t.Errorf("the login beside them: %v, %v after %v", res, err, time.Since(began))
		}
		honest.Close()
		peers.Wait()
		if err := l.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// TestHostilePages: what a web page open in the same browser can send here gets
// no permission to read, and never ends or completes the login. The listener of
// a forwarded callback is the same with another Host.
func TestHostilePages(t *testing.T) {
	var completed int
	_, origin := start(t, Config{Complete: func(context.Context, url.Values) Page { completed++; return success() }})
	cross := http.Header{"Origin": {"https://evil.example"}, "Referer": {"https://evil.example/"}, "Sec-Fetch-Site": {"cross-site"}}
	for _, c := range []struct{ name, method, target, mode, dest, kind, body string }{
		{"image", "GET", "/auth/callback?code=x&state=x", "no-cors", "image", "", ""},
		{"frame", "GET", "/auth/callback?code=x&state=x", "navigate", "iframe", "", ""},
		{"fetch", "GET", "/auth/callback?error=access_denied&state=x", "cors", "empty", "", ""},
		{"preflight", "OPTIONS", "/auth/callback", "cors", "empty", "", ""},
		{"form", "POST", "/auth/callback" + okQuery, "navigate", "document", "application/x-www-form-urlencoded", "code=x&state=" + testState},
		{"state in a form", "POST", "/auth/callback", "navigate", "document", "application/x-www-form-urlencoded", "code=x&state=" + testState},
		{"plain text", "POST", "/auth/callback", "no-cors", "empty", "text/plain", `{"jsonrpc":"2.0"}`},
		{"body of a GET", "GET", "/auth/callback", "no-cors", "empty", "application/x-www-form-urlencoded", "code=x&state=" + testState},
		{"web socket", "GET", "/auth/callback", "websocket", "empty", "", ""},
	} {
		req, err := http.NewRequestWithContext(t.Context(), c.method, origin+c.target, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header = cross.Clone()
		req.Header.Set("Sec-Fetch-Mode", c.mode)
		req.Header.Set("Sec-Fetch-Dest", c.dest)
		if c.kind != "" {
			req.Header.Set("Content-Type", c.kind)
		}
		switch c.name {
		case "preflight":
			req.Header.Set("Access-Control-Request-Method", "POST")
			req.Header.Set("Access-Control-Request-Private-Network", "true")
		case "web socket":
			req.Header.Set("Connection", "Upgrade")
			req.Header.Set("Upgrade", "websocket")
		}
		got := send(t, req)
		if got.Status < 400 || got.Status >= 500 || !strings.Contains(got.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
			t.Errorf("%s: %d %v", c.name, got.Status, got.Header)
		}
		for name := range got.Header {
			if strings.HasPrefix(name, "Access-Control-") || name == "Set-Cookie" || name == "Location" {
				t.Errorf("%s: the answer has %s", c.name, name)
			}
		}
	}
	if completed != 0 {
		t.Errorf("the login was completed %d times", completed)
	}
	if got := get(t, origin+"/auth/callback"+okQuery); got.Status != 200 || completed != 1 {
		t.Errorf("after them the real callback: %d, completed %d times", got.Status, completed)
	}
}
