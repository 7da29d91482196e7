//go:build linux

package clients

import (
	"path/filepath"
	"testing"
)

func init() {
	drivers = append(drivers, &driver{id: "opencode", program: "opencode",
		prepare: func(t *testing.T, home, model string) (map[string]string, []string) {
			// It merges this with the file that holds our entry.
			writeFile(t, filepath.Join(home, ".config", "opencode", "config.json"), `{"model":"scripted/scripted","small_model":"scripted/scripted","share":"disabled","autoupdate":false,
"provider":{"scripted":{"npm":"@ai-sdk/openai-compatible","name":"scripted","options":{"baseURL":"`+model+`/v1","apiKey":"none"},
"models":{"scripted":{"name":"scripted","tool_call":true}}}}}`)
			return map[string]string{"OPENCODE_DISABLE_MODELS_FETCH": "1"}, []string{"opencode", "run", "go"}
		}})
}
