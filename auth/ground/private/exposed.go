package private

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Exposure says who but this user can get at a file or folder.
type Exposure struct {
	Owner int         // uid of another owner, -1 if it is ours
	Open  fs.FileMode // permissions that others have and should not
}

// ExposedError is a file or folder that is not used because it is not ours alone.
type ExposedError struct {
	Path string
	Exposure
}

func (e *ExposedError) Error() string {
	if e.Owner >= 0 {
		return fmt.Sprintf("%s belongs to another user (uid %d)", e.Path, e.Owner)
	}
	return fmt.Sprintf("%s is open to other users (mode %04o too much)", e.Path, e.Open)
}

// Exposed reports what makes the file or folder that info describes somebody
// else's: another owner, or one of the permissions in forbidden (0o077: nobody
// else may read, 0o022: nobody else may write). It returns nil where it is ours
// alone, and always on Windows, where the access list of the user's profile
// protects what lies in it.
func Exposed(info fs.FileInfo, forbidden fs.FileMode) *Exposure {
	e := Exposure{Owner: foreignOwner(info), Open: openTo(info) & forbidden}
	if e.Owner < 0 && e.Open == 0 {
		return nil
	}
	return &e
}

// Owner returns who owns the file or folder at path, or, where it is not there or
// cannot be looked at, the folder it would be in: an account's name or uid, "" if
// it is ours or the system does not tell.
func Owner(path string) string {
	for {
		info, err := os.Lstat(path)
		if err == nil {
			return ownerName(foreignOwner(info))
		}
		parent := filepath.Dir(path)
		if parent == path {
			return ""
		}
		path = parent
	}
}
