package auth

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"kakaotalk-mcp/auth/ground/problem"
)

// Lock files in home. They are never deleted: removing one after unlocking lets
// several holders in at once. The system frees them when a holder dies.
const (
	loginLock   = "login.lock"
	refreshLock = "refresh.lock"
	tabLock     = "tab.lock"
)

const lockPoll = 50 * time.Millisecond

type fileLock struct{ f *flock.Flock }

func (l *fileLock) release() { _ = l.f.Unlock() }

// lock waits for a lock file, at most lockWait or until ctx ends. The error is a
// *problem.Problem or matches the context's.
func (s *Session) lock(ctx context.Context, name string) (*fileLock, error) {
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	f, err := s.openLock(name)
	if err != nil {
		return nil, err
	}
	if ok, err := f.TryLockContext(ctx, lockPoll); err != nil || !ok {
		return nil, s.homeProblem(fmt.Errorf("waiting for %s: %w", name, err))
	}
	return &fileLock{f}, nil
}

// tryLock returns nil without error when somebody else holds the lock.
func (s *Session) tryLock(name string) (*fileLock, error) {
	f, err := s.openLock(name)
	if err != nil {
		return nil, err
	}
	ok, err := f.TryLock()
	if err != nil {
		return nil, s.homeProblem(fmt.Errorf("locking %s: %w", name, err))
	}
	if !ok {
		return nil, nil
	}
	return &fileLock{f}, nil
}

// held reports whether somebody has the lock. Asking makes no file.
func (s *Session) held(name string) bool {
	if _, err := os.Stat(filepath.Join(s.cfg.Home, name)); err != nil {
		return false
	}
	lock, err := s.tryLock(name)
	if err != nil || lock == nil {
		return err == nil
	}
	lock.release()
	return false
}

// openLock makes a new flock value for each use: a shared one would count as
// held by everybody in this process.
func (s *Session) openLock(name string) (*flock.Flock, error) {
	if err := os.MkdirAll(s.cfg.Home, 0o700); err != nil {
		return nil, s.homeProblem(fmt.Errorf("making home folder: %w", err))
	}
	path := filepath.Join(s.cfg.Home, name)
	if fi, err := os.Lstat(path); err == nil && !fi.Mode().IsRegular() {
		return nil, s.homeProblem(fmt.Errorf("%s is not a regular file", name))
	}
	return flock.New(path, flock.SetPermissions(0o600)), nil
}

func (s *Session) homeProblem(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return &problem.Problem{Reason: "home_unusable", Retry: problem.AfterUser, Err: err,
		What: fmt.Sprintf(s.say("설정 폴더(%s)에 파일을 저장할 수 없어요.", "The folder %s cannot be written to."), s.cfg.Home),
		Next: s.say("폴더 권한과 남은 디스크 공간을 확인해 주세요.", "Check its permissions and the free disk space.")}
}
