package docs

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// TestReadmeLinks holds the deep links of cmd's READMEs to what install would
// register, with the program found on PATH (Cursor docs: MCP install links; VS Code
// docs: MCP developer guide, URL handler).
func TestReadmeLinks(t *testing.T) {
	t.Parallel()
	c := e2etest.NewFreshComputer(t)
	if err := os.Mkdir(filepath.Join(c.User, ".cursor"), 0o700); err != nil {
		t.Fatal(err)
	}
	out := c.Expect(e2etest.ExitOK, "", "install", "cursor", "--print")
	_, lines, _ := strings.Cut(out, "\n") // the first names the file
	const name = "kakaotalk"
	var printed struct {
		Servers map[string]map[string]any `json:"mcpServers"`
	}
	if err := json.Unmarshal([]byte(lines), &printed); err != nil || printed.Servers[name] == nil {
		t.Fatalf("%v\n%s", err, out)
	}
	entry := func(more map[string]any) map[string]any {
		maps.Copy(more, printed.Servers[name])
		more["command"] = "kakaotalk-mcp"
		return more
	}
	for _, file := range []string{"cmd/README.md", "cmd/README.en.md"} {
		raw, err := os.ReadFile(filepath.Join(e2etest.Root(t), file))
		if err != nil {
			t.Fatal(err)
		}
		cursor, err := url.Parse("cursor:" + between(string(raw), "- Cursor: `cursor:", "`"))
		if err != nil || cursor.Host+cursor.Path != "anysphere.cursor-deeplink/mcp/install" || cursor.Query().Get("name") != name {
			t.Errorf("%s: Cursor's link is %v, %v", file, cursor, err)
			continue
		}
		config, err := base64.StdEncoding.DecodeString(cursor.Query().Get("config"))
		if diff := cmp.Diff(entry(map[string]any{}), decoded(config)); diff != "" || err != nil {
			t.Errorf("%s: Cursor, %v (-want +got):\n%s", file, err, diff)
		}
		// VS Code reads it with decodeURIComponent, to which + is no space.
		text, err := url.PathUnescape(between(string(raw), "- VS Code: `vscode:mcp/install?", "`"))
		if diff := cmp.Diff(entry(map[string]any{"name": name, "type": "stdio"}), decoded([]byte(text))); diff != "" || err != nil {
			t.Errorf("%s: VS Code, %v (-want +got):\n%s", file, err, diff)
		}
	}
}

// between returns what stands between two texts, "" if they are not there.
func between(text, before, after string) string {
	_, rest, _ := strings.Cut(text, before)
	found, _, _ := strings.Cut(rest, after)
	return found
}

// decoded is an entry in JSON, nil if it is none.
func decoded(raw []byte) (entry map[string]any) {
	_ = json.Unmarshal(raw, &entry) // seen in the comparison
	return entry
}
