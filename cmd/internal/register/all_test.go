package register

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/cmd/internal/config"
)

// TestRemoveHome: all that is ours goes, also what killed writers of this and
// earlier versions left, which may hold a key; what is not ours stays.
func TestRemoveHome(t *testing.T) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	ours := []string{"config.env", "config.env.1234567", "friends.json.9", "proven.json.1", ".tmp-123", ".tmp-doctor-1", "journal", "secrets/key", "messages/a"}
	for _, foreign := range [][]string{nil, {"config.env.bak", "notes.txt"}} {
		home := filepath.Join(t.TempDir(), "home")
		for _, name := range append(slices.Clone(ours), foreign...) {
			path := filepath.Join(home, name)
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte("secret"), 0o600)); err != nil {
				t.Fatal(err)
			}
		}
		if err := removeHome(&app.App{Env: &cli.Env{Stderr: null}, Settings: &config.Settings{Home: home}}); err != nil {
			t.Fatal(err)
		}
		list, err := os.ReadDir(home)
		if foreign == nil && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("left: %v, %v", list, err)
		}
		var left []string
		for _, e := range list {
			left = append(left, e.Name())
		}
		if !slices.Equal(left, foreign) {
			t.Errorf("left: %q, want %q", left, foreign)
		}
	}
	if err := removeHome(&app.App{Env: &cli.Env{Stderr: null}, Settings: &config.Settings{Home: filepath.Join(t.TempDir(), "none")}}); err != nil {
		t.Errorf("without a folder: %v", err)
	}
}
