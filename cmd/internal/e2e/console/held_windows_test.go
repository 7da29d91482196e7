package console

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/windows"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// heldFor is how long a virus scanner or a backup has a file open.
const heldFor = 300 * time.Millisecond

// hold opens a file as another program, which shares it with nobody or as Go does.
func hold(t *testing.T, path string, share uint32) windows.Handle {
	t.Helper()
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		t.Fatal(err)
	}
	h, err := windows.CreateFile(name, windows.GENERIC_READ, share, nil, windows.OPEN_EXISTING, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

var sharings = map[string]uint32{"shared with nobody": 0, "opened as Go does": windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE}

// used is a computer on which every command has left its files.
func used(t *testing.T) *e2etest.Computer {
	t.Helper()
	c := e2etest.NewComputer(t)
	c.Set("KAKAO_LANG", "en")
	c.WriteHome("config.env", "KAKAO_CONFIRM=never\r\n")
	c.LogIn()
	for _, args := range everyday(c) {
		c.Expect(0, "", args...)
	}
	if err := os.MkdirAll(filepath.Join(c.User, ".cursor"), 0o700); err != nil {
		t.Fatal(err)
	}
	c.Expect(0, "", "install", "cursor", "--force")
	return c
}

// everyday are commands that together use every file of the home.
func everyday(c *e2etest.Computer) [][]string {
	friend := e2etest.UUID(c, c.Kakao, "홍길동")
	return [][]string{
		{"status"}, {"friends", "alias", "길동이", friend}, {"friends", "alias", "--remove", "길동이"},
		{"send", "me", "a"}, {"send", "홍길동", "b"}, {"friends"}, {"doctor"},
	}
}

// holdAll opens every file of the home and of Cursor for a moment. The channel
// closes when all are let go.
func holdAll(t *testing.T, c *e2etest.Computer, share uint32) (released chan struct{}) {
	t.Helper()
	var held []windows.Handle
	for _, dir := range []string{c.Home, filepath.Join(c.User, ".cursor")} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() {
				held = append(held, hold(t, path, share))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(held) < 8 {
		t.Errorf("%d files only", len(held))
	}
	released = make(chan struct{})
	time.AfterFunc(heldFor, func() {
		defer close(released)
		for _, h := range held {
			_ = windows.CloseHandle(h)
		}
	})
	return released
}

// Somebody who has all our files open for a moment keeps nobody from working.
func TestFilesHeldForAMoment(t *testing.T) {
	c := used(t)
	commands := append(everyday(c), []string{"uninstall", "cursor"}, []string{"install", "cursor", "--force"})
	for sharing, share := range sharings {
		for _, args := range commands {
			released := holdAll(t, c, share)
			if out, problems, code := c.Run(args...); code != 0 {
				t.Errorf("%s: %q: exit code %d\n%s%s", sharing, args, code, out, problems)
			}
			<-released
		}
	}
	released := holdAll(t, c, 0)
	c.Expect(0, "", "uninstall", "--all", "--yes")
	<-released
	if _, err := os.Stat(c.Home); err == nil {
		t.Errorf("left: %s", e2etest.Entries(t, c.Home))
	}
}

// runWithout carries out a command that never gets at the file.
func runWithout(t *testing.T, c *e2etest.Computer, path string, args ...string) (problems string, code int) {
	t.Helper()
	h := hold(t, path, 0)
	defer windows.CloseHandle(h)
	cmd := exec.CommandContext(t.Context(), e2etest.Program(t), args...)
	cmd.Env = c.Env
	said, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return string(said), cmd.ProcessState.ExitCode()
}

// Who holds a file for longer is told of, with the file.
func TestFilesHeldForGood(t *testing.T) {
	t.Parallel()
	c := used(t)
	friend := e2etest.UUID(c, c.Kakao, "홍길동")
	for name, args := range map[string][]string{
		"config.env":   {"status"},
		"friends.json": {"friends", "alias", "길동이", friend},
		"journal":      {"send", "me", "c"},
		"journal.key":  {"send", "me", "d"},
	} {
		path := filepath.Join(c.Home, name)
		problems, code := runWithout(t, c, path, args...)
		if code == 0 || !strings.Contains(problems, path) || !strings.Contains(problems, "Another program is using") {
			t.Errorf("%s: exit code %d\n%s", name, code, problems)
		}
	}
	path := filepath.Join(c.User, ".cursor", "mcp.json")
	problems, code := runWithout(t, c, path, "uninstall", "cursor")
	if code == 0 || !strings.Contains(problems, path) || !strings.Contains(problems, "Another program is using") {
		t.Errorf("exit code %d\n%s", code, problems)
	}
}

// Commands that write beside servers that read: none fails.
func TestAliasesBesideSearchingServers(t *testing.T) {
	t.Parallel()
	c := used(t)
	friend := e2etest.UUID(c, c.Kakao, "홍길동")
	done := make(chan struct{})
	var searching sync.WaitGroup
	for _, s := range c.Servers(2) {
		searching.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-done:
					if n == 0 {
						t.Error("a server did not search")
					}
					return
				default:
				}
				id := s.Request("tools/call", map[string]any{"name": "search_kakao_friends", "arguments": map[string]any{"query": "길동"}})
				if r := s.Result(s.Await(id)); r.IsError {
					t.Errorf("a search: %s", r.Text())
				}
			}
		})
	}
	for i := range 30 {
		c.Expect(0, "", "friends", "alias", fmt.Sprintf("별명%d", i%7), friend)
	}
	close(done)
	searching.Wait()
}
