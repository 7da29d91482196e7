package cli

import "os"

// parentID is of who started this process, read before anything else happens: a client that
// dies while the server starts leaves it to another parent, who never ends.
var parentID = os.Getppid()

// ParentEnd returns a channel that is closed when the process that started this one has
// ended. The system tells, so that waiting costs no wake-up; where it does not, the
// channel stays open. Linux' PR_SET_PDEATHSIG would not do: it fires when the thread
// that started this process ends.
func ParentEnd() <-chan struct{} {
	ended := make(chan struct{})
	go func() {
		if parentEnded() {
			close(ended)
		}
	}()
	return ended
}
