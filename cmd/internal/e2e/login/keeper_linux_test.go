package login

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// TestKeeperIsCutOff: the client's whole process group is killed and the login goes
// on. Its process has none of the server's files, nor what a client left open by
// mistake, and tells nobody a secret.
func TestKeeperIsCutOff(t *testing.T) {
	t.Parallel()
	c := e2etest.NewComputer(t)
	c.Leave()
	c.Set("SOME_API_KEY", "of-another-program")
	leaked, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer leaked.Close()
	cmd := exec.Command(e2etest.Program(t), "serve")
	cmd.ExtraFiles = []*os.File{leaked} // not close-on-exec in the server
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	s := e2etest.Launch(t, cmd, c.Env)
	s.Initialize(map[string]any{})
	s.Request("tools/call", e2etest.SendCall("hello"))
	page := pending(c)
	keeper := c.Keeper()

	proc := func(name string) string {
		raw, err := os.ReadFile(filepath.Join("/proc", fmt.Sprint(keeper), name))
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	// Some clients kill what a server started, process by process.
	if parent := fmt.Sprintf("PPid:\t%d\n", s.Cmd.Process.Pid); strings.Contains(proc("status"), parent) {
		t.Error("it is a child of the server")
	}
	for _, name := range []string{"cmdline", "environ"} {
		text := proc(name)
		for _, secret := range append(slices.Clone(e2etest.CredentialMarks), c.App.Secret, c.App.Key, "of-another-program", "KAKAO_") {
			if strings.Contains(text, secret) {
				t.Errorf("%s of the keeper holds %q", name, secret)
			}
		}
	}
	theirs := files(t, s.Cmd.Process.Pid)
	for fd, target := range files(t, keeper) {
		for _, n := range []string{"0", "1", "2", "3"} {
			if shared := theirs[n]; target == shared && target != os.DevNull || fd != "0" && fd != "1" && fd != "2" && target == os.DevNull {
				t.Errorf("the keeper holds the server's file %s (%s)", fd, target)
			}
		}
	}
	if cwd, err := os.Readlink(filepath.Join("/proc", fmt.Sprint(keeper), "cwd")); err != nil || cwd != c.Home {
		t.Errorf("it works in %s, %v", cwd, err)
	}

	if err := syscall.Kill(-s.Cmd.Process.Pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	s.Exit()
	finish(c, page)
	next := c.Servers(1)[0]
	c.Sent(next, next.Request("tools/call", e2etest.SendCall("hello")))
}

// files returns what a process has open, by descriptor.
func files(t *testing.T, pid int) map[string]string {
	t.Helper()
	dir := filepath.Join("/proc", fmt.Sprint(pid), "fd")
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	open := map[string]string{}
	for _, f := range list {
		target, err := os.Readlink(filepath.Join(dir, f.Name()))
		if err == nil {
			open[f.Name()] = target
		}
	}
	return open
}
