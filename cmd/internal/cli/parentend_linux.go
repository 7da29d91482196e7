package cli

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// parentEnded waits for the end of the parent, and returns false where it cannot. A
// pidfd is readable once its process has ended (pidfd_open(2), Linux 5.3).
func parentEnded() bool {
	fd, err := unix.PidfdOpen(parentID, 0)
	if err != nil {
		return errors.Is(err, unix.ESRCH)
	}
	if err := unix.SetNonblock(fd, true); err != nil { // else Go would not poll it
		unix.Close(fd)
		return false
	}
	file := os.NewFile(uintptr(fd), "parent")
	defer file.Close()
	if os.Getppid() != parentID {
		return true // the number may be somebody else's by now
	}
	conn, err := file.SyscallConn()
	if err != nil {
		return false
	}
	err = conn.Read(func(fd uintptr) bool {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
		return n > 0 && err == nil
	})
	return err == nil
}
