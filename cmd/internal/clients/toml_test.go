package clients

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTOMLValues(t *testing.T) {
	for text, want := range map[string]any{
		`"a\tb\u00e9\U0001F600\"\\"`:     "a\tbé😀\"\\",
		`'C:\Users\홍길동'`:                 `C:\Users\홍길동`,
		`""`:                             "",
		"\"\"\"\n\"quoted\"\"\"\"":       `"quoted"`,
		"\"\"\"a \\\n   b\"\"\"":         "a b",
		"'''\r\nx\\'''":                  "x\\",
		"[ 1, # one ]\n 'a]', [true] ,]": []any{tomlRaw("1"), "a]", []any{tomlRaw("true")}},
		`{ a = 'b', "c d" = { e = -1.5e3 } }`: map[string]any{
			"a": "b", "c d": map[string]any{"e": tomlRaw("-1.5e3")}},
		"1979-05-27 07:32:00Z": tomlRaw("1979-05-27 07:32:00Z"),
		"0xDEAD_beef":          tomlRaw("0xDEAD_beef"),
	} {
		d, err := parseTOML("x.'y.z' = " + text + " # end\n[t]\n")
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		item := d.items[0]
		if diff := cmp.Diff(want, item.value); diff != "" || len(d.items) != 1 || len(d.tables) != 2 {
			t.Errorf("%s: %d items, %d tables (-want +got):\n%s", text, len(d.items), len(d.tables), diff)
		}
		if got := d.text[item.valueStart:item.valueEnd]; got != text || !cmp.Equal(item.path, []string{"x", "y.z"}) {
			t.Errorf("%s: found as %q under %q", text, got, item.path)
		}
	}
}

func TestTOMLRefusals(t *testing.T) {
	for _, text := range []string{
		"a", "a = ", "a = b", "a = True", "a = 1 2", "a = 'b", "a = \"b\n\"", "a = \"\\q\"", "a = \"\\ud800\"", "a = '''b''",
		"a = [1", "a = {b}", "[a", "[[a]", "[a] b", "[]", "= 1", "a. = 1", "a = 1\rb = 2",
	} {
		if d, err := parseTOML(text); err == nil {
			t.Errorf("%q was read as %+v", text, d.items)
		}
	}
}

// An entry of ours is brought up to date in the form it has.
func TestTOMLUpdates(t *testing.T) {
	const head = "[mcp_servers.kakaotalk]\ncommand = \"/old/kakaotalk-mcp\"\n"
	const wantHead = "[mcp_servers.kakaotalk]\ncommand = \"/home/홍길동/.local/bin/kakaotalk-mcp\"\n"
	const added = "args = [\"serve\"]\ntool_timeout_sec = 120\nenv_vars = [\"DBUS_SESSION_BUS_ADDRESS\", \"DISPLAY\"]\n"
	for name, tt := range map[string]struct{ before, after string }{
		"no variables yet": {head + "# next\n[z]\n",
			wantHead + added + "\n[mcp_servers.kakaotalk.env]\nKAKAO_LANG = \"ko\"\n# next\n[z]\n"},
		"table of variables": {head + "[mcp_servers.kakaotalk.env]\nMINE = '1'\n[z]\n",
			wantHead + added + "[mcp_servers.kakaotalk.env]\nMINE = '1'\nKAKAO_LANG = \"ko\"\n[z]\n"},
		"empty table of variables": {head + "[mcp_servers.kakaotalk.env]",
			wantHead + added + "[mcp_servers.kakaotalk.env]\nKAKAO_LANG = \"ko\"\n"},
		"dotted variables": {head + "env.MINE = '1'\nenv.KAKAO_LANG = 'en' # was\n",
			wantHead + "env.MINE = '1'\nenv.KAKAO_LANG = \"ko\" # was\n" + added},
		"longer wait": {head + "tool_timeout_sec = 300\nargs = ['x']\nenv_vars = []\nenv = {}\n",
			wantHead + "tool_timeout_sec = 300\nargs = [\"serve\"]\nenv_vars = [\"DBUS_SESSION_BUS_ADDRESS\", \"DISPLAY\"]\nenv = { KAKAO_LANG = \"ko\" }\n"},
	} {
		t.Run(name, func(t *testing.T) {
			c, e := client(t, computer(t, "linux"), "codex"), entryFor("linux")
			place(t, c, []byte(tt.before))
			if state, err := c.Status(e); state != Different || err != nil {
				t.Errorf("status before %s, %v", state, err)
			}
			if _, err := c.Install(t.Context(), e, Options{}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.after, read(t, c.File())); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			settled(t, c, e)
		})
	}
}
