package terminal

import (
	"os"

	"golang.org/x/sys/windows"
)

// EscapesOn lets an older Windows console carry out control sequences.
func EscapesOn(out *os.File) (undo func()) {
	console := windows.Handle(out.Fd())
	var mode uint32
	if windows.GetConsoleMode(console, &mode) != nil {
		return func() {}
	}
	_ = windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) // if not, it shows them
	return func() { _ = windows.SetConsoleMode(console, mode) }
}
