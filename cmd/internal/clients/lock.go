package clients

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"
)

const (
	lockPoll = 50 * time.Millisecond
	// lockStale is when a lock's holder must be dead: a living one touches it every
	// five seconds (the default of proper-lockfile, which Claude Code uses).
	lockStale = 10 * time.Second
)

// lock keeps a client that runs from writing its file meanwhile, in its own way: a
// folder beside the file. Only Claude Code has one; its session writes the file all
// the time. Its command `claude mcp add-json` is not used: it lays the file out anew
// and leaves an empty section behind. release must be called.
func (c Client) lock(ctx context.Context) (release func(), err error) {
	path, started := c.file+".lock", time.Now()
	for c.locks {
		err := os.Mkdir(path, 0o700)
		if err == nil {
			return func() { _ = os.Remove(path) }, nil
		}
		info, statErr := os.Stat(path)
		switch {
		case !errors.Is(err, fs.ErrExist): // no such folder, or none of ours: saving tells
			return func() {}, nil
		case statErr == nil && time.Since(info.ModTime()) > lockStale:
			_ = os.Remove(path)
			continue
		case time.Since(started) > lockStale:
			return nil, c.fileProblem("busy", nil)
		}
		select {
		case <-ctx.Done():
			return nil, c.fileProblem("stopped", ctx.Err())
		case <-time.After(lockPoll):
		}
	}
	return func() {}, nil
}
