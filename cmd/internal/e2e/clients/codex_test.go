//go:build linux

package clients

import (
	"os"
	"path/filepath"
	"testing"
)

func init() {
	drivers = append(drivers, &driver{id: "codex", program: "codex",
		prepare: func(t *testing.T, home, model string) (map[string]string, []string) {
			path := filepath.Join(home, ".codex", "config.toml")
			entry, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			writeFile(t, path, `model = "scripted"
model_provider = "scripted"
[model_providers.scripted]
name = "scripted"
base_url = "`+model+`/v1"
wire_api = "responses"
`+string(entry))
			return nil, []string{"codex", "exec", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox", "go"}
		}})
}
