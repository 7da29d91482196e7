//go:build unix

package main

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// screen is a program on a pseudo-terminal.
type screen struct {
	cmd  *exec.Cmd
	tty  *os.File
	text lockedBuffer
	done chan error
}

func onTerminal(t *testing.T, env []string, args ...string) *screen {
	t.Helper()
	s := &screen{cmd: exec.Command(program(t), args...), done: make(chan error, 1)}
	s.cmd.Env, s.cmd.Dir = env, t.TempDir()
	tty, err := pty.Start(s.cmd)
	if err != nil {
		t.Fatal(err)
	}
	s.tty = tty
	go func() {
		io.Copy(&s.text, tty) // ends with an error once the program is gone
		s.done <- s.cmd.Wait()
	}()
	t.Cleanup(func() {
		s.cmd.Process.Kill()
		<-s.done
		tty.Close()
		assertInside(t, env, s.text.String())
	})
	return s
}

// await waits until the screen shows text; nothing but looking tells that.
func (s *screen) await(t *testing.T, text string) {
	t.Helper()
	for deadline := time.Now().Add(patience); !strings.Contains(s.text.String(), text); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the screen never shows %q:\n%s", text, s.text.String())
		}
	}
}

func (s *screen) exit(t *testing.T) int {
	t.Helper()
	select {
	case err := <-s.done:
		s.done <- err
		return s.cmd.ProcessState.ExitCode()
	case <-time.After(patience):
		t.Fatalf("the program does not end:\n%s", s.text.String())
	}
	return 0
}

var roomsAddress = regexp.MustCompile(`http://127\.0\.0\.1:\d+/rooms`)

// TestDemoOnTerminal: it stays with its chat rooms until Ctrl-C, then exits 0 and
// leaves nothing behind.
func TestDemoOnTerminal(t *testing.T) {
	env := bareEnv(t, "KAKAO_LANG=en")
	home := strings.TrimPrefix(env[1], "HOME=")
	s := onTerminal(t, env, "demo")
	s.await(t, "Ctrl-C ends the demo")
	page, err := http.Get(roomsAddress.FindString(s.text.String()))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(page.Body)
	page.Body.Close()
	if err != nil || page.StatusCode != http.StatusOK || !bytes.Contains(body, []byte("<html")) {
		t.Errorf("chat rooms: %d %v", page.StatusCode, err)
	}
	if left := entries(t, home); strings.Count(left, tempPrefix) != 1 {
		t.Errorf("homes while it stays: %s", left)
	}
	if _, err := s.tty.Write([]byte{3}); err != nil { // Ctrl-C, to the server too
		t.Fatal(err)
	}
	if code := s.exit(t); code != exitOK {
		t.Errorf("exit code %d:\n%s", code, s.text.String())
	}
	if left := entries(t, home); left != "" {
		t.Errorf("left behind: %s", left)
	}
}

// TestDemoSignalled: a signal to the demo alone ends its server too.
func TestDemoSignalled(t *testing.T) {
	env := bareEnv(t, "KAKAO_LANG=en")
	s := onTerminal(t, env, "demo")
	s.await(t, "Ctrl-C ends the demo")
	s.cmd.Process.Signal(syscall.SIGTERM)
	if code := s.exit(t); code != exitOK {
		t.Errorf("exit code %d", code)
	}
	if left := entries(t, strings.TrimPrefix(env[1], "HOME=")); left != "" {
		t.Errorf("left behind: %s", left)
	}
}

// TestDemoKilled: its server notices the end of its input and tidies up.
func TestDemoKilled(t *testing.T) {
	env := bareEnv(t, "KAKAO_LANG=en")
	s := onTerminal(t, env, "demo")
	s.await(t, "Ctrl-C ends the demo")
	s.cmd.Process.Kill()
	s.exit(t)
	home := strings.TrimPrefix(env[1], "HOME=")
	for deadline := time.Now().Add(patience); entries(t, home) != ""; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("left behind: %s", entries(t, home))
		}
	}
}

// TestServeOnTerminal says what it waits for and what to run instead.
func TestServeOnTerminal(t *testing.T) {
	for lang, want := range map[string][]string{"en": {"Waiting for an MCP client", "setup`", "demo`"}, "ko": {"MCP 클라이언트의 연결을 기다리고 있어요", "setup`", "demo`"}} {
		s := onTerminal(t, bareEnv(t, "KAKAO_LANG="+lang))
		for _, text := range want {
			s.await(t, text)
		}
		if _, err := s.tty.Write([]byte{3}); err != nil {
			t.Fatal(err)
		}
		if code := s.exit(t); code != exitOK {
			t.Errorf("exit code %d", code)
		}
	}
}
