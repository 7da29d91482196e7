package journal

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

func TestRefusals(t *testing.T) {
	unix := runtime.GOOS != "windows"
	for _, tt := range []struct {
		name    string
		applies bool
		spoil   func(dir string) error
		want    error
	}{
		{"home is a file", true, func(dir string) error { return errors.Join(os.RemoveAll(dir), os.WriteFile(dir, nil, 0o600)) }, ErrUnavailable},
		{"home is writable by others", unix, func(dir string) error { return os.Chmod(dir, 0o770) }, ErrUnsafe},
		{"journal is readable by others", unix, func(dir string) error { return os.Chmod(filepath.Join(dir, fileName), 0o640) }, ErrUnsafe},
		{"key is readable by others", unix, func(dir string) error { return os.Chmod(filepath.Join(dir, keyName), 0o604) }, ErrUnsafe},
		{"journal is a link", unix, func(dir string) error { return linkAway(dir, fileName) }, ErrUnsafe},
		{"key is a link", unix, func(dir string) error { return linkAway(dir, keyName) }, ErrUnsafe},
		{"lock is a link", unix, func(dir string) error { return linkAway(dir, lockName) }, ErrUnsafe},
		{"journal is a folder", true, func(dir string) error {
			return errors.Join(os.Remove(filepath.Join(dir, fileName)), os.Mkdir(filepath.Join(dir, fileName), 0o700))
		}, ErrUnsafe},
		{"journal is huge", true, func(dir string) error { return os.Truncate(filepath.Join(dir, fileName), maxFileSize+1) }, ErrUnavailable},
		{"home cannot be written", unix && os.Geteuid() != 0, func(dir string) error {
			return errors.Join(os.Remove(filepath.Join(dir, fileName)), os.Chmod(dir, 0o500))
		}, ErrUnavailable},
	} {
		if !tt.applies {
			continue
		}
		dir := home(t)
		used := open(t, &clock{noon}, dir)
		send(t, used, items("a"), Delivered)
		if err := tt.spoil(dir); err != nil {
			t.Fatal(err)
		}
		for _, j := range []*Journal{used, Open(dir, time.Now)} {
			if c, err := j.Begin(t.Context(), items("b"), window, false); !errors.Is(err, tt.want) || len(c.Granted) > 0 {
				t.Errorf("%s: granted %v, %v", tt.name, c.Granted, err)
			}
		}
		_ = os.Chmod(dir, 0o700) // so that the test's folder can be removed
	}
}

func linkAway(dir, name string) error {
	real := filepath.Join(dir, "elsewhere")
	return errors.Join(os.Rename(filepath.Join(dir, name), real), os.Symlink(real, filepath.Join(dir, name)))
}
