package formats

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"
)

// sameTOML compares a document with what the library's decoder makes of it.
func sameTOML(t *testing.T, text string) (valid bool) {
	t.Helper()
	d, err := parseTOML(text)
	var want map[string]any
	wantErr := toml.Unmarshal([]byte(text), &want)
	if (err == nil) != (wantErr == nil) {
		t.Errorf("%q: %v, in the library %v", text, err, wantErr)
		return false
	}
	if err != nil {
		return false
	}
	// Numbers and times are compared by being some.
	plain := cmp.FilterValues(func(a, b any) bool { return isOther(a) || isOther(b) }, cmp.Comparer(func(a, b any) bool { return isOther(a) && isOther(b) }))
	if diff := cmp.Diff(want, d.root, plain); diff != "" && len(want)+len(d.root) > 0 {
		t.Errorf("%q: (- library, + here)\n%s", text, diff)
	}
	return true
}

func isOther(v any) bool {
	switch v.(type) {
	case nil, string, bool, []any, map[string]any:
		return false
	}
	kind := reflect.TypeOf(v).Kind()
	return kind != reflect.Map && kind != reflect.Slice
}

func TestDefinesTOMLAsTheLibraryDoes(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	parts := []string{"[a]", "[a.b]", "[a.b.c]", "[[a]]", "[[a.b]]", "[b]", "[[b]]", "a = 1", "b = 'x'", "a.b = 2", "a.b.c = true", "b.c = []", "a = {}", "b = {c = 1}", "b = {c.d = 1, c.e = 2}", "a = [1, {b = 2}]",
		"c = {d = {e = 1}}", "c = {d = 1, d = 2}", "\"a\".b = 1", "d = 0x1F", "d = 1_000", "d = 1__0", "d = 01", "d = 1.5e3", "d = inf", "d = 2024-02-30", "d = 2024-02-29 10:00:00Z", "d = 10:00:61", "# x", "d = \"\"\"\ntwo\"\"\"", "e = 9223372036854775808", "d = [1,\n2]", "[mcp_servers.kakaotalk]", "command = \"/x\"", "args = [\"serve\"]", "[c]", "[c.d]"}
	valid := 0
	for range 60000 {
		var list []string
		for range 1 + rnd.IntN(6) {
			list = append(list, parts[rnd.IntN(len(parts))])
		}
		if sameTOML(t, strings.Join(list, "\n")+"\n") {
			valid++
		}
	}
	if valid < 10000 {
		t.Errorf("only %d of the documents are valid", valid)
	}
}

// A value's place in the text is found whatever stands in and around it.
func TestTOMLPlaces(t *testing.T) {
	for _, value := range []string{
		`"a\tb\u00e9\U0001F600\"\\"`, `'C:\Users\홍길동'`, `""`, "\"\"\"\n\"quoted\"\"\"\"", "\"\"\"a \\\n   b\"\"\"", "'''\r\nx\\'''",
		"[ 1, # one ]\n 'a]', [true] ,]", `{ a = 'b', "c d" = { e = -1.5e3 } }`, "1979-05-27 07:32:00Z", "0xDEAD_beef", "inf",
		"{\n a = 1, # TOML 1.1\n}", `"\e\x41"`,
	} {
		d, err := parseTOML("x.'y.z' \t=\t " + value + " # end\n[t]\nk = 1\n\n")
		if err != nil {
			t.Errorf("%s: %v", value, err)
			continue
		}
		item := d.items[0]
		if got := d.text[item.valueStart:item.valueEnd]; got != value || !cmp.Equal(item.path, []string{"x", "y.z"}) {
			t.Errorf("%s: found as %q under %q", value, got, item.path)
		}
		if last := d.tables[1]; len(d.tables) != 2 || len(d.items) != 2 || d.text[last.start:last.end] != "[t]\nk = 1\n" {
			t.Errorf("%s: tables %+v", value, d.tables)
		}
	}
}
