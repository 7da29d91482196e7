package chat

import (
	"os"
	"syscall"
)

// enableVirtualTerminalProcessing is a mode bit of console output (wincon.h).
const enableVirtualTerminalProcessing = 0x0004

// escapesOn lets an older Windows console carry out control sequences.
func escapesOn(out *os.File) (undo func()) {
	set := syscall.NewLazyDLL("kernel32.dll").NewProc("SetConsoleMode")
	var mode uint32
	if syscall.GetConsoleMode(syscall.Handle(out.Fd()), &mode) != nil {
		return func() {}
	}
	set.Call(out.Fd(), uintptr(mode|enableVirtualTerminalProcessing)) //nolint:errcheck // then it shows them
	return func() { set.Call(out.Fd(), uintptr(mode)) }               //nolint:errcheck
}
