//go:build !linux

package figures

import "testing"

// memoryFigures cannot tell a process's memory here.
func memoryFigures(testing.TB) []figure {
	return []figure{{name: "private memory", measured: "told by Linux only"}}
}
