package clients

import (
	"path/filepath"

	"kakaotalk-mcp/cmd/internal/clients/formats"
)

const (
	otherID = "other" // a client that is not in the table
	codexID = "codex"
)

// Shapes that several clients share.
var (
	plainShape = shape{{"command", program}, {"args", arguments}, {"env", variables}}
	// quietShape is for clients that give their servers next to no variables.
	quietShape = shape{{"command", program}, {"args", arguments}, {"env", allVariables}}
	typedShape = shape{{"type", "stdio"}, {"command", program}, {"args", arguments}, {"env", variables}}
)

// What several rows say.
var (
	asksEach  = [2]string{"도구를 사용할 때마다", "before each tool"}
	asksNot   = [2]string{"묻지 않음", "nothing"}
	unchecked = [2]string{"확인하지 못함", "not checked"}
	noForm    = [2]string{"확인 창", "confirmations"}
	nothing   = [2]string{"없음", "nothing"}
)

// All returns every client this package knows, installed or not; of VS Code also
// the profiles that exist. `run` names the version that the tests start; what it
// says about a client without one is from its maker's documentation. Without a home
// there are none: what lies in the current folder is a project's.
func All(sys System) []Client {
	if sys.Home == "" {
		return nil
	}
	servers := formats.JSON("mcpServers")
	claudeCode := sys.dirFromEnv("CLAUDE_CONFIG_DIR")
	all := []Client{
		{ID: "claude-desktop", Title: "Claude Desktop", desktop: true, folder: sys.claudeDesktopDir(),
			file: "claude_desktop_config.json", format: servers, shape: quietShape,
			note: [2]string{"Claude Desktop을 완전히 종료했다가 다시 열어 주세요.", "Quit Claude Desktop completely and open it again."},
			asks: unchecked, lacks: noForm},
		{ID: "claude-code", Title: "Claude Code", programs: []string{"claude"}, run: "2.1.332",
			folder: claudeCode, file: ".claude.json", marks: []string{filepath.Join(claudeCode, ".claude.json"), sys.home(".claude")},
			format: servers, refuses: refusesComments | refusesTrailing, locks: true,
			shape: append(typedShape[:len(typedShape):len(typedShape)], part{"timeout", callSeconds * 1000}), // milliseconds
			note:  [2]string{"Claude Code를 새로 시작하면 사용할 수 있어요.", "It is available the next time Claude Code starts."},
			asks:  asksEach, lacks: [2]string{"터미널에서는 세 줄이 넘는 확인 창, `-p`로 실행하면 모든 확인 창", "confirmations of more than three lines; all of them with `-p`"}},
		{ID: "cursor", Title: "Cursor", desktop: true, programs: []string{"cursor"}, folder: sys.home(".cursor"),
			file: "mcp.json", format: servers, shape: quietShape, off: []offSwitch{{"disabled", true}},
			note: [2]string{"Cursor 설정의 MCP 화면에서 켜져 있는지 확인해 주세요.", "Check in Cursor's settings (MCP) that it is switched on."},
			asks: unchecked, lacks: unchecked},
	}
	all = append(all, sys.vsCode("vscode", "VS Code", "code", "Code")...)
	all = append(all, sys.vsCode("vscode-insiders", "VS Code Insiders", "code-insiders", "Code - Insiders")...)
	all = append(all, []Client{
		{ID: "windsurf", Title: "Windsurf", desktop: true, programs: []string{"windsurf"}, folder: sys.windsurfDir(),
			file: "mcp_config.json", format: servers, shape: quietShape, off: []offSwitch{{"disabled", true}},
			note: [2]string{"Windsurf(Devin Desktop)의 MCP 화면에서 새로고침해 주세요.", "Refresh the list of MCP servers in Windsurf (Devin Desktop)."},
			asks: unchecked, lacks: unchecked},
		{ID: "gemini", Title: "Gemini CLI", programs: []string{"gemini"}, folder: sys.home(".gemini"), run: "0.61.0",
			file: "settings.json", format: servers, shape: plainShape,
			refuses: refusesMark | refusesTrailing, beside: geminiLike(true),
			note: [2]string{"Gemini CLI를 새로 시작해 주세요. 신뢰하는 폴더에서만 켜져요.", "Restart Gemini CLI. It starts servers only in trusted folders."},
			asks: asksEach, lacks: noForm},
		{ID: codexID, Title: "Codex CLI", programs: []string{"codex"}, folder: sys.dirFromEnv("CODEX_HOME", ".codex"), run: "0.171.0",
			file: "config.toml", format: formats.TOML("mcp_servers"),
			shape: shape{{"command", program}, {"args", arguments}, {"tool_timeout_sec", callSeconds}, {"env_vars", passedVariables}, {"env", variables}},
			off:   []offSwitch{{"enabled", false}}, beside: codexApprovals,
			note: [2]string{"Codex를 새로 시작하면 사용할 수 있어요.", "It is available the next time Codex starts."},
			asks: asksEach, lacks: [2]string{"`codex exec`로 실행하면 확인 창", "confirmations with `codex exec`"}},
		{ID: "zed", Title: "Zed", desktop: true, programs: []string{"zed", "zeditor"}, folder: sys.zedDir(),
			file: "settings.json", format: formats.JSON("context_servers"), shape: plainShape,
			off:  []offSwitch{{"enabled", false}},
			note: [2]string{"Zed의 Agent 설정에서 켜져 있는지 확인해 주세요.", "Check in Zed's agent settings that it is switched on."},
			asks: unchecked, lacks: unchecked},
	}...)
	all = append(all, moreCommandLines(sys)...)
	all = append(all, documented(sys)...)
	for i := range all {
		all[i] = all[i].on(sys)
	}
	return all
}

