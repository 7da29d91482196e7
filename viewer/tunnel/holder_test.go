package tunnel

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/auth/ground/componenttest"
	"kakaotalk-mcp/auth/ground/private"
	"kakaotalk-mcp/auth/ground/wording"
)

// takeoverBudget is how long nobody may hold the tunnel, and on a loaded computer so
// many times as long as a program takes to start.
const (
	takeoverBudget = 2 * time.Second
	takeoverStarts = 20
)

// playHolder says when it holds the tunnel.
func playHolder(ctx context.Context, home string) error {
	fmt.Println("waiting")
	return Holder(ctx, home, func(ctx context.Context, publish func(State)) error {
		publish(State{Up: true, URL: fmt.Sprintf("https://%d.example.com", os.Getpid()), Since: time.Now()})
		fmt.Println("holding")
		<-ctx.Done()
		return nil
	})
}

func TestOneHolder(t *testing.T) {
	t.Parallel()
	for _, count := range []int{2, 10} {
		t.Run(fmt.Sprint(count), func(t *testing.T) {
			t.Parallel()
			home := filepath.Join(t.TempDir(), "홈 폴더")
			holding := make(chan *part, count)
			var start time.Duration
			for range count {
				began := time.Now()
				p := play(t, "holder", home)
				if line := p.next(); line != "waiting" {
					t.Fatalf("said %q", line)
				}
				start = max(start, time.Since(began))
				go func() {
					for range p.lines {
						holding <- p
					}
				}()
				t.Cleanup(func() { close(p.lines) })
			}
			var slowest time.Duration
			killed := time.Now()
			for i := range count {
				var p *part
				select {
				case p = <-holding:
				case <-time.After(patience):
					t.Fatal("nobody takes over")
				}
				if took := time.Since(killed); i > 0 {
					slowest = max(slowest, took)
				}
				s, err := ReadState(home)
				if want := fmt.Sprintf("https://%d.example.com", p.cmd.Process.Pid); err != nil || !s.Up || s.URL != want {
					t.Errorf("state %+v, %v; want %s up", s, err, want)
				}
				if len(holding) > 0 {
					t.Fatal("two hold at once")
				}
				killed = time.Now()
				if err := p.cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
				_, _ = p.cmd.Process.Wait()
			}
			t.Logf("slowest takeover: %v", slowest)
			if slowest > max(takeoverBudget, takeoverStarts*start) {
				t.Errorf("slowest takeover: %v", slowest)
			}
			if s, err := ReadState(home); err != nil || s.Up {
				t.Errorf("after all died: %+v, %v", s, err)
			}
		})
	}
}

func TestHolderStates(t *testing.T) {
	home := t.TempDir()
	if s, err := ReadState(home); err != nil || s != (State{}) {
		t.Errorf("before anything: %+v, %v", s, err)
	}
	since := time.Now().Add(-time.Hour).Round(0).UTC()
	failure := &HostKeyError{Host: "vps:22", Changed: true}
	err := Holder(t.Context(), home, func(_ context.Context, publish func(State)) error {
		if s, err := ReadState(home); err != nil || s.Up {
			t.Errorf("at first: %+v, %v", s, err)
		}
		want := State{Up: true, URL: testBase, Since: since, Held: true}
		publish(want)
		got, err := ReadState(home)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Error(err, diff)
		}
		return failure
	})
	if !errors.Is(err, failure) {
		t.Errorf("error %v", err)
	}
	s, err := ReadState(home)
	if err != nil || s.Up || s.URL != testBase || s.LastError != failure.Error() || s.Failed != StepHostKey || s.Held || !s.Since.After(since) {
		t.Errorf("in the end: %+v, %v", s, err)
	}
	if runtime.GOOS != "windows" {
		for _, name := range []string{lockFile, stateFile} {
			if info, err := os.Stat(filepath.Join(home, name)); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v, %v", name, info.Mode(), err)
			}
		}
	}
}

func TestWaitingEndsWithContext(t *testing.T) {
	home := t.TempDir()
	err := Holder(t.Context(), home, func(ctx context.Context, _ func(State)) error {
		ctx, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
		return Holder(ctx, home, func(context.Context, func(State)) error { return errors.New("two hold at once") })
	})
	if err != nil {
		t.Error(err)
	}
}

