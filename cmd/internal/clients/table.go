package clients

import (
	"os"
	"path/filepath"
	"strings"
)

// All returns every client this package knows, installed or not.
func All(sys System) []Client {
	config := sys.configDir()
	claudeDesktop := sys.claudeDesktopDir(config)
	claudeCode := sys.dirFromEnv("CLAUDE_CONFIG_DIR", sys.Home)
	code := filepath.Join(config, "Code", "User")
	codex := sys.dirFromEnv("CODEX_HOME", filepath.Join(sys.Home, ".codex"))
	cursor := filepath.Join(sys.Home, ".cursor")
	gemini := filepath.Join(sys.Home, ".gemini")
	windsurf := sys.windsurfDir()
	zed := sys.zedDir(config)

	servers := func(s shape) language { return jsonConfig{section: "mcpServers", shape: s} }
	all := []Client{
		{ID: "claude-desktop", Title: "Claude Desktop", desktop: true,
			file: filepath.Join(claudeDesktop, "claude_desktop_config.json"), marks: []string{claudeDesktop},
			language: servers(shape{passValues: true}),
			note:     [2]string{"Claude Desktop을 완전히 종료했다가 다시 열어 주세요.", "Quit Claude Desktop completely and open it again."}},
		{ID: "claude-code", Title: "Claude Code", programs: []string{"claude"},
			file: filepath.Join(claudeCode, ".claude.json"), marks: []string{filepath.Join(claudeCode, ".claude.json"), filepath.Join(sys.Home, ".claude")},
			// Claude Code counts milliseconds.
			language: servers(shape{typed: true, timeoutKey: "timeout", timeout: callSeconds * 1000}),
			note:     [2]string{"Claude Code를 새로 시작하면 쓸 수 있어요.", "It is there the next time Claude Code starts."}},
		{ID: "cursor", Title: "Cursor", desktop: true, programs: []string{"cursor"},
			file: filepath.Join(cursor, "mcp.json"), marks: []string{cursor},
			language: servers(shape{passValues: true}),
			note:     [2]string{"Cursor 설정의 MCP 화면에서 켜져 있는지 확인해 주세요.", "Check in Cursor's settings (MCP) that it is switched on."}},
		{ID: "vscode", Title: "VS Code", desktop: true, programs: []string{"code"},
			file: filepath.Join(code, "mcp.json"), marks: []string{code},
			language: jsonConfig{section: "servers", shape: shape{typed: true}},
			note:     [2]string{"VS Code에서 MCP: List Servers를 실행해 시작해 주세요. 처음에는 신뢰할지 물어봐요.", "Run MCP: List Servers in VS Code and start it. It asks for trust the first time."}},
		{ID: "windsurf", Title: "Windsurf", desktop: true, programs: []string{"windsurf"},
			file: filepath.Join(windsurf, "mcp_config.json"), marks: []string{windsurf},
			language: servers(shape{passValues: true}),
			note:     [2]string{"Windsurf(Devin Desktop)의 MCP 화면에서 새로고침해 주세요.", "Refresh the list of MCP servers in Windsurf (Devin Desktop)."}},
		{ID: "gemini", Title: "Gemini CLI", programs: []string{"gemini"},
			file: filepath.Join(gemini, "settings.json"), marks: []string{gemini},
			language: servers(shape{}),
			note:     [2]string{"Gemini CLI를 새로 시작해 주세요. 신뢰하는 폴더에서만 켜져요.", "Start Gemini CLI again. It runs servers in trusted folders only."}},
		{ID: "codex", Title: "Codex CLI", programs: []string{"codex"},
			file: filepath.Join(codex, "config.toml"), marks: []string{codex},
			language: tomlConfig{},
			note:     [2]string{"Codex를 새로 시작하면 쓸 수 있어요.", "It is there the next time Codex starts."}},
		{ID: "zed", Title: "Zed", desktop: true, programs: []string{"zed", "zeditor"},
			file: filepath.Join(zed, "settings.json"), marks: []string{zed},
			language: jsonConfig{section: "context_servers"},
			note:     [2]string{"Zed의 Agent 설정에서 켜져 있는지 확인해 주세요.", "Check in Zed's agent settings that it is switched on."}},
	}
	for i := range all {
		all[i].sys = sys
	}
	return all
}

// configDir is where applications keep their settings on this system.
func (s System) configDir() string {
	switch s.OS {
	case "windows":
		return s.dirFromEnv("APPDATA", filepath.Join(s.Home, "AppData", "Roaming"))
	case "darwin":
		return filepath.Join(s.Home, "Library", "Application Support")
	}
	return s.dirFromEnv("XDG_CONFIG_HOME", filepath.Join(s.Home, ".config"))
}

// claudeDesktopDir knows the packaged (MSIX) application on Windows: it sees a
// private copy of AppData, and its name ends in a publisher's hash.
func (s System) claudeDesktopDir(config string) string {
	plain := filepath.Join(config, "Claude")
	if s.OS != "windows" {
		return plain
	}
	packages := filepath.Join(s.dirFromEnv("LOCALAPPDATA", filepath.Join(s.Home, "AppData", "Local")), "Packages")
	folders, _ := os.ReadDir(packages) // none: not packaged
	for _, folder := range folders {
		dir := filepath.Join(packages, folder.Name(), "LocalCache", "Roaming", "Claude")
		if strings.HasPrefix(folder.Name(), "Claude_") && isDir(dir) {
			return dir
		}
	}
	return plain
}

// windsurfDir prefers the folder used since Windsurf became Devin Desktop.
func (s System) windsurfDir() string {
	current := filepath.Join(s.Home, ".config", "devin")
	if s.OS == "windows" {
		current = filepath.Join(s.configDir(), "devin")
	}
	former := filepath.Join(s.Home, ".codeium", "windsurf")
	if !isDir(current) && isDir(former) {
		return former
	}
	return current
}

func (s System) zedDir(config string) string {
	switch s.OS {
	case "windows":
		return filepath.Join(config, "Zed")
	case "darwin":
		return filepath.Join(s.Home, ".config", "zed")
	}
	return filepath.Join(config, "zed")
}

// dirFromEnv ignores relative values: they would mean another folder each time.
func (s System) dirFromEnv(name, otherwise string) string {
	if dir := s.Getenv(name); filepath.IsAbs(dir) {
		return dir
	}
	return otherwise
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
