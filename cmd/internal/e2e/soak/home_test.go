//go:build linux

package soak

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/journal"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// scarceHome is a home on a small file system of its own, which can be filled and
// made read-only. Where that may not be mounted, the processes are instead allowed
// no file writes: what they see is EFBIG in place of ENOSPC and EROFS.
type scarceHome struct {
	dir     string
	mounted bool
}

const (
	homeSize = "size=4m,mode=0700"
	ballast  = "ballast"
)

func newScarceHome(t *testing.T) *scarceHome {
	t.Helper()
	h := &scarceHome{dir: t.TempDir()}
	if err := os.Chmod(h.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	h.mounted = syscall.Mount("tmpfs", h.dir, "tmpfs", 0, homeSize) == nil
	t.Cleanup(func() {
		if h.mounted {
			if err := syscall.Unmount(h.dir, syscall.MNT_DETACH); err != nil {
				t.Error(err)
			}
		}
	})
	return h
}

func (h *scarceHome) full(s *soak) {
	if !h.mounted {
		h.limit(s, 0)
		return
	}
	f, err := os.Create(filepath.Join(h.dir, ballast))
	if err != nil {
		s.Errorf("filling the disk: %v", err)
		return
	}
	defer f.Close()
	for block := make([]byte, 64<<10); len(block) > 0; {
		if _, err := f.Write(block); err != nil {
			block = block[:len(block)/2]
		}
	}
}

func (h *scarceHome) roomy(s *soak) {
	if !h.mounted {
		h.limit(s, unix.RLIM_INFINITY)
	} else if err := os.Remove(filepath.Join(h.dir, ballast)); err != nil {
		s.Errorf("emptying the disk: %v", err)
	}
}

func (h *scarceHome) readOnly(s *soak) { h.remount(s, syscall.MS_RDONLY, 0) }
func (h *scarceHome) writable(s *soak) { h.remount(s, 0, unix.RLIM_INFINITY) }

func (h *scarceHome) remount(s *soak, flags uintptr, limit uint64) {
	if !h.mounted {
		h.limit(s, limit)
		return
	}
	for deadline := time.Now().Add(e2etest.Patience); ; {
		err := syscall.Mount("tmpfs", h.dir, "tmpfs", syscall.MS_REMOUNT|flags, homeSize)
		if err == nil {
			return
		}
		if !errors.Is(err, syscall.EBUSY) || time.Now().After(deadline) { // busy: a file is being written
			s.Errorf("remounting: %v", err)
			return
		}
		s.wait(time.Millisecond)
	}
}

func (h *scarceHome) limit(s *soak, bytes uint64) {
	for _, x := range s.seats {
		limit := unix.Rlimit{Cur: bytes, Max: unix.RLIM_INFINITY}
		if err := unix.Prlimit(x.srv.Cmd.Process.Pid, unix.RLIMIT_FSIZE, &limit, nil); err != nil {
			s.Errorf("limiting file sizes: %v", err)
		}
	}
}

// fillJournal makes the journal nearly as long as it may get, so that the servers
// have to rewrite it; its header tells whether they did.
func (s *soak) fillJournal() {
	const entries, together = 9960, 498
	j := journal.Open(s.home.dir, time.Now)
	for n := range entries / together {
		var items []journal.Item
		for part := range together {
			items = append(items, journal.Item{Account: "somebody else", Receiver: journal.Me, Content: strconv.Itoa(n), Part: part})
		}
		if _, err := j.Begin(s.Context(), items, time.Hour, false); err != nil {
			s.Fatal(err)
		}
	}
	s.header = s.journalHeader()
}

func (s *soak) journalHeader() string {
	raw, err := os.ReadFile(filepath.Join(s.home.dir, "journal"))
	if err != nil || len(raw) < 64 {
		s.Fatalf("no journal: %v", err)
	}
	return string(raw[:64])
}

// startKeyring gives the servers a real keychain: a session bus with an unlocked
// gnome-keyring, which can be stopped.
func (s *soak) startKeyring() {
	for _, name := range []string{"dbus-run-session", "gnome-keyring-daemon"} {
		if _, err := exec.LookPath(name); err != nil {
			e2etest.Missing(s, name)
		}
	}
	s.env = append(s.env, "KAKAO_TOKEN_STORE=keychain", "XDG_RUNTIME_DIR="+s.TempDir())
	cmd := exec.Command("dbus-run-session", "--", "sh", "-euc",
		`printf %s test-password | gnome-keyring-daemon --foreground --unlock --components=secrets >/dev/null 2>&1 &
echo "$! $DBUS_SESSION_BUS_ADDRESS"
wait`)
	cmd.Env, cmd.Dir = s.env, s.TempDir()
	out, err := cmd.StdoutPipe()
	if err != nil {
		s.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	pid, address, _ := strings.Cut(strings.TrimSpace(line), " ")
	if s.keyring, _ = strconv.Atoi(pid); err != nil || s.keyring == 0 || address == "" {
		s.Fatalf("no session bus: %q %v", line, err)
	}
	s.env = append(s.env, "DBUS_SESSION_BUS_ADDRESS="+address)
	s.Cleanup(func() {
		_ = syscall.Kill(s.keyring, syscall.SIGKILL) // then the shell and the bus end
		_ = cmd.Wait()
	})
}

// person finishes every login that a server waits for, whoever was to show the page.
func (s *soak) person() {
	browser := &sandbox.Visitor{}
	var done string
	var since time.Time
	for {
		select {
		case <-s.calm:
			return
		case <-time.After(25 * time.Millisecond): // people look now and then
		}
		var p struct{ ID, URL, Outcome string }
		raw, err := os.ReadFile(filepath.Join(s.home.dir, "login.json"))
		if err != nil || json.Unmarshal(raw, &p) != nil || p.URL == "" || p.Outcome != "" {
			continue
		}
		if p.ID == done && time.Since(since) < time.Second {
			continue // give it a moment; then try once more
		}
		done, since = p.ID, time.Now()
		_, _ = browser.Visit(s.Context(), p.URL) // a page that fails is opened again
	}
}