func TestStateOfADeadHolder(t *testing.T) {
	home := t.TempDir()
	writeState(home, State{Up: true, URL: testBase})
	if s, err := ReadState(home); err != nil || s.Up || s.URL != testBase {
		t.Errorf("state %+v, %v", s, err)
	}
}

func TestDamagedState(t *testing.T) {
	for _, content := range []string{"", "{", "[]", `{"format":99,"up":true}`, strings.Repeat(" ", 2*maxState)} {
		home := t.TempDir()
		if err := os.WriteFile(filepath.Join(home, stateFile), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if s, err := ReadState(home); err == nil || s.Up {
			t.Errorf("%.20q: %+v, %v", content, s, err)
		}
	}
}

func TestLockMustBeAPlainFile(t *testing.T) {
	home := t.TempDir()
	lock := filepath.Join(home, lockFile)
	if err := os.Symlink(filepath.Join(home, "elsewhere"), lock); err != nil || !isLink(lock) {
		componenttest.Missing(t, "symbolic links")
	}
	err := Holder(t.Context(), home, func(context.Context, func(State)) error { return nil })
	if err == nil || !errors.Is(err, private.ErrIrregular) || StepOf(err) != StepHome {
		t.Errorf("error %v", err)
	}
}

// isLink tells whether there is a link: Wine reports success and makes none.
func isLink(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode()&os.ModeSymlink != 0
}

// A caller waits a little for a tunnel that is coming up, and learns in a sentence
// why it is not.
func TestAwait(t *testing.T) {
	home := t.TempDir()
	sentence := func(atMost time.Duration) string {
		s, err := Await(t.Context(), home, atMost)
		if err != nil {
			t.Fatal(err)
		}
		return s.Sentence(wording.English)
	}
	if got := sentence(0); got != "No program has connected the tunnel." {
		t.Error(got)
	}
	ctx, end := context.WithCancel(t.Context())
	defer end()
	step, ended := make(chan State), make(chan error)
	go func() {
		ended <- Holder(ctx, home, func(_ context.Context, publish func(State)) error {
			for s := range step {
				publish(s)
			}
			return &AuthError{}
		})
	}()
	step <- State{URL: testBase}
	if got := sentence(0); got != "The tunnel is being connected." {
		t.Error(got)
	}
	step <- State{URL: testBase, LastError: "connecting: refused", Failed: StepConnect}
	step <- State{URL: testBase, LastError: "connecting: refused", Failed: StepConnect} // the one before is written
	if got := sentence(0); got != "The tunnel is not connected: Could not reach the server." {
		t.Error(got)
	}
	up := make(chan string)
	go func() { up <- sentence(patience) }()
	step <- State{Up: true, URL: testBase}
	if got := <-up; got != "The tunnel is connected: "+testBase {
		t.Error(got)
	}
	close(step)
	var auth *AuthError
	if err := <-ended; !errors.As(err, &auth) {
		t.Error(err)
	}
	if got := sentence(0); got != "The tunnel is not connected: The key of this computer is not registered with the server." {
		t.Error(got)
	}
}

// Every step that a failure can name has its words in both languages, and nothing
// that only a person can mend is said to be tried again.
func TestEveryStepHasWords(t *testing.T) {
	for _, s := range []Step{StepHome, StepKey, StepKnownHosts, StepListen, StepStart, StepProgram, StepConnect, StepHostKey, StepLogin, StepSSH, StepForward, StepAddress, StepLine} {
		if s.Why(wording.Korean) == "" || s.Why(wording.English) == "" || s.Why(wording.Korean) == s.Why(wording.English) {
			t.Errorf("%s: %q, %q", s, s.Why(wording.Korean), s.Why(wording.English))
		}
		err := error(&stepError{s, errors.New("x")})
		switch s {
		case StepHostKey:
			err = &HostKeyError{}
		case StepLogin:
			err = &AuthError{}
		}
		if StepOf(err) != s || final(err) && s.Retried() {
			t.Errorf("%s: retried %v, final %v", s, s.Retried(), final(err))
		}
	}
}
