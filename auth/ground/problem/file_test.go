package problem

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"kakaotalk-mcp/auth/ground/private"
	"kakaotalk-mcp/auth/ground/wording"
)

// What has a file to put right names the file and the command; anything else is not
// a matter of files.
func TestOfFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	noSpace, protected := syscall.ENOSPC, syscall.EROFS
	if runtime.GOOS == "windows" {
		noSpace, protected = 112, 19
	}
	denied := &fs.PathError{Op: "open", Path: path, Err: fs.ErrPermission}
	for _, tt := range []struct {
		err  error
		want []string // nil: not worded
	}{
		{nil, nil},
		{errors.New("no space left"), nil},
		{&fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}, nil},
		{fmt.Errorf("journal: %w", denied), []string{path, filepath.Dir(path)}},
		{fmt.Errorf("store: %w", &private.ExposedError{Path: path, Exposure: private.Exposure{Owner: -1, Open: 0o044}}), []string{path, "chmod go="}},
		{fmt.Errorf("%w: %w", private.ErrHeld, denied), []string{path}},
		{fmt.Errorf("writing: %w", &fs.PathError{Op: "write", Path: filepath.Join(filepath.Dir(path), ".tmp-12"), Err: noSpace}), []string{"(" + filepath.Dir(path) + ")"}},
		{&fs.PathError{Op: "open", Path: path, Err: protected}, []string{path, "KAKAOTALK_MCP_HOME"}},
	} {
		for _, lang := range []wording.Lang{wording.Korean, wording.English} {
			p := OfFile(lang, tt.err)
			if (p == nil) != (tt.want == nil) {
				t.Errorf("%v: %v", tt.err, p)
			}
			for _, want := range tt.want {
				if p != nil && !strings.Contains(p.Error(), want) {
					t.Errorf("%v: %q lacks %q", tt.err, p, want)
				}
			}
		}
	}
}

// What gives a folder back names that folder, not the one around it, and what could
// not be made in it is not named.
func TestUnusableFolder(t *testing.T) {
	dir, quote := t.TempDir(), "'"
	if runtime.GOOS == "windows" {
		quote = `"`
	}
	for _, path := range []string{dir, filepath.Join(dir, ".tmp-1"), filepath.Join(dir, "journal")} {
		p := OfFile(wording.English, &fs.PathError{Op: "open", Path: path, Err: fs.ErrPermission})
		if p == nil || !strings.Contains(p.Next, quote+dir+quote) || strings.Contains(p.What, ".tmp-") {
			t.Errorf("%s: %v", path, p)
		}
	}
}

// The system's words about a file reach a Korean reader in Korean, and its path with
// them; what else an error says stays.
func TestInWords(t *testing.T) {
	dir := t.TempDir()
	_, missing := os.Stat(filepath.Join(dir, "none"))
	_, folder := os.ReadFile(dir)
	for _, tt := range []struct {
		err  error
		want string
	}{
		{errors.New("other"), "other"},
		{fmt.Errorf("KAKAO_LOG_FILE: %w", missing), "KAKAO_LOG_FILE: 없는 파일이나 폴더예요: " + filepath.Join(dir, "none")},
		{&os.LinkError{Op: "rename", Old: "a", New: "b", Err: fs.ErrPermission}, "권한이 없어요: b"},
		{folder, "파일이 아니라 폴더예요: " + dir},
	} {
		if runtime.GOOS == "windows" && tt.err == folder {
			continue // ERROR_INVALID_FUNCTION, which is said of more
		}
		if got := InWords(wording.Korean, tt.err); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.err, got, tt.want)
		}
		if got := InWords(wording.English, tt.err); got != tt.err.Error() {
			t.Errorf("in English: %q, want %q", got, tt.err)
		}
	}
}
