package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/cli"

	"github.com/clipperhouse/displaywidth"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"
)

// TestScripts runs the built program as a person does. KAKAOTALK_TEST_UPDATE=1
// rewrites the expected texts.
func TestScripts(t *testing.T) {
	bin := filepath.Dir(program(t))
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		UpdateScripts:       os.Getenv("KAKAOTALK_TEST_UPDATE") == "1",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "bytes": writeBytes},
		Setup: func(e *testscript.Env) error {
			home := filepath.Join(e.WorkDir, "home")
			e.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
			e.Setenv("HOME", home)
			e.Setenv("USERPROFILE", home)
			e.Setenv("KAKAO_LANG", "en")
			return os.Mkdir(home, 0o700)
		},
	})
}

// exits runs the program and checks its exit code: exits 2 login --bad
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var status *exec.ExitError
	switch err := ts.Exec("kakaotalk-mcp", args[1:]...); {
	case errors.As(err, &status):
		got = status.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// writeBytes writes a file with Go's escapes: bytes NAME '\ufeffA=1\n'
func writeBytes(ts *testscript.TestScript, _ bool, args []string) {
	text, err := strconv.Unquote(`"` + args[1] + `"`)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// TestHelpFits renders the help of every command in both languages.
func TestHelpFits(t *testing.T) {
	for _, lang := range []string{"ko", "en"} {
		root := newRoot(app.NewOptions(&cli.Env{Vars: cli.Vars{"KAKAO_LANG=" + lang}, UserHome: t.TempDir(), Executable: "kakaotalk-mcp"}))
		var visit func(*cobra.Command)
		visit = func(c *cobra.Command) {
			if c.Hidden || c.Parent() != nil && c.Parent().Name() == "completion" {
				return // what cobra says about shells
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

func TestWrap(t *testing.T) {
	for name, test := range map[string]struct{ in, want string }{
		"short":      {"one two", "one two"},
		"filled":     {"one\ntwo three", "one two\nthree"},
		"paragraphs": {"one\n\ntwo", "one\n\ntwo"},
		"hangul":     {"가나 다라 마바", "가나 다라\n마바"},
		"long word":  {"a abcdefghijkl b", "a\nabcdefghijkl\nb"},
		"empty":      {"", ""},
	} {
		if got := cli.Wrap(test.in, 9); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
