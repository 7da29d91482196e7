package kakao

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// short lets timeouts strike quickly; nothing depends on how quickly.
const short = 50 * time.Millisecond

func send(ctx context.Context, c *Client) error {
	return c.SendToMe(ctx, testToken, Message{Template: Text{Text: "text of the test"}})
}

func transportOf(c *Client) *http.Transport { return c.HTTP.Transport.(*http.Transport) }

// listening returns a client whose connections are handed to serve, one after
// the other, and a counter of them.
func listening(t *testing.T, serve func(net.Conn)) (*Client, *atomic.Int32) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var conns atomic.Int32
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			conns.Add(1)
			serve(conn)
			conn.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return clientOf(t, "http://"+l.Addr().String()), &conns
}

func TestNotSentByAnswer(t *testing.T) {
	tests := []struct {
		name   string
		status int
		body   string
		want   bool
	}{
		{"quota", 400, `{"code":-10,"msg":"m"}`, true},
		{"parameter", 400, `{"code":-2,"msg":"m"}`, true},
		{"token", 401, `{"code":-401,"msg":"m"}`, true},
		{"consent", 403, `{"code":-402,"msg":"m"}`, true},
		{"too many requests", 429, `{"code":-10,"msg":"m"}`, true},
		{"internal", 400, `{"code":-1,"msg":"m"}`, false},
		{"platform timeout", 400, `{"code":-603,"msg":"m"}`, false},
		{"4xx without code", 400, `{"msg":"m"}`, false},
		{"4xx without JSON", 403, `<html>`, false},
		{"server error", 500, `{"code":-2,"msg":"m"}`, false},
		{"maintenance", 503, `{"code":-9798,"msg":"m"}`, true},
		{"maintenance, told by a gateway", 502, `{"code":-9798,"msg":"m"}`, false},
		{"unavailable", 503, `{"code":-1,"msg":"m"}`, false},
		{"redirect", 307, ``, false},
		{"200 garbage", 200, `<html>`, false},
		{"200 cut JSON", 200, `{"result_code":0`, false},
		{"200 trailing data", 200, `{"result_code":0}{}`, false},
		{"200 array", 200, `[0]`, false},
		{"200 null", 200, `null`, false},
		{"200 empty", 200, ``, false},
		{"200 without result", 200, `{}`, false},
		{"200 result of another type", 200, `{"result_code":"0"}`, false},
		{"200 bad result", 200, `{"result_code":-500}`, false},
		{"200 too large", 200, `{"result_code":0,"x":"` + strings.Repeat("x", maxBody) + `"}`, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client, rec := answering(t, tt.status, tt.body)
			err := send(t.Context(), client)
			if err == nil {
				t.Fatal("no error")
			}
			if got := NotSent(err); got != tt.want {
				t.Errorf("NotSent(%v) = %v, want %v", err, got, tt.want)
			}
			if n := len(rec.seen()); n != 1 {
				t.Errorf("%d requests, want 1", n)
			}
		})
	}
}

func TestNotSentBeforeWriting(t *testing.T) {
	refused := func(t *testing.T) (*Client, context.Context) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		l.Close()
		return clientOf(t, "http://"+l.Addr().String()), t.Context()
	}
	tests := []struct {
		name  string
		setup func(*testing.T) (*Client, context.Context)
	}{
		{"dial refused", refused},
		{"no such host", func(t *testing.T) (*Client, context.Context) {
			client := clientOf(t, "http://kapi.invalid")
			resolver := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
				return nil, errors.New("no name server")
			}}
			transportOf(client).DialContext = (&net.Dialer{Resolver: resolver}).DialContext
			return client, t.Context()
		}},
		{"no TLS on the other side", func(t *testing.T) (*Client, context.Context) {
			client, _ := listening(t, func(c net.Conn) { io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n") })
			client.BaseURL = strings.Replace(client.BaseURL, "http:", "https:", 1)
			return client, t.Context()
		}},
		{"cancelled before the call", func(t *testing.T) (*Client, context.Context) {
			client, _ := answering(t, 200, `{"result_code":0}`)
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			return client, ctx
		}},
		{"cancelled while dialling", func(t *testing.T) (*Client, context.Context) {
			client := clientOf(t, "http://127.0.0.1:1")
			ctx, cancel := context.WithCancel(t.Context())
			transportOf(client).DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
				cancel()
				<-ctx.Done()
				return nil, ctx.Err()
			}
			return client, ctx
		}},
		{"deadline while dialling", func(t *testing.T) (*Client, context.Context) {
			client := clientOf(t, "http://127.0.0.1:1")
			client.HTTP.Timeout = short
			transportOf(client).DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
				<-ctx.Done()
				return nil, ctx.Err()
			}
			return client, t.Context()
		}},
		{"unusable base address", func(t *testing.T) (*Client, context.Context) {
			return clientOf(t, "http://[::1"), t.Context()
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client, ctx := tt.setup(t)
			if err := send(ctx, client); !NotSent(err) {
				t.Errorf("NotSent(%v) = false", err)
			}
		})
	}
}

