package keychain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

const (
	tempPrefix = ".tmp-" // no secret's name begins with a dot
	// tempLife is how old a temporary file must be to count as left over by a
	// killed process; writing one takes milliseconds.
	tempLife = 10 * time.Minute
	// replacePause and replaceTries: on Windows a file that another process has
	// open for a moment cannot be replaced or opened.
	replacePause = 10 * time.Millisecond
	replaceTries = 100
)

// File is the Store for systems without a keychain: one 0600 file per secret in
// a 0700 folder. On unix it refuses symbolic links, other owners and whatever
// others may read, with ErrUnavailable; on Windows the access list inherited
// from the user's profile protects the folder.
type File struct {
	dir    string
	tries  int // attempts at opening and replacing
	rename func(from, to string) error
}

var _ Store = (*File)(nil)

// NewFile returns the store in dir, which is made by the first Set. It chooses
// nothing by itself: plain files are the owner's decision.
func NewFile(dir string) *File {
	s := &File{dir: dir, tries: 1, rename: os.Rename}
	if runtime.GOOS == "windows" {
		s.tries = replaceTries
	}
	return s
}

// Kind implements Store.
func (s *File) Kind() string { return "file" }

// Get implements Store.
func (s *File) Get(ctx context.Context, name string) ([]byte, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	return s.read(ctx, name)
}

// Set implements Store. Readers see the old value or the new one, never a part.
func (s *File) Set(ctx context.Context, name string, value []byte) error {
	if err := errors.Join(checkName(name), checkValue(value)); err != nil {
		return err
	}
	return s.write(ctx, name, value)
}

// Delete implements Store.
func (s *File) Delete(ctx context.Context, name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	return s.remove(ctx, name)
}

// Probe implements Store.
func (s *File) Probe(ctx context.Context) error {
	return roundTrip(
		func(name string) ([]byte, error) { return s.read(ctx, name) },
		func(name string, value []byte) error { return s.write(ctx, name, value) },
		func(name string) error { return s.remove(ctx, name) })
}

// Idle implements Store: a call that returned has left nothing behind.
func (s *File) Idle(context.Context) error { return nil }

func (s *File) read(ctx context.Context, name string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := checkPath(s.dir, fs.ModeDir); err != nil {
		return nil, err
	}
	path := filepath.Join(s.dir, name)
	if err := checkPath(path, 0); err != nil {
		return nil, err
	}
	// The folder is ours alone, so nobody else can have swapped the file since.
	var f *os.File
	err := s.persist(ctx, func() (err error) {
		f, err = os.Open(path)
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotFound // deleted this moment
	}
	if err != nil {
		return nil, fileError("opening", err)
	}
	defer f.Close()
	value, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
	if err != nil {
		return nil, fileError("reading", err)
	}
	if len(value) > MaxSize {
		return nil, fmt.Errorf("secret file %s is larger than %d bytes: %w", path, MaxSize, ErrUnavailable)
	}
	return value, nil
}

func (s *File) write(ctx context.Context, name string, value []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return fileError("making the folder of", err)
	}
	path := filepath.Join(s.dir, name)
	if err := checkPath(s.dir, fs.ModeDir); err != nil {
		return err
	}
	if err := checkPath(path, 0); err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	s.sweep()
	temp, err := writeTemp(s.dir, value)
	if err != nil {
		return fileError("writing", err)
	}
	if err := s.persist(ctx, func() error { return s.rename(temp, path) }); err != nil {
		os.Remove(temp)
		return fileError("replacing", err)
	}
	return nil
}

func (s *File) remove(ctx context.Context, name string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := checkPath(s.dir, fs.ModeDir); errors.Is(err, ErrNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	err := s.persist(ctx, func() error { return os.Remove(filepath.Join(s.dir, name)) })
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return fileError("deleting", err)
}

// writeTemp writes value to a new 0600 file in dir and onto the disk: a refresh
// token that was renewed and then lost in a power cut means another login.
func writeTemp(dir string, value []byte) (path string, err error) {
	f, err := os.CreateTemp(dir, tempPrefix)
	if err != nil {
		return "", err
	}
	_, err = f.Write(value)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}

// sweep removes what killed processes left. It is a courtesy: what cannot be
// removed stays.
func (s *File) sweep() {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && strings.HasPrefix(e.Name(), tempPrefix) && time.Since(info.ModTime()) > tempLife {
			os.Remove(filepath.Join(s.dir, e.Name()))
		}
	}
}

// persist repeats step while it fails, s.tries times at most.
func (s *File) persist(ctx context.Context, step func() error) error {
	for try := 1; ; try++ {
		err := step()
		if err == nil || errors.Is(err, fs.ErrNotExist) || try >= s.tries {
			return err
		}
		select {
		case <-time.After(replacePause):
		case <-ctx.Done():
			return err
		}
	}
}

// checkPath returns ErrNotFound if nothing is there and ErrUnavailable if what
// is there is not of the type wanted, or not private to us.
func checkPath(path string, wanted fs.FileMode) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNotFound
	}
	if err != nil {
		return fileError("looking at", err)
	}
	if info.Mode().Type() != wanted {
		return fmt.Errorf("%s is not a plain file or folder: %w", path, ErrUnavailable)
	}
	if problem := exposed(info); problem != "" {
		return fmt.Errorf("%s %s: %w", path, problem, ErrUnavailable)
	}
	return nil
}

func fileError(operation string, err error) error {
	return fmt.Errorf("%s the secret file: %w (%v)", operation, ErrUnavailable, err)
}
