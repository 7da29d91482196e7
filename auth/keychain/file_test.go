package keychain

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/auth/ground/componenttest"
)

// newFile returns a store that holds "login-a".
func newFile(t *testing.T) *File {
	t.Helper()
	s := NewFile(filepath.Join(t.TempDir(), "secrets"))
	if err := s.Set(t.Context(), "login-a", []byte("old")); err != nil {
		t.Fatal(err)
	}
	return s
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func TestFileModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no modes on Windows")
	}
	s := newFile(t)
	for path, want := range map[string]fs.FileMode{s.dir: fs.ModeDir | 0o700, filepath.Join(s.dir, "login-a"): 0o600} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode() != want {
			t.Errorf("%s: mode %v, want %v", path, info.Mode(), want)
		}
	}
}

func TestFileRefuses(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("modes, links and owners as unix has them")
	}
	tests := []struct {
		name   string
		spoil  func(t *testing.T, dir, file string) error
		delete bool // deleting is still possible, and harmless
	}{
		{"file others may read", func(t *testing.T, dir, file string) error { return os.Chmod(file, 0o640) }, true},
		{"folder others may enter", func(t *testing.T, dir, file string) error { return os.Chmod(dir, 0o711) }, false},
		{"symbolic link for a file", func(t *testing.T, dir, file string) error {
			return errors.Join(os.Rename(file, file+"2"), os.Symlink(file+"2", file))
		}, true},
		{"dangling link for a file", func(t *testing.T, dir, file string) error {
			return errors.Join(os.Remove(file), os.Symlink(filepath.Join(dir, "nowhere"), file))
		}, true},
		{"symbolic link for the folder", func(t *testing.T, dir, file string) error {
			return errors.Join(os.Rename(dir, dir+"2"), os.Symlink(dir+"2", dir))
		}, false},
		{"folder for a file", func(t *testing.T, dir, file string) error {
			return errors.Join(os.Remove(file), os.Mkdir(file, 0o700))
		}, true},
		{"file for the folder", func(t *testing.T, dir, file string) error {
			return errors.Join(os.RemoveAll(dir), os.WriteFile(dir, []byte("x"), 0o600))
		}, false},
		{"another owner's file", func(t *testing.T, dir, file string) error { return chown(t, file) }, true},
		{"another owner's folder", func(t *testing.T, dir, file string) error { return chown(t, dir) }, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newFile(t)
			if err := test.spoil(t, s.dir, filepath.Join(s.dir, "login-a")); err != nil {
				t.Fatal(err)
			}
			_, err := s.Get(t.Context(), "login-a")
			if !errors.Is(err, ErrUnavailable) || errors.Is(err, ErrNotFound) {
				t.Errorf("get: %v", err)
			}
			if err := s.Set(t.Context(), "login-a", []byte("new")); !errors.Is(err, ErrUnavailable) {
				t.Errorf("set: %v", err)
			}
			err = s.Delete(t.Context(), "login-a")
			if test.delete && err != nil || !test.delete && !errors.Is(err, ErrUnavailable) {
				t.Errorf("delete: %v", err)
			}
		})
	}
}

func chown(t *testing.T, path string) error {
	if os.Geteuid() != 0 {
		componenttest.Missing(t, "root")
	}
	return os.Chown(path, 65534, -1)
}

func TestFileDeletesTheLinkOnly(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege on Windows")
	}
	s := newFile(t)
	target := filepath.Join(t.TempDir(), "precious")
	if err := errors.Join(os.WriteFile(target, []byte("x"), 0o600), os.Symlink(target, filepath.Join(s.dir, "login-b"))); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(t.Context(), "login-b"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(target); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"login-a"}, names(t, s.dir)); diff != "" {
		t.Errorf("folder (-want +got):\n%s", diff)
	}
}

func TestFileTooLargeToRead(t *testing.T) {
	s := newFile(t)
	if err := os.WriteFile(filepath.Join(s.dir, "login-a"), bytes.Repeat([]byte{'x'}, MaxSize+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(t.Context(), "login-a"); !errors.Is(err, ErrUnavailable) {
		t.Errorf("get: %v", err)
	}
	if err := s.Set(t.Context(), "login-a", []byte("new")); err != nil {
		t.Errorf("set over it: %v", err)
	}
}

func TestFileConcurrentWriters(t *testing.T) {
	dir := newFile(t).dir
	const writers, rounds = 4, 20
	var group sync.WaitGroup
	for w := range writers {
		s := NewFile(dir) // as another process would
		value := bytes.Repeat([]byte{byte('a' + w)}, 100+w*700)
		group.Go(func() {
			for range rounds {
				if err := s.Set(t.Context(), "login-a", value); err != nil {
					t.Errorf("set: %v", err)
				}
			}
		})
		group.Go(func() {
			for range rounds {
				got, err := s.Get(t.Context(), "login-a")
				if err != nil || string(got) != "old" && (len(got) != 100+int(got[0]-'a')*700 || strings.Trim(string(got), string(got[0])) != "") {
					t.Errorf("get: %d bytes of a mixture, %v", len(got), err)
				}
			}
		})
	}
	group.Wait()
	if diff := cmp.Diff([]string{"login-a"}, names(t, dir)); diff != "" {
		t.Errorf("folder (-want +got):\n%s", diff)
	}
}
