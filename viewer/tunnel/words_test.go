package tunnel

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWords(t *testing.T) {
	for command, want := range map[string][]string{
		`a  b`:                    {"a", "b"},
		`'/opt/my server' --x=""`: {"/opt/my server", "--x="},
		`"a \"b\" \n" c\ d`:       {`a "b" \n`, "c d"},
		`C:\bin\x.exe "$HOME"`:    {`C:\bin\x.exe`, "$HOME"},
		`a ''`:                    {"a", ""},
	} {
		got, err := Words(command)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: error %v (-want +got):\n%s", command, err, diff)
		}
	}
	for command, want := range map[string]error{`'open`: ErrOpenQuote, "a\nb": ErrLineBreak, " ": ErrNoProgram, `"" x`: ErrNoProgram} {
		if got, err := Words(command); err != want || got != nil {
			t.Errorf("%q: %q, %v", command, got, err)
		}
	}
}

// Quoted words come back as they were.
func FuzzWords(f *testing.F) {
	f.Add("plain", `C:\dir\`)
	f.Add(`a"b`, `it's \"`)
	f.Fuzz(func(t *testing.T, a, b string) {
		if a == "" || strings.ContainsAny(a+b, "\x00\r\n") || a != strings.ToValidUTF8(a, "") || b != strings.ToValidUTF8(b, "") {
			return
		}
		quoted := func(s string) string {
			return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
		}
		got, err := Words(quoted(a) + " \t" + quoted(b))
		if diff := cmp.Diff([]string{a, b}, got); err != nil || diff != "" {
			t.Errorf("%v %s", err, diff)
		}
	})
}
