// Package reminders has tests of the calendar's reminders with the built program: an
// agent that makes one, a process that is killed on the way, the commands.
package reminders

import (
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

func TestMain(m *testing.M) { e2etest.Main(m) }
