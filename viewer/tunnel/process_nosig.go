//go:build unix && !linux

package tunnel

import "syscall"

// dieWithParent: other kernels have no such signal; the closed stdin must do.
func dieWithParent(*syscall.SysProcAttr) {}
