package clients

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/cmd/internal/clients/formats"
)

// Registered is not enough: what keeps a server from running is found, with the
// file and the key.
func TestObstacles(t *testing.T) {
	const trusted = `{"/home/x": "TRUST_FOLDER"}`
	for _, tt := range []struct {
		name, client string
		edit         [2]string         // in the file that was written: old and new
		beside       map[string]string // further files in its folder
		want         string            // reason and key
	}{
		{name: "cursor", client: "cursor"},
		{name: "cursor off", client: "cursor", edit: [2]string{`"args"`, `"disabled": true, "args"`}, want: "switched_off mcpServers.kakaotalk.disabled"},
		{name: "cursor on", client: "cursor", edit: [2]string{`"args"`, `"disabled": false, "args"`}},
		{name: "cline off", client: "cline", edit: [2]string{`"transport"`, `"disabled": true, "transport"`}, want: "switched_off mcpServers.kakaotalk.disabled"},
		{name: "opencode off", client: "opencode", edit: [2]string{`"enabled": true`, `"enabled": false`}, want: "switched_off mcp.kakaotalk.enabled"},
		{name: "opencode on, off behind", client: "opencode", beside: map[string]string{"opencode.json": `{"mcp": {"kakaotalk": {"enabled": false}}}`}},
		{name: "zed off", client: "zed", edit: [2]string{`"args"`, `"enabled": false, "args"`}, want: "switched_off context_servers.kakaotalk.enabled"},
		{name: "goose off", client: "goose", edit: [2]string{"enabled: true", "enabled: false"}, want: "switched_off extensions.kakaotalk.enabled"},
		{name: "vibe off", client: "vibe", edit: [2]string{"args =", "disabled = true\nargs ="}, want: "switched_off mcp_servers[kakaotalk].disabled"},
		{name: "codex", client: "codex", want: "approval_needed mcp_servers.kakaotalk.tools.….approval_mode"},
		{name: "codex off", client: "codex", edit: [2]string{"args =", "enabled = false\ntools.send_message_to_me.approval_mode = 'approve'\nargs ="}, want: "switched_off mcp_servers.kakaotalk.enabled"},
		{name: "codex approved for friends only", client: "codex", edit: [2]string{"args =", "tools.send_message.approval_mode = 'approve'\nargs ="}, want: "approval_needed mcp_servers.kakaotalk.tools.….approval_mode"},
		{name: "gemini", client: "gemini", beside: map[string]string{"trustedFolders.json": trusted}},
		{name: "gemini untrusted", client: "gemini", want: "untrusted_folder security.folderTrust.enabled"},
		{name: "gemini distrusted", client: "gemini", beside: map[string]string{"trustedFolders.json": `{"/home/x": "DO_NOT_TRUST"}`}, want: "untrusted_folder security.folderTrust.enabled"},
		{name: "gemini without trust", client: "gemini", edit: [2]string{"{", `{"security": {"folderTrust": {"enabled": false}},`}},
		{name: "gemini excluded", client: "gemini", edit: [2]string{"{", `{"mcp": {"excluded": ["a", "kakaotalk"]},`}, beside: map[string]string{"trustedFolders.json": trusted}, want: "switched_off mcp.excluded"},
		{name: "gemini others only", client: "gemini", edit: [2]string{"{", `{"mcp": {"allowed": ["a"]},`}, beside: map[string]string{"trustedFolders.json": trusted}, want: "switched_off mcp.allowed"},
		{name: "gemini disabled", client: "gemini", beside: map[string]string{"trustedFolders.json": trusted, "mcp-server-enablement.json": `{"kakaotalk": {"enabled": false}}`}, want: "switched_off kakaotalk.enabled"},
		{name: "gemini trailing comma", client: "gemini", edit: [2]string{`["serve"]`, `["serve",]`}, beside: map[string]string{"trustedFolders.json": trusted}, want: "refused_file settings.json:5)"},
		{name: "qwen", client: "qwen"},
		{name: "qwen with trust", client: "qwen", edit: [2]string{"{", `{"security": {"folderTrust": {"enabled": true}},`}, want: "untrusted_folder security.folderTrust.enabled"},
		{name: "copilot off", client: "copilot", beside: map[string]string{"settings.json": `{"disabledMcpServers": ["kakaotalk"]} // mine`}, want: "switched_off disabledMcpServers"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, e := client(t, computer(t, "linux"), tt.client), entryFor("linux")
			if list := c.Obstacles(e); len(list) > 0 {
				t.Errorf("before it is registered: %v", list)
			}
			text := c.Example(e)
			if tt.edit[0] != "" {
				text = strings.Replace(text, tt.edit[0], tt.edit[1], 1)
			}
			put(t, c, []byte(text))
			for name, text := range tt.beside {
				if err := os.WriteFile(filepath.Join(filepath.Dir(c.File()), name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			list := c.Obstacles(e)
			reason, key, _ := strings.Cut(tt.want, " ")
			if tt.want == "" {
				if len(list) > 0 {
					t.Fatalf("found %v", list[0])
				}
				return
			}
			if len(list) == 0 || list[0].Reason != reason || !strings.Contains(list[0].Error(), key) || !strings.Contains(list[0].What, filepath.Dir(c.File())) {
				t.Fatalf("found %v, want %s", list, tt.want)
			}
			if reason == "refused_file" {
				return // then Install refuses it, too
			}
			change, err := c.Install(t.Context(), e, Options{})
			if diff := cmp.Diff(list, change.Obstacles); err != nil || diff != "" {
				t.Errorf("Install: %v (-Obstacles +Change.Obstacles):\n%s", err, diff)
			}
		})
	}
}

// What the client itself cannot read is refused untouched, with the place.
func TestRefusedFiles(t *testing.T) {
	const comment, comma, mark = "{\n // mine\n}", "{\n \"a\": [1, /*,*/ 2],\n}", "\ufeff{}"
	for id, want := range map[string]map[string]int{
		"gemini":      {comma: 2, mark: 1, "{ /* , */ \"a\": \"//,]\" }": 0, comment: 0},
		"qwen":        {comma: 2, mark: 0, comment: 0},
		"claude-code": {comma: 2, mark: 0, comment: 2},
		"cline":       {comma: 2, mark: 1, comment: 2},
		"copilot":     {comma: 0, mark: 0, comment: 0},
		"opencode":    {comma: 0, mark: 0, comment: 0},
		"auggie":      {comma: 0, mark: 1, comment: 0},
		"amp":         {comma: 0, mark: 1, comment: 0},
		"vibe":        {"\ufeffa = 1\n": 1, "a = 1\n": 0},
		"codex":       {"\ufeffa = 1\n": 0},
	} {
		for text, line := range want {
			c, e := client(t, computer(t, "linux"), id), entryFor("linux")
			put(t, c, []byte(text))
			_, err := c.Install(t.Context(), e, Options{})
			if line == 0 {
				if err != nil {
					t.Errorf("%s refuses %q: %v", id, text, err)
				}
				continue
			}
			if reason(err) != "refused_file" && reason(err) != "content" || !strings.Contains(err.Error(), c.File()+":"+string(rune('0'+line))+")") || read(t, c.File()) != text {
				t.Errorf("%s, %q: %v, want line %d; the file holds %q", id, text, err, line, read(t, c.File()))
			}
		}
	}
}

// Approve lets through what reaches nobody but the user.
func TestApprove(t *testing.T) {
	c, e := client(t, computer(t, "linux"), "codex"), entryFor("linux")
	put(t, c, []byte("model = 'm'\n"))
	if _, err := c.Install(t.Context(), e, Options{}); err != nil {
		t.Fatal(err)
	}
	change, err := c.Install(t.Context(), e, Options{Approve: true})
	if err != nil || len(change.Obstacles) > 0 {
		t.Fatalf("%+v, %v", change, err)
	}
	root, _, err := c.format.Open(read(t, c.File()), e.Name)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"search_kakao_friends": map[string]any{"approval_mode": "approve"}, "send_message_to_me": map[string]any{"approval_mode": "approve"}}
	if diff := cmp.Diff(want, formats.LookUp(root, "mcp_servers.kakaotalk.tools")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if again, err := c.Install(t.Context(), e, Options{}); err != nil || again.Changed {
		t.Errorf("without it the approvals are no difference: %+v, %v", again, err)
	}
	if _, err := c.Uninstall(t.Context(), e.Name, Options{}); err != nil || read(t, c.File()) != "model = 'm'\n" {
		t.Errorf("removal: %v, %q", err, read(t, c.File()))
	}
	if _, err := client(t, c.sys, "cursor").Install(t.Context(), e, Options{Approve: true, Force: true}); err != nil {
		t.Errorf("another client: %v", err)
	}
}
