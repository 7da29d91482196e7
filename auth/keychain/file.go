package keychain

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"kakaotalk-mcp/auth/ground/private"
)

// File is the Store for systems without a keychain: one 0600 file per secret in
// a 0700 folder. On unix it refuses symbolic links, other owners and whatever
// others may read, with ErrUnavailable; on Windows the access list inherited
// from the user's profile protects the folder.
type File struct{ dir string }

var _ Store = (*File)(nil)

// NewFile returns the store in dir, which is made by the first Set. It chooses
// nothing by itself: plain files are the owner's decision.
func NewFile(dir string) *File { return &File{dir} }

// Kind implements Store.
func (s *File) Kind() string { return "file" }

// Get implements Store.
func (s *File) Get(ctx context.Context, name string) ([]byte, error) {
	if err := errors.Join(ctx.Err(), checkName(name)); err != nil {
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
	value, err := private.Read(path, MaxSize)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotFound // deleted this moment
	}
	return value, fileError(err)
}

// Set implements Store. Readers see the old value or the new one, never a part.
func (s *File) Set(ctx context.Context, name string, value []byte) error {
	if err := errors.Join(ctx.Err(), checkName(name), checkValue(value)); err != nil {
		return err
	}
	path := filepath.Join(s.dir, name)
	if err := checkPath(s.dir, fs.ModeDir); err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	if err := checkPath(path, 0); err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	return fileError(private.Write(path, value))
}

// Delete implements Store.
func (s *File) Delete(ctx context.Context, name string) error {
	if err := errors.Join(ctx.Err(), checkName(name)); err != nil {
		return err
	}
	if err := checkPath(s.dir, fs.ModeDir); errors.Is(err, ErrNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	return fileError(private.Remove(filepath.Join(s.dir, name)))
}

// Probe implements Store.
func (s *File) Probe(ctx context.Context) error {
	return roundTrip(
		func(name string) ([]byte, error) { return s.Get(ctx, name) },
		func(name string, value []byte) error { return s.Set(ctx, name, value) },
		func(name string) error { return s.Delete(ctx, name) })
}

// Idle implements Store: a call that returned has left nothing behind.
func (s *File) Idle(context.Context) error { return nil }

// checkPath returns ErrNotFound if nothing is there and ErrUnavailable if what
// is there is not of the type wanted, or not private to us.
func checkPath(path string, wanted fs.FileMode) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNotFound
	}
	if err != nil {
		return fileError(err)
	}
	if info.Mode().Type() != wanted {
		return fmt.Errorf("%s is not a plain file or folder: %w", path, ErrUnavailable)
	}
	if e := private.Exposed(info, 0o077); e != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, &private.ExposedError{Path: path, Exposure: *e})
	}
	return nil
}

// fileError marks a failure of the file itself, whose text names the file.
func fileError(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}
