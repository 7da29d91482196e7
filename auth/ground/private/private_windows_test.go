package private

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/windows"
)

// hold opens the file as programs do that share nothing.
func hold(t *testing.T, path string) (release func()) {
	t.Helper()
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		t.Fatal(err)
	}
	handle, err := windows.CreateFile(name, windows.GENERIC_READ, 0, nil, windows.OPEN_EXISTING, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	return func() { _ = windows.CloseHandle(handle) }
}

func TestFileHeldByAnother(t *testing.T) {
	steps := map[string]func(path string) error{
		"write":  func(path string) error { return Write(path, []byte("new")) },
		"read":   func(path string) error { _, err := Read(path, 100); return err },
		"remove": Remove,
		"lock": func(path string) error {
			l, err := Acquire(t.Context(), path, time.Millisecond)
			if err == nil {
				l.Release()
			}
			return err
		},
	}
	for name, step := range steps {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		release := hold(t, path)
		time.AfterFunc(300*time.Millisecond, release)
		if err := step(path); err != nil {
			t.Errorf("%s, held for 300 ms: %v", name, err)
		}
		if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		release = hold(t, path)
		err := step(path)
		if held, ok := HeldFile(err); !ok || held != path {
			t.Errorf("%s, held for good: %q, %v", name, held, err)
		}
		release()
	}
}
