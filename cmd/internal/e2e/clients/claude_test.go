//go:build linux

package clients

import "testing"

func init() {
	drivers = append(drivers, &driver{id: "claude-code", program: "claude", finder: "ToolSearch",
		prepare: func(t *testing.T, home, model string) (map[string]string, []string) {
			return map[string]string{
				"ANTHROPIC_BASE_URL": model, "ANTHROPIC_API_KEY": "sk-ant-none", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
				"DISABLE_TELEMETRY": "1", "DISABLE_AUTOUPDATER": "1", "MCP_CONNECTION_NONBLOCKING": "false", "MCP_TIMEOUT": "60000",
			}, []string{"claude", "-p", "go", "--allowedTools", "mcp__kakaotalk"}
		}})
}
