//go:build unix

package e2etest

import "syscall"

// IsRunning reports whether there is a process with this id.
func IsRunning(pid int) bool { return syscall.Kill(pid, 0) == nil }
