package main

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"os"
	"strings"
	"testing"

	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/cmd/internal/register"

	"github.com/google/go-cmp/cmp"
)

// TestReadmeLinks holds the deep links of both READMEs to what install would
// register, with the program found on PATH (Cursor docs: MCP install links; VS Code
// docs: MCP developer guide, URL handler).
func TestReadmeLinks(t *testing.T) {
	e := register.Entry(&cli.Env{Executable: "kakaotalk-mcp"}, false)
	entry := func(more map[string]any) map[string]any {
		more["command"], more["args"] = e.Command, []any{e.Args[0]}
		return more
	}
	for _, file := range []string{"README.md", "README.en.md"} {
		raw, err := os.ReadFile("../../" + file)
		if err != nil {
			t.Fatal(err)
		}
		cursor, err := url.Parse("cursor:" + between(string(raw), "- Cursor: `cursor:", "`"))
		if err != nil || cursor.Host+cursor.Path != "anysphere.cursor-deeplink/mcp/install" || cursor.Query().Get("name") != e.Name {
			t.Errorf("%s: Cursor's link is %v, %v", file, cursor, err)
			continue
		}
		config, err := base64.StdEncoding.DecodeString(cursor.Query().Get("config"))
		if diff := cmp.Diff(entry(map[string]any{}), decoded(config)); diff != "" || err != nil {
			t.Errorf("%s: Cursor, %v (-want +got):\n%s", file, err, diff)
		}
		// VS Code reads it with decodeURIComponent, to which + is no space.
		text, err := url.PathUnescape(between(string(raw), "- VS Code: `vscode:mcp/install?", "`"))
		if diff := cmp.Diff(entry(map[string]any{"name": e.Name, "type": "stdio"}), decoded([]byte(text))); diff != "" || err != nil {
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
