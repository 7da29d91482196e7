package cli

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
