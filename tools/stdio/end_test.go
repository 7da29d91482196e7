package stdio

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// goneIn is when the process must be gone after stdin ended: clients send SIGTERM
// then. A loaded computer has longer, by what a server with nothing to do takes.
func goneIn(t *testing.T) time.Duration {
	t.Helper()
	if runtime.GOOS == "windows" { // clients have no SIGTERM to send
		return patience
	}
	_, _, idle := start(t).finish()
	return max(2*time.Second, drainTime+10*idle)
}

// What a shell does with printf … | server: everything is answered, the last line without
// its newline too.
func TestEndOfInputAfterManyCalls(t *testing.T) {
	t.Parallel()
	c := start(t)
	var all strings.Builder
	all.WriteString(initializeLine)
	want := []string{`"init"`}
	for i := range 50 {
		id := fmt.Sprint(i)
		want = append(want, id)
		all.WriteString(callLine(id, "echo", `{"text":"x"}`))
	}
	c.send(strings.TrimSuffix(all.String(), "\n"))
	rest, code, took := c.finish()
	var got []string
	for _, r := range rest {
		if r.Result != nil && !r.Result.IsError {
			got = append(got, string(r.ID))
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) || len(rest) != len(want) {
		t.Errorf("%d lines, answered %v", len(rest), got)
	}
	if code != 0 || took >= drainTime {
		t.Errorf("exit code %d after %v", code, took)
	}
}

func TestEndOfInputWithRunningCall(t *testing.T) {
	t.Parallel()
	for tool, want := range map[string]int{
		"block":    1, // heeds its context: answered after the drain time
		"stubborn": 0, // ignores it and is left behind
	} {
		t.Run(tool, func(t *testing.T) {
			t.Parallel()
			c := start(t)
			c.send(callLine("1", tool, "{}"))
			c.awaitBegun(1)
			rest, code, took := c.finish()
			if len(rest) != want || want == 1 && rest[0].text() != "error: "+stoppedText {
				t.Errorf("got %+v", rest)
			}
			if code != 0 || took < drainTime || took > goneIn(t) {
				t.Errorf("exit code %d after %v", code, took)
			}
			t.Logf("gone after %v", took)
		})
	}
}

func TestEndOfInputCallAnsweredMeanwhile(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.send(callLine("1", "block", "{}"))
	c.awaitBegun(1)
	c.send(releaseLine)
	rest, code, took := c.finish()
	if len(rest) != 1 || rest[0].text() != "released" || code != 0 || took >= drainTime {
		t.Errorf("got %+v, exit code %d after %v", rest, code, took)
	}
}

func TestCancelledCallIsNotAwaited(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.send(callLine("1", "stubborn", "{}"))
	c.awaitBegun(1)
	c.send(cancelLine("1"))
	if rest, code, took := c.finish(); len(rest) > 0 || code != 0 || took >= drainTime {
		t.Errorf("got %+v, exit code %d after %v", rest, code, took)
	}
}

func TestSIGTERM(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("no SIGTERM on Windows")
	}
	c := start(t)
	c.send(callLine("1", "block", "{}") + callLine("2", "stubborn", "{}"))
	c.awaitBegun(2)
	began := time.Now()
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	rest, code := c.wait()
	if took := time.Since(began); code != 0 || took >= drainTime {
		t.Errorf("exit code %d after %v", code, took)
	}
	if len(rest) != 1 || rest[0].text() != "error: "+stoppedText {
		t.Errorf("got %+v", rest)
	}
}

// A client that closed our stdout is gone, though stdin may stay open.
func TestClosedStdout(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.send(callLine("1", "block", "{}"))
	c.awaitBegun(1)
	if err := c.stdout.Close(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		c.cmd.Wait()
	}()
	// A program that is being started meanwhile holds the other end until it is: an
	// answer may go there.
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	late := time.After(patience)
	for alive := true; alive; {
		_, _ = c.stdin.Write([]byte(pingLine("2"))) // fails when it has ended
		select {
		case <-ended:
			alive = false
		case <-again.C:
		case <-late:
			t.Fatal("the server lives on")
		}
	}
	if code := c.cmd.ProcessState.ExitCode(); code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	if lines := strings.Count(c.stderr.String(), "\n"); lines > 5 {
		t.Errorf("%d lines on stderr:\n%s", lines, c.stderr.String())
	}
}

// A client that does not read cannot keep the process alive.
func TestUnreadStdout(t *testing.T) {
	t.Parallel()
	c := launch(t)
	text := `{"text":"` + strings.Repeat("x", 128<<10) + `"}` // twice what a pipe holds
	c.send(callLine("1", "echo", text) + callLine("2", "echo", text))
	began := time.Now()
	c.stdin.Close()
	if err := c.cmd.Wait(); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > goneIn(t) {
		t.Errorf("gone after %v", took)
	}
}

// Nor can one that has filled both pipes before it closed its end, so that the end of
// its input cannot be read.
func TestDeafClientWithFullPipes(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]string{"answered": `{"jsonrpc":"2.0","id":%d,"method":"tools/list"}`, "refused": `{"jsonrpc":"2.0","id":%d,"METHOD":"ping"}`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := launch(t)
			flood := exec.Command(c.cmd.Path)
			flood.Env = append(os.Environ(), floodEnv+"="+line)
			flood.Stdout = c.stdin.(*os.File) // it alone can write there from now on
			written, err := flood.StderrPipe()
			if err == nil {
				err = flood.Start()
			}
			if err = errors.Join(err, c.stdin.Close()); err != nil {
				t.Fatal(err)
			}
			moving := make(chan error, 1)
			go func() {
				for err, b := error(nil), make([]byte, 1<<10); err == nil; {
					_, err = written.Read(b)
					moving <- err
				}
			}()
			for full := false; !full; {
				select {
				case err := <-moving:
					if err != nil {
						t.Fatalf("the pipe did not fill: %v", err)
					}
				case <-time.After(time.Second):
					full = true
				}
			}
			began := time.Now()
			if err := flood.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			<-moving
			_ = flood.Wait() // it was killed
			tooLong := time.AfterFunc(patience, func() { c.cmd.Process.Kill() })
			defer tooLong.Stop()
			if err := c.cmd.Wait(); err != nil {
				t.Error(err)
			}
			// What is in the pipe is read first; the program itself has a harder end (see hardExit in serve).
			if took := time.Since(began); took > goneIn(t)+drainTime {
				t.Errorf("gone after %v", took)
			}
		})
	}
}

func TestServeTwice(t *testing.T) {
	tr := New(discard())
	tr.served.Store(true)
	if err := tr.Serve(t.Context(), nil, os.Stdin, os.Stdout); err == nil {
		t.Error("second Serve returned nil")
	}
}
