//go:build unix

package stdio

import (
	"io"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// hungUp reports whether nobody can write to in any more, also while there is still
// something to read.
func hungUp(in io.Reader) bool {
	f, ok := in.(*os.File)
	if !ok {
		return false
	}
	conn, err := f.SyscallConn()
	if err != nil {
		return false
	}
	var events int16
	if runtime.GOOS == "linux" {
		events = 0x2000 // POLLRDHUP: some clients use a socket, and close one half of it
	}
	gone := false
	err = conn.Control(func(fd uintptr) {
		list := []unix.PollFd{{Fd: int32(fd), Events: events}}
		n, err := unix.Poll(list, 0)
		gone = err == nil && n > 0 && list[0].Revents&(unix.POLLHUP|events) != 0
	})
	return err == nil && gone
}
