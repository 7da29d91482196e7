package clients

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// What other programs and people write: texts with a place for what the client needs.
const (
	jsonFile = "{\n  \"a\": [1, 2]\n}\n"
	tomlFile = "[features]\nx = true\n"
	yamlFile = "name: Mine\nversion: 1.0.0\nschema: v1\nmodels:\n  - {name: m, provider: openai, model: m, apiBase: \"MODEL/v1\", apiKey: x}\n"
	mark     = "\ufeff"
)

var (
	jsonFiles = map[string]string{
		"byte order mark":     mark + jsonFile,
		"CRLF and tabs":       strings.NewReplacer("\n", "\r\n", "  ", "\t").Replace(jsonFile),
		"comments":            "{\n  // one\n  \"a\": /* two */ 1\n}\n",
		"trailing commas":     "{\n  \"a\": [1, 2,],\n}\n",
		"a key twice":         "{\"a\": 1, \"a\": 2}",
		"the section twice":   "{\"SECTION\": {}, \"SECTION\": {}}",
		"UTF-16":              "\xff\xfe{\x00}\x00",
		"empty":               "",
		"an empty section":    "{\"SECTION\":{}}",
		"a section of others": "{\"SECTION\": null}",
	}
	tomlFiles = map[string]string{
		"byte order mark": mark + tomlFile,
		"CRLF and tabs":   strings.NewReplacer("\n", "\r\n", " = ", "\t=\t").Replace(tomlFile),
		"no last newline": strings.TrimSpace(tomlFile),
		"TOML 1.1":        tomlFile + "[x]\ny = {\n  a = 1, # one\n}\nz = \"\\e\\x41\"\nt = 07:32\n",
		"a key twice":     "x = 1\nx = 2\n",
		"a table twice":   tomlFile + tomlFile,
		"in one line":     "mcp_servers = { z = { command = \"z\" } }\n",
		"with dots":       "mcp_servers.z.command = \"z\"\n",
		"beside":          "[mcp_servers]\nz = { command = \"z\" }\n",
		"in a header":     "[mcp_servers.z]\ncommand = \"z\"\nenv.A = \"b\"\n",
		"CR":              "x = 1\r" + tomlFile,
	}
	yamlFiles = map[string]string{
		"byte order mark":      mark + yamlFile,
		"CRLF":                 strings.ReplaceAll(yamlFile, "\n", "\r\n"),
		"no indent":            yamlFile + "mcpServers:\n- name: z\n  command: PROGRAM\n  args: [serve, --sandbox]\n",
		"an anchor":            yamlFile + "env: &e\n  A: b\nmcpServers:\n  - name: z\n    command: PROGRAM\n    args: [serve, --sandbox]\n    env: *e\n",
		"in one line":          yamlFile + "mcpServers: [{name: z, command: /bin/false}]\n",
		"a key twice":          yamlFile + "name: Other\n",
		"two documents":        yamlFile + "---\na: 1\n",
		"a document's start":   "---\n" + yamlFile + "mcpServers: []\n",
		"a tab in indentation": yamlFile + "mcpServers:\n\t- name: z\n",
	}
)

// filesOfOthers: whatever a file looks like, the client reads our entry in it, or the
// file is left as it is, with the reason.
func (s *seat) filesOfOthers(r row) {
	s.Helper()
	files := map[string]map[string]string{".json": jsonFiles, ".jsonc": jsonFiles, ".toml": tomlFiles, ".yaml": yamlFiles}
	sections := map[string]string{"opencode": "mcp", "amp": "amp.mcpServers"}
	look, connected := r.list(), s.fill.Replace(r.connected)
	if !slices.Equal(look, r.look) {
		connected = "kakaotalk-sandbox"
	}
	section := sections[r.id]
	if section == "" {
		section = "mcpServers"
	}
	taken := 0
	for name, text := range files[filepath.Ext(r.file)] {
		text = strings.ReplaceAll(text, "SECTION", section)
		backups, err := filepath.Glob(s.file + ".*")
		if err != nil {
			s.Fatal(err)
		}
		for _, path := range backups {
			if err := os.Remove(path); err != nil {
				s.Fatal(err)
			}
		}
		s.write(r.file, text)
		text = read(s.T, s.file)
		said, err := s.call(s.ours, "install", r.id, "--sandbox")
		if err != nil {
			if after := read(s.T, s.file); after != text || !strings.Contains(said, "✘") || !strings.Contains(said, s.file) {
				s.Errorf("%s: refused as %s, and the file holds %q", name, said, after)
			}
			continue
		}
		taken++
		// A client takes seconds to start: what has always been JSON is shown to Cline
		// alone, which is the slowest, and Cline is shown no other.
		shown := !strings.HasPrefix(filepath.Ext(r.file), ".json") || name != "CRLF and tabs" && name != "an empty section"
		if r.id == "cline" {
			shown = name == "CRLF and tabs"
		}
		if !shown {
			continue
		}
		if got := s.seen(look); !strings.Contains(got, connected) {
			s.Errorf("%s: said %s, but the client shows\n%.3000s\nThe file holds\n%s", name, said, got, read(s.T, s.file))
		}
	}
	if taken < 3 {
		s.Errorf("only %d files were taken", taken)
	}
}
