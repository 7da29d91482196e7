// Package sdks lets libraries that people build assistants with start the built
// program: each does the main job, and shows what the program says.
package sdks

import (
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

func TestMain(m *testing.M) { e2etest.Main(m) }
