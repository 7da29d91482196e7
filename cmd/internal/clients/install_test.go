package clients

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/auth/ground/problem"
)

const otherServer = `{"mcpServers": {"other": {"command": "x"}}}` + "\n"

// reason returns the stable word of a refusal.
func reason(err error) string {
	var p *problem.Problem
	if errors.As(err, &p) {
		return p.Reason
	}
	return ""
}

// tree lists every file below dir with its content.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			files[path] = read(t, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// Every refusal leaves every file as it was and names the reason.
func TestRefusals(t *testing.T) {
	for _, tt := range []struct {
		name, client string
		text         string
		prepare      func(t *testing.T, c *Client, e *Entry)
		want         string
		line         int
	}{
		{name: "broken JSON", client: "cursor", text: "{\n \"a\": 1,\n oops\n}", want: "content", line: 3},
		{name: "unfinished JSON", client: "cursor", text: "{\n\"mcpServers\": {", want: "content", line: 2},
		{name: "not an object", client: "cursor", text: "\n[]", want: "content", line: 2},
		{name: "servers are a list", client: "cursor", text: "{\n\n\"mcpServers\": []}", want: "content", line: 3},
		{name: "servers are null", client: "cursor", text: "{\"mcpServers\": null}", want: "content", line: 1},
		{name: "section twice", client: "cursor", text: "{\"mcpServers\": {},\n\"mcpServers\": {}}", want: "content", line: 2},
		{name: "deep JSON", client: "cursor", text: "{\"a\":/*\"*/\n" + strings.Repeat("[", 1<<20), want: "content", line: 2},
		{name: "broken TOML", client: "codex", text: "a = 1\n[b\n", want: "content", line: 2},
		{name: "deep TOML", client: "codex", text: "a = " + strings.Repeat("[", 1<<20), want: "content", line: 1},
		{name: "inline servers", client: "codex", text: "a = 1\nmcp_servers = { x = { command = 'y' } }\n", want: "content", line: 2},
		{name: "inline server", client: "codex", text: "[mcp_servers]\nkakaotalk = { command = 'kakaotalk-mcp' }\n", want: "content", line: 2},
		{name: "dotted server", client: "codex", text: "mcp_servers.x.command = 'y'\n", want: "content", line: 1},
		{name: "server list", client: "codex", text: "[[mcp_servers]]\n", want: "content", line: 1},
		{name: "table twice", client: "codex", text: "[mcp_servers.kakaotalk]\n['mcp_servers'.\"kakaotalk\"]\n", want: "content", line: 2},
		{name: "CP949", client: "cursor", text: "{\"a\": \"\xc8\xab\xb1\xe6\xb5\xbf\"}", want: "encoding"},
		{name: "UTF-16 without mark", client: "cursor", text: "{\x00}\x00", want: "encoding"},
		{name: "half UTF-16", client: "cursor", text: "\xff\xfe{\x00}", want: "encoding"},
		{name: "too large", client: "cursor", text: "{}" + strings.Repeat(" ", maxFile), want: "too_large"},
		{name: "foreign entry", client: "cursor", text: `{"mcpServers": {"kakaotalk": {"command": "/x/other"}}}`, want: "foreign_entry"},
		{name: "foreign remote entry", client: "cursor", text: `{"mcpServers": {"kakaotalk": {"url": "https://x"}}}`, want: "foreign_entry"},
		{name: "foreign TOML entry", client: "codex", text: "[mcp_servers.kakaotalk]\nurl = 'https://x'\n", want: "foreign_entry"},
		{name: "running", client: "claude-desktop", text: otherServer, want: "running",
			prepare: func(_ *testing.T, c *Client, _ *Entry) { c.sys.Running = func(id string) bool { return id == c.ID } }},
		{name: "read-only", client: "cursor", text: otherServer, want: "read_only",
			prepare: func(t *testing.T, c *Client, _ *Entry) {
				if err := os.Chmod(c.File(), 0o444); err != nil {
					t.Fatal(err)
				}
			}},
		{name: "folder instead of a file", client: "cursor", text: otherServer, want: "not_a_file",
			prepare: func(t *testing.T, c *Client, _ *Entry) {
				if err := errors.Join(os.Remove(c.File()), os.Mkdir(c.File(), 0o700)); err != nil {
					t.Fatal(err)
				}
			}},
		{name: "link to nothing", client: "cursor", text: otherServer, want: "not_a_file",
			prepare: func(t *testing.T, c *Client, _ *Entry) {
				if err := os.Remove(c.File()); err != nil {
					t.Fatal(err)
				}
				link(t, "gone", c.File())
			}},
		{name: "another run", client: "cursor", text: otherServer, want: "busy",
			prepare: func(t *testing.T, c *Client, _ *Entry) {
				if err := os.WriteFile(c.File()+tempSuffix, nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}},
		{name: "relative path", client: "cursor", text: otherServer, want: "bad_entry",
			prepare: func(_ *testing.T, _ *Client, e *Entry) { e.Command = "bin/kakaotalk-mcp" }},
		{name: "strange name", client: "cursor", text: otherServer, want: "bad_entry",
			prepare: func(_ *testing.T, _ *Client, e *Entry) { e.Name = "-s" }},
		{name: "go run", client: "cursor", text: otherServer, want: "temporary_program",
			prepare: func(_ *testing.T, _ *Client, e *Entry) { e.Command = "/root/.cache/go-build12/b001/exe/kakaotalk-mcp" }},
		{name: "temporary folder", client: "cursor", text: otherServer, want: "temporary_program",
			prepare: func(_ *testing.T, _ *Client, e *Entry) { e.Command = "/tmp-of-linux/x/kakaotalk-mcp" }},
		{name: "secret variable", client: "cursor", text: otherServer, want: "secret_in_entry",
			prepare: func(_ *testing.T, _ *Client, e *Entry) { e.Env = map[string]string{"KAKAO_CLIENT_SECRET": "x"} }},
		{name: "key as value", client: "cursor", text: otherServer, want: "secret_in_entry",
			prepare: func(_ *testing.T, _ *Client, e *Entry) { e.Env = map[string]string{"A": strings.Repeat("0f", 16)} }},
		{name: "secret argument", client: "cursor", text: otherServer, want: "secret_in_entry",
			prepare: func(_ *testing.T, _ *Client, e *Entry) { e.Args = []string{"serve", "--client-secret", "x"} }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sys := computer(t, "linux")
			c, e := client(t, sys, tt.client), entryFor("linux")
			put(t, c, []byte(tt.text))
			if tt.prepare != nil {
				tt.prepare(t, &c, &e)
			}
			before := tree(t, sys.Home)

			_, err := c.Install(t.Context(), e, Options{})
			if got := reason(err); got != tt.want {
				t.Fatalf("refused with %q (%v), want %q", got, err, tt.want)
			}
			var p *problem.Problem
			where := c.File() + ")"
			if tt.line > 0 {
				where = fmt.Sprintf("%s:%d)", c.File(), tt.line)
			}
			if errors.As(err, &p); p.What == "" || p.Next == "" || strings.Contains(p.What, c.File()) && !strings.HasSuffix(p.What, where) || tt.line > 0 && !strings.HasSuffix(p.What, where) {
				t.Errorf("problem %+v, want line %d and both sentences", p, tt.line)
			}
			if diff := cmp.Diff(before, tree(t, sys.Home)); diff != "" {
				t.Errorf("files changed:\n%s", diff)
			}
		})
	}
}

