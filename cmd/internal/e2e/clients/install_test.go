package clients

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

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

// list is the soonest call that shows what is registered, whether it is connected or not.
func (r row) list() []string {
	switch r.id {
	case "codex", "copilot", "auggie":
		return []string{"mcp", "list"}
	}
	return r.look
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
// tools; taken out, it has not, and its file is as it was, byte for byte. Then files as
// others write them.
func TestInstallRealClients(t *testing.T) {
	t.Parallel()
	for _, r := range rows {
		t.Run(r.id, func(t *testing.T) {
			t.Parallel()
			s := seatAt(t, r)
			if r.before != "" {
				s.write(r.file, r.before)
			}
			if r.setup != nil {
				s.run("", s.client, r.setup...)
			}
			before := read(t, s.file)

			s.run("에 등록했어요: kakaotalk-sandbox ("+s.file, s.ours, "install", r.id, "--sandbox")
			if got := s.seen(r.look); !strings.Contains(got, s.fill.Replace(r.connected)) {
				t.Errorf("not connected:\n%.5000s", got)
			}
			s.run("바꿀 내용이 없어요", s.ours, "install", r.id, "--sandbox")
			s.run("에서 등록을 해제했어요: kakaotalk-sandbox ("+s.file, s.ours, "uninstall", r.id, "--sandbox")
			if after := read(t, s.file); after != before {
				t.Errorf("the file came back as\n%s\nit was\n%s", after, before)
			}
			if got := s.seen(r.list()); strings.Contains(got, "kakaotalk-sandbox") || strings.Contains(got, offered) || strings.Contains(got, r.connected) {
				t.Errorf("still there:\n%.5000s", got)
			}
			if r.id != "vibe" { // its start takes a quarter of a minute; TOML is Codex's too
				s.filesOfOthers(r)
			}
		})
	}
}

// A Claude Code that runs writes its file all the time. Neither of us loses what the
// other wrote, since we take its own lock.
func TestClaudeCodeWritesMeanwhile(t *testing.T) {
	t.Parallel()
	bin, ours, home := clientPrograms(t, "claude"), installed(t), t.TempDir()
	env := []string{"HOME=" + home, "USERPROFILE=" + home, "PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"),
		"SYSTEMROOT=" + os.Getenv("SYSTEMROOT"), "LANG=C.UTF-8", "KAKAO_LANG=en"}
	done, ended := make(chan struct{}), make(chan error)
	go func() {
		for n := 0; ; n++ {
			for _, command := range []string{"install", "uninstall"} {
				if out, err := callIn(t.Context(), env, ours, command, "claude-code", "--sandbox"); err != nil {
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
		if out, err := callIn(t.Context(), env, filepath.Join(bin, "claude"), "mcp", "add-json", "--scope", "user", name, `{"type": "stdio", "command": "/bin/x"}`); err != nil {
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
