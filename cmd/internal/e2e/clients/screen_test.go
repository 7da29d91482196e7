//go:build linux

package clients

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// keyPause is how long a key has to show what it does before it is pressed again.
// Keys that come faster than Claude Code draws keep it in its form for ever.
const keyPause = 3 * time.Second

// screen is a terminal of its own, by tmux, with one program in it.
type screen struct {
	t    *testing.T
	sock string
}

// openScreen starts a program in a folder, with these variables and no others.
func openScreen(t *testing.T, env []string, dir, program string, args ...string) screen {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		e2etest.Missing(t, "tmux")
	}
	s := screen{t, filepath.Join(t.TempDir(), "tmux")}
	t.Cleanup(func() {
		if t.Failed() {
			shown, _ := exec.Command("tmux", "-S", s.sock, "capture-pane", "-p").CombinedOutput()
			t.Logf("the screen:\n%s", shown)
		}
		_ = exec.Command("tmux", "-S", s.sock, "kill-server").Run()
	})
	s.tmux(slices.Concat([]string{"new-session", "-d", "-x", "64", "-y", "34", "-c", dir, "env", "-i"}, env, []string{program}, args)...)
	return s
}

func (s screen) tmux(args ...string) string {
	s.t.Helper()
	out, err := exec.Command("tmux", append([]string{"-u", "-S", s.sock}, args...)...).CombinedOutput()
	if err != nil {
		s.t.Fatalf("tmux %q: %v\n%s", args, err, out)
	}
	return string(out)
}

// await waits until the screen shows a text.
func (s screen) await(text string) {
	s.t.Helper()
	e2etest.WaitUntil(s.t, strconv.Quote(text)+" on the screen", func() bool {
		return strings.Contains(s.tmux("capture-pane", "-p"), text)
	})
}

// press presses a key where the screen shows one text, until it shows another: the
// client may draw what it does not yet take keys for.
func (s screen) press(key, where, until string) {
	s.t.Helper()
	var last time.Time
	e2etest.WaitUntil(s.t, strconv.Quote(until)+" on the screen", func() bool {
		now := s.tmux("capture-pane", "-p")
		if strings.Contains(now, where) && time.Since(last) > keyPause {
			s.tmux("send-keys", key)
			last = time.Now()
		}
		return strings.Contains(now, until)
	})
}

// quit presses Ctrl-C twice, as these clients want it, until the program has ended.
func (s screen) quit() {
	s.t.Helper()
	var last time.Time
	e2etest.WaitUntil(s.t, "the client's end", func() bool {
		if time.Since(last) > keyPause {
			_ = exec.Command("tmux", "-S", s.sock, "send-keys", "C-c", "C-c").Run() // it may be gone
			last = time.Now()
		}
		return exec.Command("tmux", "-S", s.sock, "has-session").Run() != nil
	})
}
