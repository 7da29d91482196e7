package tunnel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"kakaotalk-mcp/auth/ground/private"
)

// Files in home. The state is beside the lock because a locked file cannot be read
// on Windows.
const (
	lockFile  = "tunnel.lock"
	stateFile = "tunnel.json"
)

const (
	// holderPoll is how often a waiting process tries to take over. A try opens
	// one file; two a second cost nothing that can be measured.
	holderPoll = 500 * time.Millisecond
	// statePoll is how often Await looks.
	statePoll = 100 * time.Millisecond
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
	lock, err := private.Acquire(ctx, filepath.Join(home, lockFile), holderPoll)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return &stepError{StepHome, fmt.Errorf("waiting for the tunnel: %w", err)}
	}
	defer lock.Release()

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
		last.LastError, last.Failed = err.Error(), StepOf(err)
	}
	publish(last)
	return err
}

// ReadState tells what the holder in home last published, in any process. Without
// a living holder Up is false. Never published: the zero State.
func ReadState(home string) (State, error) {
	raw, err := private.Read(filepath.Join(home, stateFile), maxState)
	if errors.Is(err, fs.ErrNotExist) {
		return State{Held: held(home)}, nil
	}
	if err != nil {
		return State{}, fmt.Errorf("reading the tunnel's state: %w", err)
	}
	var r stateRecord
	if json.Unmarshal(raw, &r) != nil || r.Format < 1 || r.Format > stateFormat+1 {
		return State{}, errors.New("reading the tunnel's state: unknown format")
	}
	r.Held = held(home)
	r.Up = r.Up && r.Held
	return r.State, nil
}

// Await returns the state as soon as the tunnel of home is up, in whatever process,
// and what it is after atMost or at the end of ctx otherwise. Errors are those of
// ReadState.
func Await(ctx context.Context, home string, atMost time.Duration) (State, error) {
	limit := time.After(atMost)
	tick := time.NewTicker(statePoll)
	defer tick.Stop()
	for {
		s, err := ReadState(home)
		if err != nil || s.Up {
			return s, err
		}
		select {
		case <-tick.C:
		case <-limit:
			return s, nil
		case <-ctx.Done():
			return s, nil
		}
	}
}

// writeState reports as well as it can: without a file nobody takes the tunnel
// for up.
func writeState(home string, s State) {
	file := filepath.Join(home, stateFile)
	raw, err := json.Marshal(stateRecord{stateFormat, s})
	if err == nil {
		err = private.Write(file, raw)
	}
	if err != nil {
		_ = private.Remove(file)
	}
}

// held reports whether a living process holds the tunnel.
func held(home string) bool { return private.Held(filepath.Join(home, lockFile)) }
