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

// Rows 9 and 10, as far as TestSignals and TestClosedStdout leave them open.

// TestSecondSignal: the first signal ends the program in good order, which takes a
// moment while a message is under way; the next one ends it at once.
func TestSecondSignal(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			_, settings := e2etest.NewKakao(t)
			g, settings := newGate(t, settings)
			s := loggedIn(t, nil, settings)
			s.Write(toMeLine("1001"))
			<-g.held
			tick := time.NewTicker(5 * time.Millisecond)
			defer tick.Stop()
			deadline := time.After(e2etest.Patience)
			for ended := false; !ended; {
				if err := s.Cmd.Process.Signal(signal); err != nil {
					break // it has ended
				}
				select {
				case err := <-s.Exited:
					s.Exited <- err // for exit and the cleanup
					ended = true
				case <-tick.C:
				case <-deadline:
					t.Fatal("the program does not end")
				}
			}
			s.Exit()
			if status, ok := s.Cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() || status.Signal() != signal {
				t.Errorf("ended with %v, not by the second signal", s.Cmd.ProcessState)
			}
		})
	}
}

// TestClosedStderr: a client that closed our stderr does not lose its server to
// the next log line.
func TestClosedStderr(t *testing.T) {
	t.Parallel()
	const stray = `{"jsonrpc":"2.0","id":7,"result":{}}` // is logged
	serve := func(stderr *os.File) *e2etest.Server {
		cmd := exec.Command(e2etest.Program(t), "serve")
		if stderr != nil {
			cmd.Stderr = stderr
		}
		s := e2etest.Launch(t, cmd, e2etest.BareEnv(t, "KAKAO_CLIENT_ID=0123456789abcdef", "KAKAO_LOG_LEVEL=debug"))
		s.Send(stray)
		if before := s.BeforePing(); len(before) > 0 {
			t.Errorf("unexpected %+v", before)
		}
		if code, _ := s.End(); code != e2etest.ExitOK {
			t.Errorf("exit code %d", code)
		}
		return s
	}
	if s := serve(nil); !strings.Contains(s.Stderr.String(), "dropped") {
		t.Errorf("nothing is logged, so nothing is proven: %q", s.Stderr)
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	read.Close()
	defer write.Close()
	serve(write)
}
