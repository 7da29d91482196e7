//go:build linux

package clients

import "testing"

func init() {
	drivers = append(drivers, &driver{id: "cline", program: "cline",
		setup: func(model string) []string {
			return []string{"auth", "-p", "openai-compatible", "-k", "none", "-m", "scripted", "-b", model + "/v1"}
		},
		stop: []string{"hub", "stop"},
		prepare: func(t *testing.T, home, model string) (map[string]string, []string) {
			return nil, []string{"cline", "--retries", "1", "-t", "120", "send my messages please"}
		}})
}
