//go:build !windows

package terminal

import "os"

// EscapesOn does nothing: terminals here understand control sequences.
func EscapesOn(*os.File) (undo func()) { return func() {} }
