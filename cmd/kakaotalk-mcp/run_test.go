package main

import "testing"

// TestCommandCanBePasted: texts name this program as a shell reads it.
func TestCommandCanBePasted(t *testing.T) {
	for executable, want := range map[string]string{
		"/opt/kakaotalk-mcp":                               "/opt/kakaotalk-mcp",
		"/home/홍 길동/bin/kakaotalk-mcp":                     `"/home/홍 길동/bin/kakaotalk-mcp"`,
		`C:\Users\홍길동\kakaotalk-mcp.exe`:                   `C:\Users\홍길동\kakaotalk-mcp.exe`,
		"/tmp/go-build417/b001/exe/kakaotalk-mcp":          "go run ./cmd/kakaotalk-mcp",
		"/home/user/.cache/go-build/ab/cd-d/kakaotalk-mcp": "go run ./cmd/kakaotalk-mcp",
	} {
		if got := (surroundings{executable: executable}).command(); got != want {
			t.Errorf("%s: %s", executable, got)
		}
	}
}
