package cli

import (
	"path/filepath"
	"testing"
)

// TestCommandCanBePasted: texts name this program as the shell reads it in which
// they are pasted.
func TestCommandCanBePasted(t *testing.T) {
	for _, c := range []struct{ system, shell, executable, want string }{
		{"linux", "", "/opt/kakaotalk-mcp", "/opt/kakaotalk-mcp"},
		{"darwin", "", "/Users/홍 길동/bin/kakaotalk-mcp", `"/Users/홍 길동/bin/kakaotalk-mcp"`},
		{"linux", "", "/home/kim/R&D/kakaotalk-mcp", `"/home/kim/R&D/kakaotalk-mcp"`},
		{"darwin", "", "/Users/kim/it's(1)/kakaotalk-mcp", `"/Users/kim/it's(1)/kakaotalk-mcp"`},
		{"linux", "", "/home/kim/it's $HOME/kakaotalk-mcp", `'/home/kim/it'\''s $HOME/kakaotalk-mcp'`},
		{"linux", "", "/tmp/go-build417/b001/exe/kakaotalk-mcp", "go run ./cmd/kakaotalk-mcp"},
		{"linux", "", "/home/user/.cache/go-build/ab/cd-d/kakaotalk-mcp", "go run ./cmd/kakaotalk-mcp"},
		{"windows", "", `C:\Users\홍길동\kakaotalk-mcp.exe`, `C:\Users\홍길동\kakaotalk-mcp.exe`},
		{"windows", "", `C:\Users\홍 길동\kakaotalk-mcp.exe`, `& "C:\Users\홍 길동\kakaotalk-mcp.exe"`},
		{"windows", "", `C:\Program Files (x86)\kakaotalk-mcp.exe`, `& "C:\Program Files (x86)\kakaotalk-mcp.exe"`},
		{"windows", "", `C:\Users\O'Brien\kakaotalk-mcp.exe`, `& "C:\Users\O'Brien\kakaotalk-mcp.exe"`},
		{"windows", "", "C:\\$`x\\kakaotalk-mcp.exe", "& \"C:\\`$``x\\kakaotalk-mcp.exe\""},
		{"windows", "pwsh.exe", `C:\Users\홍 길동\kakaotalk-mcp.exe`, `& "C:\Users\홍 길동\kakaotalk-mcp.exe"`},
		{"windows", "cmd.exe", `C:\Users\홍길동\kakaotalk-mcp.exe`, `C:\Users\홍길동\kakaotalk-mcp.exe`},
		{"windows", "cmd.exe", `C:\Users\홍 길동\kakaotalk-mcp.exe`, `"C:\Users\홍 길동\kakaotalk-mcp.exe"`},
		{"windows", "CMD.EXE", `C:\R&D\kakaotalk-mcp.exe`, `"C:\R&D\kakaotalk-mcp.exe"`},
	} {
		if got := pasted(c.system, c.shell, c.executable); got != c.want {
			t.Errorf("%s: %s is shown as %s, want %s", c.system, c.executable, got, c.want)
		}
	}
}

// TestIsBelow: what is in the user's folder, and what only looks so.
func TestIsBelow(t *testing.T) {
	home := filepath.Join(string(filepath.Separator), "home", "kim")
	for path, want := range map[string]bool{
		filepath.Join(home, ".kakaotalk-mcp"): true,
		home:                                  true,
		home + "2":                            false,
		filepath.Join(home, "..", "lee"):      false,
		filepath.Join(string(filepath.Separator), "srv", "shared"): false,
	} {
		if got := isBelow(path, home); got != want {
			t.Errorf("isBelow(%s) = %v", path, got)
		}
	}
	if isBelow(home, "") {
		t.Error("everything is below an unknown folder")
	}
}
