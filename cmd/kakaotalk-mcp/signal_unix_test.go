//go:build unix

package main

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// busy starts a server that waits for a person's login.
func busy(t *testing.T) *server {
	t.Helper()
	_, settings := practiceKakao(t)
	s := startServer(t, bareEnv(t, settings...), "serve")
	s.initialize(map[string]any{"elicitation": map[string]any{"url": map[string]any{}}})
	s.request("tools/call", map[string]any{"name": toolToMe, "arguments": map[string]any{"message": "hi"}})
	if m := s.read(); m.Method != "elicitation/create" {
		t.Fatalf("no login page: %s", m.Method)
	}
	return s
}

func TestSignals(t *testing.T) {
	for _, signal := range []os.Signal{syscall.SIGTERM, os.Interrupt, syscall.SIGHUP} {
		goneInTime(t, func() time.Duration {
			s := busy(t)
			start := time.Now()
			s.cmd.Process.Signal(signal)
			if code := s.exit(); code != exitOK {
				t.Errorf("%v: exit code %d", signal, code)
			}
			return time.Since(start)
		})
	}
	// Twice: at once, however it ends.
	goneInTime(t, func() time.Duration {
		s := busy(t)
		start := time.Now()
		s.cmd.Process.Signal(syscall.SIGTERM)
		s.cmd.Process.Signal(syscall.SIGTERM)
		s.exit()
		return time.Since(start)
	})
}

// TestClosedStdout: a client that stopped reading ends the program, not SIGPIPE.
func TestClosedStdout(t *testing.T) {
	cmd := exec.Command(program(t), "serve")
	cmd.Env = bareEnv(t)
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
		if code := cmd.ProcessState.ExitCode(); code != exitError {
			t.Errorf("exit code %d, want %d", code, exitError)
		}
	case <-time.After(patience):
		t.Error("the program lives on without a reader")
	}
}

// TestKilledSandbox: the home that a killed sandbox left is removed by the next
// start, the home of a running one stays.
func TestKilledSandbox(t *testing.T) {
	env := bareEnv(t)
	home := strings.TrimPrefix(env[1], "HOME=")
	killed, running := startServer(t, env, "serve", "--sandbox"), startServer(t, env, "serve", "--sandbox")
	probe(killed)
	probe(running)
	killed.cmd.Process.Kill()
	killed.exit()
	if left := entries(t, home); strings.Count(left, tempPrefix) != 2 {
		t.Fatalf("homes: %s", left)
	}
	next := startServer(t, env, "serve", "--sandbox")
	probe(next)
	if left := entries(t, home); strings.Count(left, tempPrefix) != 2 {
		t.Errorf("homes after the next start: %s", left)
	}
	running.end()
	next.end()
	if left := entries(t, home); left != "" {
		t.Errorf("left behind: %s", left)
	}
}
