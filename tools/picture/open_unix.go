//go:build unix

package picture

import (
	"io/fs"
	"os"
	"syscall"
)

// atOnce keeps the opening of what has become a pipe from waiting.
const atOnce = syscall.O_NONBLOCK

// isHidden: on these systems the name says it.
func isHidden(fs.FileInfo) bool { return false }

// names is how many names (hard links) an open file has, 0 if that cannot be told.
func names(f *os.File) uint64 {
	info, err := f.Stat()
	if err != nil {
		return 0
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0
	}
	return uint64(stat.Nlink) // its size differs from system to system
}
