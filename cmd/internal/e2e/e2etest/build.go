package e2etest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// programEnv names a built program to test, where there is no Go to build one.
const programEnv = "KAKAOTALK_TEST_PROGRAM"

// Packages of programs that tests start.
const (
	product = "./cmd/kakaotalk-mcp"
	bare    = "./cmd/internal/e2e/bare"
)

// builds are the programs built so far, by package and flags.
var builds struct {
	sync.Mutex
	dirs []string
	made map[string]func() (string, error)
}

// Program returns the path of the program, instrumented for races as the test is.
func Program(t testing.TB) string {
	t.Helper()
	if path := os.Getenv(programEnv); path != "" {
		return path
	}
	return build(t, product, raceFlags...)
}

// PlainProgram returns the path of the program without instrumentation, which
// changes what a process costs.
func PlainProgram(t testing.TB) string {
	t.Helper()
	if path := os.Getenv(programEnv); path != "" {
		return path
	}
	return build(t, product)
}

// BareServer returns the path of the server that does nothing but offer three
// static tools.
func BareServer(t testing.TB) string {
	t.Helper()
	return build(t, bare)
}

// build returns a copy of a program in a folder of this process. It is linked once
// for all packages of tests: `go run` keeps what it links in the build cache, by
// its contents, and has this test binary run it, which copies it.
func build(t testing.TB, pkg string, flags ...string) string {
	t.Helper()
	root, self := Root(t), Self(t)
	key := fmt.Sprint(pkg, flags)
	builds.Lock()
	made := builds.made[key]
	if made == nil {
		made = sync.OnceValues(func() (string, error) { return linked(root, self, pkg, flags) })
		if builds.made == nil {
			builds.made = map[string]func() (string, error){}
		}
		builds.made[key] = made
	}
	builds.Unlock()
	path, err := made()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func linked(root, self, pkg string, flags []string) (string, error) {
	dir, err := os.MkdirTemp("", "kakaotalk-mcp-test-")
	if err != nil {
		return "", err
	}
	builds.Lock()
	builds.dirs = append(builds.dirs, dir)
	builds.Unlock()
	// Links to the temporary folder would make the program's own path differ.
	if resolved, err := filepath.EvalSymlinks(dir); err == nil {
		dir = resolved
	}
	path := filepath.Join(dir, ExeName(filepath.Base(pkg)))
	words := append([]string{"run"}, flags...)
	cmd := exec.Command("go", append(words, "-exec", "'"+self+"'", pkg, path)...)
	cmd.Dir, cmd.Env = root, append(os.Environ(), ChildEnv+"=copy")
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building %s: %w\n%s", pkg, err, text)
	}
	return path, nil
}

// copyProgram is what `go run` starts: it copies its first argument to the second.
func copyProgram() int {
	raw, err := os.ReadFile(os.Args[1])
	if err := errors.Join(err, os.WriteFile(os.Args[2], raw, 0o755)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func removeBuilt() {
	for _, dir := range builds.dirs {
		os.RemoveAll(dir)
	}
}
