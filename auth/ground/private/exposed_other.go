//go:build !unix

package private

import "io/fs"

func foreignOwner(fs.FileInfo) int { return -1 }

func openTo(fs.FileInfo) fs.FileMode { return 0 }

func ownerName(int) string { return "" }
