//go:build unix

package stdio

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// isHungUp is hungUp for a file descriptor.
func isHungUp(fd uintptr) bool {
	var events int16
	if runtime.GOOS == "linux" {
		events = 0x2000 // POLLRDHUP: some clients use a socket, and close one half of it
	}
	list := []unix.PollFd{{Fd: int32(fd), Events: events}}
	n, err := unix.Poll(list, 0)
	return err == nil && n > 0 && list[0].Revents&(unix.POLLHUP|events) != 0
}
