package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// TestReleaseCode: the pages of files go, and everything still runs; a mapping with
// changes of its own keeps them.
func TestReleaseCode(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mapped")
	if err := os.WriteFile(path, bytes.Repeat([]byte("file"), 4096), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	mapped, err := syscall.Mmap(int(f.Fd()), 0, 4*4096, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Munmap(mapped) //nolint:errcheck // the test is over
	copy(mapped, "ours")
	if err := syscall.Mprotect(mapped, syscall.PROT_READ); err != nil {
		t.Fatal(err)
	}
	before := mappedFiles(t)
	releaseCode()
	if after := mappedFiles(t); after > before*3/4 {
		t.Errorf("%d of %d KiB of files are still mapped", after, before)
	}
	if got := string(mapped[:8]); got != "oursfile" {
		t.Errorf("a changed page reads %q", got)
	}
}

// mappedFiles is how much of files this process has in its memory, in KiB.
func mappedFiles(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := bytes.Cut(status, []byte("RssFile:"))
	kib, err := strconv.Atoi(string(bytes.Fields(rest)[0]))
	if err != nil || kib == 0 {
		t.Fatalf("%d KiB: %v", kib, err)
	}
	return kib
}
