package main

import (
	"errors"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
)

// terminalTime bounds the wait for one text on the screen.
const terminalTime = 45 * time.Second

// terminal is the built program in a pseudo-terminal of 80x24, with a person who
// reads and types.
type terminal struct {
	t    *testing.T
	cmd  *exec.Cmd
	pty  *os.File
	done chan struct{} // closed when the program's output has ended

	mu   sync.Mutex
	seen string // without spaces and escape sequences, up to now
	read int    // how much of it was expected already
	news chan struct{}
}

var escapes = regexp.MustCompile("\x1b\\[[0-9;?<>=$]*[A-Za-z]|\x1b\\][^\x07\x1b]*(\x07|\x1b\\\\)|\x1b[=>()][A-Z0-9]?")

// squeezed is what of a screen can be compared, wherever its lines break.
func squeezed(text string) string {
	return strings.NewReplacer(" ", "", "\n", "", "\r", "", "\t", "", "┃", "").Replace(escapes.ReplaceAllString(text, ""))
}

// open starts the program with the world's environment.
func (w *world) open(args ...string) *terminal {
	w.t.Helper()
	return openTerminal(w.t, w.environ(), program(w.t), args...)
}

// openTerminal starts a program in a terminal.
func openTerminal(t *testing.T, env []string, path string, args ...string) *terminal {
	t.Helper()
	cmd := exec.Command(path, args...)
	cmd.Env = append(env, "TERM=xterm-256color")
	if cover := os.Getenv("GOCOVERDIR"); cover != "" {
		cmd.Env = append(cmd.Env, "GOCOVERDIR="+cover)
	}
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
	if errors.Is(err, pty.ErrUnsupported) {
		missing(t, "pseudo-terminal")
	}
	if err != nil {
		t.Fatal(err)
	}
	x := &terminal{t: t, cmd: cmd, pty: tty, done: make(chan struct{}), news: make(chan struct{})}
	go x.watch()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = tty.Close()
		<-x.done
		_ = cmd.Wait()
	})
	return x
}

func (x *terminal) watch() {
	defer close(x.done)
	var raw strings.Builder
	chunk := make([]byte, 4096)
	for {
		n, err := x.pty.Read(chunk)
		raw.Write(chunk[:n])
		x.mu.Lock()
		x.seen = squeezed(raw.String())
		close(x.news)
		x.news = make(chan struct{})
		x.mu.Unlock()
		if err != nil { // the program ended
			return
		}
	}
}

// expect waits for the texts, one after the other.
func (x *terminal) expect(texts ...string) {
	x.t.Helper()
	limit := time.After(terminalTime)
	for _, text := range texts {
		ended := false
		for {
			found, news := x.look(text)
			if found {
				break
			}
			if ended {
				x.t.Fatalf("the program ended without %q:\n%s", text, x.tail())
			}
			select {
			case <-news:
			case <-x.done:
				ended = true // one more look
			case <-limit:
				x.t.Fatalf("no %q on the screen:\n%s", text, x.tail())
			}
		}
	}
}

// look finds the text behind what was found before; else news tells of more.
func (x *terminal) look(text string) (found bool, news <-chan struct{}) {
	x.mu.Lock()
	defer x.mu.Unlock()
	text = squeezed(text)
	i := strings.Index(x.seen[x.read:], text)
	if i < 0 {
		return false, x.news
	}
	x.read += i + len(text)
	return true, nil
}

func (x *terminal) tail() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return "…" + x.seen[max(0, len(x.seen)-1500):]
}

// saw reports whether the text was on the screen at any time.
func (x *terminal) saw(text string) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return strings.Contains(x.seen, squeezed(text))
}

// Keys.
const (
	keyEnter = "\r"
	keyCtrlC = "\x03"
)

func (x *terminal) press(keys ...string) {
	x.t.Helper()
	for _, k := range keys {
		if _, err := x.pty.WriteString(k); err != nil {
			x.t.Fatal(err)
		}
	}
}

// exit waits for the program's end.
func (x *terminal) exit(want int) {
	x.t.Helper()
	select {
	case <-x.done:
	case <-time.After(terminalTime):
		x.t.Fatalf("the program does not end:\n%s", x.tail())
	}
	_ = x.cmd.Wait()
	if code := x.cmd.ProcessState.ExitCode(); code != want {
		x.t.Fatalf("exit code %d, want %d:\n%s", code, want, x.tail())
	}
}

// word returns the next n characters on the screen.
func (x *terminal) word(n int) string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.seen[x.read : x.read+n]
}

// address returns the last web address on the screen that ends with path.
func (x *terminal) address(path string) string {
	x.t.Helper()
	x.mu.Lock()
	defer x.mu.Unlock()
	end := strings.LastIndex(x.seen, path)
	begin := strings.LastIndex(x.seen[:max(end, 0)], "http://")
	if begin < 0 {
		x.t.Fatalf("no address with %s on the screen:\n%s", path, x.seen)
	}
	return x.seen[begin : end+len(path)]
}
