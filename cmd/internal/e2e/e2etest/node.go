package e2etest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/gofrs/flock"
)

// installTime bounds the first download of packages from npm, about 100 MB.
const installTime = 5 * time.Minute

// NodePackages returns a folder of the tests' cache with the scripts in from and
// the packages of its package-lock.json, and the path of a Node that runs them.
func NodePackages(t testing.TB, from string) (dir, node string) {
	t.Helper()
	npm, err := exec.LookPath("npm")
	if err != nil {
		Missing(t, "npm")
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		Missing(t, "cache folder")
	}
	lockfile, err := os.ReadFile(filepath.Join(from, "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(lockfile)
	dir = filepath.Join(cache, "kakaotalk-mcp-test", "node-"+hex.EncodeToString(sum[:6]))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		Missing(t, "cache folder")
	}
	lock := flock.New(filepath.Join(dir, "lock"))
	ctx, cancel := context.WithTimeout(t.Context(), installTime)
	defer cancel()
	if _, err := lock.TryLockContext(ctx, 100*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	scripts, err := filepath.Glob(filepath.Join(from, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range scripts {
		text, err := os.ReadFile(path)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, filepath.Base(path)), text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	done := filepath.Join(dir, "installed")
	if _, err := os.Stat(done); err != nil {
		install := exec.CommandContext(ctx, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
		install.Dir = dir
		if text, err := install.CombinedOutput(); err != nil {
			t.Logf("npm ci: %v\n%s", err, text)
			Missing(t, "npm packages")
		}
		if err := os.WriteFile(done, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// The Node that was installed with them, else one new enough on the machine.
	found, _ := filepath.Glob(filepath.Join(dir, "node_modules", "node-*", "bin", ExeName("node")))
	if len(found) > 0 {
		return dir, found[0]
	}
	node, err = exec.LookPath("node")
	if err != nil {
		Missing(t, "node 22")
	}
	var major, minor int
	text, err := exec.Command(node, "-p", "process.versions.node").Output()
	if err == nil {
		_, err = fmt.Sscanf(string(text), "%d.%d", &major, &minor)
	}
	if err != nil || major*100+minor < 2219 {
		Missing(t, "node 22.19")
	}
	return dir, node
}
