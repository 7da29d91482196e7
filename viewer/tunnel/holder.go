package tunnel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// Files in home. The lock file is never deleted: that would let several holders
// in. The state is beside it because a locked file cannot be read on Windows.
const (
	lockFile  = "tunnel.lock"
	stateFile = "tunnel.json"
)

const (
	// holderPoll is how often a waiting process tries to take over. A try opens
	// one file; two a second cost nothing that can be measured.
	holderPoll = 500 * time.Millisecond
	// maxState bounds the state file when reading.
	maxState = 16 << 10
	// stateFormat is the number of the state file's format.
	stateFormat = 1
)

type stateRecord struct {
	Format int `json:"format"`
	State
}

// Holder lets one process of the user at a time hold the tunnel. It waits for
// the lock in home, then calls run, which reports by publish (meant as
// [Config.OnChange]) what [ReadState] tells the others. It returns run's error,
// or nil when ctx ends. When the holder dies, even killed, the system frees the
// lock and another process takes over within a second.
func Holder(ctx context.Context, home string, run func(ctx context.Context, publish func(State)) error) error {
	if err := os.MkdirAll(home, 0o700); err != nil {
		return &stepError{StepHome, fmt.Errorf("waiting for the tunnel: %w", err)}
	}
	lock, err := openLock(home)
	if err != nil {
		return &stepError{StepHome, fmt.Errorf("waiting for the tunnel: %w", err)}
	}
	if ok, err := lock.TryLockContext(ctx, holderPoll); !ok {
		if ctx.Err() != nil {
			return nil
		}
		return &stepError{StepHome, fmt.Errorf("waiting for the tunnel: %w", err)}
	}
	defer func() { _ = lock.Unlock() }()

	var last State
	publish := func(s State) {
		last = s
		writeState(home, s)
	}
	publish(State{Since: time.Now()}) // a killed predecessor may have left "up"
	err = run(ctx, publish)
	if last.Up {
		last.Up, last.Since = false, time.Now()
	}
	if err != nil {
		last.LastError = err.Error()
	}
	publish(last)
	return err
}

// ReadState tells what the holder in home last published, in any process. Without
// a living holder Up is false. Never published: the zero State.
func ReadState(home string) (State, error) {
	f, err := os.Open(filepath.Join(home, stateFile))
	if errors.Is(err, fs.ErrNotExist) {
		return State{}, nil
	}
	if err != nil {
		return State{}, fmt.Errorf("reading the tunnel's state: %w", err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxState))
	if err != nil {
		return State{}, fmt.Errorf("reading the tunnel's state: %w", err)
	}
	var r stateRecord
	if json.Unmarshal(raw, &r) != nil || r.Format < 1 || r.Format > stateFormat+1 {
		return State{}, errors.New("reading the tunnel's state: unknown format")
	}
	if r.Up && !held(home) {
		r.Up = false
	}
	return r.State, nil
}

// writeState reports as well as it can: without a file nobody takes the tunnel
// for up.
func writeState(home string, s State) {
	file := filepath.Join(home, stateFile)
	raw, err := json.Marshal(stateRecord{stateFormat, s})
	if err == nil {
		err = writeFile(file, raw, false)
	}
	if err != nil {
		os.Remove(file)
	}
}

// held reports whether a living process holds the lock. The shared lock of the
// probe disturbs nobody but a process that tries to take over at this instant,
// which tries again.
func held(home string) bool {
	lock, err := openLock(home)
	if err != nil {
		return false
	}
	free, err := lock.TryRLock()
	if free {
		_ = lock.Unlock()
	}
	return !free && err == nil
}

// openLock makes a new value for each use: a shared one would count as held by
// everybody in this process.
func openLock(home string) (*flock.Flock, error) {
	path := filepath.Join(home, lockFile)
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return nil, errors.New("the lock is not a plain file")
	}
	return flock.New(path), nil
}
