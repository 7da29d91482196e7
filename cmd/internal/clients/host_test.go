package clients

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// A process is recognised as Claude Desktop by the folder of its program.
func TestClaudeDesktopRuns(t *testing.T) {
	const stay = "KAKAOTALK_MCP_TEST_STAY"
	if os.Getenv(stay) != "" { // the process to be seen
		if n, err := os.Stdin.Read(make([]byte, 1)); n != 0 || err == nil {
			t.Errorf("read %d bytes, %v", n, err)
		}
		return
	}
	if runtime.GOOS != "linux" {
		t.Skip("there is /proc on Linux only")
	}
	sys, err := Host("en")
	if err != nil || sys.Running("claude-desktop") {
		t.Skipf("component missing: a computer without Claude Desktop (%v)", err)
	}
	program := filepath.Join(t.TempDir(), "claude-desktop", "electron")
	raw, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Mkdir(filepath.Dir(program), 0o700), os.WriteFile(program, raw, 0o700)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "-test.run=^TestClaudeDesktopRuns$")
	cmd.Env = append(os.Environ(), stay+"=1")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if !sys.Running("claude-desktop") {
		t.Error("not seen while it runs")
	}
	if err := errors.Join(stdin.Close(), cmd.Wait()); err != nil {
		t.Fatal(err)
	}
	if sys.Running("claude-desktop") {
		t.Error("seen after it ended")
	}
}
