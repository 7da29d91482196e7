package clients

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fakeClaude is a claude command that does to the file what works says.
func fakeClaude(t *testing.T, path string, works func(c Client, args []string) error) (Client, *[][]string) {
	t.Helper()
	var calls [][]string
	sys := computer(t, "linux")
	sys.LookPath = func(name string) (string, error) {
		if name == "claude" {
			return path, nil
		}
		return "", errors.New("not on PATH")
	}
	sys.Run = func(ctx context.Context, name string, args ...string) ([]byte, error) {
		if _, ok := ctx.Deadline(); !ok || name != path {
			t.Errorf("ran %s, with a deadline: %v", name, ok)
		}
		calls = append(calls, args)
		return nil, works(client(t, sys, "claude-code"), args)
	}
	return client(t, sys, "claude-code"), &calls
}

func TestClaudeCommand(t *testing.T) {
	c, calls := fakeClaude(t, "/usr/bin/claude", func(c Client, args []string) error {
		if args[1] == "add-json" {
			return os.WriteFile(c.File(), []byte(`{"mcpServers":{"`+args[4]+`":`+args[5]+`}}`), 0o600)
		}
		return os.WriteFile(c.File(), []byte(`{}`), 0o600)
	})
	e := entryFor("linux")
	change, err := c.Install(t.Context(), e, Options{})
	if err != nil || change.Command != "/usr/bin/claude" || !change.Changed {
		t.Fatalf("%+v, %v", change, err)
	}
	if change, err := c.Install(t.Context(), e, Options{}); err != nil || change.Changed {
		t.Errorf("second run: %+v, %v", change, err)
	}
	if _, err := c.Uninstall(t.Context(), e.Name, Options{}); err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"mcp", "add-json", "--scope", "user", "kakaotalk",
			`{"type":"stdio","command":"/home/홍길동/.local/bin/kakaotalk-mcp","args":["serve"],"env":{"KAKAO_LANG":"ko"},"timeout":120000}`},
		{"mcp", "remove", "kakaotalk", "-s", "user"},
	}
	if diff := cmp.Diff(want, *calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// A command that fails, or says it worked and did nothing, is made up for.
func TestClaudeCommandDoesNothing(t *testing.T) {
	for name, result := range map[string]error{"fails": errors.New("exit 1"), "lies": nil} {
		t.Run(name, func(t *testing.T) {
			c, calls := fakeClaude(t, "/usr/bin/claude", func(Client, []string) error { return result })
			e := entryFor("linux")
			change, err := c.Install(t.Context(), e, Options{})
			if err != nil || change.Command != "" || len(*calls) != 1 {
				t.Fatalf("%+v, %v, %d calls", change, err, len(*calls))
			}
			if state, err := c.Status(e); state != Same || err != nil {
				t.Errorf("status %s, %v", state, err)
			}
			if _, err := c.Uninstall(t.Context(), e.Name, Options{}); err != nil || exists(c.File()) {
				t.Errorf("removal of a file of ours: %v", err)
			}
		})
	}
}

// An entry with variables of the user's own never becomes arguments of a process,
// and a batch file is given no JSON.
func TestClaudeFileInstead(t *testing.T) {
	c, calls := fakeClaude(t, "/usr/bin/claude", func(Client, []string) error { return nil })
	put(t, c, []byte(`{"mcpServers": {"kakaotalk": {"command": "/old/kakaotalk-mcp", "env": {"MINE": "private"}}}}`))
	if _, err := c.Install(t.Context(), entryFor("linux"), Options{}); err != nil || len(*calls) > 0 {
		t.Errorf("update: %v, calls %q", err, *calls)
	}
	if !strings.Contains(read(t, c.File()), `"MINE": "private"`) {
		t.Error("the user's own variable is gone")
	}

	c, calls = fakeClaude(t, `/npm/claude.CMD`, func(Client, []string) error { return nil })
	if _, err := c.Install(t.Context(), entryFor("linux"), Options{}); err != nil || len(*calls) > 0 {
		t.Errorf("batch file: %v, calls %q", err, *calls)
	}
}

// Whoever stops the command does not want the file edited instead.
func TestStoppedDuringCommand(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c, _ := fakeClaude(t, "/usr/bin/claude", func(Client, []string) error {
		cancel()
		return ctx.Err()
	})
	if _, err := c.Install(ctx, entryFor("linux"), Options{}); reason(err) != "stopped" || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(c.File()); err == nil {
		t.Error("the file was written")
	}
}
