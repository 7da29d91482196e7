package auth

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"kakaotalk-mcp/auth/ground/private"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// detached lets logins be kept by a session that nothing ends but its context, as a
// process of its own would.
func (w *world) detached(ctx context.Context) func(*Config) {
	w.Helper()
	keeper := w.session()
	var kept sync.WaitGroup
	w.Cleanup(kept.Wait)
	return func(c *Config) {
		c.Detach = func(_ context.Context, wanted Wanted) error {
			kept.Go(func() { keeper.Keep(ctx, wanted) })
			return nil
		}
	}
}

// The login goes on when the program that began it has ended, and whoever asks next
// gets its result.
func TestLoginOutlivesItsProgram(t *testing.T) {
	w := newWorld(t)
	w.person(nil)
	ctx, end := context.WithCancel(t.Context())
	defer end()
	kept := w.detached(ctx)
	first := w.session(kept)
	call := w.ask(t.Context(), first, Request{})
	page := w.awaitTab(1)
	first.Close()
	if got := <-call; !errors.Is(got.err, context.Canceled) {
		t.Errorf("the call of the program that ended: %v", got.err)
	}
	next := w.session(kept)
	if next.Pending() != page {
		t.Fatalf("pending is %q, want %q", next.Pending(), page)
	}
	w.follow(page, willing)
	if token := w.mustToken(next, ForMe); !w.works(token) || w.opened() != 1 || w.requests("/oauth/token") != 1 {
		t.Errorf("%d tabs, %d token requests", w.opened(), w.requests("/oauth/token"))
	}
}

// Once a call was given up, every further one answers soon, with the address.
func TestFurtherCallsAfterGivingUp(t *testing.T) {
	t.Parallel()
	for name, giveUp := range map[string]func(w *world, s *Session) (key string){
		"cancelled": func(w *world, s *Session) string {
			ctx, cancel := context.WithCancel(w.Context())
			call := w.ask(ctx, s, Request{Key: "first"})
			w.awaitWaits(s, 1)
			cancel()
			<-call
			return "second"
		},
		"its program ended": func(w *world, _ *Session) string {
			other := w.session(w.detached(w.Context()))
			call := w.ask(w.Context(), other, Request{Key: "first"})
			w.awaitWaits(other, 1)
			other.Close()
			<-call
			return "second"
		},
		"its program was killed": func(w *world, s *Session) string {
			call := w.ask(w.Context(), s, Request{Key: "first"})
			w.awaitWaits(s, 1)
			w.Cleanup(func() { <-call })
			if err := private.Write(w.path(".tmp-held-dead"), nil); err != nil { // what a lock leaves behind
				w.Fatal(err)
			}
			s.withTab(w.Context(), func(t *tab) { t.Waits[".tmp-held-dead"] = "another" })
			return "second"
		},
		"asked once more": func(w *world, s *Session) string {
			call := w.ask(w.Context(), s, Request{Key: "same"})
			w.awaitWaits(s, 1)
			w.Cleanup(func() { <-call })
			return "same"
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.person(nil)
			s := w.session(w.detached(t.Context()))
			key := giveUp(w, s)
			page := w.awaitTab(1)
			for _, asked := range []*Session{s, w.session(w.detached(t.Context()))} {
				asked.grace = 300 * time.Millisecond
				began := time.Now()
				_, err := asked.Token(t.Context(), Request{Key: key})
				took := time.Since(began)
				if reason(err) != "login_pending" || !strings.Contains(err.Error(), page) || took > asked.grace+time.Second {
					t.Errorf("%v after %v", err, took)
				}
				key = "third"
			}
			if w.opened() != 1 {
				t.Errorf("%d tabs", w.opened())
			}
			w.follow(page, willing)
			w.mustToken(s, ForMe)
		})
	}
}

