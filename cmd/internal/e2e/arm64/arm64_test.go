//go:build linux

package arm64

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

const emulator = "qemu-aarch64"

// arm64Program builds the program for linux/arm64 into a folder whose name has
// blanks and Hangul, as the folders of its user have.
func arm64Program(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath(emulator); err != nil {
		e2etest.Missing(t, emulator)
	}
	dir := filepath.Join(t.TempDir(), "홍 길동", "내 프로그램")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "kakaotalk-mcp")
	build := exec.Command("go", "build", "-o", out, "./cmd/kakaotalk-mcp")
	build.Dir = e2etest.Root(t)
	build.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building for arm64: %v\n%s", err, text)
	}
	return out
}

// TestArm64 runs the program for linux/arm64 under qemu's user mode emulation:
// real system calls of this machine, arm64 code.
func TestArm64(t *testing.T) {
	t.Parallel()
	bin := arm64Program(t)
	t.Run("version", func(t *testing.T) {
		t.Parallel()
		out, err := exec.Command(emulator, bin, "version", "--json").Output()
		if err != nil || !strings.Contains(string(out), `"arch": "arm64"`) {
			t.Errorf("%v: %s", err, out)
		}
	})
	t.Run("serve", func(t *testing.T) { serveOnArm64(t, bin) })
	t.Run("demo", func(t *testing.T) { demoOnArm64(t, bin) })
}

// serveOnArm64 is a first use by an AI client: probes in both eras, a login, a
// search, messages, the same again by a second copy.
func serveOnArm64(t *testing.T, bin string) {
	kakao, settings := e2etest.NewKakao(t)
	user := filepath.Join(t.TempDir(), "홍 길동", "집 폴더")
	if err := os.MkdirAll(user, 0o700); err != nil {
		t.Fatal(err)
	}
	env := e2etest.BareEnv(t, append(append(settings, e2etest.Browser(t)...), "HOME="+user)...)
	start := func() *e2etest.Server {
		s := launch(t, bin, env, "serve")
		s.Initialize(map[string]any{})
		return s
	}
	s, native := start(), e2etest.Start(t, env)
	native.Initialize(map[string]any{})
	for era, params := range map[string]map[string]any{"legacy": {}, "modern": e2etest.Modern(nil, map[string]any{})} {
		got, want := s.Ask("tools/list", params), native.Ask("tools/list", params)
		if !bytes.Equal(got, want) || len(got) < 1000 {
			t.Errorf("%s: tools/list has %d bytes on arm64, %d here", era, len(got), len(want))
		}
	}

	// A family and a flag in one grapheme each, and Hangul as macOS spells it.
	text := "안녕하세요 👩‍👩‍👧‍👦🇰🇷 " + norm.NFD.String("각 꽃밭")
	call := func(s *e2etest.Server, tool string, args map[string]any, status string) {
		t.Helper()
		if r := s.CallTool(tool, e2etest.JSON(t, args)); r.IsError || r.Structured["status"] != status {
			t.Errorf("%s: %v %s", tool, r.Structured, r.Text())
		}
	}
	call(s, e2etest.ToolToMe, map[string]any{"message": text}, "sent")
	if r := s.CallTool(e2etest.ToolSearch, e2etest.JSON(t, map[string]any{"query": norm.NFD.String("홍길동")})); r.IsError || r.Structured["total_count"] != 1.0 {
		t.Errorf("search: %v %s", r.Structured, r.Text())
	}
	friend := map[string]any{"to": norm.NFD.String("홍길동"), "message": text}
	call(s, e2etest.ToolSend, friend, "sent")
	if code, _ := s.End(); code != e2etest.ExitOK { // an emulator says nothing about times
		t.Errorf("exit code %d after the end of input", code)
	}

	again := start() // finds login and journal in the files
	call(again, e2etest.ToolToMe, map[string]any{"message": text}, "already_sent")
	call(again, e2etest.ToolSend, friend, "already_sent")
	var arrived []string
	for _, d := range kakao.Deliveries() {
		arrived = append(arrived, d.Text)
	}
	if !slices.Equal(arrived, []string{text, text}) {
		t.Errorf("arrived: %q", arrived)
	}
	made := e2etest.Files(t, filepath.Join(user, ".kakaotalk-mcp"))
	for _, name := range []string{"journal", "secrets"} {
		if _, ok := made[name]; !ok {
			t.Errorf("no %s in %s", name, e2etest.Entries(t, filepath.Join(user, ".kakaotalk-mcp")))
		}
	}
	logins := 0
	for _, r := range kakao.Requests() {
		if r.Path == "/oauth/token" {
			logins++
		}
	}
	if logins != 2 { // the login and the consent to the friend list
		t.Errorf("%d token requests", logins)
	}
}

// demoOnArm64 runs `demo`, which starts itself as the server by its own path.
func demoOnArm64(t *testing.T, bin string) {
	s := launch(t, bin, e2etest.BareEnv(t, "KAKAO_LANG=ko"), "demo")
	var out strings.Builder
	for line := range s.Lines { // ends with the demo
		out.Write(line)
	}
	if code := s.Exit(); code != e2etest.ExitOK || strings.Count(out.String(), "✔") != 5 {
		t.Errorf("exit code %d\n%s%s", code, out.String(), s.Stderr)
	}
}

// launch starts the program under the emulator so that it can start itself by its own
// path, as the demo and the keeper of a login do. The kernel refuses arm64 files there,
// and teaching it (binfmt_misc) would change the whole machine. So the emulator is
// stopped before the first instruction, with its debugger port, and a script that starts
// the emulator takes the file's place: what the program executes is then the emulator
// with the same program.
func launch(t *testing.T, bin string, env []string, args ...string) *e2etest.Server {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "내 프로그램")
	program, wrapper, debugger := filepath.Join(dir, "program"), filepath.Join(dir, "wrapper"), filepath.Join(dir, "debugger")
	named := filepath.Join(dir, "kakaotalk-mcp")
	script := fmt.Sprintf("#!/bin/sh\nexec %s '%s' \"$@\"\n", emulator, program)
	err := errors.Join(os.Mkdir(dir, 0o700), os.Link(bin, program), os.Link(bin, named), os.WriteFile(wrapper, []byte(script), 0o700))
	if err != nil {
		t.Fatal(err)
	}
	s := e2etest.Launch(t, exec.Command(emulator, append([]string{"-g", debugger, named}, args...)...), env)
	var c net.Conn
	e2etest.WaitUntil(t, "the emulator waiting", func() bool { c, err = net.Dial("unix", debugger); return err == nil })
	if err := os.Rename(wrapper, named); err != nil {
		t.Fatal(err)
	}
	// The debugger goes: "detach", acknowledged and confirmed.
	answer := make([]byte, len("+$OK#9a"))
	if _, err := io.WriteString(c, "$D#44"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(c, answer); err != nil || string(answer) != "+$OK#9a" {
		t.Fatalf("the emulator's debugger says %q: %v", answer, err)
	}
	c.Close()
	return s
}
