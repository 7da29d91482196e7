//go:build unix

package clients

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// Root that registers in the home of somebody else leaves them all their files.
func TestOwnerStays(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("component missing: root")
	}
	const uid, gid = 12345, 54321
	user := owner{true, uid, gid}
	sys := computer(t, "linux")
	if err := os.Chown(sys.Home, uid, gid); err != nil {
		t.Fatal(err)
	}
	sys.LookPath = func(string) (string, error) { return "/usr/bin/client", nil }
	for _, id := range []string{"claude-code", "cursor", "cline", "codex", "continue"} {
		c, e := client(t, sys, id), entryFor("linux")
		check := func(path string) {
			t.Helper()
			info, err := os.Stat(path)
			if err != nil || ownerOf(info) != user {
				t.Errorf("%s: %s belongs to %+v, %v", id, path, ownerOf(info), err)
			}
		}
		if _, err := c.Install(t.Context(), e, Options{}); err != nil { // a new file
			t.Fatal(err)
		}
		for path := c.File(); path != filepath.Dir(sys.Home); path = filepath.Dir(path) {
			check(path)
		}
		if err := os.Chmod(c.File(), 0o640); err != nil {
			t.Fatal(err)
		}
		e.Args = append(e.Args, "--sandbox")
		change, err := c.Install(t.Context(), e, Options{}) // a change
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{c.File(), change.Backup} {
			check(path)
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
				t.Errorf("%s: mode %v, %v", path, info.Mode(), err)
			}
		}
	}
}

// actAs, when set, makes TestFileOfAnother the other user, whose home this is.
const actAs = "KAKAOTALK_MCP_TEST_OTHER_USER"

// Who may write a file, but not give it back to its owner, leaves it alone.
func TestFileOfAnother(t *testing.T) {
	if home := os.Getenv(actAs); home != "" {
		sys := computer(t, "linux")
		sys.Home = home
		if _, err := client(t, sys, "cursor").Install(t.Context(), entryFor("linux"), Options{}); reason(err) != "owner" {
			t.Errorf("refused with %v", err)
		}
		return
	}
	if os.Geteuid() != 0 {
		t.Skip("component missing: root")
	}
	dir, err := os.MkdirTemp("", "kakaotalk-mcp-other-*") // t.TempDir lets nobody else in
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	sys := computer(t, "linux")
	sys.Home = filepath.Join(dir, "home")
	c := client(t, sys, "cursor")
	put(t, c, []byte(otherServer))
	program := filepath.Join(dir, "test")
	raw, err := os.ReadFile(os.Args[0])
	err = errors.Join(err, os.Chmod(dir, 0o777), os.WriteFile(program, raw, 0o755), os.Chmod(program, 0o755),
		os.Chmod(c.sys.Home, 0o777), os.Chmod(filepath.Dir(c.File()), 0o777), os.Chmod(c.File(), 0o666))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "-test.run=^TestFileOfAnother$")
	cmd.Env, cmd.Dir = append(os.Environ(), actAs+"="+c.sys.Home, "TMPDIR="+dir), dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 12345, Gid: 12345}}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if files := tree(t, filepath.Dir(c.File())); len(files) != 1 || files[c.File()] != otherServer {
		t.Errorf("files: %v", files)
	}
}
