// Package commands types the built program's commands: help and settings as
// scripts, messages, friends, tunnels, and the demo.
package commands

import (
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

func TestMain(m *testing.M) { e2etest.Main(m) }
