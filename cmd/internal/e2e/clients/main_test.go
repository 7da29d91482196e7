// Package clients lets real clients from npm and from Go start the built program,
// and registers it with the real programs of assistants.
package clients

import (
	"testing"

	"kakaotalk-mcp/auth/ground/chromiumtest"
	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

func TestMain(m *testing.M) { e2etest.MainWith(m, chromiumtest.Run) }
