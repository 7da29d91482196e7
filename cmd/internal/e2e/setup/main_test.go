// Package setup sets the built program up as people do at a terminal and by flags,
// lets doctor find what is wrong, and takes everything out again.
package setup

import (
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

func TestMain(m *testing.M) { e2etest.Main(m) }
