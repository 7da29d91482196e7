package wording

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// TestPairsCarryTheSameVerbs: wherever a Korean text and the English one stand side
// by side, both put in the same arguments in the same way.
func TestPairsCarryTheSameVerbs(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	pairs := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); d.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			var side []ast.Expr
			switch n := n.(type) {
			case *ast.CallExpr:
				side = n.Args
			case *ast.CompositeLit:
				side = n.Elts
			}
			for i := range side[:max(len(side)-1, 0)] {
				ko, isText := literal(side[i])
				en, isToo := literal(side[i+1])
				if !isText || !isToo || !strings.ContainsFunc(ko, func(r rune) bool { return unicode.Is(unicode.Hangul, r) }) {
					continue
				}
				pairs++
				if a, b := verbs(ko), verbs(en); !maps.Equal(a, b) {
					t.Errorf("%s: %v and %v:\n%s\n%s", set.Position(side[i].Pos()), a, b, ko, en)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if pairs < 500 {
		t.Errorf("looked at %d pairs only", pairs)
	}
}

// literal is the value of a text that stands in the source, also in parts, also as
// the value of a field.
func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.KeyValueExpr:
		return literal(e.Value)
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		left, ok := literal(e.X)
		right, too := literal(e.Y)
		return left + right, ok && too && e.Op == token.ADD
	}
	return "", false
}

var verb = regexp.MustCompile(`%[-+# 0]*\d*(?:\.\d+)?(?:\[(\d+)\])?([a-zA-Z%])`)

// quotedVerb is what Korean texts have where English ones have %q.
var quotedVerb = regexp.MustCompile(`'%(\[\d+\])?s'`)

// verbs gives the verb of each argument, counted from 1.
func verbs(text string) map[string]string {
	text = quotedVerb.ReplaceAllString(text, "%${1}q")
	found := map[string]string{}
	next := 1
	for _, m := range verb.FindAllStringSubmatch(text, -1) {
		if m[2] == "%" {
			continue
		}
		if m[1] != "" {
			next, _ = strconv.Atoi(m[1])
		}
		found[fmt.Sprint(next)] += m[2]
		next++
	}
	for n, v := range found { // the same one twice is once
		found[n] = v[:1]
	}
	return found
}

func TestVerbs(t *testing.T) {
	for text, want := range map[string]map[string]string{
		"":                         {},
		"100%% of %s in %d":        {"1": "s", "2": "d"},
		"%[2]s and %[1]q, %[2]s":   {"1": "q", "2": "s"},
		"%-5s %02d %.2f %+v %[1]s": {"1": "s", "2": "d", "3": "f", "4": "v"},
		"'%s' of %q and '%[1]s'":   {"1": "q", "2": "q"},
		"%[2]s, then the next: %d": {"2": "s", "3": "d"},
	} {
		if got := verbs(text); !maps.Equal(got, want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
