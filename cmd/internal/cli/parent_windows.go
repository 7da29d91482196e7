package cli

import (
	"os"
	"unsafe"

	"golang.org/x/sys/windows"
)

// parent is the file name of the program that started this one, "" if it cannot
// be told.
func parent() string {
	snapshot, err := windows.CreateToolhelp32Snapshot(windows.TH32CS_SNAPPROCESS, 0)
	if err != nil {
		return ""
	}
	defer func() { _ = windows.CloseHandle(snapshot) }()
	entry := windows.ProcessEntry32{Size: uint32(unsafe.Sizeof(windows.ProcessEntry32{}))}
	for err = windows.Process32First(snapshot, &entry); err == nil; err = windows.Process32Next(snapshot, &entry) {
		if entry.ProcessID == uint32(os.Getppid()) {
			return windows.UTF16ToString(entry.ExeFile[:])
		}
	}
	return ""
}
