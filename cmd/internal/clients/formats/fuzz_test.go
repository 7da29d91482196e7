package formats

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/tailscale/hujson"
)

const ourName = "kakaotalk"

// fieldsOf are those of an entry, one value under each of the keys.
func fieldsOf(keys ...string) []Field {
	values := []any{"/home/홍길동/.local/bin/kakaotalk-mcp", []string{"serve"}, map[string]string{"KAKAO_LANG": "ko"}}
	var list []Field
	for i, key := range keys {
		list = append(list, Field{Key: key, Value: values[i], Merges: i == 2})
	}
	return list
}

func seed(f *testing.F, extra ...string) {
	files, err := filepath.Glob("../testdata/golden/*/*")
	if err != nil || len(files) == 0 {
		f.Fatal("no golden files", err)
	}
	for _, path := range files {
		raw, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))))
	}
	for _, text := range extra {
		f.Add(text)
	}
}

// roundTrip merges into text, checks that it holds and is idempotent, removes again,
// and compares what is foreign in every text it meets. A refusal is of what the text
// says. An edit that cannot be read any more is one too: the caller reads it before it
// writes.
func roundTrip(t *testing.T, l Format, fields []Field, text string, foreign func(text string) any) {
	t.Helper()
	if !utf8.ValidString(text) || strings.Contains(text, "\x00") {
		return // refused before it comes here
	}
	root, _, err := l.Open(text, ourName)
	if err != nil {
		refused(t, err)
		return
	}
	others, before := l.Others(root, ourName), foreign(text)
	check := func(stage, got string) (entry map[string]any, readable bool) {
		now, _, err := l.Open(got, ourName)
		if err != nil {
			refused(t, err)
			return nil, false
		}
		if rest := l.Others(now, ourName); rest != others {
			t.Fatalf("%s: something else changed:\n%s", stage, cmp.Diff(others, rest))
		}
		if diff := cmp.Diff(before, foreign(got)); diff != "" {
			t.Fatalf("%s: what is foreign changed:\n%s", stage, diff)
		}
		return l.Entry(now, ourName), true
	}
	remove := func(stage, text string) error {
		removed, err := l.Remove(text, ourName)
		if err != nil {
			return err
		}
		if entry, _ := check(stage, removed); entry != nil {
			t.Fatalf("%s: it is still there:\n%s", stage, removed)
		}
		return nil
	}

	if err := remove("removed at once", text); err != nil {
		refused(t, err)
	}
	merged, err := l.Merge(text, ourName, fields)
	if err != nil {
		refused(t, err)
		return
	}
	entry, readable := check("merged", merged)
	if !readable {
		return
	}
	for _, f := range fields {
		if !f.Holds(LookUp(entry, f.Key)) {
			t.Fatalf("%s does not hold what it should:\n%s", f.Key, merged)
		}
	}
	if again, err := l.Merge(merged, ourName, fields); err != nil || again != merged {
		t.Fatalf("second run: %v\n%s", err, cmp.Diff(merged, again))
	}
	if err := remove("removed", merged); err != nil {
		t.Fatalf("cannot be removed again: %v", err)
	}
}

func refused(t *testing.T, err error) {
	t.Helper()
	var text *Error
	if !errors.As(err, &text) {
		t.Fatalf("not what the text says: %v", err)
	}
}

