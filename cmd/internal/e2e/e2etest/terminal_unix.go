//go:build unix

package e2etest

import (
	"os/exec"
	"testing"

	"github.com/creack/pty"
)

// startInTerminal starts cmd in a terminal and returns the other side of it. wait
// waits for the end of cmd.
func startInTerminal(t testing.TB, cmd *exec.Cmd, columns, rows int) (side terminalSide, wait func()) {
	t.Helper()
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: uint16(rows), Cols: uint16(columns)})
	if err != nil {
		t.Fatal(err)
	}
	return terminalSide{tty, tty, func() { _ = tty.Close() }}, func() { _ = cmd.Wait() } // the exit code tells
}
