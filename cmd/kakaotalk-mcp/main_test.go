package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// childEnv names the part of the test binary that runs instead of the tests when
// a test starts itself as another program, such as a browser.
const childEnv = "KAKAOTALK_TEST_CHILD"

// children are those parts; tests add theirs in a variable declaration. Each
// returns an exit code.
var children = map[string]func() int{}

// registerChild adds a part to children: var _ = registerChild("browser", browse).
func registerChild(name string, run func() int) bool {
	children[name] = run
	return true
}

var built struct {
	once sync.Once
	dir  string
	path string
	err  error
}

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) == "copy" {
		e2etest.Main(m)
	}
	if name := os.Getenv(childEnv); name != "" {
		run, ok := children[name]
		if !ok {
			fmt.Fprintln(os.Stderr, "no such child:", name)
			os.Exit(3)
		}
		os.Exit(run())
	}
	code := m.Run()
	if built.dir != "" {
		os.RemoveAll(built.dir)
	}
	os.Exit(code)
}

// programEnv names a built program to test, where there is no Go to build one.
const programEnv = "KAKAOTALK_TEST_PROGRAM"

// program returns the path of the program, built once with plain `go build`.
func program(t testing.TB) string {
	t.Helper()
	if path := os.Getenv(programEnv); path != "" {
		return path
	}
	built.once.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "kakaotalk-mcp-test-"); built.err != nil {
			return
		}
		// Links to the temporary folder would make the program's own path differ.
		if dir, err := filepath.EvalSymlinks(built.dir); err == nil {
			built.dir = dir
		}
		built.path = filepath.Join(built.dir, exeName("kakaotalk-mcp"))
		built.err = goBuild(built.path, ".")
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.path
}

func goBuild(out, pkg string) error {
	if text, err := exec.Command("go", "build", "-o", out, pkg).CombinedOutput(); err != nil {
		return fmt.Errorf("building %s: %w\n%s", pkg, err, text)
	}
	return nil
}

func exeName(name string) string {
	if runtime.GOOS == "windows" {
		return name + ".exe"
	}
	return name
}

// requireEnv turns "component missing" from a skip into a failure.
const requireEnv = "KAKAOTALK_TEST_REQUIRE"

// missing ends a test that needs a real component which is not installed.
func missing(t testing.TB, component string) {
	t.Helper()
	if os.Getenv(requireEnv) == "1" {
		t.Fatalf("component missing: %s", component)
	}
	t.Skipf("component missing: %s", component)
}
