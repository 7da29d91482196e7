//go:build !windows

package terminal

import (
	"io"
	"os"
)

func input(f *os.File) io.Reader { return f }
