package keychain

import (
	"context"
	"errors"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zalando/go-keyring"
)

func TestHangingCallEndsAtTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := fakeKeychain()
		release := make(chan struct{})
		k.get = func(string, string) (string, error) { <-release; return "late", nil }

		start := time.Now()
		if _, err := k.Get(t.Context(), "login-a"); !errors.Is(err, ErrLocked) {
			t.Errorf("timed out: %v", err)
		}
		if took := time.Since(start); took != testTimeout {
			t.Errorf("took %v, want %v", took, testTimeout)
		}

		// Nothing else starts, and nobody waits for it to.
		k.set = func(string, string, string) error { t.Error("second call started"); return nil }
		start = time.Now()
		if err := k.Set(t.Context(), "login-a", []byte("x")); !errors.Is(err, ErrLocked) {
			t.Errorf("behind a stuck call: %v", err)
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("behind a stuck call: waited %v", took)
		}

		close(release)
		if err := k.Idle(t.Context()); err != nil {
			t.Errorf("idle: %v", err)
		}
		if got, err := k.Get(t.Context(), "login-a"); err != nil || string(got) != "late" {
			t.Errorf("after the stuck call returned: %q, %v", got, err)
		}
	})
}

func TestContextIsEarlierThanTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := fakeKeychain()
		release := make(chan struct{})
		k.get = func(string, string) (string, error) { return "x", nil }
		k.del = func(string, string) error { <-release; return keyring.ErrNotFound }
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()

		start := time.Now()
		err := k.Delete(ctx, "login-a")
		if took := time.Since(start); took != time.Second || !errors.Is(err, ErrLocked) {
			t.Errorf("own deadline: %v after %v", err, took)
		}
		close(release)
		if err := k.Idle(t.Context()); err != nil {
			t.Fatal(err)
		}

		release = make(chan struct{})
		ctx, cancel = context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		err = k.Delete(ctx, "login-a")
		if !errors.Is(err, context.Canceled) || errors.Is(err, ErrLocked) {
			t.Errorf("cancelled: %v", err)
		}
		close(release)
	})
}

func TestLateWriteKeepsTheStoreBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := fakeKeychain()
		set := k.set
		k.set = func(service, name, value string) error {
			time.Sleep(10 * time.Second) // the owner types the password
			return set(service, name, value)
		}
		value := []byte("new")
		start := time.Now()
		if err := k.Set(t.Context(), "login-a", value); !errors.Is(err, ErrLocked) {
			t.Fatalf("set: %v", err)
		}
		copy(value, "???") // the late write must not see this

		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := k.Idle(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("idle while writing: %v", err)
		}
		if err := k.Idle(t.Context()); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != 10*time.Second {
			t.Errorf("idle after %v", took)
		}
		if got, err := k.Get(t.Context(), "login-a"); err != nil || string(got) != "new" {
			t.Errorf("the late write: %q, %v", got, err)
		}
	})
}

func TestLateProbeRemovesItsItem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := fakeKeychain()
		written, deleted := "", ""
		set, del := k.set, k.del
		k.set = func(service, name, value string) error {
			time.Sleep(10 * time.Second)
			written = name
			return set(service, name, value)
		}
		k.del = func(service, name string) error {
			deleted = name
			return del(service, name)
		}
		if err := k.Probe(t.Context()); !errors.Is(err, ErrLocked) {
			t.Errorf("probe: %v", err)
		}
		if err := k.Idle(t.Context()); err != nil {
			t.Fatal(err)
		}
		if written == "" || deleted != written {
			t.Errorf("wrote %q, deleted %q", written, deleted)
		}
	})
}

func TestCallsTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := fakeKeychain()
		get := k.get
		k.get = func(service, name string) (string, error) {
			time.Sleep(time.Second)
			return get(service, name)
		}
		// Five callers, one second each, three seconds' patience: the calls that
		// end in time succeed, the others report it.
		var found, locked int
		var mu sync.Mutex
		var group sync.WaitGroup
		for range 5 {
			group.Go(func() {
				_, err := k.Get(t.Context(), "login-a")
				mu.Lock()
				defer mu.Unlock()
				switch {
				case errors.Is(err, ErrNotFound):
					found++
				case errors.Is(err, ErrLocked):
					locked++
				}
			})
		}
		start := time.Now()
		group.Wait()
		if found < 2 || found+locked != 5 || time.Since(start) > testTimeout {
			t.Errorf("%d answered, %d locked after %v", found, locked, time.Since(start))
		}
		if err := k.Idle(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}

func TestPanicOfTheLibrary(t *testing.T) {
	k := fakeKeychain()
	k.get = func(string, string) (string, error) { panic("signal is nil: s3cret") }
	_, err := k.Get(t.Context(), "login-a")
	if !errors.Is(err, ErrUnavailable) || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("get: %v", err)
	}
	if err := k.Idle(t.Context()); err != nil {
		t.Errorf("idle: %v", err)
	}
}

