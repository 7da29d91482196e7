// Package secrets looks for tokens, keys, texts and uuids in whatever the built
// program says, writes, or hands to other programs.
package secrets

import (
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

func TestMain(m *testing.M) { e2etest.Main(m) }
