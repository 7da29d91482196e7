//go:build !unix

package keychain

import "io/fs"

// exposed finds nothing here: Go shows no owner and no access list.
func exposed(fs.FileInfo) string { return "" }
