//go:build !unix

package stdio

import "io"

// hungUp cannot be told here while there is something to read.
func hungUp(io.Reader) bool { return false }
