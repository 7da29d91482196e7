package e2etest

import "golang.org/x/sys/windows"

// IsRunning reports whether there is a process with this id.
func IsRunning(pid int) bool {
	p, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid))
	if err != nil {
		return false
	}
	defer windows.CloseHandle(p)
	var code uint32
	const stillActive = 259
	return windows.GetExitCodeProcess(p, &code) == nil && code == stillActive
}
