package cli

import (
	"os"

	"golang.org/x/sys/windows"
)

// parentEnded waits for the end of the parent, and returns false where it cannot.
func parentEnded() bool {
	parent, err := windows.OpenProcess(windows.SYNCHRONIZE|windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(os.Getppid()))
	if err != nil {
		return false
	}
	defer func() { _ = windows.CloseHandle(parent) }()
	if !olderThanUs(parent) {
		return false // the parent's number was given to another
	}
	event, err := windows.WaitForSingleObject(parent, windows.INFINITE)
	return err == nil && event == windows.WAIT_OBJECT_0
}

func olderThanUs(process windows.Handle) bool {
	var theirs, ours, exit, kernel, user windows.Filetime
	return windows.GetProcessTimes(process, &theirs, &exit, &kernel, &user) == nil &&
		windows.GetProcessTimes(windows.CurrentProcess(), &ours, &exit, &kernel, &user) == nil &&
		theirs.Nanoseconds() <= ours.Nanoseconds()
}
