// Package stdio tests the built program as an MCP server on stdin and stdout:
// every line of the protocol, bad input, waiting calls, signals and the end.
package stdio

import (
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

func TestMain(m *testing.M) { e2etest.Main(m) }
