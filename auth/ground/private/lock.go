package private

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// Lock is a lock file held by this process. Its file is never removed, unless it is
// this process's own: removing one after unlocking lets several holders in at once.
type Lock struct {
	f   *flock.Flock
	own bool
}

// Release frees the lock. There is nothing to do about a failure: the system
// frees it when the process ends.
func (l *Lock) Release() {
	_ = l.f.Close()
	if l.own {
		_ = Remove(l.f.Path())
	}
}

// Hold takes a lock file of its own in dir, by which other processes can tell
// whether this one still lives: they ask [Held]. Release removes the file; what a
// killed process left goes as leftovers of writers do.
func Hold(dir string) (name string, l *Lock, err error) {
	name = leftover + "held-" + strings.ToLower(rand.Text())
	l, err = TryLock(filepath.Join(dir, name))
	if err != nil {
		return "", nil, err
	}
	l.own = true
	return name, l, nil
}

// TryLock takes the lock file at path, which is made if need be (0600). It
// returns nil without error while somebody else holds it, in this process too.
// The data that a lock guards belongs into another file: a locked file cannot be
// read on Windows.
func TryLock(path string) (*Lock, error) { return tried(path, (*flock.Flock).TryLock) }

func tried(path string, try func(*flock.Flock) (bool, error)) (*Lock, error) {
	f, err := openLock(path)
	if err != nil {
		return nil, err
	}
	taken := false
	err = Repeat(func() (err error) {
		taken, err = try(f)
		return err
	})
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("locking %s: %w", path, err)
	}
	if !taken {
		f.Close()
		return nil, nil
	}
	return &Lock{f: f}, nil
}

// Share waits for a lock file at path that many may have at once, as [Acquire] waits for
// one that nobody else may: while anybody shares it, [TryLock] returns nil.
func Share(ctx context.Context, path string, poll time.Duration) (*Lock, error) {
	return waited(ctx, path, poll, (*flock.Flock).TryRLock)
}

// Acquire waits for the lock file at path, trying once every poll. The error
// matches the context's when ctx ends first.
func Acquire(ctx context.Context, path string, poll time.Duration) (*Lock, error) {
	return waited(ctx, path, poll, (*flock.Flock).TryLock)
}

func waited(ctx context.Context, path string, poll time.Duration, try func(*flock.Flock) (bool, error)) (*Lock, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("waiting for %s: %w", path, err)
		}
		if l, err := tried(path, try); err != nil || l != nil {
			return l, err
		}
		select {
		case <-time.After(poll):
		case <-ctx.Done():
		}
	}
}

// Held reports whether somebody has the lock file at path. Asking makes no file,
// and several who ask at once do not take one another for the holder.
func Held(path string) bool {
	if _, err := os.Stat(path); err != nil {
		return false
	}
	f, err := openLock(path)
	if err != nil {
		return false
	}
	defer f.Close()
	free := false
	err = Repeat(func() (err error) {
		free, err = f.TryRLock()
		return err
	})
	return err == nil && !free
}

// openLock makes a new flock value for each use: a shared one would count as
// held by everybody in this process.
func openLock(path string) (*flock.Flock, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("making folder: %w", err)
	}
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("locking %s: %w", path, ErrIrregular)
	}
	return flock.New(path, flock.SetPermissions(0o600)), nil
}
