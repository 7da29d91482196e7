//go:build unix

package stdio

import (
	"os"
	"os/signal"
	"syscall"
)

// IgnoreSIGPIPE lets a write to a closed stdout or stderr fail instead of killing the process.
// The signal is caught, not ignored: child processes would inherit that.
func IgnoreSIGPIPE() {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
}