func TestAcceptedEntries(t *testing.T) {
	sys := computer(t, "linux")
	e := entryFor("linux")
	e.Args = []string{"serve", "--env-file", "/home/jimin/secret/config.env"}
	e.Env = map[string]string{"KAKAO_TOKEN_STORE": "file", "KAKAO_TUNNEL_KEY": "/home/jimin/key"}
	if err := sys.Check(e); err != nil {
		t.Errorf("refused: %v", err)
	}
	sys.OS, sys.TempDir = "windows", `C:\Users\HONG~1\AppData\Local\Temp`
	for command, want := range map[string]string{
		`C:\Users\홍길동\kakaotalk-mcp.exe`:                                 "",
		`\\server\share\kakaotalk-mcp.exe`:                               "",
		`kakaotalk-mcp.exe`:                                              "bad_entry",
		`\kakaotalk-mcp.exe`:                                             "bad_entry",
		`c:/users/hong~1/appdata/local/temp/x/kakaotalk-mcp.exe`:         "temporary_program",
		`C:\Users\홍길동\AppData\Local\go-build\b001\exe\kakaotalk-mcp.exe`: "temporary_program",
	} {
		e.Command = command
		got := ""
		if err := sys.Check(e); err != nil {
			got = reason(err)
		}
		if got != want {
			t.Errorf("%s: %q, want %q", command, got, want)
		}
	}
}

