//go:build unix

package private

import (
	"io/fs"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

func foreignOwner(info fs.FileInfo) int {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && int(stat.Uid) != os.Geteuid() {
		return int(stat.Uid)
	}
	return -1
}

func openTo(info fs.FileInfo) fs.FileMode { return info.Mode().Perm() }

func ownerName(uid int) string {
	if uid < 0 {
		return ""
	}
	number := strconv.Itoa(uid)
	if account, err := user.LookupId(number); err == nil {
		return account.Username
	}
	return "uid " + number
}
