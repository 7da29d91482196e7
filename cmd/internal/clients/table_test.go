package clients

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every client takes an entry into a file that it does not have yet, and nothing is
// left of it afterwards.
func TestEveryClient(t *testing.T) {
	for _, system := range []string{"linux", "darwin", "windows"} {
		for _, c := range All(computer(t, system)) {
			e := entryFor(system)
			change, err := c.Install(t.Context(), e, Options{Force: true})
			if err != nil || !change.Changed || change.Backup != "" || change.Note == "" {
				t.Fatalf("%s on %s: %+v, %v", c.ID, system, change, err)
			}
			if got, want := read(t, c.File()), c.Example(e); got != want || !strings.Contains(want, e.Name) {
				t.Errorf("%s on %s wrote\n%s, want\n%s", c.ID, system, got, want)
			}
			if state, err := c.Status(e); state != Same || err != nil {
				t.Errorf("%s on %s: %s, %v", c.ID, system, state, err)
			}
			if change, err := c.Install(t.Context(), e, Options{}); err != nil || change.Changed {
				t.Errorf("%s on %s, second run: %+v, %v", c.ID, system, change, err)
			}
			if _, err := c.Uninstall(t.Context(), e.Name, Options{}); err != nil || exists(c.File()) {
				t.Errorf("%s on %s: the file is still there (%v)", c.ID, system, err)
			}
			if left := tree(t, filepath.Dir(c.File())); len(left) > 0 {
				t.Errorf("%s on %s left %v", c.ID, system, left)
			}
		}
	}
}

// What nobody edited since comes back byte for byte, also where the entry needed a
// place that was not there.
func TestFilesComeBack(t *testing.T) {
	texts := map[string][]string{
		".json": {"", "{}", "{}\r\n", " { } ", "{\"a\": 1}", "{\r\n\t\"a\": [1,\r\n2]\r\n}", "\ufeff{\"mcpServers\":{}}", "{\n  \"mcp\": {}, \"servers\": {}, \"context_servers\": {}\n}"},
		".toml": {"", "# mine", "a = 1", "a = 1\r\n[b]\r\nc = 2", "\n\n", "\ufeffa = 1\n", "[mcp_servers.z]\ncommand = 'z'", "[[mcp_servers]]\nname='z'\n"},
		".yaml": {"", "# mine", "name: x\nversion: 1.0.0\nmcpServers: []\n", "a: 1", "extensions: {}\r\n", "\ufeffa: 1\n# end", "mcpServers:\n- name: z\nb: 1\n"},
	}
	for _, c := range All(computer(t, "linux")) {
		list := texts[strings.Replace(filepath.Ext(c.File()), "jsonc", "json", 1)]
		for _, text := range list {
			if err := os.RemoveAll(c.sys.Home); err != nil {
				t.Fatal(err)
			}
			put(t, c, []byte(text))
			e, sandbox := entryFor("linux"), entryFor("linux")
			sandbox.Name = "kakaotalk-sandbox"
			if _, err := c.Install(t.Context(), e, Options{}); reason(err) == "refused_file" || reason(err) == "content" {
				if got := read(t, c.File()); got != text {
					t.Errorf("%s: refused, but %q became %q", c.ID, text, got)
				}
				continue
			} else if err != nil {
				t.Fatalf("%s, %q: %v", c.ID, text, err)
			}
			if _, err := c.Install(t.Context(), sandbox, Options{}); err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{e.Name, sandbox.Name} {
				if _, err := c.Uninstall(t.Context(), name, Options{}); err != nil {
					t.Fatal(err)
				}
			}
			if got := read(t, c.File()); got != text {
				t.Errorf("%s: %q came back as %q", c.ID, text, got)
			}
		}
	}
}

// What somebody wrote since stays.
func TestLaterEditsStay(t *testing.T) {
	c, e := client(t, computer(t, "linux"), "cursor"), entryFor("linux")
	put(t, c, []byte("{}\n"))
	if _, err := c.Install(t.Context(), e, Options{}); err != nil {
		t.Fatal(err)
	}
	edited := strings.Replace(read(t, c.File()), "{", "{ // mine", 1)
	put(t, c, []byte(edited))
	if _, err := c.Uninstall(t.Context(), e.Name, Options{}); err != nil {
		t.Fatal(err)
	}
	if got := read(t, c.File()); !strings.Contains(got, "// mine") || strings.Contains(got, e.Name) {
		t.Errorf("file holds %s", got)
	}
}

func TestSelect(t *testing.T) {
	all := All(computer(t, "linux"))
	put(t, client(t, all[0].sys, "zed"), nil)
	put(t, client(t, all[0].sys, "qwen"), nil)
	for _, tt := range []struct{ names, want, unknown string }{
		{"claude-code", "claude-code", ""},
		{"Claude-Code CURSOR", "claude-code cursor", ""},
		{"ALL", "zed qwen", ""},
		{"Other", "other", ""},
		{"codex nosuch", "", "nosuch"},
		{"", "", ""},
	} {
		chosen, unknown := Select(all, strings.Fields(tt.names))
		var ids []string
		for _, c := range chosen {
			ids = append(ids, c.ID)
		}
		if got := strings.Join(ids, " "); got != tt.want || unknown != tt.unknown {
			t.Errorf("%q: chose %q, unknown %q", tt.names, got, unknown)
		}
	}
}

