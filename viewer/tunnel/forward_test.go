package tunnel

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

func TestOriginatorIsAName(t *testing.T) {
	s := newSSHServer(t, quirks{originator: "srv.us"}, newSigner(t, "ed25519"))
	r := start(t, sshConfig(t, s, tcpBind), quick())
	conn := s.nextGrant(t)
	r.awaitUp()
	if got := s.get(t, conn, getClose); !strings.HasSuffix(got, "hello srv.us:5") {
		t.Errorf("answer %q", got)
	}
	s.set(func(q *quirks) { q.originator = "a b\n" })
	if got := s.get(t, conn, getClose); !strings.HasSuffix(got, "hello unknown") {
		t.Errorf("answer %q", got)
	}
}

func TestFlood(t *testing.T) {
	s := newSSHServer(t, quirks{}, newSigner(t, "ed25519"))
	r := start(t, sshConfig(t, s, tcpBind), unhurried())
	conn := s.nextGrant(t)
	r.awaitUp()
	const flood = 4 * maxVisitors
	var mu sync.Mutex
	var open []ssh.Channel
	refused := 0
	var wg sync.WaitGroup
	for range flood {
		wg.Go(func() {
			ch, err := s.visit(conn)
			mu.Lock()
			defer mu.Unlock()
			var no *ssh.OpenChannelError
			switch {
			case err == nil:
				open = append(open, ch)
			case errors.As(err, &no) && no.Reason == ssh.ResourceShortage:
				refused++
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if len(open) != maxVisitors || refused != flood-maxVisitors {
		t.Errorf("%d taken, %d refused", len(open), refused)
	}
	if _, _, err := conn.SendRequest("keepalive@openssh.com", true, nil); err != nil {
		t.Error("the line is stuck:", err)
	}
	for _, ch := range open {
		ch.Close()
	}
	// The places become free again: many full answers at once.
	for range 50 {
		wg.Go(func() {
			for {
				ch, err := s.visit(conn)
				if _, full := errors.AsType[*ssh.OpenChannelError](err); full {
					continue // a closed visitor may still be counted
				}
				if err != nil {
					t.Error("the line is gone:", err)
					return
				}
				_, _ = io.WriteString(ch, getClose)
				b, _ := io.ReadAll(ch)
				if !strings.Contains(string(b), "200 OK") {
					t.Errorf("answer %q", b)
				}
				ch.Close()
				return
			}
		})
	}
	wg.Wait()
	if !r.tunnel.State().Up {
		t.Error("down after the flood")
	}
}

func TestAnswersEnd(t *testing.T) {
	s := newSSHServer(t, quirks{}, newSigner(t, "ed25519"))
	cfg := sshConfig(t, s, tcpBind)
	page := strings.Repeat("가나다라마바사", 60000) // 1.2 MB
	cfg.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(len(page)))
		_, _ = io.WriteString(w, page)
	})
	r := start(t, cfg, unhurried())
	conn := s.nextGrant(t)
	r.awaitUp()
	for _, request := range []string{getClose, "GET / HTTP/1.0\r\n\r\n"} {
		if got := s.get(t, conn, request); !strings.HasSuffix(got, page) {
			t.Errorf("%q: %d bytes", request[:14], len(got))
		}
	}
	// A visitor who stops sending still gets the whole answer.
	ch, err := s.visit(conn)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(ch, "GET / HTTP/1.1\r\nHost: talk.example.com\r\n\r\n")
	_ = ch.CloseWrite()
	b, _ := io.ReadAll(ch)
	if !strings.HasSuffix(string(b), page) {
		t.Errorf("half closed: %d bytes", len(b))
	}
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			ch, err := s.visit(conn)
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = io.WriteString(ch, getClose)
			if n, _ := io.Copy(io.Discard, ch); n < int64(len(page)) {
				t.Errorf("parallel: %d bytes", n)
			}
		})
	}
	wg.Wait()
}

// The end waits for answers under way, but not for long, and frees handlers.
func TestEndWithOpenAnswers(t *testing.T) {
	s := newSSHServer(t, quirks{}, newSigner(t, "ed25519"))
	cfg := sshConfig(t, s, tcpBind)
	entered := make(chan struct{})
	cfg.Handler = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(entered)
		<-r.Context().Done()
	})
	r := start(t, cfg, quick())
	conn := s.nextGrant(t)
	r.awaitUp()
	ch, err := s.visit(conn)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(ch, getClose)
	<-entered
	begin := time.Now()
	r.cancel()
	if err := r.ended(); err != nil {
		t.Error(err)
	}
	if took := time.Since(begin); took > 1500*time.Millisecond {
		t.Errorf("the end took %v", took)
	}
}
