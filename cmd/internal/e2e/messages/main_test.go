// Package messages reads the message page of viewer in a real browser, as the receiver
// of a link does.
package messages

import (
	"testing"

	"kakaotalk-mcp/auth/ground/chromiumtest"
	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

func TestMain(m *testing.M) { e2etest.MainWith(m, chromiumtest.Run) }
