//go:build linux

package clients

import "testing"

func init() {
	drivers = append(drivers, &driver{id: "copilot", program: "copilot",
		prepare: func(t *testing.T, home, model string) (map[string]string, []string) {
			return map[string]string{"COPILOT_PROVIDER_BASE_URL": model + "/v1", "COPILOT_MODEL": "scripted", "COPILOT_AUTO_UPDATE": "false"},
				[]string{"copilot", "-p", "go", "--allow-all-tools", "--disable-builtin-mcps"}
		}})
}
