package stdio

import (
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// maxOrphan is how long a server may outlive its client.
const maxOrphan = 5 * time.Second

// client is a client that starts the server on its own stdin and stdout, which others
// hold too, writes the server's process id to stderr, and dies when it is told to.
var _ = e2etest.Child("client", func() int {
	// The thread that starts the server ends: this must not count as the client's end.
	started := make(chan *exec.Cmd)
	go func() {
		runtime.LockOSThread()
		cmd := exec.Command(os.Args[1], "serve")
		cmd.Env = append(os.Environ(), e2etest.ChildEnv+"=")
		cmd.Stdin, cmd.Stdout = os.Stdin, os.Stdout
		if err := cmd.Start(); err != nil {
			panic(err)
		}
		started <- cmd
	}()
	cmd := <-started
	os.Stderr.WriteString(strconv.Itoa(cmd.Process.Pid) + "\n")
	_ = cmd.Wait()
	return 0
})

// orphan starts a client and its server, and returns the client, as the one who can
// speak to the server and hears it, and the server's process id.
func orphan(t *testing.T) (client *e2etest.Server, pid int) {
	t.Helper()
	client = e2etest.Launch(t, exec.Command(e2etest.Self(t), e2etest.Program(t)), e2etest.BareEnv(t, e2etest.ChildEnv+"=client"))
	client.Initialize(map[string]any{})
	e2etest.WaitUntil(t, "the server's id", func() bool { return strings.Contains(client.Stderr.String(), "\n") })
	pid, err := strconv.Atoi(strings.SplitN(client.Stderr.String(), "\n", 2)[0])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if p, err := os.FindProcess(pid); err == nil {
			_ = p.Kill()
		}
	})
	return client, pid
}

// TestClientDies: another process holds the server's stdin, here the test, and it ends
// all the same.
func TestClientDies(t *testing.T) {
	t.Parallel()
	var took time.Duration
	for range 3 { // a busy computer is no fault
		client, pid := orphan(t)
		start := time.Now()
		if err := client.Cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		e2etest.WaitUntil(t, "the server's end", func() bool { return !e2etest.IsRunning(pid) })
		if took = time.Since(start); took < maxOrphan {
			return
		}
	}
	t.Errorf("gone after %v", took)
}

// TestLauncherEnds: whoever started the server ends, and somebody else goes on
// speaking to it.
func TestLauncherEnds(t *testing.T) {
	t.Parallel()
	client, pid := orphan(t)
	if err := client.Cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for start := time.Now(); time.Since(start) < maxOrphan*3/5; time.Sleep(100 * time.Millisecond) {
		if r := client.Await(client.Request("tools/list", nil)); r.Error != nil {
			t.Fatalf("answered %v", r.Error)
		}
	}
	if !e2etest.IsRunning(pid) {
		t.Error("it ended")
	}
	client.Stdin.Close()
	e2etest.WaitUntil(t, "the server's end", func() bool { return !e2etest.IsRunning(pid) })
}
