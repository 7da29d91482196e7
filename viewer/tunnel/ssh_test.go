package tunnel

import (
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/crypto/ssh"
)

const tcpBind = "bind=127.0.0.1:9000"

func TestUpAndServes(t *testing.T) {
	s := newSSHServer(t, quirks{}, newSigner(t, "ed25519"))
	cfg := sshConfig(t, s, tcpBind)
	var logs logBuffer
	cfg.Log = slog.New(slog.NewTextHandler(&logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	r := start(t, cfg, unhurried()) // or the forward is not taken back
	conn := s.nextGrant(t)
	want := State{Up: true, URL: testBase, Held: true}
	if diff := cmp.Diff(want, r.awaitUp(), cmpopts.IgnoreFields(State{}, "Since")); diff != "" {
		t.Error(diff)
	}
	answer := s.get(t, conn, getClose)
	if !strings.HasSuffix(answer, "hello 203.0.113.7:5") {
		t.Errorf("answer %q", answer)
	}
	if got := s.get(t, conn, "nonsense\r\n\r\n"); !strings.Contains(got, " 400 ") {
		t.Errorf("answer to nonsense: %q", got)
	}
	r.cancel()
	if err := r.ended(); err != nil {
		t.Error(err)
	}
	if _, cancelled, _ := s.counts(); cancelled != 1 {
		t.Errorf("forward taken back %d times", cancelled)
	}
	if r.tunnel.State().Up {
		t.Error("still up after the end")
	}
	if strings.Contains(logs.String(), "203.0.113") {
		t.Error("a visitor's address is in the log")
	}
}

func srvusConfig(t *testing.T, s *sshServer) Config {
	cfg := sshConfig(t, s, tcpBind)
	cfg.Spec.Kind, cfg.Spec.BindHost, cfg.Spec.BindPort = SRVUS, "localhost", 1
	cfg.BaseURL = ""
	return cfg
}

func TestSRVUS(t *testing.T) {
	s := newSSHServer(t, quirks{}, newSigner(t, "ed25519"))
	cfg := srvusConfig(t, s)
	name, err := SRVUSHost(cfg.KeyFile, 1)
	if err != nil {
		t.Fatal(err)
	}
	s.set(func(q *quirks) { q.needSession, q.announce = true, "1: https://"+name+"/" })
	r := start(t, cfg, quick())
	if got := r.awaitUp().URL; got != "https://"+name {
		t.Errorf("URL %q", got)
	}
}

func TestSessionEndsIsDown(t *testing.T) {
	s := newSSHServer(t, quirks{}, newSigner(t, "ed25519"))
	cfg := srvusConfig(t, s)
	name, err := SRVUSHost(cfg.KeyFile, 1)
	if err != nil {
		t.Fatal(err)
	}
	s.set(func(q *quirks) { q.endSession, q.announce = true, "1: https://"+name+"/" })
	r := start(t, cfg, quick())
	r.await("down by session", func(s State) bool { return s.LastError == "the server ended the session" })
}

func TestNoAnswerToForward(t *testing.T) {
	s := newSSHServer(t, quirks{needSession: true}, newSigner(t, "ed25519"))
	wait := quick()
	wait.request = 50 * time.Millisecond
	r := start(t, sshConfig(t, s, tcpBind), wait)
	r.await("unanswered", func(s State) bool { return s.LastError == "tcpip-forward: no answer" })
}

func TestOtherNameIsAnError(t *testing.T) {
	t.Parallel()
	s := newSSHServer(t, quirks{announce: "HTTPS: \x1b[32mhttps://random.example.com\x1b[0m"}, newSigner(t, "ed25519"))
	r := start(t, sshConfig(t, s, "bind=talk:80"), quick())
	var got *AddressError
	if err := r.ended(); !errors.As(err, &got) {
		t.Fatalf("error %v", err)
	}
	if diff := cmp.Diff(&AddressError{Want: "talk.example.com", Got: "random.example.com"}, got); diff != "" {
		t.Error(diff)
	}
	if forwards, _, _ := s.counts(); forwards != wrongAddressTries {
		t.Errorf("%d tries", forwards)
	}
	for len(r.states) > 0 {
		if s := <-r.states; s.Up {
			t.Error("was up under a wrong name")
		}
	}
}

func TestOtherNameForAWhile(t *testing.T) {
	t.Parallel()
	s := newSSHServer(t, quirks{announce: "https://random.example.com"}, newSigner(t, "ed25519"))
	r := start(t, sshConfig(t, s, "bind=talk:80"), quick())
	s.nextGrant(t)
	s.set(func(q *quirks) { q.announce = "\x1b[1mHTTPS\x1b[0m: https://TALK.example.com:443/" })
	r.awaitUp()
}

func TestRefusedAtFirst(t *testing.T) {
	s := newSSHServer(t, quirks{refuseFirst: 3}, newSigner(t, "ed25519"))
	r := start(t, sshConfig(t, s, tcpBind), quick())
	r.await("refused", func(s State) bool { return s.LastError == errRefused.Error() })
	r.awaitUp()
	if forwards, _, _ := s.counts(); forwards != 4 {
		t.Errorf("%d forwards", forwards)
	}
}

func TestDeafServer(t *testing.T) {
	t.Parallel()
	s := newSSHServer(t, quirks{}, newSigner(t, "ed25519"))
	r := start(t, sshConfig(t, s, tcpBind), quick())
	r.awaitUp()
	s.set(func(q *quirks) { q.deaf = true })
	r.await("deaf", func(s State) bool { return !s.Up && strings.Contains(s.LastError, "keepalive") })
	if forwards, _, _ := s.counts(); forwards < 1 {
		t.Error("no forward")
	}
	s.set(func(q *quirks) { q.deaf = false })
	r.awaitUp()
}

// A server that never answers keepalives grants forwards, but is never up.
func TestGrantAloneIsNotUp(t *testing.T) {
	t.Parallel()
	s := newSSHServer(t, quirks{deaf: true}, newSigner(t, "ed25519"))
	wait := quick()
	wait.pong = 50 * time.Millisecond
	r := start(t, sshConfig(t, s, tcpBind), wait)
	s.nextGrant(t)
	s.nextGrant(t)
	if r.tunnel.State().Up {
		t.Error("up without an answer")
	}
}

func TestWakeFromSleep(t *testing.T) {
	s := newSSHServer(t, quirks{}, newSigner(t, "ed25519"))
	wait := quick()
	wait.ping, wait.pong = time.Hour, time.Hour // only a wake can notice anything
	var mu sync.Mutex
	var slept time.Duration
	r := start(t, sshConfig(t, s, tcpBind), wait, func(tn *Tunnel) {
		tn.now = func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return time.Now().Add(slept)
		}
	})
	r.awaitUp()
	s.set(func(q *quirks) { q.deaf = true })
	mu.Lock()
	slept = time.Hour
	mu.Unlock()
	r.awaitDown()
}

func TestServerRestart(t *testing.T) {
	s := newSSHServer(t, quirks{}, newSigner(t, "ed25519"))
	r := start(t, sshConfig(t, s, tcpBind), quick())
	s.nextGrant(t)
	r.awaitUp()
	s.dropAll()
	if got := r.awaitDown(); got.LastError == "" || got.URL != testBase {
		t.Errorf("state %+v", got)
	}
	conn := s.nextGrant(t)
	r.awaitUp()
	if got := s.get(t, conn, getClose); !strings.Contains(got, "200 OK") {
		t.Errorf("answer after restart: %q", got)
	}
}

func TestLoginRefused(t *testing.T) {
	for query, options := range map[string]string{
		tcpBind:                      `restrict,port-forwarding,permitlisten="127.0.0.1:9000",command="/bin/false" `,
		"bind=[::1]:9000":            `restrict,port-forwarding,permitlisten="[::1]:9000",command="/bin/false" `,
		"socket=/run/talk/talk.sock": `restrict,port-forwarding,permitlisten="localhost:1",command="/bin/false" `,
	} {
		s := newSSHServer(t, quirks{refuseLogins: true}, newSigner(t, "ed25519"))
		cfg := sshConfig(t, s, query)
		r := start(t, cfg, quick())
		var auth *AuthError
		if err := r.ended(); !errors.As(err, &auth) {
			t.Fatalf("error %v", err)
		}
		signer, err := loadKey(cfg.KeyFile)
		if err != nil {
			t.Fatal(err)
		}
		// The bare key would hand out a shell.
		if want := options + strings.TrimSpace(string(ssh.MarshalAuthorizedKey(signer.PublicKey()))); auth.Line != want {
			t.Errorf("line\n%s\nwant\n%s", auth.Line, want)
		}
		if _, _, logins := s.counts(); logins != 1 {
			t.Errorf("%d login attempts", logins)
		}
		if got := r.tunnel.State(); got.Failed != StepLogin {
			t.Errorf("state %+v", got)
		}
	}
}