func TestOutcomeUnknownAfterWriting(t *testing.T) {
	readRequest := func(c net.Conn) bool {
		req, err := http.ReadRequest(bufio.NewReader(c))
		if err == nil {
			_, err = io.Copy(io.Discard, req.Body)
		}
		return err == nil
	}
	tests := []struct {
		name  string
		serve func(c net.Conn, gone <-chan struct{})
		tune  func(*Client)
		is    error
	}{
		{"cut after reading", func(c net.Conn, _ <-chan struct{}) { readRequest(c) }, nil, io.EOF},
		{"cut inside the headers", func(c net.Conn, _ <-chan struct{}) {
			readRequest(c)
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Le")
		}, nil, nil},
		{"cut inside the body", func(c net.Conn, _ <-chan struct{}) {
			readRequest(c)
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n{\"result")
		}, nil, io.ErrUnexpectedEOF},
		{"header timeout", func(c net.Conn, gone <-chan struct{}) { readRequest(c); <-gone },
			func(c *Client) { transportOf(c).ResponseHeaderTimeout = short }, nil},
		{"slow body", func(c net.Conn, gone <-chan struct{}) {
			readRequest(c)
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n{")
			<-gone
		}, func(c *Client) { c.HTTP.Timeout = short }, context.DeadlineExceeded},
		{"not HTTP", func(c net.Conn, _ <-chan struct{}) {
			readRequest(c)
			io.WriteString(c, "SECRET of the server\r\n\r\n")
		}, nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			gone := make(chan struct{})
			client, conns := listening(t, func(c net.Conn) { tt.serve(c, gone) })
			defer close(gone)
			if tt.tune != nil {
				tt.tune(client)
			}
			err := send(t.Context(), client)
			if err == nil || NotSent(err) {
				t.Errorf("NotSent(%v) = true or no error", err)
			}
			if tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("error %v is not %v", err, tt.is)
			}
			for _, secret := range []string{testToken, "text of the test", "SECRET", "result"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("error %q tells %q", err, secret)
				}
			}
			if n := conns.Load(); n != 1 {
				t.Errorf("%d connections, want 1", n)
			}
		})
	}
}

// The other side closes unread what was written: nobody here can know that.
func TestCutUnread(t *testing.T) {
	wrote := make(chan struct{})
	client, _ := listening(t, func(c net.Conn) {
		<-wrote
		c.(*net.TCPConn).SetLinger(0)
	})
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
		WroteRequest: func(httptrace.WroteRequestInfo) { close(wrote) },
	})
	if err := send(ctx, client); err == nil || NotSent(err) {
		t.Errorf("NotSent(%v) = true or no error", err)
	}
}

func TestCancelledAfterWriting(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	client := serving(t, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		cancel()
		<-r.Context().Done()
	})
	err := send(ctx, client)
	if NotSent(err) || !errors.Is(err, context.Canceled) {
		t.Errorf("error %v: NotSent %v, want an unknown outcome by cancellation", err, NotSent(err))
	}
}

// A reused connection that breaks must not make net/http post again.
func TestNoRepeatOnWarmConnection(t *testing.T) {
	var requests atomic.Int32
	client := serving(t, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		if requests.Add(1) == 2 {
			panic(http.ErrAbortHandler)
		}
		io.WriteString(w, `{"result_code":0}`)
	})
	if err := send(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	if err := send(t.Context(), client); err == nil || NotSent(err) {
		t.Errorf("NotSent(%v) = true or no error", err)
	}
	if n := requests.Load(); n != 2 {
		t.Errorf("%d requests for 2 calls", n)
	}
}

func TestNotSentOfOtherErrors(t *testing.T) {
	tests := []struct {
		err  error
		want bool
	}{
		{nil, false},
		{context.Canceled, false},
		{&FieldError{Path: "text", Rule: Required}, true},
		{fmt.Errorf("part 2: %w", &Error{Code: -10, Status: 400}), true},
		{fmt.Errorf("part 2: %w", &Error{Code: -10, Status: 500}), false},
	}
	for _, tt := range tests {
		if got := NotSent(tt.err); got != tt.want {
			t.Errorf("NotSent(%v) = %v, want %v", tt.err, got, tt.want)
		}
	}
}

func TestErrorKeepsMessageToItself(t *testing.T) {
	got := (&Error{Code: -502, Status: 400, Msg: "SECRET"}).Error()
	if want := "kakao answered with code -502, HTTP status 400"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
}