func TestPrintWritesNothing(t *testing.T) {
	for _, id := range []string{"claude-desktop", "claude-code", "codex", "zed"} {
		sys := computer(t, "linux")
		sys.Running = func(string) bool { return true }
		c := client(t, sys, id)
		change, err := c.Install(t.Context(), entryFor("linux"), Options{Print: true})
		if err != nil || !change.Changed || !strings.Contains(change.After, "/home/홍길동/.local/bin/kakaotalk-mcp") {
			t.Errorf("%s: %+v, %v", id, change, err)
		}
		if files := tree(t, sys.Home); len(files) > 0 {
			t.Errorf("%s: wrote %d files", id, len(files))
		}
		if _, err := os.Stat(filepath.Dir(c.File())); err == nil && id != "claude-code" {
			t.Errorf("%s: made a folder", id)
		}
	}
}

func TestMissingClient(t *testing.T) {
	c := client(t, computer(t, "linux"), "cursor")
	if c.Found() {
		t.Error("found though nothing is there")
	}
	if _, err := c.Install(t.Context(), entryFor("linux"), Options{}); reason(err) != "not_installed" {
		t.Errorf("refused with %v", err)
	}
	if change, err := c.Uninstall(t.Context(), "kakaotalk", Options{}); err != nil || change.Changed {
		t.Errorf("removing nothing: %+v, %v", change, err)
	}
	if _, err := os.Stat(filepath.Dir(c.File())); err == nil {
		t.Error("made a folder for a client that is not installed")
	}
	change, err := c.Install(t.Context(), entryFor("linux"), Options{Force: true})
	if err != nil || !change.Changed || change.Backup != "" || change.Note == "" {
		t.Errorf("forced: %+v, %v", change, err)
	}
	info, err := os.Stat(c.File())
	if err != nil || info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		t.Errorf("new file: %v, %v", info.Mode(), err)
	}
}

func TestForceReplacesForeignEntry(t *testing.T) {
	c, e := client(t, computer(t, "linux"), "cursor"), entryFor("linux")
	put(t, c, []byte(`{"mcpServers": {"kakaotalk": {"command": "/x/other", "env": {"ITS_OWN": "value"}}, "z": 1}}`))
	if state, err := c.Status(e); state != Foreign || err != nil {
		t.Errorf("status %s, %v", state, err)
	}
	if _, err := c.Uninstall(t.Context(), e.Name, Options{}); reason(err) != "foreign_entry" {
		t.Errorf("removal of a foreign entry: %v", err)
	}
	if _, err := c.Install(t.Context(), e, Options{Force: true}); err != nil {
		t.Fatal(err)
	}
	want := `{"mcpServers": {"z": 1, "kakaotalk": {"command": "/home/홍길동/.local/bin/kakaotalk-mcp", "args": ["serve"], "env": {"KAKAO_LANG": "ko"}}}}`
	if diff := cmp.Diff(want, read(t, c.File())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if state, err := c.Status(e); state != Same || err != nil {
		t.Errorf("status %s, %v", state, err)
	}
}

func TestTwoEntriesSideBySide(t *testing.T) {
	for _, id := range []string{"cursor", "codex"} {
		c, e := client(t, computer(t, "linux"), id), entryFor("linux")
		practice := e
		practice.Name, practice.Args = "kakaotalk-sandbox", []string{"serve", "--sandbox"}
		put(t, c, nil)
		for _, entry := range []Entry{e, practice} {
			if _, err := c.Install(t.Context(), entry, Options{}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := c.Uninstall(t.Context(), e.Name, Options{}); err != nil {
			t.Fatal(err)
		}
		if state, err := c.Status(practice); state != Same || err != nil {
			t.Errorf("%s: practice entry %s, %v", id, state, err)
		}
		if state, err := c.Status(e); state != Absent || err != nil {
			t.Errorf("%s: removed entry %s, %v", id, state, err)
		}
	}
}
