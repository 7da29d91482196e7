package journal

import (
	"fmt"
	"io/fs"
	"os"

	"kakaotalk-mcp/auth/ground/private"
)

// checkFolder refuses a folder in which somebody else could replace our files. It may be a symbolic link.
func checkFolder(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return unavailable("looking at its folder", err)
	}
	if !info.IsDir() {
		return fmt.Errorf("%w: %s is not a folder", ErrUnavailable, path)
	}
	return checkExposed(path, info, 0o022)
}

// checkFile refuses links, whatever is not a plain file, and files that others may read or write. The error is
// fs.ErrNotExist when there is none.
func checkFile(path string) (fs.FileInfo, error) {
	info, err := os.Lstat(path)
	if os.IsNotExist(err) {
		return nil, fs.ErrNotExist
	}
	if err != nil {
		return nil, unavailable("looking at a file", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: %s is not a plain file", ErrUnsafe, path)
	}
	return info, checkExposed(path, info, 0o077)
}

func checkExposed(path string, info fs.FileInfo, forbidden fs.FileMode) error {
	if e := private.Exposed(info, forbidden); e != nil {
		return fmt.Errorf("%w: %w", ErrUnsafe, &private.ExposedError{Path: path, Exposure: *e})
	}
	return nil
}
