package stdio

import (
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// TestLastWords: what a client wrote just before it died is no sign of somebody else,
// although it is read after its end. The server is stopped meanwhile, so that it finds
// both at once; which of them it sees first is chance, and so it is tried several times.
func TestLastWords(t *testing.T) {
	t.Parallel()
	for range 5 {
		client, pid := orphan(t)
		client.Await(client.Request("tools/list", nil))
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		client.Request("tools/list", nil)
		if err := client.Cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := unix.Waitid(unix.P_PID, client.Cmd.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
			t.Fatal(err)
		}
		e2etest.WaitUntil(t, "the server's end", func() bool { return !e2etest.IsRunning(pid) })
	}
}
