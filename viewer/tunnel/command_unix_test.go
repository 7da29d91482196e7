//go:build unix

package tunnel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// programConfig runs testdata/cloudflared.sh, whose children keep fifo open.
func programConfig(mode, fifo string) Config {
	spec, err := Parse("exec:sh testdata/cloudflared.sh " + mode + " talk.example.com {port} '" + fifo + "'")
	if err != nil {
		panic(err)
	}
	return Config{
		Spec: spec, BaseURL: testBase, ViewerAddr: "127.0.0.1:0",
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Host) }),
	}
}

// newFIFO makes a FIFO. The channel is closed when nobody has it open any more
// who had it open for writing.
func newFIFO(t *testing.T) (path string, left <-chan struct{}) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f, err := os.Open(path) // waits for a writer
		if err != nil {
			return
		}
		defer f.Close()
		_, _ = io.Copy(io.Discard, f)
	}()
	t.Cleanup(func() { // frees the reader where no writer came
		if f, err := os.OpenFile(path, os.O_RDWR|syscall.O_NONBLOCK, 0); err == nil {
			f.Close()
		}
	})
	return path, done
}

func awaitLeft(t *testing.T, left <-chan struct{}) {
	t.Helper()
	select {
	case <-left:
	case <-time.After(patience):
		t.Error("something the program started is still there")
	}
}

func TestProgram(t *testing.T) {
	for _, mode := range []string{"quick", "named", "stubborn"} {
		t.Run(mode, func(t *testing.T) {
			fifo, left := newFIFO(t)
			r := start(t, programConfig(mode, fifo), defaultTiming)
			if s := r.awaitUp(); s.URL != testBase {
				t.Errorf("state %+v", s)
			}
			begin := time.Now()
			r.cancel()
			if err := r.ended(); err != nil {
				t.Error(err)
			}
			if took := time.Since(begin); took > 1500*time.Millisecond {
				t.Errorf("the end took %v", took)
			}
			awaitLeft(t, left)
		})
	}
}

// A crash is noticed, what the program left behind is killed, and it starts again.
func TestProgramCrash(t *testing.T) {
	t.Parallel()
	fifo, left := newFIFO(t)
	if err := syscall.Mkfifo(fifo+".go", 0o600); err != nil {
		t.Fatal(err)
	}
	r := start(t, programConfig("crash", fifo), quick())
	r.awaitUp()
	goOn, err := os.OpenFile(fifo+".go", os.O_WRONLY, 0) // waits for the script
	if err != nil {
		t.Fatal(err)
	}
	goOn.Close()
	if s := r.awaitDown(); s.LastError != "tunnel program: it ended by itself" {
		t.Errorf("state %+v", s)
	}
	awaitLeft(t, left)
	r.awaitUp()
}

func TestProgramSilent(t *testing.T) {
	t.Parallel()
	fifo, left := newFIFO(t)
	wait := quick()
	wait.announce = 300 * time.Millisecond
	r := start(t, programConfig("silent", fifo), wait)
	r.await("silent", func(s State) bool { return strings.Contains(s.LastError, "no address was announced") })
	awaitLeft(t, left)
}

func TestProgramWrongHost(t *testing.T) {
	t.Parallel()
	fifo, _ := newFIFO(t)
	r := start(t, programConfig("wrong", fifo), quick())
	var got *AddressError
	if err := r.ended(); !errors.As(err, &got) || got.Got != "random-words-here.trycloudflare.com" {
		t.Errorf("error %v", err)
	}
	for len(r.states) > 0 {
		if s := <-r.states; s.Up {
			t.Error("was up under a wrong name")
		}
	}
}

func TestProgramMissing(t *testing.T) {
	cfg := programConfig("x", "")
	cfg.Spec.Args = []string{filepath.Join(t.TempDir(), "no such program")}
	r := start(t, cfg, quick())
	r.await("missing", func(s State) bool { return strings.Contains(s.LastError, "starting the tunnel program") })
}

func playProgram(ctx context.Context, fifo string) error {
	cfg := programConfig("direct", fifo)
	cfg.OnChange = func(s State) {
		if s.Up {
			fmt.Println("up")
		}
	}
	return Run(ctx, cfg)
}

// kill -9 of us takes the program along.
func TestProgramDiesWithUs(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has a signal for this")
	}
	fifo, left := newFIFO(t)
	p := play(t, "program", fifo)
	if line := p.next(); line != "up" {
		t.Fatalf("said %q", line)
	}
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	awaitLeft(t, left)
}
