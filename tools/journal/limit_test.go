//go:build linux

package journal

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"
)

const limitVariable = "JOURNAL_TEST_LIMIT"

// A file size limit behaves like a disk that fills up in the middle of a record. It
// holds for the whole process, in which the go command keeps a log of the test's own:
// therefore the test runs again in a process without one.
func TestFullDisk(t *testing.T) {
	if os.Getenv(limitVariable) == "" {
		program, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		again := exec.CommandContext(t.Context(), program, "-test.run=^TestFullDisk$", "-test.v")
		again.Env = append(os.Environ(), limitVariable+"=1")
		out, err := again.CombinedOutput()
		if err != nil || !bytes.Contains(out, []byte("--- PASS: TestFullDisk")) {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}

	dir := home(t)
	c := &clock{noon}
	j := open(t, c, dir)
	send(t, j, items("a"), Delivered)
	before := readFile(t, dir, fileName)

	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	limit := old
	limit.Cur = uint64(len(before)) + 70
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	claim, err := j.Begin(t.Context(), items("b", "c"), window, false)
	if restored := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); restored != nil {
		t.Fatal(restored)
	}

	if !errors.Is(err, ErrUnavailable) || len(claim.Granted) != 0 {
		t.Errorf("granted %v, %v", claim.Granted, err)
	}
	if !bytes.Equal(before, readFile(t, dir, fileName)) {
		t.Error("part of a record was left")
	}
	equal(t, "with room again", []bool{true, true, false}, begin(t, j, items("b", "c", "a"), false).Granted)
}
