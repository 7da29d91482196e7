// Package arm64 runs the program for linux/arm64 under emulation.
package arm64

import (
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

func TestMain(m *testing.M) { e2etest.Main(m) }
