//go:build unix

package picture

import (
	"io/fs"
	"syscall"
)

// atOnce keeps the opening of what has become a pipe from waiting.
const atOnce = syscall.O_NONBLOCK

// isHidden: on these systems the name says it.
func isHidden(fs.FileInfo) bool { return false }
