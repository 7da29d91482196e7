package picture

import (
	"errors"
	"path/filepath"
	"syscall"
	"testing"
)

func hide(t testing.TB, path string) {
	t.Helper()
	name, err := syscall.UTF16PtrFromString(path)
	if err == nil {
		err = syscall.SetFileAttributes(name, syscall.FILE_ATTRIBUTE_HIDDEN)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestHiddenByAttribute: here a name does not say it.
func TestHiddenByAttribute(t *testing.T) {
	data, dir := small(t)["image/png"], visible(t)
	file := write(t, filepath.Join(dir, "a.png"), data)
	below := write(t, filepath.Join(dir, "more", "b.png"), data)
	for _, path := range []string{file, below} {
		if _, err := Open(path, dir); err != nil {
			t.Fatal(err)
		}
	}
	hide(t, file)
	hide(t, filepath.Dir(below))
	for path, folder := range map[string]string{file: "", below: dir} {
		if _, err := Open(path, folder); !errors.Is(err, ErrHidden) {
			t.Errorf("%s below %q: %v", path, folder, err)
		}
	}
	if _, err := Open(file, dir); !errors.Is(err, ErrHidden) {
		t.Errorf("a hidden file in the folder: %v", err)
	}
}

// TestAnotherComputer is not asked for a file: it would learn who asks.
func TestAnotherComputer(t *testing.T) {
	for _, path := range []string{`\\localhost\c$\a.png`, `//evil.example/share/a.png`, `\\?\C:\a.png`, `\\.\pipe\x`} {
		for _, folder := range []string{"", visible(t)} {
			if _, err := Open(path, folder); !errors.Is(err, ErrElsewhere) {
				t.Errorf("%s below %q: %v", path, folder, err)
			}
		}
	}
}
