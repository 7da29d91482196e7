//go:build linux

package clients

import "testing"

func init() {
	drivers = append(drivers, &driver{id: "qwen", program: "qwen", finder: "tool_search",
		prepare: func(t *testing.T, home, model string) (map[string]string, []string) {
			return map[string]string{"OPENAI_BASE_URL": model + "/v1", "OPENAI_API_KEY": "none", "OPENAI_MODEL": "scripted"},
				[]string{"qwen", "-p", "go", "--yolo", "--auth-type", "openai"}
		}})
}
