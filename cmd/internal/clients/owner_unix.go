//go:build unix

package clients

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// owner is whom a file belongs to. Somebody who installs as another user, such as
// root with sudo, must not take the user's file from them.
type owner struct {
	known    bool
	uid, gid int
}

func ownerOf(info fs.FileInfo) owner {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return owner{}
	}
	return owner{true, int(stat.Uid), int(stat.Gid)}
}

// take gives a new file to the owner.
func (o owner) take(f *os.File) error {
	info, err := f.Stat()
	if err != nil || !o.known || ownerOf(info) == o {
		return err
	}
	return f.Chown(o.uid, o.gid)
}

// makeFolder makes a folder and what lies above it. Root gives them to whom the
// folder above belongs to, as it does the file that comes into it: owner.
func makeFolder(dir string) (owner, error) {
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		above, err := makeFolder(filepath.Dir(dir))
		if err != nil {
			return owner{}, err
		}
		if err := os.Mkdir(dir, 0o700); err != nil {
			return owner{}, err
		}
		if above.known {
			err = os.Chown(dir, above.uid, above.gid)
		}
		return above, err
	}
	if err != nil || os.Geteuid() != 0 {
		return owner{}, err
	}
	return ownerOf(info), nil
}
