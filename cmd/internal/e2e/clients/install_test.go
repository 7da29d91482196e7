package clients

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/cmd/internal/e2e/modeltest"
)

// clientTime bounds one call of a client; its first start takes seconds.
const clientTime = 2 * time.Minute

// row is one real client and how its person would see that it has the program.
type row struct {
	id, program string
	file        string // its configuration, below the home
	before      string // what it holds; HOME and MODEL are replaced
	beside      map[string]string
	setup       []string          // a call of the client before, if any
	env         map[string]string // MODEL is the address of a model that does nothing
	look        []string          // the call that shows what is registered
	// connected is in what the client prints, or sends to its model, once the server
	// has answered. PROGRAM is replaced.
	connected string
	stop      []string // ends what it leaves running
}

// A model's list of tools has them by their names.
const offered = "search_kakao_friends"

var rows = []row{
	{id: "claude-code", program: "claude", file: ".claude.json", setup: []string{"mcp", "list"},
		look: []string{"mcp", "list"}, connected: "kakaotalk-sandbox: PROGRAM serve --sandbox - ✔ Connected"},
	{id: "codex", program: "codex", file: ".codex/config.toml", look: []string{"exec", "--skip-git-repo-check", "hi"}, connected: offered,
		before: "# mine\r\nmodel = \"m\"\r\nmodel_provider = \"local\"\r\n\r\n[model_providers.local] # here\r\nname = 'local'\r\nbase_url = 'MODEL/v1'\r\nwire_api = 'responses'\r\nrequest_max_retries = 0\r\nstream_max_retries = 0"},
	{id: "gemini", program: "gemini", file: ".gemini/settings.json", before: "{\n  // mine\n  \"mcpServers\": {}\n}\n",
		beside: map[string]string{".gemini/trustedFolders.json": `{"HOME": "TRUST_FOLDER"}`},
		look:   []string{"mcp", "list"}, connected: "kakaotalk-sandbox: PROGRAM serve --sandbox (stdio) - Connected"},
	{id: "copilot", program: "copilot", file: ".copilot/mcp-config.json", before: "{\n\t// mine\n}",
		look: []string{"-p", "hi", "--allow-all-tools"}, connected: offered,
		env: map[string]string{"COPILOT_PROVIDER_BASE_URL": "MODEL/v1", "COPILOT_PROVIDER_API_KEY": "x", "COPILOT_MODEL": "m"}},
	{id: "opencode", program: "opencode", file: ".config/opencode/opencode.jsonc", before: "{\n  \"$schema\": \"https://opencode.ai/config.json\", // mine\n}\n",
		look: []string{"mcp", "list"}, connected: "✓ kakaotalk-sandbox"},
	{id: "qwen", program: "qwen", file: ".qwen/settings.json", before: "{ \"$version\": 4 /* mine */ }",
		look: []string{"mcp", "list"}, connected: "kakaotalk-sandbox: PROGRAM serve --sandbox (stdio) - Connected"},
	{id: "cline", program: "cline", file: ".cline/data/settings/cline_mcp_settings.json", before: "{\r\n    \"mcpServers\": {}\r\n}\r\n",
		setup: []string{"auth", "-p", "openai-compatible", "-k", "x", "-m", "m", "-b", "MODEL/v1"},
		look:  []string{"--retries", "1", "-t", "60", "say hi please"}, connected: offered, stop: []string{"hub", "stop"}},
	{id: "continue", program: "cn", file: ".continue/config.yaml", look: []string{"-p", "hi"}, connected: offered,
		before: "name: Mine # my assistant\nversion: 1.0.0\nschema: v1\nmodels:\n  - name: m\n    provider: openai\n    model: m\n    apiBase: MODEL/v1\n    apiKey: x\n# about the servers\nmcpServers: []"},
	{id: "vibe", program: "vibe", file: ".vibe/config.toml", look: []string{"--trust", "-p", "hi"}, connected: "- mcp_kakaotalk_sandbox",
		env:    map[string]string{"MISTRAL_API_KEY": "x"},
		before: "active_model = \"m\" # mine\nenable_update_checks = false\nenable_telemetry = false\nmcp_servers = []\n\n[[providers]]\nname = \"local\"\napi_base = \"MODEL/v1\"\n\n[[models]]\nname = \"m\"\nprovider = \"local\"\nalias = \"m\"\n"},
	{id: "auggie", program: "auggie", file: ".augment/settings.json", before: "{\"model\": \"x\",}\n", look: []string{"-p", "hi"}, connected: offered,
		env: map[string]string{"AUGMENT_SESSION_AUTH": `{"accessToken": "x", "tenantURL": "MODEL/", "scopes": ["email"]}`}},
	{id: "amp", program: "amp", file: ".config/amp/settings.json", before: "{\n  // mine\n  \"amp.mcpServers\": {},\n}\n",
		env: map[string]string{"AMP_API_KEY": "x"}, look: []string{"mcp", "doctor"}, connected: "kakaotalk-sandbox (user settings): connected"},
}

