//go:build unix

package private

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestPipeIsNotRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.env")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(path, 10); !errors.Is(err, ErrIrregular) {
		t.Errorf("a pipe: %v", err)
	}
}

func TestExposed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	for _, tt := range []struct {
		mode, forbidden os.FileMode
		want            *Exposure
	}{
		{0o600, 0o077, nil},
		{0o644, 0o022, nil},
		{0o644, 0o077, &Exposure{-1, 0o044}},
		{0o664, 0o022, &Exposure{-1, 0o020}},
	} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, tt.mode); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		got := Exposed(info, tt.forbidden)
		if (got == nil) != (tt.want == nil) || got != nil && *got != *tt.want {
			t.Errorf("%v with %v forbidden: %v, want %v", tt.mode, tt.forbidden, got, tt.want)
		}
	}
}
