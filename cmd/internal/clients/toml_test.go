package clients

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

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
			put(t, c, []byte(tt.before))
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
