package journal

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A journal that is gone, or whose key is, is told once; one that never was is not.
func TestLost(t *testing.T) {
	items := []Item{{Account: "1", Receiver: Me, Content: "a"}}
	for name, c := range map[string]struct {
		spoil func(dir string) error
		lost  bool
	}{
		"untouched":       {func(string) error { return nil }, false},
		"journal removed": {func(dir string) error { return os.Remove(filepath.Join(dir, fileName)) }, true},
		"key removed":     {func(dir string) error { return os.Remove(filepath.Join(dir, keyName)) }, true},
		"both removed":    {func(dir string) error { return os.RemoveAll(dir) }, false},
		"damaged":         {func(dir string) error { return os.WriteFile(filepath.Join(dir, fileName), []byte("x"), 0o600) }, true},
	} {
		for _, again := range []bool{false, true} {
			dir := filepath.Join(t.TempDir(), "home")
			j := Open(dir, time.Now)
			if begin(t, j, items, true).end(); j.Lost() {
				t.Fatalf("%s: the first", name)
			}
			if err := c.spoil(dir); err != nil {
				t.Fatal(err)
			}
			if again { // another process
				j = Open(dir, time.Now)
			}
			look(t, j, items)
			if begin(t, j, items, true).end(); j.Lost() != c.lost || j.Lost() {
				t.Errorf("%s: not told as %v, or twice", name, c.lost)
			}
		}
	}
}
