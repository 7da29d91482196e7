//go:build unix

package auth

import (
	"os/exec"
	"syscall"
)

// apart lets a browser outlive us: Codex CLI ends a server with its whole process group.
func apart(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }
