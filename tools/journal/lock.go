package journal

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"kakaotalk-mcp/auth/ground/private"
)

const (
	// lockWait is far longer than all processes together hold the lock: a longer wait means that something hangs.
	lockWait = 5 * time.Second
	lockPoll = 2 * time.Millisecond
)

// enter waits for the turn among the goroutines of this process.
func (j *Journal) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case <-j.turn:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (j *Journal) leave() { j.turn <- struct{}{} }

// claiming is held while a claim is: a process that ended let go of it.
func (j *Journal) claiming(ctx context.Context) (*private.Lock, error) {
	return j.locked(ctx, sendingName, private.Share)
}

// locked takes one of the lock files, as take does.
func (j *Journal) locked(ctx context.Context, name string, take func(context.Context, string, time.Duration) (*private.Lock, error)) (*private.Lock, error) {
	limited, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	l, err := take(limited, j.path(name), lockPoll)
	switch {
	case err == nil:
		return l, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case limited.Err() != nil:
		return nil, ErrBusy
	}
	return nil, unavailable("locking", err)
}

// nobodyClaims reports that no living process has a claim. It is false when that cannot
// be told.
func (j *Journal) nobodyClaims() bool {
	l, err := private.TryLock(j.path(sendingName))
	if err != nil || l == nil {
		return false
	}
	l.Release()
	return true
}

// lock takes the lock of all processes.
func (j *Journal) lock(ctx context.Context) (unlock func(), err error) {
	if err := checkFolder(j.dir); err != nil {
		return nil, err
	}
	if _, err := checkFile(j.path(lockName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	l, err := j.locked(ctx, lockName, private.Acquire)
	if err != nil {
		return nil, err
	}
	return l.Release, nil
}
