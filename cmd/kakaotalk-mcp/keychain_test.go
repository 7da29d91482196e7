package main

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/tools/compose"
	"kakaotalk-mcp/tools/messenger"
)

// silentBus is a session bus that takes connections and never says anything.
func silentBus(t *testing.T) (address string) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("component missing: Secret Service")
	}
	path := filepath.Join(t.TempDir(), "bus")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		var open []net.Conn
		for {
			c, err := l.Accept()
			if err != nil {
				break
			}
			open = append(open, c)
		}
		for _, c := range open {
			c.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-ended })
	return "unix:path=" + path
}

// TestSilentBus: a keychain that hangs holds a call or a command up for its time and
// no longer, and is named; no login begins.
func TestSilentBus(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", silentBus(t))
	home, out := t.TempDir(), filepath.Join(t.TempDir(), "out")
	stdout, err := os.Create(out)
	if err != nil {
		t.Fatal(err)
	}
	defer stdout.Close()
	nobody, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer nobody.Close()
	env := &cli.Env{Stdin: nobody, Stdout: stdout, Stderr: stdout, UserHome: home, Executable: "kakaotalk-mcp",
		Vars: cli.Vars{"HOME=" + home, "KAKAO_CLIENT_ID=0123456789abcdef", "KAKAO_LANG=ko", "BROWSER=/nonexistent"}}
	o := app.NewOptions(env)
	if o.KeychainWait < time.Second {
		t.Errorf("a keychain has only %v", o.KeychainWait)
	}
	o.KeychainWait = 200 * time.Millisecond
	var longest time.Duration
	timed := func(do func()) {
		began := time.Now()
		do()
		longest = max(longest, time.Since(began))
	}
	for _, typed := range []bool{false, true} { // a command without a terminal waits no longer than a server
		a, err := app.New(o, typed)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		m := messenger.New(a.MessengerConfig())
		for range 3 {
			timed(func() {
				r, err := m.Send(t.Context(), messenger.SendRequest{ToMe: true, Content: compose.Content{Message: "hello"}}, messenger.Nobody{})
				if err != nil || r.Reason != "keychain_locked" {
					t.Errorf("%+v, %v", r, err)
				}
			})
		}
	}
	timed(func() {
		if err := runStatus(t.Context(), o, false); exitCode(err) != cli.ExitError {
			t.Errorf("status: %v", err)
		}
	})
	if _, err := stdout.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(stdout); err != nil || !strings.Contains(string(text), "응답하지 않아요") {
		t.Errorf("status says %s (%v)", text, err)
	}
	if longest > o.KeychainWait+2*time.Second {
		t.Errorf("blocked for %v", longest)
	}
}
