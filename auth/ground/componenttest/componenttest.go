// Package componenttest says in tests which component is missing on a computer. It is
// for tests only, may be imported by those of every package, and imports nothing of
// this module.
package componenttest

import (
	"os"
	"os/exec"
	"testing"
)

// RequireEnv turns "component missing" from a skip into a failure when it is 1.
const RequireEnv = "KAKAOTALK_TEST_REQUIRE"

// Missing ends a test that needs a component which is not installed.
func Missing(t testing.TB, component string) {
	t.Helper()
	if os.Getenv(RequireEnv) == "1" {
		t.Fatalf("component missing: %s", component)
	}
	t.Skipf("component missing: %s", component)
}

// Programs ends a test that needs programs which are not all on PATH.
func Programs(t testing.TB, names ...string) {
	t.Helper()
	for _, name := range names {
		if _, err := exec.LookPath(name); err != nil {
			Missing(t, name)
		}
	}
}
