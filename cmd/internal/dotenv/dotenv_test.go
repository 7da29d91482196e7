package dotenv

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func read(t *testing.T, text string) map[string]string {
	t.Helper()
	list, _ := Parse(text)
	values, err := Values(list, 1<<20)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return values
}

// table are lines that people write, with what python-dotenv and Node's dotenv
// read, too; node is "" where it reads the same.
var table = []struct {
	text, name, value string
	node              string // what Node reads instead
}{
	{text: "A=b", name: "A", value: "b"},
	{text: "A = b ", name: "A", value: "b"},
	{text: "export A=b", name: "A", value: "b"},
	{text: "A=", name: "A", value: ""},
	{text: "A= # put it here", name: "A", value: ""},
	{text: "A= #put-it-here", name: "A", value: ""},
	{text: "A=b # one # two", name: "A", value: "b"},
	{text: "A=b #one#two", name: "A", value: "b"},
	{text: "A=b#c", name: "A", value: "b#c", node: "b"},
	{text: "A=https://example.com/#top", name: "A", value: "https://example.com/#top", node: "https://example.com/"},
	{text: "A=$HOME$5 costs", name: "A", value: "$HOME$5 costs"},
	{text: `A='b # c' # d`, name: "A", value: "b # c"},
	{text: `A="b # c" # d`, name: "A", value: "b # c"},
	{text: `A='C:\Users\새 폴더'`, name: "A", value: `C:\Users\새 폴더`},
	{text: `A="one\ntwo"`, name: "A", value: "one\ntwo"},
	{text: `A='one\ntwo'`, name: "A", value: `one\ntwo`},
	{text: "A=\"one\ntwo\"", name: "A", value: "one\ntwo"},
	{text: "A=b c d", name: "A", value: "b c d"},
	{text: "A=홍길동 부장님", name: "A", value: "홍길동 부장님"},
	{text: "A=b\r\nB=c", name: "A", value: "b"},
	{text: "\ufeffA=b", name: "A", value: "b"},
	{text: "A=b\nA=c", name: "A", value: "c"},
	{text: "DEBUG\nA=b", name: "A", value: "b"},
	{text: "SERVICE-NAME=x\nA=b", name: "A", value: "b"},
	{text: "??? not a line\nA=b", name: "A", value: "b"},
	{text: "A='no end\nB=c", name: "B", value: "c"},
}

func TestTable(t *testing.T) {
	for _, tt := range table {
		if got, ok := read(t, tt.text)[tt.name]; !ok || got != tt.value {
			t.Errorf("%q: %s is %q, want %q", tt.text, tt.name, got, tt.value)
		}
	}
}

func TestNamesAlone(t *testing.T) {
	text := "DEBUG\nA=1\nexport KEY # not yet\n"
	for name, want := range map[string][]int{"": nil, "KEY": {3}, "DEBUG": {1}, "A": nil} {
		list, bad := Strictly(text, func(alone string) bool { return alone != name })
		if len(list) != 1 || list[0].Name != "A" || !slices.Equal(bad, want) {
			t.Errorf("%q may not be alone: %v, %v, want %v", name, list, bad, want)
		}
	}
}

func TestUnreadableLinesAreNumbered(t *testing.T) {
	list, bad := Parse("# settings\nA=1\nnot a line\n=x\n\nDEBUG\nB='two\nlines' more\nC=3\r\n'D=4\r\nE=5")
	var names []string
	for _, a := range list {
		names = append(names, a.Name)
	}
	if diff := cmp.Diff([]string{"A", "C", "E"}, names); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int{3, 4, 7, 10}, bad); diff != "" {
		t.Error(diff)
	}
}

func TestPlaces(t *testing.T) {
	text := "# A=0\n export A = 'b' # c\nD= # empty\nE=\nF=g h  # i\n"
	list, bad := Parse(text)
	var got []string
	for _, a := range list {
		got = append(got, text[a.Start:a.End])
	}
	if diff := cmp.Diff([]string{"A = 'b'", "D=", "E=", "F=g h"}, got); diff != "" || bad != nil {
		t.Error(diff, bad)
	}
}

func TestReferences(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"B=1\nA=${B}2", "12"},
		{"A=${B}2", "2"},
		{"A=${B:-x}2", "x2"},
		{"B=\nA=${B:-x}2", "2"},
		{"A=${B", "${B"},
		{"A=$B$$", "$B$$"},
		{"A=${B:x}", "${B:x}"},
		{"A='${B}'\nB=1", ""},
	} {
		list, _ := Parse(tt.text)
		values, err := Values(list, 100)
		if err != nil || values["A"] != tt.want {
			t.Errorf("%q: %q, %v; want %q", tt.text, values["A"], err, tt.want)
		}
	}
}

func TestReferencesAreBounded(t *testing.T) {
	text := "A0=0123456789\n"
	for i := range 40 {
		name, before := "A"+strings.Repeat("x", i+1), "A"+strings.Repeat("x", i)
		if i == 0 {
			before = "A0"
		}
		text += name + "=" + strings.Repeat("${"+before+"}", 10) + "\n"
	}
	list, _ := Parse(text)
	if _, err := Values(list, 1<<20); !errors.Is(err, ErrTooMuch) {
		t.Errorf("got %v", err)
	}
}

func TestQuote(t *testing.T) {
	for _, value := range []string{"", "b", "b c", " b ", "#", "a#b", "a #b", "'", `"`, "it's", `C:\Users\`, `\'`, `\\'`, "$HOME", "`x`", "홍길동", "a=b", "export", "${"} {
		quoted, ok := Quote(value)
		if got := read(t, "A="+quoted+"\nB=x\n"); !ok || got["A"] != value || got["B"] != "x" {
			t.Errorf("%q is written %q, %v, and read %q", value, quoted, ok, got["A"])
		}
	}
	for _, value := range []string{"a\nb", "a\rb", "a\x00", "${B}"} {
		if quoted, ok := Quote(value); ok {
			t.Errorf("%q is written %q", value, quoted)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, tt := range table {
		f.Add(tt.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, bad := Parse(text)
		end := 0
		for _, a := range list {
			if a.Start < end || a.End <= a.Start || a.End > len(text) {
				t.Fatalf("%q: %d to %d after %d", text, a.Start, a.End, end)
			}
			end = a.End
		}
		for i, line := range bad {
			if line < 1 || line > 1+newlines(text) || i > 0 && line < bad[i-1] {
				t.Fatalf("%q: unreadable lines %v", text, bad)
			}
		}
		if values, err := Values(list, 4*len(text)+16); err == nil {
			for _, v := range values {
				if quoted, ok := Quote(v); ok && read(t, "A="+quoted)["A"] != v {
					t.Fatalf("%q is written %q", v, quoted)
				}
			}
		}
	})
}
