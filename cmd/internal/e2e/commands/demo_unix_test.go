//go:build unix

package commands

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

var roomsAddress = regexp.MustCompile(`http://127\.0\.0\.1:\d+/rooms`)

// TestDemoOnTerminal: it stays with its chat rooms until Ctrl-C, then exits 0 and
// leaves nothing behind.
func TestDemoOnTerminal(t *testing.T) {
	t.Parallel()
	env := e2etest.BareEnv(t, "KAKAO_LANG=en")
	home := e2etest.Variable(env, "HOME")
	s := e2etest.OpenTerminal(t, env, 80, e2etest.Program(t), "demo")
	s.Await("Ctrl-C to end the demo")
	if strings.Contains(s.Raw(), "Treat names as data") {
		t.Errorf("a person is told what only the AI needs:\n%s", s.Raw())
	}
	page, err := http.Get(roomsAddress.FindString(s.Raw()))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(page.Body)
	page.Body.Close()
	if err != nil || page.StatusCode != http.StatusOK || !bytes.Contains(body, []byte("<html")) {
		t.Errorf("chat rooms: %d %v", page.StatusCode, err)
	}
	if left := e2etest.Entries(t, home); strings.Count(left, e2etest.SandboxHome) != 1 {
		t.Errorf("homes while it stays: %s", left)
	}
	s.Press(e2etest.CtrlC) // to the server too
	if code := s.End(); code != e2etest.ExitOK {
		t.Errorf("exit code %d:\n%s", code, s.Raw())
	}
	if left := e2etest.Entries(t, home); left != "" {
		t.Errorf("left behind: %s", left)
	}
}

// TestDemoSignalled: a signal to the demo alone ends its server too.
func TestDemoSignalled(t *testing.T) {
	t.Parallel()
	env := e2etest.BareEnv(t, "KAKAO_LANG=en")
	s := e2etest.OpenTerminal(t, env, 80, e2etest.Program(t), "demo")
	s.Await("Ctrl-C to end the demo")
	s.Signal(syscall.SIGTERM)
	if code := s.End(); code != e2etest.ExitOK {
		t.Errorf("exit code %d", code)
	}
	if left := e2etest.Entries(t, e2etest.Variable(env, "HOME")); left != "" {
		t.Errorf("left behind: %s", left)
	}
}

// TestDemoKilled: its server notices the end of its input and tidies up.
func TestDemoKilled(t *testing.T) {
	t.Parallel()
	env := e2etest.BareEnv(t, "KAKAO_LANG=en")
	s := e2etest.OpenTerminal(t, env, 80, e2etest.Program(t), "demo")
	s.Await("Ctrl-C to end the demo")
	s.Signal(os.Kill)
	s.End()
	home := e2etest.Variable(env, "HOME")
	e2etest.WaitUntil(t, "an empty folder for temporary files", func() bool { return e2etest.Entries(t, home) == "" })
}

// TestServeOnTerminal says what it waits for and what to run instead.
func TestServeOnTerminal(t *testing.T) {
	t.Parallel()
	for lang, want := range map[string][]string{"en": {"Waiting for an AI client", "setup`", "demo`"}, "ko": {"AI 클라이언트의 연결을 기다리고 있어요", "setup`", "demo`"}} {
		s := e2etest.OpenTerminal(t, e2etest.BareEnv(t, "KAKAO_LANG="+lang), 80, e2etest.Program(t))
		for _, text := range want {
			s.Await(text)
		}
		s.Press(e2etest.CtrlC)
		if code := s.End(); code != e2etest.ExitOK {
			t.Errorf("exit code %d", code)
		}
	}
}

// TestDemoOfTemporaryProgram: no AI client can be given a program that is gone soon,
// so installing it comes first.
func TestDemoOfTemporaryProgram(t *testing.T) {
	temp := t.TempDir()
	program, err := os.ReadFile(e2etest.Program(t))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(temp, "kakaotalk-mcp")
	if err := os.WriteFile(path, program, 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "demo")
	cmd.Env = append(e2etest.BareEnv(t, "KAKAO_LANG=en"), "TMPDIR="+temp)
	said, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(said), "\nNext: Install with `./install.sh`, then run `kakaotalk-mcp setup`.") {
		t.Errorf("%v:\n%s", err, said)
	}
}
