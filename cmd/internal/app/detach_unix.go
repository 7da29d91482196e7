//go:build unix

package app

import (
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

// startDetached starts a command in a session of its own: signals to our process
// group or terminal do not reach it. A shell that ends at once is its parent, since
// Copilot CLI and opencode kill what a server started, child by child. It gets none of
// our files either: a client that waits for the other end of a pipe would wait for it.
func startDetached(make func() *exec.Cmd) (*exec.Cmd, error) {
	files, err := os.ReadDir("/dev/fd")
	if err == nil {
		for _, f := range files {
			if fd, err := strconv.Atoi(f.Name()); err == nil && fd > 2 {
				syscall.CloseOnExec(fd) // Go's own are so already; a client may have left us others
			}
		}
	}
	cmd := make()
	cmd.Path, cmd.Args = "/bin/sh", append([]string{"sh", "-c", `exec 3<&0; "$@" <&3 3<&- &`, "sh", cmd.Path}, cmd.Args[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return cmd, cmd.Start()
}