// on completes a row of the table.
func (c Client) on(sys System) Client {
	c.sys, c.file = sys, filepath.Join(c.folder, c.file)
	for i, name := range c.files {
		c.files[i] = filepath.Join(c.folder, name)
	}
	if c.marks == nil {
		c.marks = []string{c.folder}
	}
	return c.holding("")
}

// moreCommandLines are agents for the terminal that the tests start.
func moreCommandLines(sys System) []Client {
	servers := formats.JSON("mcpServers")
	again := func(title string) [2]string {
		return [2]string{title + " 프로그램을 새로 시작하면 사용할 수 있어요.", "It is available the next time " + title + " starts."}
	}
	return []Client{
		{ID: "copilot", Title: "GitHub Copilot CLI", programs: []string{"copilot"}, folder: sys.dirFromEnv("COPILOT_HOME", ".copilot"), run: "1.0.102",
			file: "mcp-config.json", format: servers, beside: copilotSettings,
			shape: shape{{"type", "local"}, {"command", program}, {"args", arguments}, {"env", variables}, {"tools", []string{"*"}}},
			note:  again("Copilot"), asks: asksEach, lacks: nothing},
		{ID: "opencode", Title: "opencode", programs: []string{"opencode"}, folder: sys.xdg("opencode"), run: "1.18.33", merged: true,
			files:  []string{"opencode.jsonc", "opencode.json", "config.json"},
			format: formats.JSON("mcp"), off: []offSwitch{{"enabled", false}},
			shape: shape{{"type", "local"}, {"command", commandLine}, {"environment", variables}, {"enabled", true}, {"timeout", callSeconds * 1000}},
			note:  again("opencode"), asks: asksNot, lacks: noForm},
		{ID: "qwen", Title: "Qwen Code", programs: []string{"qwen"}, folder: sys.dirFromEnv("QWEN_HOME", ".qwen"), run: "0.24.4",
			file: "settings.json", format: servers, shape: plainShape,
			refuses: refusesTrailing, beside: geminiLike(false),
			note: again("Qwen Code"), asks: asksEach, lacks: noForm},
		{ID: "cline", Title: "Cline CLI", programs: []string{"cline"}, folder: sys.dirFromEnv("CLINE_DIR", ".cline"), run: "3.0.65",
			file:   "data/settings/cline_mcp_settings.json",
			format: servers, refuses: refusesMark | refusesComments | refusesTrailing, off: []offSwitch{{"disabled", true}},
			shape: shape{{"transport.type", "stdio"}, {"transport.command", program}, {"transport.args", arguments}, {"transport.env", variables}},
			note:  again("Cline"), asks: asksNot, lacks: noForm},
		{ID: "continue", Title: "Continue CLI", programs: []string{"cn"}, folder: sys.dirFromEnv("CONTINUE_GLOBAL_DIR", ".continue"), run: "1.5.47",
			file:   "config.yaml",
			format: formats.YAMLList("mcpServers", "name: Local Config\nversion: 1.0.0\nschema: v1\n"),
			shape:  shape{{"name", serverName}, {"command", program}, {"args", arguments}, {"env", variables}},
			note:   again("Continue"), asks: unchecked, lacks: noForm},
		{ID: "vibe", Title: "Mistral Vibe", programs: []string{"vibe"}, folder: sys.dirFromEnv("VIBE_HOME", ".vibe"), run: "3.0.2",
			file: "config.toml", format: formats.TOMLList("mcp_servers"),
			shape:   shape{{"name", serverName}, {"transport", "stdio"}, {"command", program}, {"args", arguments}, {"tool_timeout_sec", callSeconds}, {"env", allVariables}},
			refuses: refusesMark, off: []offSwitch{{"disabled", true}},
			note: again("Vibe"), asks: unchecked, lacks: noForm},
		{ID: "auggie", Title: "Auggie", programs: []string{"auggie"}, folder: sys.home(".augment"), run: "0.36.0",
			file: "settings.json", format: servers, refuses: refusesMark, off: []offSwitch{{"disabled", true}},
			shape: shape{{"type", "stdio"}, {"command", program}, {"args", arguments}, {"env", allVariables}},
			note:  again("Auggie"), asks: unchecked, lacks: unchecked},
		{ID: "amp", Title: "Amp", programs: []string{"amp"}, folder: sys.xdg("amp"), run: "0.0.1790142911-g7618fb",
			files:  []string{"settings.json", "settings.jsonc"},
			format: formats.JSON("amp.mcpServers"), shape: plainShape, refuses: refusesMark,
			note: again("Amp"), asks: unchecked, lacks: unchecked},
	}
}

