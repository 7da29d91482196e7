package tunnel

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strings"
	"testing"
	"time"

	"kakaotalk-mcp/auth/ground/porttest"

	"golang.org/x/crypto/ssh"
)

const (
	testBase = "https://talk.example.com"
	patience = 20 * time.Second // for anything in a test to happen

	testLabel = "test" // of a tunnel's goroutines; its value is the test's name
)

// rig is a tunnel under test that is running.
type rig struct {
	t      *testing.T
	tunnel *Tunnel
	states chan State
	result chan error
	cancel context.CancelFunc
}

// quick are waits for tests: small, but long enough for a loaded machine.
func quick() timing {
	w := defaultTiming
	w.ping, w.pong, w.wakePong, w.tick = 50*time.Millisecond, 500*time.Millisecond, 200*time.Millisecond, 20*time.Millisecond
	w.request, w.announce, w.grace = 2*time.Second, 2*time.Second, 100*time.Millisecond
	w.retryMin, w.retryMax, w.refuseMax = 10*time.Millisecond, 50*time.Millisecond, 50*time.Millisecond
	return w
}

// unhurried is for a line that is so busy that its answers take long.
func unhurried() timing {
	w := quick()
	w.pong, w.wakePong, w.goodbye = patience, patience, patience
	return w
}

// sshConfig is a configuration for an SSH server that is already known.
func sshConfig(t *testing.T, s *sshServer, query string) Config {
	t.Helper()
	spec, err := Parse("ssh://talk@" + s.ln.Addr().String() + "?" + query)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	return Config{
		Spec: spec, BaseURL: testBase,
		KeyFile: filepath.Join(dir, "key"), KnownHosts: filepath.Join(dir, "known_hosts"),
		AskHostKey: func(string, string) bool { return true },
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "hello "+r.RemoteAddr)
		}),
	}
}

func start(t *testing.T, cfg Config, wait timing, change ...func(*Tunnel)) *rig {
	t.Helper()
	checkGoroutines(t)
	r := &rig{t: t, states: make(chan State, 1000), result: make(chan error, 1)}
	cfg.OnChange = func(s State) { r.states <- s }
	var err error
	if r.tunnel, err = New(cfg); err != nil {
		t.Fatal(err)
	}
	r.tunnel.time = wait
	for _, f := range change {
		f(r.tunnel)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel = cancel
	done := make(chan struct{})
	go pprof.Do(ctx, pprof.Labels(testLabel, t.Name()), func(ctx context.Context) {
		defer close(done)
		r.result <- r.tunnel.Run(ctx)
	})
	t.Cleanup(func() {
		cancel()
		select {
		case <-done:
		case <-time.After(patience):
			t.Error("Run did not return")
		}
	})
	return r
}

// await returns the next state that fits.
func (r *rig) await(what string, fits func(State) bool) State {
	r.t.Helper()
	limit := time.After(patience)
	for {
		select {
		case s := <-r.states:
			if fits(s) {
				return s
			}
		case <-limit:
			r.t.Fatalf("no state %q in time; now %+v", what, r.tunnel.State())
		}
	}
}

func (r *rig) awaitUp() State {
	r.t.Helper()
	return r.await("up", func(s State) bool { return s.Up })
}

func (r *rig) awaitDown() State {
	r.t.Helper()
	return r.await("down", func(s State) bool { return !s.Up })
}

// ended returns Run's error.
func (r *rig) ended() error {
	r.t.Helper()
	select {
	case err := <-r.result:
		return err
	case <-time.After(patience):
		r.t.Fatal("Run did not return")
		return nil
	}
}

// checkGoroutines fails the test if what ran with its label leaves goroutines of
// this package behind. Other tests may run meanwhile.
func checkGoroutines(t *testing.T) {
	t.Helper()
	label := fmt.Sprintf("# labels: {%q:%q}", testLabel, t.Name())
	t.Cleanup(func() {
		limit := time.Now().Add(patience)
		for {
			var stacks strings.Builder
			if err := pprof.Lookup("goroutine").WriteTo(&stacks, 1); err != nil {
				t.Error(err)
				return
			}
			var left []string
			for _, g := range strings.Split(stacks.String(), "\n\n") {
				if strings.Contains(g, label) && strings.Contains(g, "viewer/tunnel.") {
					left = append(left, g)
				}
			}
			if len(left) == 0 {
				return
			}
			if time.Now().After(limit) {
				t.Errorf("goroutines left:\n%s", strings.Join(left, "\n\n"))
				return
			}
			runtime.Gosched()
		}
	})
}

// granted is the client's connection on the server side after its next grant.
func (s *sshServer) nextGrant(t *testing.T) *ssh.ServerConn {
	t.Helper()
	select {
	case c := <-s.granted:
		return c
	case <-time.After(patience):
		t.Fatal("no forward was granted")
		return nil
	}
}

// get asks for a page through a visitor's channel.
func (s *sshServer) get(t *testing.T, conn *ssh.ServerConn, request string) string {
	t.Helper()
	ch, err := s.visit(conn)
	if err != nil {
		t.Fatal(err)
	}
	defer ch.Close()
	if _, err := io.WriteString(ch, request); err != nil {
		t.Fatal(err)
	}
	answer := make(chan string, 1)
	go func() {
		b, _ := io.ReadAll(ch)
		answer <- string(b)
	}()
	select {
	case a := <-answer:
		return a
	case <-time.After(patience):
		t.Fatal("the answer did not end")
		return ""
	}
}

const getClose = "GET / HTTP/1.1\r\nHost: talk.example.com\r\nConnection: close\r\n\r\n"

// freeAddr is a loopback address that nobody listens on.
func freeAddr(t *testing.T) string { return "127.0.0.1:" + porttest.Closed(t) }
