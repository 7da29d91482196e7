package private

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"
)

// writers differ in what is left after a power cut only.
var writers = [2]func(string, []byte) error{Write, WriteBriefly}

func TestWriteReplacesWholeAndPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "home", "config.env")
	for i, content := range []string{"old", "new and longer", "brief", "", "brief and longer"} {
		if err := writers[i%2](path, []byte(content)); err != nil {
			t.Fatal(err)
		}
		got, err := Read(path, 100)
		if err != nil || string(got) != content {
			t.Errorf("read %q, %v; want %q", got, err, content)
		}
	}
	if runtime.GOOS != "windows" {
		for p, want := range map[string]fs.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
			if info, err := os.Stat(p); err != nil || info.Mode().Perm() != want {
				t.Errorf("%s: mode %v, %v; want %v", p, info.Mode().Perm(), err, want)
			}
		}
	}
	list, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(list) != 1 {
		t.Errorf("%d files beside it, %v", len(list)-1, err)
	}
}

func TestReadersNeverSeeAPart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	texts := [2][]byte{make([]byte, 1<<16), []byte("short")}
	if err := Write(path, texts[0]); err != nil {
		t.Fatal(err)
	}
	var writing sync.WaitGroup
	done := make(chan struct{})
	writing.Go(func() {
		defer close(done)
		for i := range 50 {
			if err := writers[i/2%2](path, texts[i%2]); err != nil {
				t.Error(err)
			}
		}
	})
	for reading := true; reading; {
		select {
		case <-done:
			reading = false
		default:
		}
		began := time.Now()
		got, err := Read(path, 1<<17)
		time.Sleep(time.Since(began)) // or on Windows, under load, the writer has no chance
		if err != nil || len(got) != len(texts[0]) && len(got) != len(texts[1]) {
			t.Fatalf("read %d bytes, %v", len(got), err)
		}
	}
	writing.Wait()
}

func TestReadRefuses(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	if err := Write(path, []byte("12345")); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		path  string
		limit int64
		want  error
	}{
		{path, 5, nil},
		{path, 4, ErrTooLarge},
		{dir, 5, ErrIrregular},
		{filepath.Join(dir, "missing"), 5, fs.ErrNotExist},
	} {
		if _, err := Read(tt.path, tt.limit); !errors.Is(err, tt.want) {
			t.Errorf("Read(%s, %d) = %v, want %v", filepath.Base(tt.path), tt.limit, err, tt.want)
		}
	}
	if err := Remove(path); err != nil {
		t.Error(err)
	}
	if err := Remove(path); err != nil {
		t.Errorf("removing again: %v", err)
	}
}

func TestLeftoversOfKilledWritersGo(t *testing.T) {
	dir := t.TempDir()
	old, fresh := filepath.Join(dir, leftover+"1"), filepath.Join(dir, leftover+"2")
	for _, p := range []string{old, fresh} {
		if err := os.WriteFile(p, []byte("secret"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	long := time.Now().Add(-2 * leftoverLife)
	if err := os.Chtimes(old, long, long); err != nil {
		t.Fatal(err)
	}
	if err := Write(filepath.Join(dir, "file"), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the old leftover is still there: %v", err)
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Errorf("a file that may still be written was removed: %v", err)
	}
}

func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "home", "x.lock")
	if Held(path) {
		t.Error("held before anybody took it")
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("asking made the file")
	}
	first, err := TryLock(path)
	if err != nil || first == nil {
		t.Fatal(first, err)
	}
	if second, err := TryLock(path); second != nil || err != nil {
		t.Errorf("taken twice: %v, %v", second, err)
	}
	if !Held(path) {
		t.Error("not held")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Acquire(ctx, path, time.Millisecond); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting: %v", err)
	}
	first.Release()
	next, err := Acquire(t.Context(), path, time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	next.Release()
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the lock file is gone: %v", err)
	}
	if _, err := TryLock(filepath.Dir(path)); !errors.Is(err, ErrIrregular) {
		t.Errorf("locking a folder: %v", err)
	}
}

func TestAskersAreNoHolders(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.lock")
	l, err := TryLock(path)
	if err != nil || l == nil {
		t.Fatal(l, err)
	}
	l.Release()
	var askers sync.WaitGroup
	for range 8 {
		askers.Go(func() {
			for range 200 {
				if Held(path) {
					t.Error("held by somebody who asks")
					return
				}
			}
		})
	}
	askers.Wait()
}

func TestRepeat(t *testing.T) {
	calls := 0
	want := errors.New("something else")
	err := Repeat(func() error { calls++; return want })
	if err != want || calls != 1 {
		t.Errorf("%d calls, %v: only a held file is worth another try", calls, err)
	}
}
