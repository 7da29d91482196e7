package stdio

import (
	"io"
	"os"
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

// hungUp reports whether nobody can write to in any more, also while there is still
// something to read. It waits for a read of in that is under way.
func hungUp(in io.Reader) bool {
	f, ok := in.(*os.File)
	if !ok {
		return false
	}
	conn, err := f.SyscallConn()
	if err != nil {
		return false
	}
	gone := false
	err = conn.Control(func(fd uintptr) {
		var status windows.IO_STATUS_BLOCK
		var info pipeInfo
		err := windows.NtQueryInformationFile(windows.Handle(fd), &status, (*byte)(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info)), pipeInfoClass)
		gone = err == nil && info.state == windows.FILE_PIPE_CLOSING_STATE
	})
	return err == nil && gone
}
