package messenger

import (
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"kakaotalk-mcp/auth/ground/problem"
)

func TestJournalErrors(t *testing.T) {
	for _, c := range []struct {
		name   string
		spoil  func(home string) error
		reason string
	}{
		{"unsafe", func(home string) error { return os.Chmod(home, 0o777) }, "home_unusable"},
		{"a folder", func(home string) error { return os.Mkdir(filepath.Join(home, "journal"), 0o700) }, "home_unusable"},
		{"newer", func(home string) error { return os.WriteFile(filepath.Join(home, "journal"), newerJournal(), 0o600) }, "home_unusable"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.name == "unsafe" && runtime.GOOS == "windows" {
				return // the folder's rights are not looked at there
			}
			w := loggedIn(t)
			if err := c.spoil(w.cfg.Home); err != nil {
				t.Fatal(err)
			}
			a := w.call(toolToMe, `{"message":"안녕"}`)
			w.want(a, StatusNotSent, c.reason, problem.AfterUser)
			w.WantArrived()
		})
	}
}

// newerJournal is the header of a journal of format 9.
func newerJournal() []byte {
	b := make([]byte, 64)
	copy(b, "KTJRNL\r\n")
	binary.LittleEndian.PutUint32(b[8:], 9)
	binary.LittleEndian.PutUint32(b[12:], crc32.Checksum(b[:12], crc32.MakeTable(crc32.Castagnoli)))
	return b
}
