package journal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func readFile(t testing.TB, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func writeFile(t testing.TB, dir, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestDamage(t *testing.T) {
	c := &clock{noon}
	for _, tt := range []struct {
		name  string
		spoil func([]byte) []byte
		keep  int  // of the items a, b and c in this order, how many are still known
		aside bool // the file is kept under another name
	}{
		{"nothing", func(b []byte) []byte { return b }, 3, false},
		{"torn last record", func(b []byte) []byte { return b[:len(b)-1] }, 3, false}, // the outcome is lost, not the beginning
		{"part of a further record", func(b []byte) []byte { return append(b, b[64:100]...) }, 3, false},
		{"damaged last record", func(b []byte) []byte { b[len(b)-20]++; return b }, 3, false},
		{"only a header", func(b []byte) []byte { return b[:recordSize] }, 0, false},
		{"empty", func(b []byte) []byte { return nil }, 0, false},
		{"damaged magic", func(b []byte) []byte { b[0]++; return b }, 3, true},
		{"damaged format", func(b []byte) []byte { b[8]++; return b }, 3, true},
		{"zero header", func(b []byte) []byte { clear(b[:recordSize]); return b }, 3, true},
		{"no header", func(b []byte) []byte { return b[recordSize:] }, 3, true},
		{"part of a header", func(b []byte) []byte { return b[:10] }, 0, true},
		{"another file", func(b []byte) []byte { return []byte("dear diary\n") }, 0, true},
		{"zeros", func(b []byte) []byte { return make([]byte, 1000) }, 0, true},
	} {
		dir := home(t)
		used := open(t, c, dir)
		for _, receiver := range []string{"a", "b", "c"} {
			send(t, used, items(receiver), Delivered)
		}
		spoilt := tt.spoil(readFile(t, dir, fileName))
		writeFile(t, dir, fileName, spoilt)
		for _, j := range []*Journal{used, open(t, c, dir)} {
			for i, status := range look(t, j, items("a", "b", "c")) {
				if (status.State != Fresh) != (i < tt.keep) {
					t.Errorf("%s: item %d is in state %d", tt.name, i, status.State)
				}
			}
			// Writing repairs, for everybody.
			send(t, j, []Item{{"1", "d", fmt.Sprint(j == used), 0}}, Delivered)
		}
		got := look(t, open(t, c, dir), append(items("a", "b", "c"), Item{"1", "d", "true", 0}, Item{"1", "d", "false", 0}))
		for i, status := range got {
			if (status.State != Fresh) != (i < tt.keep || i > 2) {
				t.Errorf("%s: repaired, item %d is in state %d", tt.name, i, status.State)
			}
		}
		if b := readFile(t, dir, fileName); len(b)%recordSize != 0 {
			t.Errorf("%s: %d bytes after the repair", tt.name, len(b))
		}
		if kept, err := os.ReadFile(filepath.Join(dir, damagedName)); (err == nil) != tt.aside || !bytes.Equal(kept, spoilt) && tt.aside {
			t.Errorf("%s: %d bytes kept, %v", tt.name, len(kept), err)
		}
	}
}

func TestNewerFormat(t *testing.T) {
	dir := home(t)
	c := &clock{noon}
	used := open(t, c, dir)
	send(t, used, items("a"), Delivered)
	b := readFile(t, dir, fileName)
	binary.LittleEndian.PutUint32(b[8:], format+1)
	binary.LittleEndian.PutUint32(b[12:], checksum(b[:12]))
	writeFile(t, dir, fileName, b)
	for _, j := range []*Journal{used, open(t, c, dir)} {
		_, begun := j.Begin(t.Context(), items("b"), window, true)
		_, looked := j.Look(t.Context(), items("a"), window)
		_, used := j.Used(t.Context(), "1")
		for _, err := range []error{begun, looked, used, j.LearnName(t.Context(), "1", "n", "a")} {
			if !errors.Is(err, ErrNewer) {
				t.Errorf("got %v", err)
			}
		}
	}
	if !bytes.Equal(b, readFile(t, dir, fileName)) {
		t.Error("the file of a newer version was changed")
	}
}

func TestFilesRemoved(t *testing.T) {
	for _, name := range []string{fileName, keyName, lockName} {
		dir := home(t)
		j := open(t, &clock{noon}, dir)
		send(t, j, items("a"), Delivered)
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		// Without the journal or its key nothing can be known; without a lock file all is.
		if got := look(t, j, items("a"))[0].State; (got == Sent) != (name == lockName) {
			t.Errorf("without %s: state %d", name, got)
		}
		send(t, j, items("b"), Delivered)
		if got := look(t, open(t, &clock{noon}, dir), items("b"))[0].State; got != Sent {
			t.Errorf("without %s: state %d after sending", name, got)
		}
	}
}

func TestNothingInTheClear(t *testing.T) {
	dir := home(t)
	j := open(t, &clock{noon}, dir)
	send(t, j, []Item{{"account-7", "uuid-77", "secret text", 1}}, Delivered)
	if err := j.LearnName(t.Context(), "account-7", "nickname", "uuid-77"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{fileName, keyName, lockName} {
		for _, clear := range []string{"account", "uuid", "secret", "nickname"} {
			if bytes.Contains(readFile(t, dir, name), []byte(clear)) {
				t.Errorf("%s contains %q", name, clear)
			}
		}
	}
}
