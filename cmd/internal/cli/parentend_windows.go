package cli

import "golang.org/x/sys/windows"

// parentEnded waits for the end of the parent, and returns false where it cannot: a parent
// that is gone already was a launcher, such as the start of cmd.
func parentEnded() bool {
	process, err := windows.OpenProcess(windows.SYNCHRONIZE|windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(parentID))
	if err != nil {
		return false
	}
	defer func() { _ = windows.CloseHandle(process) }()
	if !olderThanUs(process) {
		return false // the parent's number was given to another
	}
	event, err := windows.WaitForSingleObject(process, windows.INFINITE)
	return err == nil && event == windows.WAIT_OBJECT_0
}

func olderThanUs(process windows.Handle) bool {
	var theirs, ours, exit, kernel, user windows.Filetime
	return windows.GetProcessTimes(process, &theirs, &exit, &kernel, &user) == nil &&
		windows.GetProcessTimes(windows.CurrentProcess(), &ours, &exit, &kernel, &user) == nil &&
		theirs.Nanoseconds() <= ours.Nanoseconds()
}
