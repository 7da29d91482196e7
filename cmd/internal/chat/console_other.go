//go:build !windows

package chat

import "os"

// escapesOn does nothing: terminals here understand control sequences.
func escapesOn(*os.File) (undo func()) { return func() {} }
