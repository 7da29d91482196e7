package clients

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tailscale/hujson"
)

func seed(f *testing.F, extra ...string) {
	files, err := filepath.Glob("testdata/golden/*/*")
	if err != nil || len(files) == 0 {
		f.Fatal("no golden files", err)
	}
	for _, path := range files {
		raw, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		_, text, _ := decode(raw)
		f.Add(text)
	}
	for _, text := range extra {
		f.Add(text)
	}
}

// roundTrip installs into text, checks idempotence, removes again, and compares
// what is foreign in every text it meets.
func roundTrip(t *testing.T, id, text string, foreign func(c Client, text string) any) {
	sys := System{OS: "linux", Home: "/home", Getenv: func(string) string { return "" }}
	c, e := client(t, sys, id), entryFor("linux")
	fields := c.shape.fields(e, sys)
	add := plan{name: e.Name, entry: e, fields: fields, done: Same,
		edit: func(text string) (string, error) { return c.language.merge(text, e.Name, fields) }}
	drop := plan{name: e.Name, entry: Entry{Name: e.Name}, done: Absent,
		edit: func(text string) (string, error) { return c.language.remove(text, e.Name) }}
	before := foreign(c, text)
	check := func(stage, got string) {
		if diff := cmp.Diff(before, foreign(c, got)); diff != "" {
			t.Fatalf("%s, %s: what is foreign changed:\n%s", id, stage, diff)
		}
	}

	if changed, _, err := c.edited(text, drop); err == nil {
		check("removed at once", changed)
	} else {
		refused(t, err)
	}
	installed, _, err := c.edited(text, add)
	if err != nil {
		refused(t, err)
		return
	}
	check("installed", installed)
	if again, _, err := c.edited(installed, add); err != nil || again != installed {
		t.Fatalf("%s, second run: %v\n%s", id, err, cmp.Diff(installed, again))
	}
	removed, _, err := c.edited(installed, drop)
	if err != nil {
		t.Fatalf("%s cannot be removed again: %v", id, err)
	}
	check("removed", removed)
}

// refused accepts only refusals of what the text says, not our own last check.
func refused(t *testing.T, err error) {
	var text *textError
	if !errors.As(err, &text) || text.kind == wrongEdit {
		t.Fatalf("wrong edit: %v", err)
	}
}

func FuzzJSONConfig(f *testing.F) {
	seed(f, "{}", "[]", "{\"mcpServers\":{\"kakaotalk\":null}}", "{\"mcpServers\":{\"a\":1//x\n}}", "{\"mcpServers\":{/*x*/},}",
		"{\"mcpServers\":{\"a\":1,//x\n\"kakaotalk\":{},\"z\":1}}", "{\"mcpServers\":{\"a\":1,//x\n\"kakaotalk\":{}}}", "{\"mcpServers\":{//x\n\"kakaotalk\":{}}}", "{\"a\":1,\"mcpServers\":{//x\n}}",
		`{"mcpServers":{"kakaotalk":{"transport":{"command":"kakaotalk-mcp"}}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		foreign := func(_ Client, text string) any {
			standard, err := hujson.Standardize([]byte(text))
			if hujson.Extra(text + "\n").IsValid() {
				return map[string]any{} // empty, or comments only
			}
			if err != nil {
				return nil
			}
			dec := json.NewDecoder(bytes.NewReader(standard))
			dec.UseNumber()
			var all map[string]any
			if dec.Decode(&all) != nil {
				return map[string]any{}
			}
			if servers, ok := all["mcpServers"].(map[string]any); ok {
				delete(servers, "kakaotalk")
				if len(servers) == 0 {
					delete(all, "mcpServers")
				}
			}
			return all
		}
		roundTrip(t, "cursor", text, foreign)
		roundTrip(t, "cline", text, foreign)
	})
}

// foreignLines are the lines of a text that are not an entry's.
func foreignLines(text string) []string {
	return slices.DeleteFunc(strings.Split(strings.ReplaceAll(text, "\r", ""), "\n"), func(line string) bool {
		return strings.Trim(line, blank) == "" || strings.HasPrefix(line, "mcpServers:") || strings.HasPrefix(line, "extensions:") || strings.HasPrefix(line, "mcp_servers")
	})
}

func FuzzTOML(f *testing.F) {
	seed(f, "a=1\r\n[mcp_servers]\r\nx={}", "[mcp_servers.kakaotalk.env]\nA='b'\n", "a=\"\"\"\\\n\"\"\"\"\"\n#", "[mcp_servers.kakaotalk]\ncommand='kakaotalk-mcp'\nenv.A=\"\\u0041\"",
		"mcp_servers = [ ] # none\na = 1\n", "[[mcp_servers]]\nname = 'z'\n[mcp_servers.env]\nA='b'\n[[mcp_servers]]\nname = 'kakaotalk'\ncommand = '/old/kakaotalk-mcp'\n[other]\n")
	f.Fuzz(func(t *testing.T, text string) {
		foreign := func(c Client, text string) any {
			e, err := c.language.(tomlConfig).find(text, "kakaotalk")
			if err != nil {
				return nil
			}
			for _, i := range slices.Backward(e.own) {
				text = text[:e.tables[i].start] + text[e.tables[i].end:]
			}
			return foreignLines(text)
		}
		roundTrip(t, "codex", text, foreign)
		roundTrip(t, "vibe", text, foreign)
	})
}

func FuzzYAML(f *testing.F) {
	seed(f, "", "# c\n", "a: 1\nmcpServers: [] # none\nb: |\n  # t\n", "mcpServers:\nz: 1\n", "mcpServers:\n- name: x\n  command: y\n\n# about z\nz: 1\n",
		"mcpServers:\n  -\n    name: kakaotalk\n    command: /old/kakaotalk-mcp # was\n    # mine\n    env:\n      MINE: 1\n  - name: z\n", "mcpServers: [{name: kakaotalk}]\n",
		"extensions:\n  kakaotalk: {cmd: /old/kakaotalk-mcp}\n  a: &x\n    cmd: |-\n      q\n    # deep\n", "extensions: {}", "---\nextensions:\n    developer:\n        enabled: true\n",
		"a: [\n  1 ]\nmcpServers:\r\n  - name: kakaotalk\r\n    command: kakaotalk-mcp\r\n    args: [serve]\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		foreign := func(c Client, text string) any {
			l := c.language.(yamlConfig)
			e, err := l.locate(text, "kakaotalk")
			if err != nil {
				return nil
			}
			if e.entry != nil {
				text = e.with(e.own, "")
			}
			return slices.DeleteFunc(foreignLines(text), func(line string) bool { return line != "" && strings.Contains(l.preamble, line+"\n") })
		}
		roundTrip(t, "continue", text, foreign)
		roundTrip(t, "goose", text, foreign)
	})
}