func TestNoCallWithoutABus(t *testing.T) {
	k := fakeKeychain()
	k.prepare = func() error { return ErrUnavailable }
	k.set = func(string, string, string) error { t.Error("the library was called"); return nil }
	if err := k.Set(t.Context(), "login-a", []byte("x")); !errors.Is(err, ErrUnavailable) {
		t.Errorf("set: %v", err)
	}
	if err := k.Idle(t.Context()); err != nil {
		t.Errorf("idle: %v", err)
	}
}

func TestTranslate(t *testing.T) {
	sentinels := []error{ErrNotFound, ErrUnavailable, ErrLocked, ErrTooBig}
	tests := []struct {
		from error
		want error
	}{
		{nil, nil},
		{keyring.ErrNotFound, ErrNotFound},
		{keyring.ErrSetDataTooBig, ErrTooBig},
		{errors.New("failed to unlock correct collection '/org/freedesktop/secrets/aliases/default'"), ErrLocked},
		{errors.New("Cannot create an item in a locked collection"), ErrLocked},
		{errors.New("org.freedesktop.Secret.Error.IsLocked"), ErrLocked},
		{errors.New("Prompt dismissed"), ErrLocked},
		{errors.New("The name org.freedesktop.secrets was not provided by any .service files"), ErrUnavailable},
		{errors.New("dial unix /run/user/1000/bus: connect: no such file or directory"), ErrUnavailable},
		{&exec.Error{Name: "/usr/bin/security", Err: exec.ErrNotFound}, ErrUnavailable},
		{errors.New("request blocked by policy"), ErrUnavailable},
	}
	if runtime.GOOS != "windows" {
		for code, want := range map[string]error{"36": ErrLocked, "51": ErrLocked, "128": ErrLocked, "29": ErrLocked, "1": ErrUnavailable} {
			tests = append(tests, struct{ from, want error }{exec.Command("sh", "-c", "exit "+code).Run(), want})
		}
	}
	for _, test := range tests {
		got := translate("reading", test.from)
		if test.want == nil && got != nil {
			t.Errorf("%v became %v", test.from, got)
		}
		for _, sentinel := range sentinels {
			if errors.Is(got, sentinel) != (sentinel == test.want) {
				t.Errorf("%v became %v, want only %v", test.from, got, test.want)
			}
		}
	}
	if long := translate("reading", errors.New(strings.Repeat("x", 1<<20))); len(long.Error()) > 300 {
		t.Errorf("%d bytes of somebody else's text", len(long.Error()))
	}
}

// Items of one name, made by other tools with more beside it: they go until none is
// left. A deletion that the owner turned down is not tried for ever.
func TestDeleteUncovers(t *testing.T) {
	k := fakeKeychain()
	items := []string{"oldest", "older", "newest"}
	k.get = func(string, string) (string, error) {
		if len(items) == 0 {
			return "", keyring.ErrNotFound
		}
		return items[len(items)-1], nil
	}
	asked := 0
	k.del = func(string, string) error { asked++; items = items[:len(items)-1]; return nil }
	if err := k.Delete(t.Context(), "login-a"); err != nil || len(items) != 0 || asked != 3 {
		t.Errorf("%v, %d left after %d deletions", err, len(items), asked)
	}
	items, asked = []string{"x"}, 0
	k.del = func(string, string) error { asked++; return nil } // dismissed, and reported as done
	if err := k.Delete(t.Context(), "login-a"); !errors.Is(err, ErrLocked) || asked != 1 {
		t.Errorf("%v after %d deletions", err, asked)
	}
	items = nil
	k.get = func(string, string) (string, error) {
		items = append(items, "x")
		return string(rune('a' + len(items))), nil
	}
	if err := k.Delete(t.Context(), "login-a"); !errors.Is(err, ErrUnavailable) || len(items) != maxItems {
		t.Errorf("%v after %d items", err, len(items))
	}
}

// Who waits for a slow keychain is told so once.
func TestSlowKeychainIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		told := []time.Duration{}
		start := time.Now()
		k := fakeKeychain()
		k.slow = sync.OnceFunc(func() { told = append(told, time.Since(start)) })
		get := k.get
		for _, took := range []time.Duration{time.Second, slowAfter + time.Millisecond, slowAfter + time.Millisecond} {
			k.get = func(service, name string) (string, error) { time.Sleep(took); return get(service, name) }
			k.Get(t.Context(), "login-a")
		}
		synctest.Wait()
		if len(told) != 1 || told[0] != time.Second+slowAfter {
			t.Errorf("told after %v", told)
		}
	})
}
