package problem

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
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
