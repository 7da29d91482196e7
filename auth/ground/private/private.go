// Package private keeps the files that are the user's alone: settings, logins,
// journal, aliases, stored messages, locks. Every one of them is read, replaced,
// removed and locked here, so that all have the same guarantees:
//
//   - a reader sees the old content or the new one, never a part, also after kill -9
//     and, but for what was written briefly, after a power cut;
//   - files are 0600, folders made on the way 0700;
//   - on Windows, where a file that somebody reads cannot be replaced, opened or
//     removed for a moment, each step is repeated for about a second;
//   - what a killed writer left is removed by the next one;
//   - a lock is freed by the system when its holder dies, and its file stays.
//
// It imports the standard library and gofrs/flock, knows no wording, and may be
// imported by everybody. What a file holds is its owner's business.
package private

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// ErrHeld: another program kept the file open for longer than we repeat (Windows).
var ErrHeld = errors.New("another program is using the file")

// ErrIrregular: in place of a file there is something else, such as a pipe or a
// folder. It was not opened: reading a pipe would wait for ever.
var ErrIrregular = errors.New("not a regular file")

// ErrTooLarge: the file is larger than its owner reads.
var ErrTooLarge = errors.New("file too large")

const (
	leftover = ".tmp-" // temporary files begin so; nothing that is kept does
	// leftoverLife is how old a temporary file is when its writer must be dead;
	// writing one takes milliseconds.
	leftoverLife = 10 * time.Minute
)

// Write replaces the file at path by content, at once and onto the disk. The
// folder is made if need be. The error names the file.
func Write(path string, content []byte) error { return write(path, content, (*os.File).Sync) }

// WriteBriefly is Write for what is worth nothing once the computer was off: it does
// not wait for the disk. After a power cut the file may hold anything.
func WriteBriefly(path string, content []byte) error {
	return write(path, content, func(*os.File) error { return nil })
}

func write(path string, content []byte, settle func(*os.File) error) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("making folder: %w", err)
	}
	sweepOnce(dir)
	f, err := os.CreateTemp(dir, leftover+"*") // 0600
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	_, err = f.Write(content)
	if err = errors.Join(err, settle(f), f.Close()); err == nil {
		err = Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

// Read returns the regular file at path, links followed. More than limit bytes
// are ErrTooLarge, anything but a regular file is ErrIrregular, both unread. A
// missing file matches fs.ErrNotExist.
func Read(path string, limit int64) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	if int64(len(content)) > limit {
		return nil, fmt.Errorf("reading %s: %w", path, ErrTooLarge)
	}
	return content, nil
}

// Open opens the regular file at path for reading, links followed.
func Open(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("opening %s: %w", path, ErrIrregular)
	}
	var f *os.File
	err = Repeat(func() (err error) {
		f, err = os.Open(path)
		return err
	})
	return f, err
}

// Rename is os.Rename, repeated while somebody holds one of the files.
func Rename(from, to string) error {
	return Repeat(func() error { return os.Rename(from, to) })
}

// Remove is os.Remove, repeated while somebody holds the file. That nothing was
// there is no error.
func Remove(path string) error {
	err := Repeat(func() error { return os.Remove(path) })
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// repeatFor is how long a step on a file that somebody holds is repeated: virus
// scanners and backups take less.
const repeatFor = time.Second

// HeldFile returns the file that another program kept from us, if that is what
// err says.
func HeldFile(err error) (path string, held bool) {
	if !errors.Is(err, ErrHeld) {
		return "", false
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return e.New, true // a rename: the old one is a temporary file of ours
	}
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Path, true
	}
	return "", true
}

// Repeat calls step again while it fails because another program holds the file,
// for about a second; then the error matches ErrHeld and step's own. It is for
// steps on files that this package has no name for.
func Repeat(step func() error) error {
	pause := time.Millisecond
	for waited := time.Duration(0); ; waited += pause {
		err := step()
		if err == nil || !isHeld(err) {
			return err
		}
		if waited >= repeatFor {
			return fmt.Errorf("%w: %w", ErrHeld, err)
		}
		pause = min(2*pause, 20*time.Millisecond)
		time.Sleep(pause)
	}
}

// IsLeftover reports whether a file of that name is what a killed writer left.
func IsLeftover(name string) bool { return strings.HasPrefix(name, leftover) }

// swept are the folders in which this process has looked for leftovers.
var swept sync.Map

// sweepOnce removes what killed writers left in dir. It is a courtesy: what
// cannot be removed stays.
func sweepOnce(dir string) {
	if _, done := swept.LoadOrStore(dir, true); done {
		return
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if !IsLeftover(e.Name()) {
			continue
		}
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > leftoverLife {
			os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}
