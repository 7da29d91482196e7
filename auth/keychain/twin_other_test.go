//go:build !((dragonfly && cgo) || (freebsd && cgo) || linux || netbsd || openbsd)

package keychain

import "errors"

func fileTwin(string, string, string) error { return errors.New("no Secret Service here") }
