package clients

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"kakaotalk-mcp/auth/ground/private"
	"kakaotalk-mcp/cmd/internal/charset"
)

const (
	// maxFile is far above any configuration, Claude Code's with its history included.
	maxFile = 16 << 20

	backupSuffix = ".kakaotalk-mcp.bak"
	tempSuffix   = ".kakaotalk-mcp.tmp"
	// staleTemp is when a temporary file is one that a killed run left behind: a
	// run holds it for milliseconds.
	staleTemp = time.Minute
)

// document is a client's file as it was read.
type document struct {
	path   string // the file itself, behind symbolic links
	exists bool
	mode   fs.FileMode
	raw    []byte
	text   string
	enc    charset.Charset
}

// load reads the client's file; a missing one is an empty document.
func (c Client) load() (*document, error) {
	doc := &document{path: c.file, mode: 0o600}
	if info, err := os.Lstat(c.file); errors.Is(err, fs.ErrNotExist) {
		return doc, nil
	} else if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		// Settings kept elsewhere by a link: the link stays, its target is written.
		if doc.path, err = filepath.EvalSymlinks(c.file); err != nil {
			return nil, c.fileProblem("not_a_file", err)
		}
	}
	info, err := os.Stat(doc.path)
	if err != nil {
		return nil, c.fileProblem("unreadable", err)
	}
	if !info.Mode().IsRegular() { // before it is opened: a pipe would wait for ever
		return nil, c.fileProblem("not_a_file", nil)
	}
	doc.exists, doc.mode = true, info.Mode().Perm()
	doc.raw, err = private.Read(doc.path, maxFile)
	switch {
	case errors.Is(err, private.ErrTooLarge):
		return nil, c.fileProblem("too_large", nil)
	case err != nil:
		return nil, c.fileProblem("unreadable", err)
	}
	if doc.text, doc.enc, err = charset.Decode(doc.raw); err != nil || !doc.enc.IsUnicode() { // clients read UTF-8
		return nil, c.fileProblem("encoding", err)
	}
	return doc, nil
}

// save replaces the file's text and returns the backup's path, "" for a new file.
// At every moment the path holds the old or the new content. The temporary file
// is also the lock between runs of this program.
func (c Client) save(doc *document, text string) (backup string, err error) {
	if doc.exists && doc.mode&0o200 == 0 {
		return "", c.fileProblem("read_only", nil)
	}
	if err := os.MkdirAll(filepath.Dir(doc.path), 0o700); err != nil {
		return "", c.fileProblem("write_failed", err)
	}
	temp := doc.path + tempSuffix
	if info, err := os.Lstat(temp); err == nil && time.Since(info.ModTime()) > staleTemp {
		_ = os.Remove(temp) // creating it reports what is wrong
	}
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return "", c.fileProblem("busy", nil)
	} else if err != nil {
		return "", c.fileProblem("write_failed", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(temp)
		}
	}()
	if err := c.unchanged(doc); err != nil {
		_ = f.Close()
		return "", err
	}
	if doc.exists {
		backup = doc.path + backupSuffix
		if err := c.backUp(doc, backup); err != nil {
			_ = f.Close()
			return "", err
		}
	}
	content, err := doc.enc.Encode(text)
	if err == nil {
		err = fill(f, content, doc.mode)
	}
	if err != nil {
		return "", c.fileProblem("write_failed", err)
	}
	if err := c.unchanged(doc); err != nil { // once more: the client may have written meanwhile
		return "", err
	}
	if err := c.rename(temp, doc.path); err != nil {
		return "", c.fileProblem("write_failed", err)
	}
	return backup, nil
}

// backUp keeps what the file held before this change: one copy, always whole.
func (c Client) backUp(doc *document, backup string) error {
	temp := backup + ".tmp" // under the lock of save
	_ = os.Remove(temp)
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		err = fill(f, doc.raw, doc.mode)
	}
	if err == nil {
		err = private.Rename(temp, backup)
	}
	if err != nil {
		_ = os.Remove(temp)
		return c.fileProblem("write_failed", err)
	}
	return nil
}

// Backup is what the client's file held before the last change, a file of the
// user's own by now; "" if there is none.
func (c Client) Backup() string {
	path := c.file
	if target, err := filepath.EvalSymlinks(path); err == nil { // see load
		path = target
	}
	path += backupSuffix
	if _, err := os.Lstat(path); err != nil {
		return ""
	}
	return path
}

// unchanged compares the file with what was read.
func (c Client) unchanged(doc *document) error {
	now, err := c.load()
	if err != nil {
		return err
	}
	if now.path != doc.path || now.exists != doc.exists || !bytes.Equal(now.raw, doc.raw) {
		return c.fileProblem("changed", nil)
	}
	return nil
}

// fill writes, sets the mode, syncs and closes.
func fill(f *os.File, raw []byte, mode fs.FileMode) error {
	_, err := f.Write(raw)
	return errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
}

func (c Client) rename(from, to string) error {
	if c.sys.rename != nil {
		return c.sys.rename(from, to)
	}
	return private.Rename(from, to)
}
