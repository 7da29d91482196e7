package tunnel

import (
	"os"
	"syscall"
	"unsafe"
)

var (
	kernel32                 = syscall.NewLazyDLL("kernel32.dll")
	createJobObject          = kernel32.NewProc("CreateJobObjectW")
	setInformationJobObject  = kernel32.NewProc("SetInformationJobObject")
	assignProcessToJobObject = kernel32.NewProc("AssignProcessToJobObject")
)

const (
	createNoWindow               = 0x08000000
	processSetQuotaAndTerminate  = 0x0101
	jobExtendedLimitInformation  = 9
	jobObjectLimitKillOnJobClose = 0x2000
)

// jobLimits is JOBOBJECT_EXTENDED_LIMIT_INFORMATION.
type jobLimits struct {
	perProcessTime, perJobTime int64
	flags                      uint32
	minWorkingSet              uintptr
	maxWorkingSet              uintptr
	activeProcesses            uint32
	affinity                   uintptr
	priority, scheduling       uint32
	io                         [6]uint64
	processMemory, jobMemory   uintptr
	peakProcess, peakJob       uintptr
}

// processGroup is a job object that the system empties when its last handle
// closes, also when we are killed. Without one only the leader is killed.
type processGroup struct {
	job    syscall.Handle
	leader *os.Process
}

func groupAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{HideWindow: true, CreationFlags: createNoWindow}
}

func newGroup(leader *os.Process) processGroup {
	g := processGroup{leader: leader}
	job, _, _ := createJobObject.Call(0, 0)
	if job == 0 {
		return g
	}
	limits := jobLimits{flags: jobObjectLimitKillOnJobClose}
	set, _, _ := setInformationJobObject.Call(job, jobExtendedLimitInformation,
		uintptr(unsafe.Pointer(&limits)), unsafe.Sizeof(limits))
	process, err := syscall.OpenProcess(processSetQuotaAndTerminate, false, uint32(leader.Pid))
	if err == nil {
		defer syscall.CloseHandle(process)
	}
	if set != 0 && err == nil {
		if ok, _, _ := assignProcessToJobObject.Call(job, uintptr(process)); ok != 0 {
			g.job = syscall.Handle(job)
			return g
		}
	}
	_ = syscall.CloseHandle(syscall.Handle(job))
	return g
}

// ask: a program without a window can only be asked by closing its stdin.
func (g processGroup) ask() {}

func (g processGroup) kill() {
	if g.job != 0 {
		_ = syscall.CloseHandle(g.job)
		return
	}
	_ = g.leader.Kill()
}
