package clients

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"
)

// Claude Code's lock is waited for, and given back.
func TestLock(t *testing.T) {
	c, e := client(t, computer(t, "linux"), "claude-code"), entryFor("linux")
	put(t, c, []byte("{}"))
	lock := c.File() + ".lock"
	if err := os.Mkdir(lock, 0o700); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Install(ctx, e, Options{}); reason(err) != "stopped" || !errors.Is(err, context.Canceled) || read(t, c.File()) != "{}" {
		t.Errorf("while another has it: %v; the file holds %s", err, read(t, c.File()))
	}
	installed := make(chan error)
	go func() {
		_, err := c.Install(t.Context(), e, Options{})
		installed <- err
	}()
	if err := os.Remove(lock); err != nil {
		t.Fatal(err)
	}
	if err := <-installed; err != nil || exists(lock) {
		t.Errorf("after it was released: %v, still there: %v", err, exists(lock))
	}
	if err := os.Mkdir(lock, 0o700); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-2 * lockStale)
	if err := os.Chtimes(lock, old, old); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Uninstall(t.Context(), e.Name, Options{}); err != nil || exists(lock) {
		t.Errorf("the lock of a dead process: %v, still there: %v", err, exists(lock))
	}
}