func FuzzJSONConfig(f *testing.F) {
	seed(f, "{}", "[]", "{\"mcpServers\":{\"kakaotalk\":null}}", "{\"mcpServers\":{\"a\":1//x\n}}", "{\"mcpServers\":{/*x*/},}",
		"{\"mcpServers\":{\"a\":1,//x\n\"kakaotalk\":{},\"z\":1}}", "{\"mcpServers\":{\"a\":1,//x\n\"kakaotalk\":{}}}", "{\"mcpServers\":{//x\n\"kakaotalk\":{}}}", "{\"a\":1,\"mcpServers\":{//x\n}}",
		`{"mcpServers":{"kakaotalk":{"transport":{"command":"kakaotalk-mcp"}}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		foreign := func(text string) any {
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
				delete(servers, ourName)
				if len(servers) == 0 {
					delete(all, "mcpServers")
				}
			}
			return all
		}
		roundTrip(t, JSON("mcpServers"), fieldsOf("command", "args", "env"), text, foreign)
		roundTrip(t, JSON("mcpServers"), fieldsOf("transport.command", "transport.args", "transport.env"), text, foreign)
	})
}

// foreignLines are the lines of a text that are not an entry's.
func foreignLines(text string) []string {
	return slices.DeleteFunc(strings.Split(strings.ReplaceAll(text, "\r", ""), "\n"), func(line string) bool {
		return strings.Trim(line, blank) == "" || strings.HasPrefix(line, "mcpServers:") || strings.HasPrefix(line, "extensions:") || strings.HasPrefix(strings.TrimLeft(line, blank), "mcp_servers")
	})
}

func FuzzTOML(f *testing.F) {
	seed(f, "a=1\r\n[mcp_servers]\r\nx={}", "[mcp_servers.kakaotalk.env]\nA='b'\n", "a=\"\"\"\\\n\"\"\"\"\"\n#", "[mcp_servers.kakaotalk]\ncommand='kakaotalk-mcp'\nenv.A=\"\\u0041\"",
		"mcp_servers = [ ] # none\na = 1\n", "[[mcp_servers]]\nname = 'z'\n[mcp_servers.env]\nA='b'\n[[mcp_servers]]\nname = 'kakaotalk'\ncommand = '/old/kakaotalk-mcp'\n[other]\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, l := range []Format{TOML("mcp_servers"), TOMLList("mcp_servers")} {
			roundTrip(t, l, fieldsOf("command", "args", "env"), text, func(text string) any {
				e, err := l.(tomlConfig).find(text, ourName)
				if err != nil {
					return nil
				}
				for _, i := range slices.Backward(e.own) {
					text = text[:e.tables[i].start] + text[e.tables[i].end:]
				}
				return foreignLines(text)
			})
		}
	})
}

func FuzzYAML(f *testing.F) {
	seed(f, "", "# c\n", "a: 1\nmcpServers: [] # none\nb: |\n  # t\n", "mcpServers:\nz: 1\n", "mcpServers:\n- name: x\n  command: y\n\n# about z\nz: 1\n",
		"mcpServers:\n  -\n    name: kakaotalk\n    command: /old/kakaotalk-mcp # was\n    # mine\n    env:\n      MINE: 1\n  - name: z\n", "mcpServers: [{name: kakaotalk}]\n",
		"extensions:\n  kakaotalk: {cmd: /old/kakaotalk-mcp}\n  a: &x\n    cmd: |-\n      q\n    # deep\n", "extensions: {}", "---\nextensions:\n    developer:\n        enabled: true\n",
		"a: [\n  1 ]\nmcpServers:\r\n  - name: kakaotalk\r\n    command: kakaotalk-mcp\r\n    args: [serve]\r\n", " \"mcpServers\":", "mcpServers::")
	f.Fuzz(func(t *testing.T, text string) {
		named := []Field{{Key: "name", Value: ourName}}
		for l, fields := range map[Format][]Field{
			YAMLList("mcpServers", "name: Local Config\nversion: 1.0.0\nschema: v1\n"): append(named, fieldsOf("command", "args", "env")...),
			YAML("extensions"): append(named, fieldsOf("cmd", "args", "envs")...),
		} {
			roundTrip(t, l, fields, text, func(text string) any {
				e, err := l.(yamlConfig).locate(text, ourName)
				if err != nil {
					return nil
				}
				if e.entry != nil {
					text = e.with(e.own, "")
				}
				if e.section != nil { // its own line, quoted and not in the first column as well
					at := e.lines[e.section.key.line-1]
					_, rest, _ := strings.Cut(text[at:], "\n")
					text = text[:at] + rest
				}
				return slices.DeleteFunc(foreignLines(text), func(line string) bool {
					return line != "" && strings.Contains(l.(yamlConfig).preamble, line+"\n")
				})
			})
		}
	})
}
