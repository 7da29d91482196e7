//go:build unix

package private

import (
	"io/fs"
	"os"
	"syscall"
)

func foreignOwner(info fs.FileInfo) int {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && int(stat.Uid) != os.Geteuid() {
		return int(stat.Uid)
	}
	return -1
}

func openTo(info fs.FileInfo) fs.FileMode { return info.Mode().Perm() }
