package formats

import (
	"math/rand/v2"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// sameYAML compares a document with what a library reads; what is refused here is
// left alone, whatever it means.
func sameYAML(t *testing.T, text string) (read bool) {
	t.Helper()
	top, err := readYAML(text)
	if err != nil {
		return false
	}
	var node yaml.Node
	if err := yaml.Load([]byte(text), &node); err != nil {
		t.Errorf("%q is read here, and elsewhere not: %v", text, err)
		return true
	}
	compareYAML(t, text, top, node.Content[0])
	return true
}

func compareYAML(t *testing.T, text string, n *yamlNode, want *yaml.Node) {
	t.Helper()
	kind := map[yamlKind]yaml.Kind{yamlScalarKind: yaml.ScalarNode, yamlMapping: yaml.MappingNode, yamlSequence: yaml.SequenceNode}[n.kind]
	flow := want.Style&yaml.FlowStyle != 0
	missing := n.kind == yamlScalarKind && n.value == "" && !n.quoted // its place is nowhere
	if kind != want.Kind || len(n.content) != len(want.Content) || flow != n.flow || !missing && (n.line != want.Line || n.column != inBytes(text, want)) {
		t.Fatalf("%q: %+v, elsewhere kind %v, %d parts at %d:%d", text, n, want.Kind, len(want.Content), want.Line, want.Column)
	}
	if n.kind == yamlScalarKind && want.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
		if n.value != want.Value && !(n.value == "" && want.Value == "null") {
			t.Fatalf("%q: value %q, elsewhere %q", text, n.value, want.Value)
		}
		tag := map[bool]string{true: "!!str"}[isText(n.decoded())]
		if isText := want.Tag == "!!str"; isText != (tag == "!!str") {
			t.Fatalf("%q: value %q is %T, elsewhere %s", text, n.value, n.decoded(), want.Tag)
		}
	}
	for i, part := range n.content {
		compareYAML(t, text, part, want.Content[i])
	}
}

// inBytes is a place in its line, which the library counts in letters.
func inBytes(text string, n *yaml.Node) int {
	line := []rune(strings.Split(text, "\n")[n.Line-1])
	return len(string(line[:n.Column-1])) + 1
}

func isText(v any) bool { _, ok := v.(string); return ok }

// TestReadsYAMLAsALibraryDoes generates documents of the forms that people write, and
// of some that they should not.
func TestReadsYAMLAsALibraryDoes(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	indents := []string{"", "", "  ", "  ", "    ", " ", "      "}
	parts := []string{"name: x", "mcpServers:", "- ", "- name: kakaotalk", "command: \"/a b\"", "args: [serve, \"b c\"]", "args: []", "env: {A: b}", "env: {}", "- serve", "- - x", "k: 'it''s'",
		"# about", "t: |", "u: >-", "text of a block", "version: 1.0.0", "on: true", "n: 12", "e:", "null: x", "a: b # why", "a:b", "- a: b", "\"q k\": v", "k: *x", "k: &x y", "x: y: z", "---", "", "k: [a, [b]]", "k: {a: [b], c: d}", "-", "k: 2001-01-01", "~", "k: -1", "k: .5", "k: \"\\u00e9\"", "m: [x", "k: a#b", "k:  two  ", "? k"}
	read := 0
	for range 60000 {
		var b strings.Builder
		for range 1 + rnd.IntN(7) {
			b.WriteString(indents[rnd.IntN(len(indents))] + parts[rnd.IntN(len(parts))] + "\n")
		}
		if sameYAML(t, b.String()) {
			read++
		}
	}
	if read < 5000 {
		t.Errorf("only %d of the documents are read", read)
	}
}

func FuzzReadYAML(f *testing.F) {
	for _, text := range []string{"name: x\nmcpServers:\n  - name: other\n    args: [\"a\", b]\nrules:\n  - |\n    # not a comment\n    Speak.\n", "a: {b: c}\n", "- x\n", "a: 'b''c' # d\n", "---\na: b\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { sameYAML(t, text) })
}
