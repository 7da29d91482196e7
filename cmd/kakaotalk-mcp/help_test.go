package main

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/clipperhouse/displaywidth"
	"github.com/spf13/cobra"

	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/cli"
)

var placeholder = regexp.MustCompile(`<[a-z ]+>`)

// TestHelpFits renders the help of every command in both languages.
func TestHelpFits(t *testing.T) {
	for _, lang := range []string{"ko", "en"} {
		root := newRoot(app.NewOptions(&cli.Env{Vars: cli.Vars{"KAKAO_LANG=" + lang}, UserHome: t.TempDir(), Executable: "kakaotalk-mcp"}))
		var visit func(*cobra.Command)
		visit = func(c *cobra.Command) {
			if c.Hidden {
				return
			}
			var out bytes.Buffer
			c.SetOut(&out)
			if err := c.Help(); err != nil {
				t.Errorf("%s: %v", c.CommandPath(), err)
			}
			for line := range strings.Lines(out.String()) {
				line = strings.TrimRight(line, "\n")
				if w := displaywidth.String(line); w > helpWidth {
					t.Errorf("%s (%s): %d columns: %s", c.CommandPath(), lang, w, line)
				}
				if strings.HasSuffix(line, " ") {
					t.Errorf("%s (%s): blank at the end: %q", c.CommandPath(), lang, line)
				}
			}
			for _, value := range placeholder.FindAllString(out.String(), -1) {
				if lang == "ko" && value != "<uuid>" && value != "<id>" {
					t.Errorf("%s: %s is not in Korean", c.CommandPath(), value)
				}
			}
			if lang == "ko" && c.Name() != "kakaotalk-mcp" && !strings.ContainsFunc(c.Short, func(r rune) bool { return r >= '가' && r <= '힣' }) {
				t.Errorf("%s: no Korean in %q", c.CommandPath(), c.Short)
			}
			for _, sub := range c.Commands() {
				visit(sub)
			}
		}
		visit(root)
	}
}
