package clients

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
)

// linkEntry is an entry as the links of Cursor and VS Code carry it.
type linkEntry struct {
	Name    string            `json:"name,omitempty"`
	Type    string            `json:"type,omitempty"`
	Command string            `json:"command"`
	Args    []string          `json:"args"`
	Env     map[string]string `json:"env,omitempty"`
}

// CursorLink is an address that makes Cursor offer to install e. It carries what
// the file would, except variables of the session (Cursor docs: MCP install links).
func CursorLink(e Entry) string {
	config := linkEntry{Command: e.Command, Args: e.Args, Env: e.Env}
	return "cursor://anysphere.cursor-deeplink/mcp/install?name=" + url.QueryEscape(e.Name) +
		"&config=" + url.QueryEscape(base64.StdEncoding.EncodeToString(config.json()))
}

// VSCodeLink is an address that makes VS Code offer to install e (VS Code docs:
// MCP developer guide, URL handler).
func VSCodeLink(e Entry) string {
	config := linkEntry{Name: e.Name, Type: "stdio", Command: e.Command, Args: e.Args, Env: e.Env}
	// VS Code reads it with decodeURIComponent, to which + is no space.
	return "vscode:mcp/install?" + strings.ReplaceAll(url.QueryEscape(string(config.json())), "+", "%20")
}

func (l linkEntry) json() []byte {
	if l.Args == nil {
		l.Args = []string{}
	}
	text, _ := json.Marshal(l) // strings only: cannot fail
	return text
}
