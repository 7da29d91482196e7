package tunnel

import (
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// processGroup is a job object that the system empties when its last handle
// closes, also when we are killed. Without one only the leader is killed.
type processGroup struct {
	job    windows.Handle // 0: none
	leader *os.Process
}

func groupAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{HideWindow: true, CreationFlags: windows.CREATE_NO_WINDOW}
}

func newGroup(leader *os.Process) processGroup {
	job, err := newJob(leader.Pid)
	if err != nil {
		job = 0
	}
	return processGroup{job, leader}
}

// newJob makes a job that ends with its handle, and puts a process into it.
func newJob(pid int) (windows.Handle, error) {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return 0, err
	}
	limits := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{
		BasicLimitInformation: windows.JOBOBJECT_BASIC_LIMIT_INFORMATION{LimitFlags: windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE},
	}
	_, err = windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits)))
	if err == nil {
		err = assign(job, pid)
	}
	if err != nil {
		_ = windows.CloseHandle(job)
		return 0, err
	}
	return job, nil
}

func assign(job windows.Handle, pid int) error {
	process, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(pid))
	if err != nil {
		return err
	}
	defer func() { _ = windows.CloseHandle(process) }()
	return windows.AssignProcessToJobObject(job, process)
}

// ask: a program without a window can only be asked by closing its stdin.
func (g processGroup) ask() {}

func (g processGroup) kill() {
	if g.job != 0 {
		_ = windows.CloseHandle(g.job)
		return
	}
	_ = g.leader.Kill()
}
