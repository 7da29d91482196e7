package private

import "io/fs"

// Exposure says who but this user can get at a file or folder.
type Exposure struct {
	Owner int         // uid of another owner, -1 if it is ours
	Open  fs.FileMode // permissions that others have and should not
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
