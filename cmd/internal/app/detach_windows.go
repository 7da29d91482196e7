package app

import (
	"errors"
	"os/exec"
	"syscall"

	"golang.org/x/sys/windows"
)

// startDetached starts a command without a console, in a process group of its own and
// outside our job, so that a client that ends its job does not end it. Not every job
// lets go of its processes; then it stays inside.
func startDetached(make func() *exec.Cmd) (*exec.Cmd, error) {
	const alone = windows.DETACHED_PROCESS | windows.CREATE_NEW_PROCESS_GROUP
	cmd := make()
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: alone | windows.CREATE_BREAKAWAY_FROM_JOB}
	err := cmd.Start()
	if errors.Is(err, windows.ERROR_ACCESS_DENIED) {
		cmd = make()
		cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: alone}
		err = cmd.Start()
	}
	return cmd, err
}
