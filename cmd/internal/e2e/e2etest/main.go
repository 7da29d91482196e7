// Package e2etest drives the built program as clients and people do: it builds
// the program, starts it, speaks MCP to it, and gives it a Kakao, a browser, a
// terminal, a keychain or a chat model of the test's own. Tests of the program
// use it; it imports what the stand-ins need and nothing of the program itself.
//
// Every package of such tests has this TestMain:
//
//	func TestMain(m *testing.M) { e2etest.Main(m) }
//
// Two variables matter: KAKAOTALK_TEST_PROGRAM names a built program to test,
// where there is no Go to build one; KAKAOTALK_TEST_REQUIRE=1 makes a missing
// component a failure.
package e2etest

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"kakaotalk-mcp/auth/ground/componenttest"
	"kakaotalk-mcp/auth/ground/waitingtest"
)

// Patience bounds every wait for another process; nothing waits that long unless
// it fails.
const Patience = 60 * time.Second

// ChildEnv names the part of the test binary that runs instead of the tests when
// a test starts itself as another program, such as a browser.
const ChildEnv = "KAKAOTALK_TEST_CHILD"

// children are those parts. Each returns an exit code.
var children = map[string]func() int{"browser": browse, "copy": copyProgram}

// Child adds a part to children: var _ = e2etest.Child("hold", hold).
func Child(name string, run func() int) bool {
	children[name] = run
	return true
}

// mainRuns tells that this process goes through Main: one that did not would run its
// tests where a child is wanted, which would start it as a child once more.
var mainRuns bool

// Main runs the tests of a package, or the part of the test binary that ChildEnv
// names, and ends the process.
func Main(m *testing.M) { MainWith(m, (*testing.M).Run) }

// MainWith is Main for packages whose tests share something: run runs them.
func MainWith(m *testing.M, run func(*testing.M) int) {
	mainRuns = true
	if name := os.Getenv(ChildEnv); name != "" {
		child, ok := children[name]
		if !ok {
			fmt.Fprintln(os.Stderr, "no such child:", name)
			os.Exit(3)
		}
		os.Exit(child())
	}
	waitingtest.SideBySide()
	code := run(m)
	removeBuilt()
	os.Exit(code)
}

// Self returns the path of the test binary, for tests that start it as another
// program.
func Self(t testing.TB) string {
	t.Helper()
	if !mainRuns {
		t.Fatal("this package of tests has no TestMain with e2etest.Main")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return self
}

// Missing ends a test that needs a real component which is not installed.
func Missing(t testing.TB, component string) {
	t.Helper()
	componenttest.Missing(t, component)
}

// WaitUntil polls what another process brings about.
func WaitUntil(t testing.TB, what string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(Patience); !done(); {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("it never happened: %s", what)
		}
	}
}

// Root returns the top of the source tree: the folder with go.mod.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("the test does not run in the source tree")
		}
		dir = filepath.Dir(dir)
	}
}

// ExeName is the name of a program's file on this system.
func ExeName(name string) string {
	if runtime.GOOS == "windows" {
		return name + ".exe"
	}
	return name
}
