// Package pages opens what the built program sends in a real browser: pages on a
// static host, and through a tunnel to a server of the user's own.
package pages

import (
	"testing"

	"kakaotalk-mcp/auth/ground/chromiumtest"
	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

func TestMain(m *testing.M) { e2etest.MainWith(m, chromiumtest.Run) }
