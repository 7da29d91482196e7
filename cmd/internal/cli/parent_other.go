//go:build !windows

package cli

// parent matters on Windows only.
func parent() string { return "" }
