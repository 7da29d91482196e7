package clients

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tailscale/hujson"
)

// commandTime bounds the client's own command, which takes about a second.
const commandTime = 30 * time.Second

// ownCommand returns the program that shall make the change instead of us, or "".
//
// Only Claude Code's is used: a session that runs rewrites ~/.claude.json under a
// lock of its own. Those of Codex and Gemini lay out other servers' entries anew
// or lose their comments, and VS Code's cannot remove. An entry that exists is
// updated in the file: it may hold variables of the user's own, and arguments of a
// process are no place for them. Batch files (.cmd) cannot be given JSON safely,
// and in another user's home the command would take the file from them.
func (c Client) ownCommand(state State, p plan, doc *document) string {
	if c.ID != "claude-code" || p.done == Same && state != Absent || doc.ofAnother() {
		return ""
	}
	program := c.program()
	if ext := strings.ToLower(filepath.Ext(program)); ext == ".cmd" || ext == ".bat" || ext == ".ps1" {
		return ""
	}
	return program
}

// runOwn runs the client's command and believes the file, not the exit code.
func (c Client) runOwn(ctx context.Context, program string, p plan, entry string) bool {
	compact, err := hujson.Minimize([]byte(entry))
	if err != nil && entry != "" {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, commandTime)
	defer cancel()
	if _, err := c.sys.Run(ctx, program, p.command(string(compact))...); err != nil {
		return false
	}
	now, err := c.load()
	if err != nil {
		return false
	}
	have, _, err := c.read(now.text, p.name)
	return err == nil && c.shape.stateOf(have, p.entry, p.fields) == p.done
}

// ofAnother reports a file in a folder of another user's.
func (d *document) ofAnother() bool {
	path := d.path
	if !d.exists {
		path = filepath.Dir(path)
	}
	info, err := os.Stat(path)
	return err == nil && ownerOf(info).foreign()
}
