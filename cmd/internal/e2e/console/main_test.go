// Package console tests the built program at a terminal where terminals differ:
// the console of Windows ends a line with two characters, its end of input is
// Ctrl-Z, and it starts programs by a double click.
package console

import (
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

func TestMain(m *testing.M) { e2etest.Main(m) }
