package clients

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
	"unicode/utf8"

	"kakaotalk-mcp/auth/ground/private"
)

const (
	// maxFile is far above any configuration, Claude Code's with its history included.
	maxFile = 16 << 20

	// byteOrderMark begins files that some editors on Windows write. It stays.
	byteOrderMark = "\xef\xbb\xbf"

	tempSuffix = ".kakaotalk-mcp.tmp"
	// staleTemp is when a temporary file is one that a killed run left behind: a
	// run holds it for milliseconds.
	staleTemp = time.Minute
)

// document is a client's file as it was read.
type document struct {
	path   string // the file itself, behind symbolic links
	exists bool
	mode   fs.FileMode
	owner  owner
	raw    []byte
	mark   string // byteOrderMark or ""
	text   string
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
	if err == nil {
		doc.exists, doc.mode, doc.owner = true, info.Mode().Perm(), ownerOf(info)
		doc.raw, err = private.Read(doc.path, maxFile)
	}
	switch {
	case errors.Is(err, private.ErrIrregular):
		return nil, c.fileProblem("not_a_file", err)
	case errors.Is(err, private.ErrTooLarge):
		return nil, c.fileProblem("too_large", err)
	case err != nil:
		return nil, c.fileProblem("unreadable", err)
	}
	var ok bool
	if doc.mark, doc.text, ok = decode(doc.raw); !ok {
		return nil, c.fileProblem("encoding", nil)
	}
	return doc, nil
}

// decode takes a byte order mark off UTF-8. UTF-16, which PowerShell writes, is
// refused: no client was seen to read it.
func decode(raw []byte) (mark, text string, ok bool) {
	body, marked := bytes.CutPrefix(raw, []byte(byteOrderMark))
	if marked {
		mark = byteOrderMark
	}
	return mark, string(body), utf8.Valid(body) && bytes.IndexByte(body, 0) < 0
}

// save replaces the file's text and returns the backup's path, "" for a new file.
// At every moment the path holds the old or the new content. The temporary file
// is also the lock between runs of this program.
func (c Client) save(doc *document, text string, ours bool) (backup string, err error) {
	if doc.exists && doc.mode&0o200 == 0 {
		return "", c.fileProblem("read_only", nil)
	}
	if !doc.exists {
		if doc.owner, err = makeFolder(filepath.Dir(doc.path)); err != nil {
			return "", c.fileProblem("write_failed", err)
		}
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
		if backup, err = c.backUp(doc, ours); err != nil {
			_ = f.Close()
			return "", err
		}
	}
	if err := c.fill(f, []byte(doc.mark+text), doc); err != nil {
		return "", err
	}
	if err := c.unchanged(doc); err != nil { // once more: the client may have written meanwhile
		return "", err
	}
	if err := c.rename(temp, doc.path); err != nil {
		return "", c.fileProblem("write_failed", err)
	}
	return backup, nil
}

// drop removes a file that this program made and nobody put anything into.
func (c Client) drop(doc *document) error {
	if err := c.unchanged(doc); err != nil {
		return err
	}
	if err := private.Remove(doc.path); err != nil {
		return c.fileProblem("write_failed", err)
	}
	return nil
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

// fill writes, gives the file to the owner of the one it stands for, sets the mode,
// syncs and closes.
func (c Client) fill(f *os.File, raw []byte, doc *document) error {
	if err := doc.owner.take(f); err != nil {
		_ = f.Close()
		return c.fileProblem("owner", err)
	}
	_, err := f.Write(raw)
	if err = errors.Join(err, f.Chmod(doc.mode), f.Sync(), f.Close()); err != nil {
		return c.fileProblem("write_failed", err)
	}
	return nil
}

func (c Client) rename(from, to string) error {
	if c.sys.rename != nil {
		return c.sys.rename(from, to)
	}
	return private.Rename(from, to)
}
