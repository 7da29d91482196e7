package stdio

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// pipeInfo is FILE_PIPE_LOCAL_INFORMATION, which Windows tells of both ends of a pipe,
// with a name or without one (Microsoft: ntifs.h).
type pipeInfo struct {
	_     [8]uint32
	state uint32
	_     uint32
}

const pipeInfoClass = 24 // FilePipeLocalInformation

// isHungUp is hungUp for a handle. It waits for a read of it that is under way.
func isHungUp(fd uintptr) bool {
	var status windows.IO_STATUS_BLOCK
	var info pipeInfo
	err := windows.NtQueryInformationFile(windows.Handle(fd), &status, (*byte)(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info)), pipeInfoClass)
	return err == nil && info.state == windows.FILE_PIPE_CLOSING_STATE
}
