// Package picture opens pictures of this computer that are to be sent.
//
// It owns which files may be read: pictures by content, of a bounded size, the
// user's own, nothing hidden and, where there is a folder for them, nothing
// outside it. A file is opened once and judged by what was opened, so that what a
// person is shown is what is sent, whatever becomes of the file meanwhile. It knows
// no wording and imports tools/kakao, for what can be uploaded, and the ground.
package picture

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kakaotalk-mcp/auth/ground/private"
	"kakaotalk-mcp/tools/kakao"
)

// Errors of [Open], beside fs.ErrNotExist and fs.ErrPermission.
var (
	ErrElsewhere = errors.New("not in the folder for pictures, or not on this computer")
	ErrLinked    = errors.New("has another name, which may be outside the folder for pictures")
	ErrHidden    = errors.New("hidden, or in a hidden folder")
	ErrNoFile    = errors.New("not a regular file")
	ErrForeign   = errors.New("another user's file")
	ErrNoPicture = errors.New("neither JPG nor PNG, GIF or WebP")
	ErrTooLarge  = errors.New("larger than Kakao takes")
	ErrNoFolder  = errors.New("the folder for pictures cannot be opened")
)

// headSize is how much of a file tells what it holds: all that is read of others.
const headSize = 512

// Picture is a file's content as it was when it was opened.
type Picture struct {
	Path string // as it was given
	Type string // media type, by content
	Data []byte
}

// IsPath reports whether an image is meant to be a file of this computer.
func IsPath(image string) bool { return filepath.IsAbs(image) }

// Open reads the picture at an absolute path, of at most [kakao.MaxImage] bytes.
// folder is an absolute path below which it must lie, links included, under no second
// name (a hard link); "": anywhere.
// No part of the path below folder, or of the whole path without one, may be hidden.
// Nothing is read of a file that is refused but what tells that it is no picture.
func Open(path, folder string) (*Picture, error) {
	base, parts, err := place(path, folder)
	if err != nil {
		return nil, err
	}
	f, err := openBelow(base, parts)
	if err != nil {
		return nil, fmt.Errorf("opening a picture: %w", err)
	}
	defer f.Close()
	if folder != "" && names(f) != 1 {
		return nil, ErrLinked
	}
	p := &Picture{Path: path}
	if p.Type, p.Data, err = read(f); err != nil {
		return nil, fmt.Errorf("reading a picture: %w", err)
	}
	return p, nil
}

// place says where the file really is: a folder, and the parts of its path below,
// none of which is a link. What is outside the folder is not even looked for.
func place(path, folder string) (base string, parts []string, err error) {
	path = filepath.Clean(path)
	below, within := "", false
	if folder != "" {
		below, within = under(folder, path)
	}
	switch {
	case !filepath.IsAbs(path), !within && !isLocal(path):
		return "", nil, ErrElsewhere
	case folder == "" && hidden(path), within && hidden(below):
		return "", nil, ErrHidden
	}
	realFolder := ""
	if folder != "" {
		if realFolder, err = filepath.EvalSymlinks(folder); err != nil {
			return "", nil, ErrNoFolder
		}
	}
	real, err := filepath.EvalSymlinks(path)
	switch {
	case err != nil && folder != "" && !within:
		return "", nil, ErrElsewhere // whether it is there is nobody's business
	case err != nil:
		return "", nil, err
	case folder == "" && hidden(real):
		return "", nil, ErrHidden
	case folder == "":
		return filepath.Dir(real), []string{filepath.Base(real)}, nil
	}
	if below, within = under(realFolder, real); !within {
		return "", nil, ErrElsewhere
	}
	if hidden(below) {
		return "", nil, ErrHidden
	}
	return realFolder, split(below), nil
}

// under returns the path below folder, if it is there by its name.
func under(folder, path string) (below string, ok bool) {
	below, err := filepath.Rel(folder, path)
	return below, err == nil && below != "." && filepath.IsLocal(below)
}

// isLocal reports a path on this computer: asking another one for a file would tell
// it who asks (Windows).
func isLocal(path string) bool { return !strings.HasPrefix(filepath.VolumeName(path), `\\`) }

func split(path string) []string { return strings.Split(path, string(filepath.Separator)) }

func hidden(path string) bool {
	return slices.ContainsFunc(split(path), func(part string) bool { return strings.HasPrefix(part, ".") })
}

// openBelow opens the file step by step. What was swapped for a link, a pipe or
// anything else since its path was resolved is not the file that was looked at.
func openBelow(base string, parts []string) (*os.File, error) {
	dir, err := os.OpenRoot(base)
	if err != nil {
		return nil, err
	}
	defer func() { dir.Close() }()
	last := len(parts) - 1
	for _, part := range parts[:last] {
		seen, err := look(dir, part)
		if err != nil {
			return nil, err
		}
		next, err := dir.OpenRoot(part)
		if err != nil {
			return nil, err
		}
		dir.Close()
		dir = next
		if is, err := dir.Stat("."); err != nil || !os.SameFile(seen, is) {
			return nil, ErrNoFile
		}
	}
	seen, err := look(dir, parts[last])
	if err != nil {
		return nil, err
	}
	if !seen.Mode().IsRegular() {
		return nil, ErrNoFile // opening a pipe could wait for ever
	}
	var f *os.File
	err = private.Repeat(func() (err error) {
		f, err = dir.OpenFile(parts[last], os.O_RDONLY|atOnce, 0)
		return err
	})
	if err != nil {
		return nil, err
	}
	if is, err := f.Stat(); err != nil || !os.SameFile(seen, is) {
		f.Close()
		return nil, ErrNoFile
	}
	return f, nil
}

func look(dir *os.Root, name string) (fs.FileInfo, error) {
	info, err := dir.Lstat(name)
	if err == nil && isHidden(info) {
		err = ErrHidden
	}
	return info, err
}

// read returns what the file holds, judged by the file itself.
func read(f *os.File) (kind string, data []byte, err error) {
	info, err := f.Stat()
	if err != nil {
		return "", nil, err
	}
	if e := private.Exposed(info, 0); e != nil {
		return "", nil, ErrForeign
	}
	head := make([]byte, headSize)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "", nil, err
	}
	if kind = kakao.ImageType(head[:n]); kind == "" {
		return "", nil, ErrNoPicture
	}
	if info.Size() > kakao.MaxImage {
		return "", nil, ErrTooLarge
	}
	rest, err := io.ReadAll(io.LimitReader(f, kakao.MaxImage+1-int64(n)))
	if err != nil {
		return "", nil, err
	}
	if data = append(head[:n], rest...); len(data) > kakao.MaxImage {
		return "", nil, ErrTooLarge // it has grown
	}
	return kind, data, nil
}
