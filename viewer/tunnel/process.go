package tunnel

import (
	"io"
	"os/exec"
	"runtime"
	"time"
)

// process is a running program with whatever it starts itself.
type process struct {
	stdin io.WriteCloser // closed by the system when we die: programs that read it then end
	group processGroup
	done  chan struct{} // closed when the program has ended
}

// startProcess starts cmd in a group of its own.
func startProcess(cmd *exec.Cmd) (*process, error) {
	p := &process{done: make(chan struct{})}
	var err error
	if p.stdin, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	cmd.SysProcAttr = groupAttr()
	started := make(chan error)
	go func() {
		// Linux sends the parent-death signal when the starting thread ends, so
		// this thread stays for as long as the program.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		if err := cmd.Start(); err != nil {
			started <- err
			return
		}
		p.group = newGroup(cmd.Process)
		started <- nil
		_ = cmd.Wait()
		close(p.done)
	}()
	if err := <-started; err != nil {
		p.stdin.Close()
		return nil, err
	}
	return p, nil
}

// stop ends the program and everything it started: asks, waits at most patience,
// then kills.
func (p *process) stop(patience time.Duration) {
	p.stdin.Close()
	p.group.ask()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-p.done:
	case <-timer.C:
	}
	p.group.kill()
	<-p.done
}
