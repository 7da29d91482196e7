package cli

import "testing"

// TestCommandCanBePasted: texts name this program as a shell reads it; on Windows
// that is PowerShell.
func TestCommandCanBePasted(t *testing.T) {
	for _, c := range []struct{ system, executable, want string }{
		{"linux", "/opt/kakaotalk-mcp", "/opt/kakaotalk-mcp"},
		{"darwin", "/Users/홍 길동/bin/kakaotalk-mcp", `"/Users/홍 길동/bin/kakaotalk-mcp"`},
		{"linux", "/tmp/go-build417/b001/exe/kakaotalk-mcp", "go run ./cmd/kakaotalk-mcp"},
		{"linux", "/home/user/.cache/go-build/ab/cd-d/kakaotalk-mcp", "go run ./cmd/kakaotalk-mcp"},
		{"windows", `C:\Users\홍길동\kakaotalk-mcp.exe`, `C:\Users\홍길동\kakaotalk-mcp.exe`},
		{"windows", `C:\Users\홍 길동\kakaotalk-mcp.exe`, `& "C:\Users\홍 길동\kakaotalk-mcp.exe"`},
		{"windows", `C:\Program Files (x86)\kakaotalk-mcp.exe`, `& "C:\Program Files (x86)\kakaotalk-mcp.exe"`},
		{"windows", `C:\Users\O'Brien\kakaotalk-mcp.exe`, `& "C:\Users\O'Brien\kakaotalk-mcp.exe"`},
		{"windows", "C:\\$`x\\kakaotalk-mcp.exe", "& \"C:\\`$``x\\kakaotalk-mcp.exe\""},
	} {
		if got := pasted(c.system, c.executable); got != c.want {
			t.Errorf("%s: %s is shown as %s, want %s", c.system, c.executable, got, c.want)
		}
	}
}
