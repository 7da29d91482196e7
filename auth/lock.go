package auth

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"kakaotalk-mcp/auth/ground/private"
	"kakaotalk-mcp/auth/ground/problem"
)

// Lock files in home.
const (
	loginLock   = "login.lock"
	refreshLock = "refresh.lock"
	tabLock     = "tab.lock"
)

const lockPoll = 50 * time.Millisecond

// lock waits for a lock file, at most lockWait or until ctx ends. The error is a
// *problem.Problem or matches the context's.
func (s *Session) lock(ctx context.Context, name string) (*private.Lock, error) {
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	lock, err := private.Acquire(ctx, filepath.Join(s.cfg.Home, name), lockPoll)
	if err != nil {
		return nil, s.homeProblem(err)
	}
	return lock, nil
}

// tryLock returns nil without error when somebody else holds the lock.
func (s *Session) tryLock(name string) (*private.Lock, error) {
	lock, err := private.TryLock(filepath.Join(s.cfg.Home, name))
	if err != nil {
		return nil, s.homeProblem(err)
	}
	return lock, nil
}

func (s *Session) held(name string) bool { return private.Held(filepath.Join(s.cfg.Home, name)) }

func (s *Session) homeProblem(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if p := problem.OfFile(s.cfg.Lang, err); p != nil {
		return p
	}
	return &problem.Problem{Reason: "home_unusable", Retry: problem.AfterUser, Err: err,
		What: s.cfg.Lang.Sayf("설정 폴더(%s)에 파일을 저장할 수 없어요.", "Could not save files in the folder %s.", s.cfg.Home),
		Next: s.cfg.Lang.Say("폴더 권한과 남은 디스크 공간을 확인해 주세요.", "Check the folder's permissions and the free disk space.")}
}
