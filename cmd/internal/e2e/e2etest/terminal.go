package e2etest

import (
	"io"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// Keys.
const (
	Enter = "\r"
	CtrlC = "\x03"
	CtrlD = "\x04"
)

// EndOfInput is what ends the input of a terminal, on an empty line.
var EndOfInput = map[bool]string{true: "\x1a\r", false: CtrlD}[runtime.GOOS == "windows"]

// Terminal is a program in a pseudo-terminal, with a person who reads and types.
type Terminal struct {
	ShowsSecret bool // a rehearsal gives the person a secret to type in

	t    testing.TB
	cmd  *exec.Cmd
	side terminalSide
	wait func()        // for the end of cmd
	done chan struct{} // closed when the program's output has ended

	mu   sync.Mutex
	raw  strings.Builder
	seen string        // raw without blanks and escape sequences
	read int           // how much of seen was expected already
	at   int           // how much of raw was awaited already
	news chan struct{} // closed when there is more to see
}

// terminalSide is the side of a terminal at which a person sits.
type terminalSide struct {
	io.Reader
	io.Writer
	close func()
}

var escapes = regexp.MustCompile("\x1b\\[[0-9;?<>=$]*[A-Za-z]|\x1b\\][^\x07\x1b]*(\x07|\x1b\\\\)|\x1b[=>()][A-Z0-9]?")

// Unescaped is text without control sequences.
func Unescaped(text string) string { return escapes.ReplaceAllString(text, "") }

// Squeezed is what of a screen can be compared, wherever its lines break.
func Squeezed(text string) string {
	return strings.NewReplacer(" ", "", "\n", "", "\r", "", "\t", "", "┃", "").Replace(Unescaped(text))
}

// Open starts a command of the program in a terminal of 80x24.
func (c *Computer) Open(args ...string) *Terminal {
	c.Helper()
	return OpenTerminal(c, c.Env, 80, Program(c), args...)
}

// OpenTerminal starts a program in a terminal of so many columns and 24 rows.
func OpenTerminal(t testing.TB, env []string, columns int, path string, args ...string) *Terminal {
	t.Helper()
	cmd := exec.Command(path, args...)
	cmd.Env, cmd.Dir = append([]string{"TERM=xterm-256color"}, env...), t.TempDir()
	side, wait := startInTerminal(t, cmd, columns, 24)
	x := &Terminal{t: t, cmd: cmd, side: side, wait: wait, done: make(chan struct{}), news: make(chan struct{})}
	go x.watch()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		side.close()
		<-x.done
		if !x.ShowsSecret {
			AssertInside(t, env, x.Raw())
		}
		if t.Failed() {
			t.Logf("on the screen: %q", x.tail())
		}
	})
	return x
}

func (x *Terminal) watch() {
	defer close(x.done)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		x.wait()
	}()
	chunk := make([]byte, 4096)
	for {
		n, err := x.side.Read(chunk)
		x.mu.Lock()
		x.raw.Write(chunk[:n])
		x.seen = Squeezed(x.raw.String())
		close(x.news)
		x.news = make(chan struct{})
		x.mu.Unlock()
		if err != nil { // the program ended
			<-ended
			return
		}
	}
}

// Expect waits for the texts, one after the other, wherever their lines break.
func (x *Terminal) Expect(texts ...string) {
	x.t.Helper()
	for _, text := range texts {
		squeezed := Squeezed(text)
		x.waitFor(text, func() bool {
			i := strings.Index(x.seen[x.read:], squeezed)
			if i >= 0 {
				x.read += i + len(squeezed)
			}
			return i >= 0
		})
	}
}

// Await waits for text exactly as the program writes it, after what was awaited
// before. A Windows console draws anew what was written: there it is Expect.
func (x *Terminal) Await(text string) {
	x.t.Helper()
	if runtime.GOOS == "windows" {
		x.Expect(text)
		return
	}
	x.waitFor(text, func() bool {
		i := strings.Index(x.raw.String()[x.at:], text)
		if i >= 0 {
			x.at += i + len(text)
		}
		return i >= 0
	})
}

// waitFor waits until found, called with the lock held, is true.
func (x *Terminal) waitFor(text string, found func() bool) {
	x.t.Helper()
	limit := time.After(Patience)
	for ended := false; ; {
		x.mu.Lock()
		ok, news := found(), x.news
		x.mu.Unlock()
		switch {
		case ok:
			return
		case ended:
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

func (x *Terminal) tail() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return "…" + x.seen[max(0, len(x.seen)-1500):]
}

// Raw returns everything that the program wrote so far.
func (x *Terminal) Raw() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.raw.String()
}

// Seen returns the same, squeezed.
func (x *Terminal) Seen() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.seen
}

// Saw reports whether the text was on the screen at any time.
func (x *Terminal) Saw(text string) bool { return strings.Contains(x.Seen(), Squeezed(text)) }

// Times counts how often the text was on the screen so far.
func (x *Terminal) Times(text string) int { return strings.Count(x.Seen(), Squeezed(text)) }

// Press types.
func (x *Terminal) Press(keys ...string) {
	x.t.Helper()
	for _, k := range keys {
		if _, err := io.WriteString(x.side, k); err != nil {
			x.t.Fatal(err)
		}
	}
}

// Signal sends a signal to the program.
func (x *Terminal) Signal(s os.Signal) {
	x.t.Helper()
	if err := x.cmd.Process.Signal(s); err != nil {
		x.t.Fatal(err)
	}
}

// End waits for the program's end and returns its exit code, -1 for a signal.
func (x *Terminal) End() int {
	x.t.Helper()
	select {
	case <-x.done:
	case <-time.After(Patience):
		x.t.Fatalf("the program does not end:\n%s", x.tail())
	}
	return x.cmd.ProcessState.ExitCode()
}

// Exit waits for the program's end, with this exit code.
func (x *Terminal) Exit(want int) {
	x.t.Helper()
	if code := x.End(); code != want {
		x.t.Fatalf("exit code %d, want %d:\n%s", code, want, x.tail())
	}
}

// Word returns the next n bytes on the screen, squeezed.
func (x *Terminal) Word(n int) string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.seen[x.read:min(len(x.seen), x.read+n)]
}

// Address returns the last web address on the screen that ends with path.
func (x *Terminal) Address(path string) string {
	x.t.Helper()
	seen := x.Seen()
	end := strings.LastIndex(seen, path)
	begin := strings.LastIndex(seen[:max(end, 0)], "http://")
	if begin < 0 {
		x.t.Fatalf("no address with %s on the screen:\n%s", path, seen)
	}
	return seen[begin : end+len(path)]
}
