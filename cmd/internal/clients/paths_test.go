package clients

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPaths(t *testing.T) {
	everywhere := map[string]string{
		"claude-code": ".claude.json", "cursor": ".cursor/mcp.json", "windsurf": ".config/devin/mcp_config.json",
		"gemini": ".gemini/settings.json", "codex": ".codex/config.toml", "copilot": ".copilot/mcp-config.json",
		"opencode": ".config/opencode/opencode.jsonc", "qwen": ".qwen/settings.json",
		"cline": ".cline/data/settings/cline_mcp_settings.json", "continue": ".continue/config.yaml", "vibe": ".vibe/config.toml",
		"auggie": ".augment/settings.json", "amp": ".config/amp/settings.json", "junie": ".junie/mcp/mcp.json",
		"lm-studio": ".lmstudio/mcp.json", "kiro": ".kiro/settings/mcp.json", "antigravity": ".gemini/antigravity/mcp_config.json",
	}
	for system, want := range map[string]map[string]string{
		"darwin": {
			"claude-desktop":  "Library/Application Support/Claude/claude_desktop_config.json",
			"vscode":          "Library/Application Support/Code/User/mcp.json",
			"vscode-insiders": "Library/Application Support/Code - Insiders/User/mcp.json",
			"zed":             ".config/zed/settings.json", "goose": ".config/goose/config.yaml",
		},
		"windows": {
			"claude-desktop":  "AppData/Roaming/Claude/claude_desktop_config.json",
			"vscode":          "AppData/Roaming/Code/User/mcp.json",
			"vscode-insiders": "AppData/Roaming/Code - Insiders/User/mcp.json",
			"windsurf":        "AppData/Roaming/devin/mcp_config.json", "zed": "AppData/Roaming/Zed/settings.json",
			"goose": "AppData/Roaming/Block/goose/config/config.yaml",
		},
		"linux": {
			"claude-desktop":  ".config/Claude/claude_desktop_config.json",
			"vscode":          ".config/Code/User/mcp.json",
			"vscode-insiders": ".config/Code - Insiders/User/mcp.json",
			"zed":             ".config/zed/settings.json", "goose": ".config/goose/config.yaml",
		},
	} {
		sys := computer(t, system)
		got := map[string]string{}
		for _, c := range All(sys) {
			rel, err := filepath.Rel(sys.Home, c.File())
			if err != nil {
				t.Fatal(err)
			}
			got[c.ID] = filepath.ToSlash(rel)
		}
		all := maps.Clone(everywhere)
		maps.Copy(all, want)
		if diff := cmp.Diff(all, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", system, diff)
		}
	}
}

func TestMovedFolders(t *testing.T) {
	sys := computer(t, "linux")
	env := map[string]string{"CODEX_HOME": "/opt/codex", "CLAUDE_CONFIG_DIR": "/opt/claude", "XDG_CONFIG_HOME": "relative"}
	sys.Getenv = func(name string) string { return env[name] }
	if got := client(t, sys, "codex").File(); got != filepath.FromSlash("/opt/codex/config.toml") && filepath.IsAbs("/opt") {
		t.Errorf("codex: %s", got)
	}
	if got := client(t, sys, "claude-code").File(); got != filepath.FromSlash("/opt/claude/.claude.json") && filepath.IsAbs("/opt") {
		t.Errorf("claude: %s", got)
	}
	if got := client(t, sys, "zed").File(); !strings.HasPrefix(got, sys.Home) {
		t.Errorf("a relative XDG_CONFIG_HOME was followed: %s", got)
	}

	former := filepath.Join(sys.Home, ".codeium", "windsurf")
	if err := os.MkdirAll(former, 0o700); err != nil {
		t.Fatal(err)
	}
	if got := client(t, sys, "windsurf").File(); filepath.Dir(got) != former {
		t.Errorf("windsurf before the change of name: %s", got)
	}
}

func TestPackagedClaudeDesktop(t *testing.T) {
	sys := computer(t, "windows")
	private := filepath.Join(sys.Home, "AppData", "Local", "Packages", "Claude_pzs8sxrjxfjjc", "LocalCache", "Roaming", "Claude")
	for _, dir := range []string{private, filepath.Join(sys.Home, "AppData", "Roaming", "Claude")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	c := client(t, sys, "claude-desktop")
	if filepath.Dir(c.File()) != private || !c.Found() {
		t.Errorf("file %s, found %v", c.File(), c.Found())
	}
}

// On WSL a windowed client is a Windows program, unless it is installed inside.
func TestWSL(t *testing.T) {
	sys := computer(t, "linux")
	sys.Getenv = func(name string) string { return map[string]string{"WSL_DISTRO_NAME": "Ubuntu"}[name] }
	sys.LookPath = func(name string) (string, error) {
		if name == "code" {
			return "/mnt/c/Users/홍길동/AppData/Local/Programs/Microsoft VS Code/bin/code", nil
		}
		return "", errors.New("not on PATH")
	}
	for _, id := range []string{"claude-desktop", "vscode"} {
		c := client(t, sys, id)
		_, err := c.Install(t.Context(), entryFor("linux"), Options{})
		if reason(err) != "windows_side" || !strings.Contains(err.Error(), "kakaotalk-mcp.exe install "+id) || c.Found() {
			t.Errorf("%s: found %v, %v", id, c.Found(), err)
		}
	}
	c := client(t, sys, "claude-desktop")
	put(t, c, nil)
	if _, err := c.Install(t.Context(), entryFor("linux"), Options{}); err != nil {
		t.Errorf("with a folder inside WSL: %v", err)
	}
}

func TestSessionVariables(t *testing.T) {
	sys := computer(t, "linux")
	sys.Getenv = func(name string) string { return map[string]string{"DISPLAY": ":0"}[name] }
	want := map[string]bool{"claude-desktop": true, "cursor": true, "windsurf": true, "codex": true, "vibe": true, "auggie": true,
		"goose": true, "junie": true, "lm-studio": true, "kiro": true, "antigravity": true}
	for _, c := range All(sys) {
		change, err := c.Install(t.Context(), entryFor("linux"), Options{Force: true})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(change.After, "DISPLAY"); got != want[c.ID] {
			t.Errorf("%s: DISPLAY is there: %v", c.ID, got)
		}
		if strings.Contains(change.After, "DBUS_SESSION_BUS_ADDRESS") != (c.ID == "codex") {
			t.Errorf("%s: an unset variable was written:\n%s", c.ID, change.After)
		}
	}
}
