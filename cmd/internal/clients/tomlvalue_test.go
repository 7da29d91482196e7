package clients

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
