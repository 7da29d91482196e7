package console

import (
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

var _ = e2etest.Child("explorer", func() int {
	cmd := exec.Command(os.Args[1], os.Args[2:]...)
	cmd.Env = append(os.Environ(), e2etest.ChildEnv+"=browser")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	signal.Notify(make(chan os.Signal, 1), os.Interrupt) // Ctrl-C is for the program
	_ = cmd.Run()
	return cmd.ProcessState.ExitCode()
})

// click opens the program as the desktop of Windows does: from a process whose
// program is called explorer.exe, in a window of its own.
func click(t *testing.T, c *e2etest.Computer, args ...string) *e2etest.Terminal {
	t.Helper()
	if runtime.GOOS != "windows" {
		t.Skip("explorer.exe is the desktop of Windows")
	}
	explorer := filepath.Join(t.TempDir(), "explorer.exe")
	raw, err := os.ReadFile(e2etest.Self(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(explorer, raw, 0o700); err != nil {
		t.Fatal(err)
	}
	c.Set(e2etest.ChildEnv, "explorer")
	return e2etest.OpenTerminal(t, c.Env, 80, explorer, append([]string{e2etest.Program(t)}, args...)...)
}

// A double click says in both languages what this is, offers to begin, and the
// window stays open.
func TestDoubleClick(t *testing.T) {
	t.Parallel()
	c := e2etest.NewFreshComputer(t)
	x := click(t, c)
	x.Expect("AI 클라이언트", "This program lets AI clients", "지금 설정을 시작할까요? / Start setup now?", "1. 설정 시작하기 / Start", "2. 닫기 / Close", "번호")
	x.Press("2", e2etest.Enter)
	x.Exit(2)

	x = click(t, c)
	x.Expect("2. 닫기 / Close", "번호")
	x.Press(e2etest.Enter)
	x.Expect("누구에게 보낼까요?", "번호")
	x.Press(e2etest.CtrlC)
	x.Expect("이어서 할 수 있어요")
	x.Exit(2)
}

// A shortcut to a command carries it out, and its window stays open.
func TestShortcut(t *testing.T) {
	t.Parallel()
	x := click(t, e2etest.NewFreshComputer(t), "version")
	x.Expect("windows/amd64", "창을 닫으려면 Enter를 눌러 주세요.")
	x.Press(e2etest.Enter)
	x.Exit(0)
}
