package loopback

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"kakaotalk-mcp/auth/ground/porttest"
)

func TestIncompleteConfig(t *testing.T) {
	good := Config{Base: base("localhost", porttest.Closed(t)), Paths: []string{"/"}, State: testState, Complete: succeed}
	noPaths, noState, noComplete := good, good, good
	noPaths.Paths, noState.State, noComplete.Complete = nil, "", nil
	for _, cfg := range []Config{noPaths, noState, noComplete} {
		if l, err := Listen(cfg); err == nil {
			l.Close(t.Context())
			t.Errorf("no error for %+v", cfg.Paths)
		}
	}
}

func TestBothFamiliesAnswer(t *testing.T) {
	needIPv6(t)
	l, origin := start(t, Config{})
	for _, ip := range []string{"127.0.0.1", "::1"} {
		req, err := http.NewRequestWithContext(t.Context(), "GET", base(ip, strconv.Itoa(l.Port()))+"/auth/callback?state=x", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = strings.TrimPrefix(origin, "http://")
		if got := send(t, req); got.Status != 400 {
			t.Errorf("%s: %d", ip, got.Status)
		}
	}
}

func TestForwardedCallback(t *testing.T) {
	l, err := Listen(Config{
		Hosts: []string{"talk.example.com"}, Paths: []string{"/auth/callback"}, State: testState, Complete: succeed, Pages: testPages,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close(context.Background())
	own := net.JoinHostPort("127.0.0.1", strconv.Itoa(l.Port()))
	for host, want := range map[string]int{own: 400, "talk.example.com": 400, "evil.example": 421, "": 421} {
		conn, err := net.Dial("tcp", own)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "GET /auth/callback?state=x HTTP/1.1\r\nHost: %s\r\n\r\n", host)
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != want {
			t.Errorf("host %q: %d, want %d", host, res.StatusCode, want)
		}
		conn.Close()
	}
}

// Forms of a request line that http.Client does not send.
func TestRawRequests(t *testing.T) {
	l, origin := start(t, Config{})
	host := strings.TrimPrefix(origin, "http://")
	tests := []struct {
		name, request string
		want          int
	}{
		{"OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: " + host + "\r\n\r\n", 404},
		{"foreign absolute form", "GET http://evil.example/auth/callback" + okQuery + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n", 421},
		{"no host", "GET /auth/callback" + okQuery + " HTTP/1.0\r\n\r\n", 421},
		{"two hosts", "GET /auth/callback" + okQuery + " HTTP/1.1\r\nHost: " + host + "\r\nHost: evil\r\n\r\n", 400},
		{"CONNECT", "CONNECT " + host + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n", 404},
		{"huge header", "GET / HTTP/1.1\r\nHost: " + host + "\r\nCookie: " + strings.Repeat("x", maxHeader+8192) + "\r\n\r\n", 431},
		{"many cookies", "GET / HTTP/1.1\r\nHost: " + host + "\r\nCookie: " + strings.Repeat("x", 32<<10) + "\r\n\r\n", 404},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(l.Port())))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			io.WriteString(conn, test.request)
			res, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			if res.StatusCode != test.want {
				t.Errorf("%d, want %d", res.StatusCode, test.want)
			}
		})
	}
}

func TestCloseDeliversTheResponse(t *testing.T) {
	for range 10 {
		completed := make(chan struct{})
		l, origin := start(t, Config{Complete: func(context.Context, url.Values) Page {
			close(completed)
			page := success()
			page.Body = append(page.Body, strings.Repeat("long ", 20_000))
			return page
		}})
		got := make(chan answer)
		go func() { got <- get(t, origin+"/auth/callback"+okQuery) }()
		<-completed
		if err := l.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if a := <-got; a.Status != 200 || !strings.Contains(a.Body, "</html>") {
			t.Fatalf("status %d, %d bytes", a.Status, len(a.Body))
		}
	}
}

func TestCloseBesideSilentConnections(t *testing.T) {
	l, origin := start(t, Config{})
	for _, sent := range []string{"", "GET /auth/call"} {
		conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(l.Port())))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		io.WriteString(conn, sent)
	}
	// Once this is answered on the same address, the others are accepted.
	get(t, base("127.0.0.1", strconv.Itoa(l.Port())))
	began := time.Now()
	if err := l.Close(t.Context()); err != nil {
		t.Error(err)
	}
	took := time.Since(began)
	t.Logf("closed after %v", took)
	if took > time.Second {
		t.Errorf("took %v", took)
	}

	// The port is free again at once, for both families.
	again, err := Listen(Config{Base: origin, Paths: []string{"/"}, State: testState, Complete: succeed})
	if err != nil {
		t.Fatal(err)
	}
	again.Close(t.Context())
}

// Programs of this computer open connections and say nothing. The browser gets
// through, and no more than maxOpen stay.
func TestConnectionsAreBounded(t *testing.T) {
	l, _ := start(t, Config{})
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(l.Port()))
	var conns []net.Conn
	for i := range 3 * maxOpen {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		io.WriteString(conn, "GET /"[:i%6])
		conns = append(conns, conn)
	}
	if a := get(t, "http://"+address+"/nothing"); a.Status == 0 {
		t.Error("not answered beside silent connections")
	}
	// The answer came on a connection that was accepted after all of them.
	l.mu.Lock()
	held := len(l.silent)
	l.mu.Unlock()
	if held > maxOpen {
		t.Errorf("%d silent connections held, want at most %d", held, maxOpen)
	}
	for _, conn := range conns[:2*maxOpen] {
		conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		if _, err := conn.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatal("an old connection is still held")
		}
	}
}

func TestCloseDuringComplete(t *testing.T) {
	began, release, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	l, err := Listen(Config{
		Paths: []string{"/auth/callback"}, State: testState, Pages: testPages,
		Complete: func(ctx context.Context, _ url.Values) Page {
			close(began)
			<-release
			ended <- ctx.Err()
			return success()
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(l.Port())))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET /auth/callback%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", okQuery, l.Port())
	<-began
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := l.Close(ctx); err == nil {
		t.Error("no error though Complete is running")
	}
	close(release)
	if err := <-ended; err != nil {
		t.Errorf("closing ended the context of Complete: %v", err)
	}
	if err := l.Close(t.Context()); err != nil {
		t.Errorf("second close: %v", err)
	}
}

func TestNothingCompletesAfterClose(t *testing.T) {
	l, err := Listen(Config{
		Paths: []string{"/auth/callback"}, State: testState, Pages: testPages,
		Complete: func(context.Context, url.Values) Page {
			t.Error("completed after Close")
			return Page{}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(l.Port())))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := l.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "GET /auth/callback%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", okQuery, l.Port())
	if answer, err := io.ReadAll(conn); len(answer) > 0 {
		t.Errorf("%q, %v", answer, err)
	}
	if _, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(l.Port()))); err == nil {
		t.Error("still listening")
	}
}
