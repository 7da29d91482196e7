package doctor

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"kakaotalk-mcp/auth/ground/private"
	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/auth/keychain"
	"kakaotalk-mcp/cmd/internal/register"
)

// maxFiles bounds how many files are opened; stored messages can be many.
const maxFiles = 1000

// checkFiles opens what is in the settings folder as the program would: after one
// run with sudo some of it is root's, and every call fails.
func (d *Doctor) checkFiles(context.Context) Finding {
	d.probing.Lock()
	defer d.probing.Unlock()
	home := d.Settings.Home
	opened := 0
	var bad *problem.Problem
	entries, err := os.ReadDir(home)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		bad = d.unusable(home, err)
	}
	look := func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !keychain.IsProbe(filepath.Base(path)) {
			err = tryOpen(path, entry)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil // a temporary file of another program, which has gone
		}
		if opened++; err != nil {
			bad = d.unusable(path, err)
			return fs.SkipAll
		}
		if opened >= maxFiles {
			return fs.SkipAll
		}
		return nil
	}
	for _, entry := range entries {
		if bad == nil && register.IsOurs(entry.Name()) {
			_ = filepath.WalkDir(filepath.Join(home, entry.Name()), look) // look keeps what is wrong
		}
	}
	if bad == nil && opened == 0 {
		return d.skip("저장된 파일이 아직 없어요.", "Nothing has been saved yet.")
	}
	if bad != nil {
		return d.problem(Fail, bad.What, bad.Next)
	}
	return d.pass("저장된 파일을 모두 열 수 있어요(%d개).", "All saved files can be opened (%d).", opened)
}

// unusable words what keeps a file from being used.
func (d *Doctor) unusable(path string, err error) *problem.Problem {
	if p := problem.OfFile(d.Lang, err); p != nil {
		return p
	}
	return problem.Unusable(d.Lang, path, err)
}

// tryOpen opens a file or folder as the program does and changes nothing.
func tryOpen(path string, entry fs.DirEntry) error {
	info, err := entry.Info()
	if err != nil {
		return err
	}
	if e := private.Exposed(info, 0); e != nil && !rootMayOwn(path, e.Owner) {
		return &private.ExposedError{Path: path, Exposure: *e}
	}
	flag := os.O_RDWR
	switch {
	case info.IsDir():
		return writable(path)
	case !info.Mode().IsRegular():
		return nil // a link; where it leads is its owner's business
	case filepath.Base(path) == "config.env":
		flag = os.O_RDONLY
	}
	return private.Repeat(func() error {
		f, err := os.OpenFile(path, flag, 0)
		if err == nil {
			f.Close()
		}
		return err
	})
}

// rootMayOwn: an administrator may have written the settings.
func rootMayOwn(path string, owner int) bool {
	return owner == 0 && filepath.Base(path) == "config.env"
}

// writable makes a file in a folder and removes it. A full disk takes an empty one.
func writable(dir string) error {
	f, err := os.CreateTemp(dir, ".tmp-doctor-*") // swept like every leftover, should this be killed
	if err != nil {
		return err
	}
	_, err = f.Write([]byte{0})
	return errors.Join(err, f.Close(), os.Remove(f.Name()))
}
