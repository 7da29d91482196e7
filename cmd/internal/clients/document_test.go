package clients

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/auth/ground/componenttest"
)

// killHome, when set, makes TestKilledBeforeRename the child that is killed.
const killHome = "KAKAOTALK_MCP_TEST_KILL_HOME"

// A run that is killed with the new content written, but not in place, leaves the
// old file, and does not hold up a later run for long.
func TestKilledBeforeRename(t *testing.T) {
	if home := os.Getenv(killHome); home != "" {
		sys := computer(t, "linux")
		sys.Home = home
		sys.rename = func(string, string) error {
			self, err := os.FindProcess(os.Getpid())
			if err != nil {
				return err
			}
			_ = self.Kill()
			select {}
		}
		_, err := client(t, sys, "cursor").Install(t.Context(), entryFor("linux"), Options{})
		t.Fatalf("not killed: %v", err)
	}

	sys := computer(t, "linux")
	c := client(t, sys, "cursor")
	put(t, c, []byte(otherServer))
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledBeforeRename$")
	cmd.Env = append(os.Environ(), killHome+"="+sys.Home)
	if out, err := cmd.CombinedOutput(); err == nil || cmd.ProcessState.ExitCode() > 0 && os.PathSeparator == '/' {
		t.Fatalf("the child ended by itself: %v\n%s", err, out)
	}
	want := map[string]string{c.File(): otherServer, c.File() + firstBackup: otherServer}
	got := tree(t, sys.Home)
	if got[c.File()+tempSuffix] == "" {
		t.Error("the child was not killed between writing and renaming")
	}
	delete(got, c.File()+tempSuffix)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("after the kill (-want +got):\n%s", diff)
	}

	if _, err := c.Install(t.Context(), entryFor("linux"), Options{}); reason(err) != "busy" {
		t.Errorf("right after the kill: %v", err)
	}
	old := time.Now().Add(-2 * staleTemp)
	if err := os.Chtimes(c.File()+tempSuffix, old, old); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Install(t.Context(), entryFor("linux"), Options{}); err != nil {
		t.Errorf("later: %v", err)
	}
	if _, err := os.Stat(c.File() + tempSuffix); err == nil {
		t.Error("the temporary file stayed")
	}
}

func TestFailedRename(t *testing.T) {
	sys := computer(t, "linux")
	sys.rename = func(string, string) error { return errors.New("in use") }
	c := client(t, sys, "cursor")
	put(t, c, []byte(otherServer))
	if _, err := c.Install(t.Context(), entryFor("linux"), Options{}); reason(err) != "write_failed" {
		t.Errorf("refused with %v", err)
	}
	want := map[string]string{c.File(): otherServer, c.File() + firstBackup: otherServer}
	if diff := cmp.Diff(want, tree(t, sys.Home)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What the client wrote after we read is not overwritten.
func TestChangedMeanwhile(t *testing.T) {
	c := client(t, computer(t, "linux"), "cursor")
	put(t, c, []byte(otherServer))
	doc, err := c.load()
	if err != nil {
		t.Fatal(err)
	}
	put(t, c, []byte(`{"new": true}`))
	if _, err := c.save(doc, "{}", false); reason(err) != "changed" {
		t.Errorf("saved over a newer file: %v", err)
	}
	if got := read(t, c.File()); got != `{"new": true}` {
		t.Errorf("file holds %s", got)
	}
}

// link makes a symbolic link, if there is such a thing: Windows asks for a
// privilege, and Wine reports success and makes none.
func link(t *testing.T, target, path string) {
	t.Helper()
	err := os.Symlink(target, path)
	if info, missing := os.Lstat(path); err != nil || missing != nil || info.Mode()&os.ModeSymlink == 0 {
		componenttest.Missing(t, "symbolic links")
	}
}

func TestModeAndLinks(t *testing.T) {
	sys := computer(t, "linux")
	c := client(t, sys, "cursor")
	put(t, c, nil)
	target := filepath.Join(sys.Home, "dotfiles", "cursor.json")
	err := errors.Join(os.Remove(c.File()), os.Mkdir(filepath.Dir(target), 0o700),
		os.WriteFile(target, []byte(otherServer), 0o600), os.Chmod(target, 0o644))
	if err != nil {
		t.Fatal(err)
	}
	link(t, filepath.Join("..", "dotfiles", "cursor.json"), c.File())
	change, err := c.Install(t.Context(), entryFor("linux"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(c.File()); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone (%v)", err)
	}
	real, err := filepath.EvalSymlinks(target)
	if err != nil || change.File != real || change.Backup != real+firstBackup {
		t.Errorf("change %+v, %v", change, err)
	}
	for _, path := range []string{target, change.Backup} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o644 && os.PathSeparator == '/' {
			t.Errorf("%s: mode %v, %v", path, info.Mode(), err)
		}
	}
}

// The file as it was before us is kept for good, later states beside it, each once.
func TestBackups(t *testing.T) {
	c, e := client(t, computer(t, "linux"), "cursor"), entryFor("linux")
	path := c.File()
	states := []string{otherServer}
	put(t, c, []byte(otherServer))
	for _, command := range []string{"/a/kakaotalk-mcp", "/b/kakaotalk-mcp", "/c/kakaotalk-mcp", "/b/kakaotalk-mcp", "/c/kakaotalk-mcp"} {
		e.Command = command
		if _, err := c.Install(t.Context(), e, Options{}); err != nil {
			t.Fatal(err)
		}
		if text := read(t, path); !slices.Contains(states, text) {
			states = append(states, text)
		}
	}
	want := []string{path + firstBackup, path + ".kakaotalk-mcp.2.bak", path + ".kakaotalk-mcp.3.bak", path + ".kakaotalk-mcp.4.bak"}
	if diff := cmp.Diff(want, c.Backups()); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	for i, backup := range c.Backups() {
		if got := read(t, backup); got != states[i] {
			t.Errorf("%s holds %s, want %s", backup, got, states[i])
		}
	}
}
