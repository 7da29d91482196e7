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
)

const takeoverBudget = 2 * time.Second

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
	for _, count := range []int{2, 10} {
		t.Run(fmt.Sprint(count), func(t *testing.T) {
			home := filepath.Join(t.TempDir(), "홈 폴더")
			holding := make(chan *part, count)
			for range count {
				p := play(t, "holder", home)
				if line := p.next(); line != "waiting" {
					t.Fatalf("said %q", line)
				}
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
			if slowest > takeoverBudget {
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
	failure := errors.New("server key has changed")
	err := Holder(t.Context(), home, func(_ context.Context, publish func(State)) error {
		if s, err := ReadState(home); err != nil || s.Up {
			t.Errorf("at first: %+v, %v", s, err)
		}
		want := State{Up: true, URL: testBase, Since: since}
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
	if err != nil || s.Up || s.URL != testBase || s.LastError != failure.Error() || !s.Since.After(since) {
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
		t.Skip("no symbolic links here")
	}
	err := Holder(t.Context(), home, func(context.Context, func(State)) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "plain file") {
		t.Errorf("error %v", err)
	}
}

// isLink tells whether there is a link: Wine reports success and makes none.
func isLink(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode()&os.ModeSymlink != 0
}
