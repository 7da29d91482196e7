package cli

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestWrap(t *testing.T) {
	for name, test := range map[string]struct{ in, want string }{
		"short":          {"one two", "one two"},
		"filled":         {"one\ntwo three", "one two\nthree"},
		"paragraphs":     {"one\n\ntwo", "one\n\ntwo"},
		"hangul":         {"가나 다라 마바", "가나 다라\n마바"},
		"long word":      {"a abcdefghijkl b", "a\nabcdefghijkl\nb"},
		"command":        {"run `kakaotalk-mcp setup` now", "run\n`kakaotalk-mcp setup`\nnow"},
		"command, 을":     {"`a b c d e`를 실행", "`a b c d e`를\n실행"},
		"address":        {"at https://a.example/b-c/d now", "at\nhttps://a.example/b-c/d\nnow"},
		"lone backtick":  {"a ` b", "a ` b"},
		"empty":          {"", ""},
		"only a command": {"`a b`", "`a b`"},
	} {
		if got := Wrap(test.in, 9); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// TestTellShowsCommandsBare: a line to paste is the command and nothing else.
func TestTellShowsCommandsBare(t *testing.T) {
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	Tell(out, "한 번 더:\n  `ssh -L 1:127.0.0.1:1 서버`\n  `a b`를 실행해 주세요.\n\n끝")
	got, err := os.ReadFile(out.Name())
	if want := "한 번 더:\n  ssh -L 1:127.0.0.1:1 서버\n  `a b`를 실행해 주세요.\n\n끝\n"; string(got) != want || err != nil {
		t.Errorf("%q, want %q (%v)", got, want, err)
	}
}

// TestCommandIsShortOnPath: the name alone is what people type where it starts this
// very program, and nowhere else.
func TestCommandIsShortOnPath(t *testing.T) {
	file := Name
	if runtime.GOOS == "windows" {
		file += ".exe"
	}
	program := func(dir string) string {
		path := filepath.Join(dir, file)
		if err := os.WriteFile(path, []byte("#!"), 0o700); err != nil {
			t.Fatal(err)
		}
		return path
	}
	mine, other, empty := t.TempDir(), t.TempDir(), t.TempDir()
	self := program(mine)
	program(other)
	for name, test := range map[string]struct {
		path  []string
		short bool
	}{
		"on PATH":          {[]string{empty, mine, other}, true},
		"not on PATH":      {[]string{empty}, false},
		"another is first": {[]string{other, mine}, false},
		"no PATH":          {nil, false},
	} {
		env := &Env{Stdin: os.Stdin, Stderr: os.Stderr, Executable: self, Vars: Vars{"PATH=" + strings.Join(test.path, string(filepath.ListSeparator))}}
		if got := env.Command() == Name; got != test.short {
			t.Errorf("%s: called %s", name, env.Command())
		}
	}
}
