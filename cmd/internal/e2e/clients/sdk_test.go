package clients

import (
	"context"
	"encoding/json"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/client/transport"
	"github.com/mark3labs/mcp-go/mcp"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// runNode runs a Node program with the test binary as browser and returns what
// it printed and its exit code.
func runNode(t *testing.T, node, dir string, args ...string) (stdout []byte, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, node, args...)
	cmd.Dir = dir
	cmd.Env = append(e2etest.BareEnv(t, e2etest.Browser(t)...), compiled(t))
	var stderr e2etest.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.Output()
	var status *exec.ExitError
	if err != nil && !errors.As(err, &status) {
		t.Fatal(err)
	}
	if stderr.String() != "" {
		t.Logf("stderr: %s", stderr.String())
	}
	return stdout, cmd.ProcessState.ExitCode()
}

// TestTypeScriptSDK: both generations of the official SDK, the newer one in both
// eras of the protocol.
func TestTypeScriptSDK(t *testing.T) {
	t.Parallel()
	dir, node := e2etest.NodePackages(t, filepath.Join("testdata", "node"))
	for name, args := range map[string][]string{
		"v1":        {"v1.mjs", e2etest.Program(t)},
		"v2 auto":   {"v2.mjs", e2etest.Program(t), "auto"},
		"v2 legacy": {"v2.mjs", e2etest.Program(t), "legacy"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, code := runNode(t, node, dir, args...)
			var report struct{ ClosedAfter int }
			if err := json.Unmarshal(out, &report); err != nil || code != 0 {
				t.Fatalf("exit code %d: %s", code, out)
			}
			if report.ClosedAfter >= 2000 {
				t.Errorf("the client had to wait %d ms for the end", report.ClosedAfter)
			}
		})
	}
}

// TestInspector: the Inspector's command line in both eras, each a process and a
// sandbox of its own. It declares no forms; the browser does the login.
func TestInspector(t *testing.T) {
	t.Parallel()
	dir, node := e2etest.NodePackages(t, filepath.Join("testdata", "node"))
	launcher := filepath.Join("node_modules", "@modelcontextprotocol", "inspector", "clients", "launcher", "build", "index.js")
	self := strings.TrimPrefix(e2etest.Browser(t)[0], "BROWSER=")
	call := func(tool, arguments string) []string {
		return []string{"--method", "tools/call", "--tool-name", tool, "--tool-args-json", arguments}
	}
	for _, era := range []string{"legacy", "modern"} {
		for _, test := range []struct {
			name, want string
			code       int
			args       []string
		}{
			{"tools", `"search_kakao_friends"`, 0, []string{"--method", "tools/list", "--strict"}},
			{"to me", `"status":"sent"`, 0, call(e2etest.ToolToMe, `{"message":"hello"}`)},
			{"to a friend", `"status":"sent"`, 0, call(e2etest.ToolSend, `{"to":["홍길동"],"message":"hello"}`)},
			{"search", `"홍길동"`, 0, call(e2etest.ToolSearch, `{"query":"ㅎㄱㄷ"}`)},
			{"refusal", `"isError":true`, 5, call(e2etest.ToolToMe, `{"message":""}`)},
			{"resources", `"kakao://templates"`, 0, []string{"--method", "resources/list"}},
			{"resource templates", `"kakao://friends/{uuid}"`, 0, []string{"--method", "resources/templates/list"}},
			{"resource", `object_type`, 0, []string{"--method", "resources/read", "--uri", "kakao://templates"}},
			{"prompts", `"prompts"`, 0, []string{"--method", "prompts/list"}},
		} {
			t.Run(era+"/"+test.name, func(t *testing.T) {
				t.Parallel()
				args := append([]string{launcher, "--cli", "-q", "--format", "json", "--protocol-era", era, "-e", "BROWSER=" + self, "-e", e2etest.ChildEnv + "=browser",
					e2etest.Program(t), "serve", "--sandbox"}, test.args...)
				out, code := runNode(t, node, dir, args...)
				if code != test.code || !strings.Contains(string(out), test.want) {
					t.Errorf("exit code %d, want %d with %s:\n%.2000s", code, test.code, test.want, out)
				}
			})
		}
	}
}

// person answers questions as the one in front of an mcp-go client.
type person struct{ visitor sandbox.Visitor }

func (p *person) Elicit(ctx context.Context, r mcp.ElicitationRequest) (*mcp.ElicitationResult, error) {
	yes := &mcp.ElicitationResult{ElicitationResponse: mcp.ElicitationResponse{Action: mcp.ElicitationResponseActionAccept}}
	if r.Params.Mode == mcp.ElicitationModeURL {
		_, err := p.visitor.Visit(ctx, r.Params.URL)
		return yes, err
	}
	yes.Content = map[string]any{"answer": "Send once"}
	return yes, nil
}

// TestGoClient: mcp-go's own client in both eras.
func TestGoClient(t *testing.T) {
	t.Parallel()
	//lint:ignore SA1019 the old era is what is tested here
	for name, options := range map[string][]client.ClientOption{"modern": nil, "legacy": {client.WithLegacyProtocolOnly()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), e2etest.Patience)
			defer cancel()
			command := func(ctx context.Context, path string, _, args []string) (*exec.Cmd, error) {
				cmd := exec.CommandContext(ctx, path, args...)
				cmd.Env = e2etest.BareEnv(t, "KAKAO_LANG=en")
				return cmd, nil
			}
			options := append(options, client.WithElicitationHandler(&person{}), client.WithClientCapabilities(mcp.ClientCapabilities{
				Elicitation: &mcp.ElicitationCapability{Form: &struct{}{}, URL: &struct{}{}}}))
			c := client.NewClient(transport.NewStdioWithOptions(e2etest.Program(t), nil, []string{"serve", "--sandbox"}, transport.WithCommandFunc(command)), options...)
			if err := c.Start(ctx); err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			hello := mcp.InitializeRequest{}
			hello.Params.ClientInfo = mcp.Implementation{Name: "test", Version: "1"}
			if name == "legacy" {
				hello.Params.ProtocolVersion = e2etest.OldRevision
			}
			welcome, err := c.Initialize(ctx, hello)
			if err != nil {
				t.Fatal(err)
			}
			if want := map[string]string{"modern": e2etest.NewRevision, "legacy": e2etest.OldRevision}[name]; welcome.ProtocolVersion != want {
				t.Errorf("protocol %s, want %s", welcome.ProtocolVersion, want)
			}
			for _, tool := range []string{e2etest.ToolToMe, e2etest.ToolSearch, e2etest.ToolSend} {
				r := mcp.CallToolRequest{}
				r.Params.Name, r.Params.Arguments = tool, json.RawMessage(e2etest.ToolCalls[tool])
				if result, err := c.CallTool(ctx, r); err != nil || result.IsError {
					t.Errorf("%s: %v %+v", tool, err, result)
				}
			}
			for _, uri := range []string{"kakao://templates", "kakao://account"} {
				r := mcp.ReadResourceRequest{}
				r.Params.URI = uri
				if _, err := c.ReadResource(ctx, r); err != nil {
					t.Errorf("%s: %v", uri, err)
				}
			}
			if _, err := c.ListPrompts(ctx, mcp.ListPromptsRequest{}); err != nil {
				t.Error(err)
			}
		})
	}
}
