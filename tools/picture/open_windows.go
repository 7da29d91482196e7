package picture

import (
	"io/fs"
	"os"
	"syscall"
)

const atOnce = 0

func isHidden(info fs.FileInfo) bool {
	data, ok := info.Sys().(*syscall.Win32FileAttributeData)
	return ok && data.FileAttributes&syscall.FILE_ATTRIBUTE_HIDDEN != 0
}

// names is how many names (hard links) an open file has, 0 if that cannot be told.
func names(f *os.File) uint64 {
	var info syscall.ByHandleFileInformation
	if syscall.GetFileInformationByHandle(syscall.Handle(f.Fd()), &info) != nil {
		return 0
	}
	return uint64(info.NumberOfLinks)
}
