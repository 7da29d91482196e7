//go:build unix && !linux

package cli

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// parentEnded waits for the end of the parent, and returns false where it cannot
// (kqueue(2), EVFILT_PROC).
func parentEnded() bool {
	queue, err := unix.Kqueue()
	if err != nil {
		return false
	}
	defer unix.Close(queue)
	list := make([]unix.Kevent_t, 1)
	unix.SetKevent(&list[0], parentID, unix.EVFILT_PROC, unix.EV_ADD|unix.EV_ONESHOT)
	list[0].Fflags = unix.NOTE_EXIT
	if _, err := unix.Kevent(queue, list, nil, nil); err != nil {
		return errors.Is(err, unix.ESRCH)
	}
	if os.Getppid() != parentID {
		return true // the number may be somebody else's by now
	}
	for {
		if n, err := unix.Kevent(queue, nil, list, nil); !errors.Is(err, unix.EINTR) {
			return n > 0 && err == nil
		}
	}
}
