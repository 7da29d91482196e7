//go:build unix

package tunnel

import (
	"os"
	"syscall"
)

// processGroup is a unix process group; its number is the leader's.
type processGroup struct{ id int }

func groupAttr() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true}
	dieWithParent(attr)
	return attr
}

func newGroup(leader *os.Process) processGroup { return processGroup{leader.Pid} }

func (g processGroup) ask()  { _ = syscall.Kill(-g.id, syscall.SIGTERM) }
func (g processGroup) kill() { _ = syscall.Kill(-g.id, syscall.SIGKILL) }
