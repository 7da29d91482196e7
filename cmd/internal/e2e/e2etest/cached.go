package e2etest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Cached returns a folder of the tests' cache, outside the tree, that install
// fills where it is not there yet: a command of a package manager whose last
// argument, the folder, is put behind. The name says the exact versions. What
// cannot be had is [Missing].
func Cached(t testing.TB, name string, install ...string) string {
	t.Helper()
	if _, err := exec.LookPath(install[0]); err != nil {
		Missing(t, install[0])
	}
	base, err := os.UserCacheDir()
	if err != nil {
		Missing(t, "cache folder")
	}
	dir := filepath.Join(base, "kakaotalk-mcp-test", name)
	if _, err := os.Stat(dir); err == nil {
		return dir
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		t.Fatal(err)
	}
	fresh, err := os.MkdirTemp(filepath.Dir(dir), "new-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(fresh)
	if out, err := exec.Command(install[0], append(install[1:], fresh)...).CombinedOutput(); err != nil {
		t.Logf("%s", out)
		Missing(t, name)
	}
	_ = os.Rename(fresh, dir) // another run may have been faster
	return dir
}
