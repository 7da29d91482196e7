package tunnel

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"kakaotalk-mcp/auth/ground/componenttest"
	"kakaotalk-mcp/auth/ground/waitingtest"
)

// roleEnv turns the test binary into a process that plays a part; its value is
// the part and what it needs, one a line.
const roleEnv = "TUNNEL_TEST_ROLE"

func TestMain(m *testing.M) {
	role := strings.Split(os.Getenv(roleEnv), "\n")
	ctx, cancel := context.WithCancel(context.Background())
	if role[0] != "" && role[0] != "orphan" {
		go func() { // the parent's death ends us
			_, _ = io.Copy(io.Discard, os.Stdin)
			cancel()
		}()
	}
	var err error
	switch role[0] {
	case "":
		waitingtest.SideBySide()
		os.Exit(m.Run())
	case "holder":
		err = playHolder(ctx, role[1])
	case "program":
		err = playProgram(ctx, role[1])
	case "family":
		err = playFamily(ctx)
	case "orphan":
		err = playOrphan()
	case "idle":
		err = playIdle(ctx, role[1], role[2])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// part is a child process that plays a role and prints lines.
type part struct {
	t     *testing.T
	cmd   *exec.Cmd
	stdin io.Closer
	lines chan string
}

func play(t *testing.T, role ...string) *part {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &part{t: t, cmd: exec.Command(self), lines: make(chan string, 100)}
	p.cmd.Env = append(os.Environ(), roleEnv+"="+strings.Join(role, "\n"))
	p.cmd.Stderr = os.Stderr
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		for s := bufio.NewScanner(out); s.Scan(); {
			p.lines <- s.Text()
		}
	}()
	t.Cleanup(func() {
		p.stdin.Close()
		_ = p.cmd.Process.Kill()
		<-read
		_ = p.cmd.Wait()
	})
	return p
}

func (p *part) next() string {
	p.t.Helper()
	select {
	case line := <-p.lines:
		return line
	case <-time.After(patience):
		p.t.Fatal("the process said nothing")
		return ""
	}
}

// needs skips the test when a program is missing, or fails it where all are required.
func needs(t *testing.T, name string, found bool) {
	t.Helper()
	if !found {
		componenttest.Missing(t, name)
	}
}
