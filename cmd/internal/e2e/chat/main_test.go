// Package chat talks to a scripted model through the terminal assistant of the built
// program.
package chat

import (
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

func TestMain(m *testing.M) { e2etest.Main(m) }
