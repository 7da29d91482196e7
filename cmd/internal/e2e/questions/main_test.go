// Package questions answers the page of tools/ask in a real browser, as a person does.
package questions

import (
	"testing"

	"kakaotalk-mcp/auth/ground/chromiumtest"
	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

func TestMain(m *testing.M) { e2etest.MainWith(m, chromiumtest.Run) }
