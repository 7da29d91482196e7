package tunnel

import "syscall"

// dieWithParent has the kernel end the program when we are killed. What the
// program started itself is not covered.
func dieWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGKILL }
