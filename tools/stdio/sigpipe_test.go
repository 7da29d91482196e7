package stdio

import (
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"testing"
)

// A client that closed our stderr must not lose its server to the next log line.
func TestClosedStderr(t *testing.T) {
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	read.Close()
	c := start(t, write)
	c.send(callLine("1", "panic", "{}")) // is logged
	c.await("1")
	c.send(callLine("2", "echo", `{"text":"alive"}`))
	if r, _ := c.await("2"); r.text() != "alive" {
		t.Errorf("got %+v", r)
	}
	if _, code, _ := c.finish(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// Programs that the process starts must still die of SIGPIPE.
func TestChildrenKeepSIGPIPE(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no SIGPIPE on Windows")
	}
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("component missing: /proc")
	}
	IgnoreSIGPIPE()
	status, err := exec.CommandContext(t.Context(), "cat", "/proc/self/status").Output()
	if err != nil {
		t.Fatal(err)
	}
	field := regexp.MustCompile(`(?m)^SigIgn:\s*([0-9a-f]+)$`).FindSubmatch(status)
	if field == nil {
		t.Fatal("no SigIgn line")
	}
	const sigpipe = 13
	ignored, err := strconv.ParseUint(string(field[1]), 16, 64)
	if err != nil || ignored&(1<<(sigpipe-1)) != 0 {
		t.Errorf("a child ignores %x, %v", ignored, err)
	}
}
