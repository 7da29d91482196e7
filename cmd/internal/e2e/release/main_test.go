// Package release tests what is published: archives, bundles, installers and the
// workflows that make them.
package release

import (
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

func TestMain(m *testing.M) { e2etest.Main(m) }