// Registered by the command line, the real client starts the program and has its
// tools; taken out, it has not, and its file is as it was, byte for byte.
func TestInstallRealClients(t *testing.T) {
	for _, r := range rows {
		t.Run(r.id, func(t *testing.T) {
			bin, ours, home, model := clientPrograms(t, r.program), installed(t), t.TempDir(), modeltest.Start(t)
			fill := strings.NewReplacer("HOME", filepath.ToSlash(home), "MODEL", model.URL, "PROGRAM", ours)
			env := []string{"HOME=" + home, "USERPROFILE=" + home, "PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"),
				"SYSTEMROOT=" + os.Getenv("SYSTEMROOT"), "LANG=C.UTF-8", "TERM=xterm", "KAKAO_LANG=ko"}
			for name, value := range r.env {
				env = append(env, name+"="+fill.Replace(value))
			}
			call := func(name string, args ...string) (string, error) {
				t.Helper()
				for i := range args {
					args[i] = fill.Replace(args[i])
				}
				return callIn(t, env, name, args...)
			}
			client := filepath.Join(bin, r.program)
			if runtime.GOOS == "windows" {
				client += ".cmd"
			}
			run := func(want, name string, args ...string) {
				t.Helper()
				if out, err := call(name, args...); err != nil || !strings.Contains(out, want) {
					t.Fatalf("%s %q: %v\n%s", filepath.Base(name), args, err, out)
				}
			}
			// seen is all that the client shows and tells its model. How it ends is not
			// looked at: Auggie's model is none.
			seen := func() string {
				t.Helper()
				before := len(model.Sent())
				out, _ := call(client, r.look...)
				return out + model.Sent()[before:]
			}
			if r.stop != nil {
				defer run("", client, r.stop...)
			}
			write := func(name, text string) {
				path := filepath.Join(home, filepath.FromSlash(name))
				if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(fill.Replace(text)), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			for name, text := range r.beside {
				write(name, text)
			}
			if r.before != "" {
				write(r.file, r.before)
			}
			if r.setup != nil {
				run("", client, r.setup...)
			}
			file := filepath.Join(home, filepath.FromSlash(r.file))
			before := read(t, file)

			run("에 등록했어요: kakaotalk-sandbox ("+file, ours, "install", r.id, "--sandbox")
			if got := seen(); !strings.Contains(got, fill.Replace(r.connected)) {
				t.Errorf("not connected:\n%.5000s", got)
			}
			run("바꿀 것이 없어요", ours, "install", r.id, "--sandbox")
			run("에서 뺐어요: kakaotalk-sandbox ("+file, ours, "uninstall", r.id, "--sandbox")
			if after := read(t, file); after != before {
				t.Errorf("the file came back as\n%s\nit was\n%s", after, before)
			}
			if got := seen(); strings.Contains(got, "kakaotalk-sandbox") || strings.Contains(got, offered) || strings.Contains(got, r.connected) {
				t.Errorf("still there:\n%.5000s", got)
			}
		})
	}
}

// callIn runs a program as a person with this environment would, in their home, and
// returns all that it prints.
func callIn(t *testing.T, env []string, name string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), clientTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env, cmd.Dir, cmd.WaitDelay = env, e2etest.Variable(env, "HOME"), time.Second
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// A Claude Code that runs writes its file all the time. Neither of us loses what the
// other wrote, since we take its own lock.
func TestClaudeCodeWritesMeanwhile(t *testing.T) {
	bin, ours, home := clientPrograms(t, "claude"), installed(t), t.TempDir()
	env := []string{"HOME=" + home, "USERPROFILE=" + home, "PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"),
		"SYSTEMROOT=" + os.Getenv("SYSTEMROOT"), "LANG=C.UTF-8", "KAKAO_LANG=en"}
	done, ended := make(chan struct{}), make(chan error)
	go func() {
		for n := 0; ; n++ {
			for _, command := range []string{"install", "uninstall"} {
				if out, err := callIn(t, env, ours, command, "claude-code", "--sandbox"); err != nil {
					ended <- fmt.Errorf("%s: %w\n%s", command, err, out)
					return
				}
			}
			select {
			case <-done:
				ended <- nil
				return
			default:
			}
		}
	}()
	names := []string{"first", "second", "third", "fourth"}
	for _, name := range names {
		if out, err := callIn(t, env, filepath.Join(bin, "claude"), "mcp", "add-json", "--scope", "user", name, `{"type": "stdio", "command": "/bin/x"}`); err != nil {
			t.Errorf("claude: %v\n%s", err, out)
		}
	}
	close(done)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	var file struct {
		Servers map[string]any `json:"mcpServers"`
	}
	if err := json.Unmarshal([]byte(read(t, filepath.Join(home, ".claude.json"))), &file); err != nil {
		t.Fatal(err)
	}
	if got := slices.Sorted(maps.Keys(file.Servers)); !slices.Equal(got, slices.Sorted(slices.Values(names))) {
		t.Errorf("servers %q, want %q", got, names)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
