//go:build !unix

package auth

import "os/exec"

// apart has nothing to do: a browser is no child of its launcher here.
func apart(*exec.Cmd) {}
