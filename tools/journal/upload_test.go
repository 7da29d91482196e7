package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const address = "https://k.example/dn/abc/secret.png"

// uploads counts how often somebody had to upload.
func uploads(t testing.TB, j *Journal, account, content, to string) (got string, n int) {
	t.Helper()
	got, made, err := j.Uploaded(t.Context(), account, content, func() (string, error) { n++; return to, nil })
	if err != nil || made != (n == 1) {
		t.Fatalf("made %v, uploaded %d times: %v", made, n, err)
	}
	return got, n
}

func TestUploadedOnce(t *testing.T) {
	dir, c := home(t), &clock{noon}
	j := open(t, c, dir)
	check := func(j *Journal, account, content string, want int) {
		t.Helper()
		if got, n := uploads(t, j, account, content, address); n != want || got != address {
			t.Errorf("%s, %s: uploaded %d times, want %d: %s", account, content, n, want, got)
		}
	}
	check(j, "1", "chart", 1)
	check(j, "1", "chart", 0)
	check(open(t, c, dir), "1", "chart", 0)
	check(j, "2", "chart", 1) // another account's
	check(j, "1", "photo", 1)
	if err := j.rewriteForTest(t); err != nil {
		t.Fatal(err)
	}
	check(j, "1", "chart", 0)
	check(open(t, c, dir), "2", "chart", 0)
	c.Time = noon.Add(24*time.Hour - 1)
	check(j, "1", "chart", 0)
	c.Time = noon.Add(24 * time.Hour)
	check(j, "1", "chart", 1)
	check(open(t, c, dir), "1", "chart", 0) // the newer one counts
	c.Time = noon.Add(-24 * time.Hour)
	check(j, "1", "photo", 1) // a clock that far back is no clock
	for _, name := range []string{fileName, keyName, lockName, uploadName} {
		for _, clear := range []string{"example", "secret", "chart", "photo"} {
			if bytes.Contains(readFile(t, dir, name), []byte(clear)) {
				t.Errorf("%s contains %q", name, clear)
			}
		}
	}
}

// TestAddressLengths: at the borders of records, and the longest.
func TestAddressLengths(t *testing.T) {
	dir, c := home(t), &clock{noon}
	for _, n := range []int{1, placeSize - sealSize, placeSize - sealSize + 1, 3 * placeSize, maxAddress, maxAddress + 1} {
		to, content := strings.Repeat("x", n), fmt.Sprint(n)
		uploads(t, open(t, c, dir), "1", content, to)
		got, again := uploads(t, open(t, c, dir), "1", content, to)
		if got != to || (again == 1) != (n > maxAddress) {
			t.Errorf("%d bytes: uploaded %d times again", n, again)
		}
	}
}

// TestTornAddress: a process was killed while it wrote, or a record was damaged.
func TestTornAddress(t *testing.T) {
	for name, spoil := range map[string]func([]byte) []byte{
		"killed":  func(b []byte) []byte { return b[:len(b)-recordSize] },
		"torn":    func(b []byte) []byte { return b[:len(b)-1] },
		"damaged": func(b []byte) []byte { b[len(b)-recordSize-20]++; return b },
		"another": func(b []byte) []byte {
			r, _ := parseRecord(b[len(b)-recordSize:])
			r.hashes[1][0]++
			return r.append(b[:len(b)-recordSize])
		},
	} {
		dir, c := home(t), &clock{noon}
		uploads(t, open(t, c, dir), "1", "chart", address)
		writeFile(t, dir, fileName, spoil(readFile(t, dir, fileName)))
		if got, n := uploads(t, open(t, c, dir), "1", "chart", address+"2"); n != 1 || got != address+"2" {
			t.Errorf("%s: uploaded %d times: %s", name, n, got)
		}
	}
}

// TestUploadsAtOnce: whoever needs the same waits for the one who uploads it.
func TestUploadsAtOnce(t *testing.T) {
	dir := home(t)
	var n atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		j := Open(dir, time.Now)
		all.Go(func() {
			got, _, err := j.Uploaded(t.Context(), "1", "chart", func() (string, error) { n.Add(1); return address, nil })
			if err != nil || got != address {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
	all.Wait()
	if n.Load() != 1 {
		t.Errorf("uploaded %d times", n.Load())
	}
}

func TestUploadThatFails(t *testing.T) {
	dir, c := home(t), &clock{noon}
	j, failure := open(t, c, dir), errors.New("no network")
	if got, made, err := j.Uploaded(t.Context(), "1", "chart", func() (string, error) { return "", failure }); got != "" || made || !errors.Is(err, failure) {
		t.Errorf("%q, %v, %v", got, made, err)
	}
	if _, n := uploads(t, j, "1", "chart", address); n != 1 {
		t.Errorf("uploaded %d times after the failure", n)
	}
	waiting, cancel := context.WithCancel(t.Context())
	_, _, err := j.Uploaded(t.Context(), "1", "other", func() (string, error) {
		cancel()
		_, _, err := Open(dir, time.Now).Uploaded(waiting, "1", "third", func() (string, error) { return "", nil })
		return "", err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled while another uploads: %v", err)
	}
	if err := os.Remove(filepath.Join(dir, fileName)); err != nil {
		t.Fatal(err)
	}
	if _, n := uploads(t, j, "1", "chart", address); n != 1 {
		t.Errorf("uploaded %d times without a journal", n)
	}
}

// TestPlacesAreBounded: uploads do not push messages out, and the oldest go first.
func TestPlacesAreBounded(t *testing.T) {
	dir, c := home(t), &clock{noon}
	j := open(t, c, dir)
	send(t, j, items("a"), Delivered)
	for i := range 600 {
		c.Time = c.Add(time.Millisecond)
		uploads(t, j, "1", fmt.Sprint(i), address)
	}
	if err := j.rewriteForTest(t); err != nil {
		t.Fatal(err)
	}
	if j.records > maxPlaces+10 {
		t.Errorf("%d records are kept", j.records)
	}
	for content, want := range map[string]int{"599": 0, "300": 0, "0": 1} {
		if _, n := uploads(t, open(t, c, dir), "1", content, address); n != want {
			t.Errorf("upload %s: %d times again, want %d", content, n, want)
		}
	}
	if got := look(t, j, items("a"))[0].State; got != Sent {
		t.Errorf("the message is in state %d", got)
	}
}
