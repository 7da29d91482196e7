//go:build unix

package stdio

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// busy starts a server that waits for a person's login.
func busy(t *testing.T) *e2etest.Server {
	t.Helper()
	_, settings := e2etest.NewKakao(t)
	s := e2etest.Start(t, e2etest.BareEnv(t, settings...), "serve")
	s.Initialize(map[string]any{"elicitation": map[string]any{"url": map[string]any{}}})
	s.Request("tools/call", map[string]any{"name": e2etest.ToolToMe, "arguments": map[string]any{"message": "hi"}})
	if m := s.Read(); m.Method != "elicitation/create" {
		t.Fatalf("no login page: %s", m.Method)
	}
	return s
}

func TestSignals(t *testing.T) {
	t.Parallel()
	for _, signal := range []os.Signal{syscall.SIGTERM, os.Interrupt, syscall.SIGHUP} {
		goneInTime(t, func() time.Duration {
			s := busy(t)
			start := time.Now()
			s.Cmd.Process.Signal(signal)
			if code := s.Exit(); code != e2etest.ExitOK {
				t.Errorf("%v: exit code %d", signal, code)
			}
			return time.Since(start)
		})
	}
	// Twice: at once, however it ends.
	goneInTime(t, func() time.Duration {
		s := busy(t)
		start := time.Now()
		s.Cmd.Process.Signal(syscall.SIGTERM)
		s.Cmd.Process.Signal(syscall.SIGTERM)
		s.Exit()
		return time.Since(start)
	})
}

// TestClosedStdout: a client that stopped reading ends the program, not SIGPIPE.
func TestClosedStdout(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(e2etest.Program(t), "serve")
	cmd.Env = e2etest.BareEnv(t)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout = write
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	write.Close()
	read.Close()
	stdin.Write([]byte(`{"jsonrpc":"2.0","id":1,"method":"ping"}` + "\n"))
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case <-ended:
		if code := cmd.ProcessState.ExitCode(); code != e2etest.ExitError {
			t.Errorf("exit code %d, want %d", code, e2etest.ExitError)
		}
	case <-time.After(e2etest.Patience):
		t.Error("the program lives on without a reader")
	}
}

// TestKilledSandbox: the home that a killed sandbox left is removed by the next
// start, the home of a running one stays.
func TestKilledSandbox(t *testing.T) {
	t.Parallel()
	env := e2etest.BareEnv(t)
	home := e2etest.Variable(env, "HOME")
	killed, running := e2etest.Start(t, env, "serve", "--sandbox"), e2etest.Start(t, env, "serve", "--sandbox")
	killed.Probe()
	running.Probe()
	killed.Cmd.Process.Kill()
	killed.Exit()
	if left := e2etest.Entries(t, home); strings.Count(left, e2etest.SandboxHome) != 2 {
		t.Fatalf("homes: %s", left)
	}
	next := e2etest.Start(t, env, "serve", "--sandbox")
	next.Probe()
	if left := e2etest.Entries(t, home); strings.Count(left, e2etest.SandboxHome) != 2 {
		t.Errorf("homes after the next start: %s", left)
	}
	running.End()
	next.End()
	if left := e2etest.Entries(t, home); left != "" {
		t.Errorf("left behind: %s", left)
	}
}
