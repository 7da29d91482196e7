package clients

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// computer is a System over a temporary folder, on any operating system.
func computer(t *testing.T, system string) System {
	t.Helper()
	home := filepath.Join(t.TempDir(), "Users", "홍길동")
	env := map[string]string{}
	if system == "windows" {
		env["APPDATA"] = filepath.Join(home, "AppData", "Roaming")
		env["LOCALAPPDATA"] = filepath.Join(home, "AppData", "Local")
	}
	if err := os.MkdirAll(home, 0o700); err != nil {
		t.Fatal(err)
	}
	return System{
		OS: system, Home: home, TempDir: "/tmp-of-" + system, Lang: "en",
		Getenv:   func(name string) string { return env[name] },
		LookPath: func(string) (string, error) { return "", errors.New("not on PATH") },
		Running:  func(string) bool { return false },
	}
}

func client(t testing.TB, sys System, id string) Client {
	t.Helper()
	for _, c := range All(sys) {
		if c.ID == id {
			return c
		}
	}
	t.Fatalf("no client %s", id)
	return Client{}
}

func entryFor(system string) Entry {
	e := Entry{Name: "kakaotalk", Args: []string{"serve"}, Env: map[string]string{"KAKAO_LANG": "ko"}}
	switch system {
	case "windows":
		e.Command = `C:\Users\홍길동\bin\kakaotalk-mcp.exe`
	case "darwin":
		e.Command = "/Users/홍길동/bin/kakaotalk-mcp"
	default:
		e.Command = "/home/홍길동/.local/bin/kakaotalk-mcp"
		e.PassEnv = []string{"DBUS_SESSION_BUS_ADDRESS", "DISPLAY"}
	}
	return e
}

// put writes the client's file as if the client had.
func put(t *testing.T, c Client, raw []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(c.File()), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(c.File(), raw, 0o640); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// Each folder of testdata/golden holds a client's file before and after Install,
// and after Uninstall if that is not the same as before.
func TestGolden(t *testing.T) {
	for _, tt := range []struct{ name, system, client string }{
		{"macos-claude-desktop", "darwin", "claude-desktop"},
		{"macos-zed", "darwin", "zed"},
		{"macos-zed-comments-only", "darwin", "zed"},
		{"windows-vscode-bom", "windows", "vscode"},
		{"windows-codex", "windows", "codex"},
		{"linux-cursor-one-line", "linux", "cursor"},
		{"linux-cursor-update", "linux", "cursor"},
		{"linux-gemini", "linux", "gemini"},
		{"linux-claude-code", "linux", "claude-code"},
		{"linux-windsurf-empty", "linux", "windsurf"},
		{"linux-codex", "linux", "codex"},
		{"linux-codex-update", "linux", "codex"},
		{"linux-copilot", "linux", "copilot"},
		{"linux-opencode", "linux", "opencode"},
		{"linux-cline", "linux", "cline"},
		{"linux-amp", "linux", "amp"},
		{"linux-auggie", "linux", "auggie"},
		{"linux-qwen", "linux", "qwen"},
		{"linux-continue", "linux", "continue"},
		{"linux-continue-update", "linux", "continue"},
		{"linux-continue-flow", "linux", "continue"},
		{"linux-goose", "linux", "goose"},
		{"linux-vibe", "linux", "vibe"},
		{"linux-vibe-none", "linux", "vibe"},
		{"linux-vibe-update", "linux", "vibe"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := filepath.Join("testdata", "golden", tt.name)
			c, e := client(t, computer(t, tt.system), tt.client), entryFor(tt.system)
			before := read(t, filepath.Join(dir, "before"))
			put(t, c, []byte(before))

			change, err := c.Install(t.Context(), e, Options{})
			if err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join(dir, "after"), read(t, c.File()), before)
			if got := read(t, change.Backup); got != before {
				t.Errorf("backup differs:\n%s", cmp.Diff(before, got))
			}
			if state, err := c.Status(e); state != Same || err != nil {
				t.Errorf("status %s, %v", state, err)
			}
			settled(t, c, e)

			if _, err := c.Uninstall(t.Context(), e.Name, Options{}); err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join(dir, "removed"), read(t, c.File()), before)
			if state, err := c.Status(e); state != Absent || err != nil {
				t.Errorf("status after removal %s, %v", state, err)
			}
		})
	}
}

// settled checks that a second run writes nothing at all.
func settled(t *testing.T, c Client, e Entry) {
	t.Helper()
	backups := c.Backups()
	before, err := os.Stat(c.File())
	if err != nil {
		t.Fatal(err)
	}
	change, err := c.Install(t.Context(), e, Options{})
	if err != nil || change.Changed {
		t.Errorf("second run: changed %v, %v", change.Changed, err)
	}
	after, err := os.Stat(c.File())
	if err != nil || !os.SameFile(before, after) || !before.ModTime().Equal(after.ModTime()) {
		t.Errorf("second run wrote the file (%v)", err)
	}
	if diff := cmp.Diff(backups, c.Backups()); diff != "" {
		t.Errorf("second run made a backup: %s", diff)
	}
}

// golden compares with a file, or with otherwise where there is none.
func golden(t *testing.T, path, got, otherwise string) {
	t.Helper()
	if *update && got != otherwise {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want := otherwise
	if _, err := os.Stat(path); err == nil {
		want = read(t, path)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}
