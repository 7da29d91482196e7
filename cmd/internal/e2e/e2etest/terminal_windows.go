package e2etest

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"sync"
	"syscall"
	"testing"
	"unsafe"

	"github.com/charmbracelet/x/conpty"
	"golang.org/x/sys/windows"
)

// makingConsole is held while a console is made: its process inherits the pipes of others
// that are being made, and what is read of those would not end before it does.
var makingConsole sync.Mutex

// startInTerminal starts cmd on a console of its own and returns the other side
// of it. wait waits for the end of cmd.
func startInTerminal(t testing.TB, cmd *exec.Cmd, columns, rows int) (side terminalSide, wait func()) {
	t.Helper()
	theirIn, ourIn, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ourOut, theirOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	makingConsole.Lock()
	console, err := conpty.NewWithPipes(theirIn.Fd(), ourIn.Fd(), ourOut.Fd(), theirOut.Fd(), columns, rows, 0)
	makingConsole.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	self := Self(t)
	env := append(slices.Clone(cmd.Env), ChildEnv+"=console", onConsoleEnv+"="+Variable(cmd.Env, ChildEnv))
	pid, handle, err := console.Spawn(self, append([]string{self}, cmd.Args...), &syscall.ProcAttr{Dir: cmd.Dir, Env: env})
	theirIn.Close()
	theirOut.Close()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Process, err = os.FindProcess(pid)
	_ = windows.CloseHandle(windows.Handle(handle))
	if err != nil {
		t.Fatal(err)
	}
	wait = func() {
		cmd.ProcessState, _ = cmd.Process.Wait()
		windows.ClosePseudoConsole(windows.Handle(console.Fd())) // ends the output
	}
	keys := keyboard{t, ourIn, named(t, pid, "press"), named(t, pid, "pressed")}
	return terminalSide{ourOut, keys, func() { ourIn.Close(); ourOut.Close() }}, wait
}

// keyboard types on a console. Ctrl-C goes through the process that is on it:
// Wine takes that byte for the end of all input.
type keyboard struct {
	t              testing.TB
	in             *os.File
	press, pressed windows.Handle
}

func (k keyboard) Write(text []byte) (int, error) {
	if string(text) != CtrlC {
		return k.in.Write(text)
	}
	if err := windows.SetEvent(k.press); err != nil {
		return 0, err
	}
	if _, err := windows.WaitForSingleObject(k.pressed, uint32(Patience.Milliseconds())); err != nil {
		return 0, err
	}
	return len(text), nil
}

// named returns an event that this process and the one on the console share.
func named(t testing.TB, pid int, name string) windows.Handle {
	t.Helper()
	event, err := makeEvent(pid, name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = windows.CloseHandle(event) })
	return event
}

func makeEvent(pid int, name string) (windows.Handle, error) {
	full, err := windows.UTF16PtrFromString(fmt.Sprintf(`Local\kakaotalk-mcp-test-%d-%s`, pid, name))
	if err != nil {
		return 0, err
	}
	event, err := windows.CreateEvent(nil, 0, 0, full)
	if event != 0 { // err says whether it was there
		err = nil
	}
	return event, err
}

// pressCtrlC does what conhost does with the key in the mode of the console.
func pressCtrlC(in windows.Handle) error {
	var mode uint32
	if err := windows.GetConsoleMode(in, &mode); err != nil {
		return err
	}
	if mode&windows.ENABLE_PROCESSED_INPUT != 0 {
		return windows.GenerateConsoleCtrlEvent(windows.CTRL_C_EVENT, 0)
	}
	// INPUT_RECORD with a KEY_EVENT_RECORD (wincon.h).
	record := struct {
		kind, _                          uint16
		down                             int32
		repeat, virtual, scan, character uint16
		control                          uint32
	}{1, 0, 1, 1, 'C', 0, 3, 8}
	var written uint32
	ok, _, err := windows.NewLazySystemDLL("kernel32.dll").NewProc("WriteConsoleInputW").Call(uintptr(in), uintptr(unsafe.Pointer(&record)), 1, uintptr(unsafe.Pointer(&written)))
	if ok != 0 {
		return nil
	}
	return err
}

var _ = Child("console", onConsole)

// onConsoleEnv is what ChildEnv is for the command.
const onConsoleEnv = "KAKAOTALK_TEST_ON_CONSOLE"

// onConsole runs its arguments as a command on the console that this process is
// attached to, which Windows makes the standard files of a process and Wine does
// not. Whoever kills this process kills the command too.
func onConsole() int {
	in, err := os.OpenFile("CONIN$", os.O_RDWR, 0)
	if err != nil {
		return 97
	}
	out, err := os.OpenFile("CONOUT$", os.O_RDWR, 0)
	if err != nil {
		return 98
	}
	signal.Notify(make(chan os.Signal, 1), os.Interrupt) // Ctrl-C is for the command
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return 99
	}
	limits := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{BasicLimitInformation: windows.JOBOBJECT_BASIC_LIMIT_INFORMATION{LimitFlags: windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE}}
	if _, err := windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation, uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits))); err != nil {
		return 99
	}
	if err := windows.AssignProcessToJobObject(job, windows.CurrentProcess()); err != nil {
		return 99
	}
	press, err := makeEvent(os.Getpid(), "press")
	if err != nil {
		return 99
	}
	pressed, err := makeEvent(os.Getpid(), "pressed")
	if err != nil {
		return 99
	}
	go func() {
		for {
			if _, err := windows.WaitForSingleObject(press, windows.INFINITE); err != nil {
				return
			}
			if err := pressCtrlC(windows.Handle(in.Fd())); err == nil {
				_ = windows.SetEvent(pressed)
			}
		}
	}()
	cmd := exec.Command(os.Args[1], os.Args[2:]...)
	cmd.Env = append(os.Environ(), ChildEnv+"="+os.Getenv(onConsoleEnv))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, out, out
	_ = cmd.Run()
	return cmd.ProcessState.ExitCode()
}
