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

	"kakaotalk-mcp/cmd/internal/charset"

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
		if text, _, err := charset.Decode(raw); err == nil {
			f.Add(text)
		}
	}
	for _, text := range extra {
		f.Add(text)
	}
}

// roundTrip installs into text, checks idempotence, removes again, and hands every
// text it met to check.
func roundTrip(t *testing.T, l language, text string, check func(stage, got string)) {
	c := Client{Title: "x", language: l}
	e := entryFor("linux")
	fields := l.fields(e, System{Getenv: func(string) string { return "" }})
	add := plan{name: e.Name, entry: e, fields: fields, done: Same,
		edit: func(text string) (string, error) { return l.merge(text, e.Name, fields) }}
	drop := plan{name: e.Name, entry: Entry{Name: e.Name}, done: Absent,
		edit: func(text string) (string, error) { return l.remove(text, e.Name) }}

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
		t.Fatalf("second run: %v\n%s", err, cmp.Diff(installed, again))
	}
	removed, _, err := c.edited(installed, drop)
	if err != nil {
		t.Fatalf("cannot be removed again: %v", err)
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
		"{\"mcpServers\":{\"a\":1,//x\n\"kakaotalk\":{},\"z\":1}}", "{\"mcpServers\":{\"a\":1,//x\n\"kakaotalk\":{}}}", "{\"mcpServers\":{//x\n\"kakaotalk\":{}}}", "{\"a\":1,\"mcpServers\":{//x\n}}")
	f.Fuzz(func(t *testing.T, text string) {
		foreign := func(text string) map[string]any {
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
		before := foreign(text)
		roundTrip(t, jsonConfig{section: "mcpServers"}, text, func(stage, got string) {
			if diff := cmp.Diff(before, foreign(got)); diff != "" {
				t.Fatalf("%s: foreign keys changed:\n%s", stage, diff)
			}
		})
	})
}

func FuzzTOML(f *testing.F) {
	seed(f, "a=1\r\n[mcp_servers]\r\nx={}", "[mcp_servers.kakaotalk.env]\nA='b'\n", "a=\"\"\"\\\n\"\"\"\"\"\n#", "[mcp_servers.kakaotalk]\ncommand='kakaotalk-mcp'\nenv.A=\"\\u0041\"")
	f.Fuzz(func(t *testing.T, text string) {
		foreign := func(text string) []string { // lines that are not the entry's
			d, err := parseTOML(text)
			if err != nil {
				return nil
			}
			for _, table := range slices.Backward(d.tables) {
				if isUnder(table.path, "kakaotalk") {
					text = text[:table.start] + text[table.end:]
				}
			}
			return slices.DeleteFunc(strings.Split(strings.ReplaceAll(text, "\r", ""), "\n"), func(line string) bool { return strings.Trim(line, blank) == "" })
		}
		before := foreign(text)
		roundTrip(t, tomlConfig{}, text, func(stage, got string) {
			if diff := cmp.Diff(before, foreign(got)); diff != "" {
				t.Fatalf("%s: foreign lines changed:\n%s", stage, diff)
			}
		})
	})
}
