package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"kakaotalk-mcp/auth/ground/private"
)

const (
	fileName    = "journal"
	keyName     = "journal.key"
	lockName    = "journal.lock" // never deleted: two holders of two files with one name would both own the lock
	sendingName = "sending.lock" // shared by all who have a claim
	uploadName  = "upload.lock"  // held while something is uploaded; nor is this one
	damagedName = "journal.damaged"

	// maxFileSize is several times what a full journal has; anything longer was not written by us.
	maxFileSize = 4 * maxRecords * recordSize
)

// seen is how much of the file the index has.
type seen struct {
	loaded     bool
	damaged    bool // has no sound header: to be rewritten before anything is added
	generation hash
	end        int64 // behind the last whole record
}

// read calls use with the index up to date and other processes kept out.
func (j *Journal) read(ctx context.Context, use func(key) error) error {
	if err := j.enter(ctx); err != nil {
		return err
	}
	defer j.leave()
	if _, err := os.Lstat(j.path(fileName)); errors.Is(err, fs.ErrNotExist) {
		j.forget()
		return use(key{}) // nothing to compare with, so any key does
	}
	unlock, err := j.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	k, _, err := j.readKey()
	if err != nil {
		return err
	}
	if err := j.load(); err != nil {
		return err
	}
	return use(k)
}

// write adds the records that use returns, with the index up to date and other processes kept out.
func (j *Journal) write(ctx context.Context, use func(key) ([]record, error)) error {
	if err := j.enter(ctx); err != nil {
		return err
	}
	defer j.leave()
	if err := os.MkdirAll(j.dir, 0o700); err != nil {
		return unavailable("making its folder", err)
	}
	unlock, err := j.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	k, found, err := j.readKey()
	if err != nil {
		return err
	}
	if !found {
		if k, err = j.newKey(); err != nil {
			return err
		}
	}
	if err := j.load(); err != nil {
		return err
	}
	records, err := use(k)
	if err != nil || len(records) == 0 {
		return err
	}
	if found != j.seen.loaded || j.seen.damaged {
		j.lost.Store(true)
	}
	if !j.seen.loaded || j.seen.damaged || j.records+len(records) > maxRecords {
		if err := j.rewrite(); err != nil {
			return err
		}
	}
	return j.add(records)
}

// load brings the index up to date: it reads what others added, or everything when the file is another one.
func (j *Journal) load() error {
	path := j.path(fileName)
	known, err := checkFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		j.forget()
		return nil
	}
	if err != nil {
		return err
	}
	f, err := private.Open(path)
	if err != nil {
		return unavailable("opening", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return unavailable("opening", err)
	}
	if !os.SameFile(known, info) {
		return fmt.Errorf("%w: %s was replaced while it was opened", ErrUnsafe, path)
	}
	if info.Size() > maxFileSize {
		return fmt.Errorf("%w: it has %d bytes", ErrUnavailable, info.Size())
	}
	header := make([]byte, min(recordSize, info.Size()))
	if _, err := f.ReadAt(header, 0); err != nil && len(header) > 0 {
		return unavailable("reading", err)
	}
	version, generation, sound := parseHeader(header)
	if sound && version > format {
		j.forget()
		return fmt.Errorf("%w: format %d", ErrNewer, version)
	}
	if !sound || !j.seen.loaded || j.seen.damaged || generation != j.seen.generation || info.Size() < j.seen.end {
		j.forget()
		j.seen = seen{loaded: true, damaged: !sound, generation: generation, end: recordSize}
		if !sound {
			j.seen.end = 0
		}
	}
	return j.readRecords(f, info.Size())
}

// readRecords applies whole records up to size. Damaged ones are passed over; a torn last one is left to the next add.
func (j *Journal) readRecords(f io.ReaderAt, size int64) error {
	b := make([]byte, (size-j.seen.end)/recordSize*recordSize)
	if n, err := f.ReadAt(b, j.seen.end); n < len(b) {
		j.forget()
		return unavailable("reading", err)
	}
	for ; len(b) > 0; b = b[recordSize:] {
		if r, ok := parseRecord(b[:recordSize]); ok {
			j.apply(r)
		}
		j.records++
		j.seen.end += recordSize
	}
	return nil
}

// add appends records to the file, all or none as far as others can see.
func (j *Journal) add(records []record) error {
	var f *os.File
	err := private.Repeat(func() (err error) {
		f, err = os.OpenFile(j.path(fileName), os.O_WRONLY, 0)
		return err
	})
	if err != nil {
		return unavailable("opening", err)
	}
	defer f.Close()
	var b []byte
	for _, r := range records {
		b = r.append(b)
	}
	// Part of a record, left by a writer that was killed, is shorter than any record and so overwritten.
	if _, err := f.WriteAt(b, j.seen.end); err != nil {
		_ = f.Truncate(j.seen.end) // if this fails too, they stay in flight: wrong, but on the safe side
		j.forget()
		return unavailable("writing", err)
	}
	for _, r := range records {
		j.apply(r)
	}
	j.records += len(records)
	j.seen.end += int64(len(b))
	return nil
}

// create replaces a file as a whole.
func (j *Journal) create(name string, content []byte) error {
	if err := private.Write(j.path(name), content); err != nil {
		return unavailable("creating", err)
	}
	return nil
}

func (j *Journal) forget() { j.index, j.seen = newIndex(), seen{} }

func (j *Journal) path(name string) string { return filepath.Join(j.dir, name) }

func unavailable(doing string, err error) error {
	return fmt.Errorf("%w: %s: %w", ErrUnavailable, doing, err)
}