// A call whose time was over was not given up: the next one waits its full time.
func TestDeadlineIsNoGivingUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.person(nil)
	s := w.session()
	_, _ = w.askUntilTab(s, ForMe)
	page := w.awaitTab(1)
	s.grace = 100 * time.Millisecond
	next := w.ask(t.Context(), s, Request{})
	w.awaitWaits(s, 1)
	select {
	case got := <-next:
		t.Fatalf("it did not wait: %v", got.err)
	case <-time.After(10 * s.grace):
	}
	w.follow(page, willing)
	if got := <-next; got.err != nil {
		t.Error(got.err)
	}
}

// A keeper that dies before the person is done is replaced, with a new page that
// opens at once, and the words say so. One that dies again and again is not.
func TestKeeperDies(t *testing.T) {
	w := newWorld(t)
	w.person(nil)
	die := make(chan context.CancelFunc, 10)
	keeper := w.session()
	var kept sync.WaitGroup
	w.Cleanup(kept.Wait)
	s := w.session(func(c *Config) {
		c.Detach = func(_ context.Context, wanted Wanted) error {
			ctx, cancel := context.WithCancel(t.Context())
			die <- cancel
			kept.Go(func() { keeper.Keep(ctx, wanted) })
			return nil
		}
	})
	ctx := patience{t.Context(), make(chan struct{})}
	call := w.ask(ctx, s, Request{})
	first := w.awaitTab(1)
	(<-die)()
	second := w.awaitTab(2)
	if first == second {
		t.Error("the same page again")
	}
	close(ctx.over)
	got := <-call
	if reason(got.err) != "login_pending" || !strings.Contains(got.err.Error(), "로그인을 새로 시작했어요") || !strings.Contains(got.err.Error(), second) {
		t.Errorf("it is not told: %v", got.err)
	}
	(<-die)()
	w.eventually(func() bool { return s.Pending() == "" })
	other := w.ask(t.Context(), w.session(), Request{})
	w.follow(w.awaitTab(3), willing)
	if got := <-other; got.err != nil {
		t.Error(got.err)
	}
}

// A keeper that takes long to start is not replaced by one that takes as long.
func TestKeeperStartsSlowly(t *testing.T) {
	w := newWorld(t)
	started := make(chan Wanted, 10)
	s := w.session(func(c *Config) {
		c.Detach = func(_ context.Context, wanted Wanted) error { started <- wanted; return nil }
	})
	call := w.ask(t.Context(), s, Request{})
	wanted := <-started
	w.advance(10 * time.Second)
	if !s.alive(s.readPending()) {
		t.Error("given up after 10 s")
	}
	w.session().Keep(t.Context(), wanted)
	if got := <-call; got.err != nil || w.opened() != 1 || len(started) != 0 {
		t.Errorf("%v, %d tabs, %d more were started", got.err, w.opened(), len(started))
	}
}

// Calls that wait, however many, leave the keeper the time to write.
func TestManyWhoWaitLetTheKeeperWrite(t *testing.T) {
	w := newWorld(t)
	s := w.session()
	keeper := w.session()
	over := make(chan struct{})
	var waiting sync.WaitGroup
	for range 64 {
		waiting.Go(func() {
			for {
				select {
				case <-over:
					return
				default:
					s.glancePending()
				}
			}
		})
	}
	for range 10 {
		if err := keeper.writePending(pendingLogin{ID: "1"}); err != nil {
			t.Error(err)
		}
	}
	close(over)
	waiting.Wait()
}

func TestKeepersThatNeverStart(t *testing.T) {
	w := newWorld(t)
	started := make(chan bool, 10)
	s := w.session(func(c *Config) {
		c.Detach = func(context.Context, Wanted) error { started <- true; return nil }
	})
	call := w.ask(t.Context(), s, Request{})
	for range maxLost + 1 {
		<-started
		w.advance(keeperStarts)
	}
	if got := <-call; reason(got.err) != "login_failed" || w.opened() != 0 {
		t.Errorf("%v, %d tabs", got.err, w.opened())
	}
	if n := len(started); n != 0 {
		t.Errorf("%d more were started", n)
	}
}

