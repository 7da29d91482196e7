package journal

import (
	"bytes"
	"os"
	"testing"
	"time"
)

func FuzzJournalFile(f *testing.F) {
	k := key{7}
	item := items("a")[0]
	sent := k.mark(item).record(kindSent, noon.UnixNano()).append(nil)
	begun := k.mark(item).record(kindBegun, noon.UnixNano()).append(nil)
	name := record{kind: kindName, at: 1, hashes: [3]hash{{1}, {2}}}.append(nil)
	best := record{kind: kindBest, at: 1, hashes: [3]hash{{1}, {255, 255, 255, 255}}}.append(nil)
	header := newHeader(hash{9})
	f.Add(bytes.Join([][]byte{header, begun, sent}, nil))
	f.Add(bytes.Join([][]byte{header, name, sent[:60], begun, best, begun[:63]}, nil))
	f.Add(bytes.Join([][]byte{header, name, sent, best, begun[:63]}, nil))
	f.Add(bytes.Join([][]byte{header[1:], sent}, nil))
	f.Add(bytes.Join([][]byte{sent, header, sent}, nil))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, file []byte) {
		dir := t.TempDir()
		if err := os.Chmod(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		writeFile(t, dir, keyName, k[:])
		writeFile(t, dir, fileName, file)
		intact := false
		for i := 0; i+recordSize <= len(file); i += recordSize {
			intact = intact || bytes.Equal(file[i:i+recordSize], sent)
		}
		j := open(t, &clock{noon.Add(time.Minute)}, dir)
		status, looked := j.Look(t.Context(), []Item{item}, window)
		claim, err := j.Begin(t.Context(), []Item{item, items("other")[0]}, window, false)
		if (looked == nil) != (err == nil) {
			t.Fatalf("looking: %v, beginning: %v", looked, err)
		}
		if err != nil {
			if !bytes.Equal(file, readFile(t, dir, fileName)) {
				t.Errorf("the file was changed after %v", err)
			}
			return
		}
		defer claim.end()
		if intact && (status[0].State == Fresh || claim.Granted[0]) {
			t.Errorf("an intact record is ignored: %+v, %+v", status, claim)
		}
		after := look(t, open(t, &clock{noon.Add(time.Minute)}, dir), []Item{item, items("other")[0]})
		if after[0].State == Fresh || after[1].State == Fresh {
			t.Errorf("the claim is not in the file: %+v", after)
		}
	})
}
