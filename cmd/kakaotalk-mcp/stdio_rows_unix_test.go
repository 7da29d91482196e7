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

// Rows 9 and 10, as far as TestSignals and TestClosedStdout leave them open.

// TestSecondSignal: the first signal ends the program in good order, which takes a
// moment while a message is under way; the next one ends it at once.
func TestSecondSignal(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP} {
		t.Run(signal.String(), func(t *testing.T) {
			_, settings := practiceKakao(t)
			g, settings := newGate(t, settings)
			s := loggedIn(t, nil, settings)
			s.write(toMeLine("1001"))
			<-g.held
			tick := time.NewTicker(5 * time.Millisecond)
			defer tick.Stop()
			deadline := time.After(patience)
			for ended := false; !ended; {
				if err := s.cmd.Process.Signal(signal); err != nil {
					break // it has ended
				}
				select {
				case err := <-s.exited:
					s.exited <- err // for exit and the cleanup
					ended = true
				case <-tick.C:
				case <-deadline:
					t.Fatal("the program does not end")
				}
			}
			s.exit()
			if status, ok := s.cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() || status.Signal() != signal {
				t.Errorf("ended with %v, not by the second signal", s.cmd.ProcessState)
			}
		})
	}
}

// TestClosedStderr: a client that closed our stderr does not lose its server to
// the next log line.
func TestClosedStderr(t *testing.T) {
	const stray = `{"jsonrpc":"2.0","id":7,"result":{}}` // is logged
	serve := func(stderr *os.File) *server {
		cmd := exec.Command(program(t), "serve")
		if stderr != nil {
			cmd.Stderr = stderr
		}
		s := launch(t, cmd, bareEnv(t, "KAKAO_CLIENT_ID=0123456789abcdef", "KAKAO_LOG_LEVEL=debug"))
		s.send(stray)
		if before := s.beforePing(); len(before) > 0 {
			t.Errorf("unexpected %+v", before)
		}
		if code, _ := s.end(); code != exitOK {
			t.Errorf("exit code %d", code)
		}
		return s
	}
	if s := serve(nil); !strings.Contains(s.stderr.String(), "dropped") {
		t.Errorf("nothing is logged, so nothing is proven: %q", s.stderr)
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	read.Close()
	defer write.Close()
	serve(write)
}