// Where no process can be started, this one keeps the login.
func TestKeeperCannotBeStarted(t *testing.T) {
	w := newWorld(t)
	s := w.session(func(c *Config) {
		c.Detach = func(context.Context, Wanted) error { return errors.New("fork: resource temporarily unavailable") }
	})
	w.mustToken(s, ForMe)
}

// An uninstall removes login.json: the keeper ends and leaves nothing behind.
func TestKeeperOfARemovedLoginEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.person(nil)
	ended := make(chan bool)
	keeper := w.session()
	s := w.session(func(c *Config) {
		c.Detach = func(_ context.Context, wanted Wanted) error {
			go func() { keeper.Keep(t.Context(), wanted); close(ended) }()
			return nil
		}
	})
	_, _ = w.askUntilTab(s, ForMe)
	s.Abandon(t.Context())
	<-ended
	if _, err := os.Stat(w.path(pendingFile)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("login.json: %v", err)
	}
	if s.held(loginLock) {
		t.Error("the lock is still held")
	}
}

// Who waits for a login that an uninstall ended begins no other one.
func TestNoLoginAfterAnUninstall(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.person(nil)
	s := w.session(w.detached(t.Context()))
	call := w.ask(t.Context(), s, Request{})
	w.awaitTab(1)
	w.session().Abandon(t.Context())
	if got := <-call; reason(got.err) != "login_failed" || w.opened() != 1 {
		t.Errorf("%v, %d tabs", got.err, w.opened())
	}
	if _, err := os.Stat(w.path(pendingFile)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("login.json: %v", err)
	}
}

// The log says why a login came to nothing.
func TestKeeperLogsTheReason(t *testing.T) {
	w := newWorld(t)
	l, err := net.Listen("tcp", strings.TrimPrefix(w.callback, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var log bytes.Buffer
	s := w.session(func(c *Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	_, err = w.token(s, ForMe)
	s.Close() // nobody writes any more
	if reason(err) != "port_in_use" || !strings.Contains(log.String(), "outcome=failed reason=port_in_use") {
		t.Errorf("%v\n%s", err, log.String())
	}
}

// After a login was declined nothing opens for a minute, and the words say it.
func TestDeclinedLately(t *testing.T) {
	w := newWorld(t)
	w.person(&sandbox.Visitor{Decline: true})
	s := w.session()
	if _, err := w.token(s, ForMe); reason(err) != "login_declined" || !strings.Contains(err.Error(), "1분 뒤에 다시") {
		t.Errorf("%v", err)
	}
	w.advance(20 * time.Second)
	if _, err := w.token(s, ForMe); reason(err) != "login_declined" || !strings.Contains(err.Error(), "조금 전에") || !strings.Contains(err.Error(), "40초 뒤에") || w.opened() != 1 {
		t.Errorf("%v, %d tabs", err, w.opened())
	}
	w.person(willing)
	if rec, err := s.Login(t.Context(), LoginOptions{}); err != nil || rec == nil || w.opened() != 2 { // asked for by a person
		t.Errorf("login: %v, %d tabs", err, w.opened())
	}
	if err := s.Forget(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.person(&sandbox.Visitor{Decline: true})
	w.token(s, ForMe)
	w.person(willing)
	w.advance(tabInterval + time.Second)
	w.mustToken(s, ForMe)
}

// A key that cannot be one is told before anything is opened for it.
func TestNoKey(t *testing.T) {
	w := newWorld(t)
	for _, key := range []string{"kakao", "5b0c2f7e 91d84a36", "여기에-REST-API-키를-넣으세요", strings.Repeat("a", 65)} {
		s := w.session(func(c *Config) { c.ClientID = key })
		if _, err := w.token(s, ForMe); reason(err) != "misconfigured" || !strings.Contains(err.Error(), "[REST API 키]") || w.opened() != 0 || s.Pending() != "" {
			t.Errorf("%q: %v, %d tabs", key, err, w.opened())
		}
	}
}