// documented are clients that could not be started where this was made: their rows
// follow their makers' documentation.
func documented(sys System) []Client {
	servers := formats.JSON("mcpServers")
	look := func(title string) [2]string {
		return [2]string{title + " 프로그램을 다시 시작하고 MCP 목록에서 켜져 있는지 확인해 주세요.", "Restart " + title + " and check in its list of MCP servers that it is switched on."}
	}
	list := []Client{
		{ID: "goose", Title: "Goose", programs: []string{"goose"}, folder: sys.gooseDir(),
			file: "config.yaml", format: formats.YAML("extensions"), off: []offSwitch{{"enabled", false}},
			shape: shape{{"name", serverName}, {"type", "stdio"}, {"cmd", program}, {"args", arguments}, {"enabled", true}, {"timeout", callSeconds}, {"envs", allVariables}}},
		{ID: "junie", Title: "JetBrains Junie", programs: []string{"junie"}, folder: sys.home(".junie"),
			file: "mcp/mcp.json", format: servers, shape: quietShape},
		{ID: "lm-studio", Title: "LM Studio", desktop: true, programs: []string{"lms"}, folder: sys.home(".lmstudio"),
			file: "mcp.json", format: servers, shape: quietShape},
		{ID: "kiro", Title: "Kiro", desktop: true, programs: []string{"kiro", "kiro-cli"}, folder: sys.home(".kiro"),
			file: "settings/mcp.json", format: servers, shape: quietShape, off: []offSwitch{{"disabled", true}}},
		{ID: "antigravity", Title: "Google Antigravity", desktop: true, programs: []string{"antigravity", "agy"}, folder: sys.antigravityDir(),
			file: "mcp_config.json", format: servers, shape: quietShape, off: []offSwitch{{"disabled", true}}},
	}
	for i := range list {
		list[i].note, list[i].asks, list[i].lacks = look(list[i].Title), unchecked, unchecked
	}
	return list
}

// other is a client that this package does not know: its entry can be shown.
func other(sys System) Client {
	return Client{ID: otherID, Title: sys.Lang.Say("다른 클라이언트", "another client"), sys: sys,
		format: formats.JSON("mcpServers"), shape: quietShape}
}

// vsCode returns VS Code's own file and those of its profiles.
func (s System) vsCode(id, title, program, name string) []Client {
	user := filepath.Join(s.configDir(), name, "User")
	c := Client{ID: id, Title: title, desktop: true, programs: []string{program}, folder: user,
		file: "mcp.json", format: formats.JSON("servers"), shape: typedShape,
		note: [2]string{title + "에서 MCP: List Servers를 실행해 시작해 주세요. 처음에는 신뢰할지 물어봐요.", "Run MCP: List Servers in " + title + " and start it. It asks for trust the first time."},
		asks: unchecked, lacks: unchecked}
	list := []Client{c}
	for _, p := range profiles(user) {
		c.Title, c.programs, c.folder = title+" ("+p.name+")", nil, p.folder
		list = append(list, c)
	}
	return list
}
