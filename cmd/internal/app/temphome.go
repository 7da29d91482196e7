package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"kakaotalk-mcp/auth/ground/private"
)

const (
	tempPrefix = "kakaotalk-sandbox-"
	tempLock   = "in-use"
	// youngTemp spares a home that has no lock yet: its owner is just making it.
	youngTemp = time.Hour
)

// tempHome is a sandbox's home folder. Its owner holds a lock in it, so that a
// later start can tell which homes were left by killed processes.
type tempHome struct {
	dir  string
	lock *private.Lock
	once sync.Once
}

// newTempHome makes a home (0700) in parent and removes abandoned ones.
func newTempHome(parent string) (*tempHome, error) {
	sweepTempHomes(parent, time.Now().Add(-youngTemp))
	for {
		dir, err := os.MkdirTemp(parent, tempPrefix)
		if err != nil {
			return nil, fmt.Errorf("sandbox home: %w", err)
		}
		h, name := &tempHome{dir: dir}, filepath.Join(dir, tempLock)
		h.lock, err = private.TryLock(name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			h.remove()
			return nil, fmt.Errorf("sandbox home: locking: %w", err)
		}
		if _, err := os.Lstat(name); err == nil && h.lock != nil {
			return h, nil
		}
		h.remove() // a start that swept between making and locking took it for abandoned
	}
}

// remove deletes the home. It may be called more than once.
func (h *tempHome) remove() {
	h.once.Do(func() {
		if h.lock != nil {
			h.lock.Release() // Windows deletes no open file
		}
		os.RemoveAll(h.dir)
	})
}

// sweepTempHomes removes homes that nobody holds, and those without a lock that
// were made before. Homes of other users cannot be opened and stay.
func sweepTempHomes(parent string, before time.Time) {
	entries, err := filepath.Glob(filepath.Join(parent, tempPrefix+"*"))
	if err != nil {
		return
	}
	for _, dir := range entries {
		if info, err := os.Lstat(dir); err == nil && info.IsDir() {
			sweep(dir, info.ModTime().Before(before))
		}
	}
}

// sweep removes dir if nobody holds its lock; without a lock, old decides.
func sweep(dir string, old bool) {
	name := filepath.Join(dir, tempLock)
	info, err := os.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) && old {
		os.RemoveAll(dir)
	}
	if err != nil || !info.Mode().IsRegular() {
		return
	}
	lock, err := private.TryLock(name)
	if lock == nil || err != nil {
		return
	}
	os.RemoveAll(dir) // while it is held: whoever is just making it then sees that it is gone
	lock.Release()
	os.RemoveAll(dir) // Windows deletes no open file
}
