//go:build linux

package clients

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func init() {
	drivers = append(drivers, &driver{id: "gemini", program: "gemini",
		prepare: func(t *testing.T, home, model string) (map[string]string, []string) {
			path := filepath.Join(home, ".gemini", "settings.json")
			entry, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			writeFile(t, path, strings.Replace(string(entry), "{", `{"security":{"auth":{"selectedType":"gemini-api-key"}},"privacy":{"usageStatisticsEnabled":false},`, 1))
			return map[string]string{"GOOGLE_GEMINI_BASE_URL": model, "GEMINI_API_KEY": "none"},
				[]string{"gemini", "-p", "go", "--yolo", "--skip-trust", "-m", "gemini-2.5-flash"}
		}})
}
