//go:build unix

package config

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"kakaotalk-mcp/viewer/tunnel"
)

// TestWhatOthersCanWriteIsNotRead: settings name a program to run and the servers
// that get the tokens.
func TestWhatOthersCanWriteIsNotRead(t *testing.T) {
	for _, tt := range []struct {
		home, file os.FileMode
		refused    string // what the error names, "" if all is well
	}{
		{0o700, 0o600, ""},
		{0o755, 0o644, ""},
		{0o775, 0o600, "home"},
		{0o777, 0o600, "home"},
		{0o700, 0o664, fileName},
		{0o700, 0o666, fileName},
	} {
		home := filepath.Join(t.TempDir(), "home")
		if err := os.Mkdir(home, 0o700); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(home, fileName)
		if err := os.WriteFile(file, []byte("KAKAO_TUNNEL='exec:program'\nKAKAO_BASE_URL=https://a.example\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		for path, mode := range map[string]os.FileMode{home: tt.home, file: tt.file} {
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
		}
		s, err := load(home, "KAKAO_LANG=en")
		switch {
		case tt.refused == "":
			if err != nil || s.Tunnel.Kind != tunnel.Exec {
				t.Errorf("%o, %o: %v, %v", tt.home, tt.file, s.Tunnel, err)
			}
		case err == nil || !strings.Contains(err.Error(), "others can change "+filepath.Join(filepath.Dir(home), map[string]string{"home": "home", fileName: "home/" + fileName}[tt.refused])+".") || s.Tunnel.Kind != tunnel.Off:
			t.Errorf("%o, %o: %v, %v", tt.home, tt.file, s.Tunnel, err)
		}
	}
}

// TestPipeInPlaceOfTheFile: opening one would wait for ever.
func TestPipeInPlaceOfTheFile(t *testing.T) {
	home := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(home, fileName), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := load(home, "KAKAO_LANG=en"); err == nil || !strings.Contains(err.Error(), "is not a regular file") {
		t.Errorf("%v", err)
	}
	if err := edit(home, Lang, "ko"); err == nil {
		t.Error("written into a pipe")
	}
}