// A client that is not known gets the entry that most understand, and no file.
func TestOther(t *testing.T) {
	sys, e := computer(t, "linux"), entryFor("linux")
	chosen, _ := Select(All(sys), []string{"other"})
	change, err := chosen[0].Install(t.Context(), e, Options{Print: true})
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Servers map[string]struct {
			Command string            `json:"command"`
			Args    []string          `json:"args"`
			Env     map[string]string `json:"env"`
		} `json:"mcpServers"`
	}
	if err := json.Unmarshal([]byte(change.After), &file); err != nil {
		t.Fatalf("%v in\n%s", err, change.After)
	}
	if got := file.Servers[e.Name]; got.Command != e.Command || !slices.Equal(got.Args, e.Args) || got.Env["KAKAO_LANG"] != "ko" {
		t.Errorf("entry %+v", got)
	}
	if _, err := chosen[0].Install(t.Context(), e, Options{Force: true}); reason(err) != "unknown_client" {
		t.Errorf("without --print: %v", err)
	}
	if files := tree(t, sys.Home); len(files) > 0 {
		t.Errorf("wrote %v", files)
	}
}

// --print is the way out where a file cannot be read: it must not read it.
func TestPrintOfUnreadableFile(t *testing.T) {
	for _, id := range []string{"gemini", "codex", "continue", "opencode"} {
		c, e := client(t, computer(t, "linux"), id), entryFor("linux")
		put(t, c, []byte("\xff\x00 no text"))
		change, err := c.Install(t.Context(), e, Options{Print: true})
		if err != nil || change.After != c.Example(e) || change.File != c.File() {
			t.Errorf("%s: %+v, %v", id, change, err)
		}
	}
}

func TestProfilesOfVSCode(t *testing.T) {
	sys := computer(t, "linux")
	user := filepath.Join(sys.Home, ".config", "Code", "User")
	storage := `{"userDataProfiles": [
		{"location": "-3a2b", "name": "Work", "icon": "x"},
		{"location": "77ff", "name": "Shared", "useDefaultFlags": {"mcp": true}},
		{"location": "gone", "name": "Gone"}]}`
	for _, folder := range []string{"globalStorage", "profiles/-3a2b", "profiles/77ff"} {
		if err := os.MkdirAll(filepath.Join(user, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(user, "globalStorage", "storage.json"), []byte(storage), 0o600); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	chosen, _ := Select(All(sys), []string{"vscode"})
	for _, c := range chosen {
		if _, err := c.Install(t.Context(), entryFor("linux"), Options{}); err != nil {
			t.Fatal(err)
		}
		got[c.Title] = read(t, c.File())
	}
	want := chosen[0].Example(entryFor("linux"))
	if diff := cmp.Diff(map[string]string{"VS Code": want, "VS Code (Work)": want}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// opencode reads three files as one: an entry is changed where it is, and taken out
// of all of them.
func TestFilesOfOpencode(t *testing.T) {
	sys, e := computer(t, "linux"), entryFor("linux")
	folder := filepath.Join(sys.Home, ".config", "opencode")
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const old = `{"mcp": {"kakaotalk": {"type": "local", "command": ["/old/kakaotalk-mcp"]}}}`
	write("opencode.jsonc", "{}")
	write("opencode.json", old)
	c := client(t, sys, "opencode")
	change, err := c.Install(t.Context(), e, Options{})
	if err != nil || filepath.Base(change.File) != "opencode.json" || read(t, filepath.Join(folder, "opencode.jsonc")) != "{}" {
		t.Errorf("update: %+v, %v", change, err)
	}
	write("config.json", old)
	if _, err := c.Uninstall(t.Context(), e.Name, Options{}); err != nil {
		t.Fatal(err)
	}
	for name, text := range tree(t, folder) {
		if strings.HasSuffix(name, ".bak") == !strings.Contains(text, e.Name) {
			t.Errorf("%s holds %s", name, text)
		}
	}
	change, err = c.Install(t.Context(), e, Options{})
	if err != nil || filepath.Base(change.File) != "opencode.jsonc" {
		t.Errorf("a new entry: %+v, %v", change, err)
	}
	write("opencode.json", "{oops")
	if _, err := client(t, sys, "opencode").Status(e); err != nil {
		t.Errorf("a broken file behind the one that counts: %v", err)
	}
	write("opencode.jsonc", "{oops")
	if _, err := client(t, sys, "opencode").Status(e); reason(err) != "content" {
		t.Errorf("a broken file: %v", err)
	}
}

// Amp reads its second file only where the first is not there.
func TestFilesOfAmp(t *testing.T) {
	sys := computer(t, "linux")
	folder := filepath.Join(sys.Home, ".config", "amp")
	for _, name := range []string{"settings.jsonc", "settings.json"} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte("{}"), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := filepath.Base(client(t, sys, "amp").File()); got != name {
			t.Errorf("chose %s, want %s", got, name)
		}
	}
}
