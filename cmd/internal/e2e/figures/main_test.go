// Package figures holds the built program to what it promises about time, memory,
// size and requests.
package figures

import (
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

func TestMain(m *testing.M) { e2etest.Main(m) }
