//go:build unix

package keychain

import (
	"io/fs"
	"os"
	"syscall"
)

// exposed says what makes a file or folder unfit for secrets, "" if nothing.
func exposed(info fs.FileInfo) string {
	if stat, ok := info.Sys().(*syscall.Stat_t); !ok || int(stat.Uid) != os.Geteuid() {
		return "belongs to another user"
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "is open to other users (chmod go= closes it)"
	}
	return ""
}
