// Package attack attacks the built program as SECURITY.md tells: with names, lines,
// folders, other users of the computer, and connections to its listeners.
package attack

import (
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

func TestMain(m *testing.M) { e2etest.Main(m) }
