//go:build !((dragonfly && cgo) || (freebsd && cgo) || linux || netbsd || openbsd)

package keychain

// lacksCollection is about the Secret Service only.
func lacksCollection() bool { return false }
