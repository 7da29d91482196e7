//go:build unix

package journal

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func TestModes(t *testing.T) {
	dir := home(t)
	send(t, open(t, &clock{noon}, dir), items("a"), Delivered)
	got := map[string]string{}
	for _, name := range []string{"", fileName, keyName, lockName} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		got[name] = fmt.Sprintf("%04o", info.Mode().Perm())
	}
	equal(t, "modes", map[string]string{"": "0700", fileName: "0600", keyName: "0600", lockName: "0600"}, got)
}
