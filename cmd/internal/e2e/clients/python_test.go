//go:build linux

package clients

import (
	"bytes"
	"context"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/cmd/internal/e2e/modeltest"
)

// pythons are clients from PyPI, each a script of a few lines in testdata.
var pythons = []struct {
	script   string
	packages []string // by exact version
	agent    bool     // a model decides on the calls
}{
	{"fastmcp_client.py", []string{"fastmcp==4.2.3"}, false},
	{"langchain_adapters.py", []string{"langchain-mcp-adapters==0.3.2", "langchain-core==1.8.3"}, false},
	{"openai_agents.py", []string{"openai-agents==0.24.0"}, true},
}

// callLine is one call for a script that makes the calls itself.
type callLine struct {
	Tool      string          `json:"tool"`
	Arguments json.RawMessage `json:"arguments"`
}

// TestPythonClientsSend: the main job with clients from PyPI, whose users write the
// rest themselves.
func TestPythonClientsSend(t *testing.T) {
	for _, tt := range pythons {
		t.Run(tt.script, func(t *testing.T) {
			t.Parallel()
			install := append([]string{"python3", "-m", "pip", "install", "-q", "--disable-pip-version-check"}, tt.packages...)
			packages := e2etest.Cached(t, strings.ReplaceAll(tt.packages[0], "==", "-"), append(install, "--target")...)
			s := sit(t, &driver{id: tt.script})
			program := installed(t)
			script, err := filepath.Abs(filepath.Join("testdata", "python", tt.script))
			if err != nil {
				t.Fatal(err)
			}
			turns := []modeltest.Turn{
				{Tool: "search_kakao_friends", Arguments: `{"limit":2}`},
				{Tool: "search_kakao_friends", Arguments: `{"limit":2,"offset":2}`},
				{Tool: "send_message_to_me", Arguments: `{"message":"오늘 할 일"}`},
				{Tool: "send_message", Arguments: `{"to":["홍길동"],"message":"3시에 봐요"}`},
			}
			var stdin bytes.Buffer
			for _, turn := range turns {
				if err := json.NewEncoder(&stdin).Encode(callLine{turn.Tool, json.RawMessage(turn.Arguments)}); err != nil {
					t.Fatal(err)
				}
			}
			model := modeltest.Start(t, append(turns, modeltest.Turn{Say: "보냈어요"})...)
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			var out, errs bytes.Buffer
			cmd := exec.CommandContext(ctx, "python3", script, program)
			cmd.Env = append(s.environ(), "PYTHONPATH="+packages, "PYTHONUTF8=1", "PYTHONDONTWRITEBYTECODE=1", "OPENAI_BASE_URL="+model.URL+"/v1", "OPENAI_API_KEY=none")
			cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &stdin, &out, &errs, time.Second
			if err := cmd.Run(); err != nil {
				t.Fatalf("%v\n%s%s", err, out.String(), errs.String())
			}
			results := model.Results()
			if !tt.agent {
				results = nil
				for line := range strings.Lines(out.String()) {
					var r struct {
						Text, Structured string
						Error            bool
					}
					if err := json.Unmarshal([]byte(line), &r); err != nil {
						t.Fatalf("%v: %s", err, line)
					}
					results = append(results, modeltest.Result{Text: r.Text, IsError: r.Error})
				}
			}
			seen := []string{"김지민", "홍길동", "보냈어요", "홍길동"}
			if len(results) != len(seen) {
				t.Fatalf("%d results of %d calls\n%s%s", len(results), len(seen), out.String(), errs.String())
			}
			for i, r := range results {
				if r.IsError || !strings.Contains(r.Text, seen[i]) {
					t.Errorf("result %d: error %v, without %q:\n%s", i+1, r.IsError, seen[i], r.Text)
				}
			}
			if diff := cmp.Diff([]string{"3시에 봐요", "오늘 할 일"}, slices.Sorted(slices.Values(e2etest.Delivered(s.Kakao)))); diff != "" {
				t.Errorf("delivered (- wanted, + arrived):\n%s", diff)
			}
			gone(t, program)
		})
	}
}
