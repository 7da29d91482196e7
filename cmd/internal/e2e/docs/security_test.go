package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

var testName = regexp.MustCompile("`([a-z0-9/-]+)\\.(Test[A-Za-z0-9]+)`")

// attackRows returns the tests of each row of SECURITY.md's tables, first those
// of the Korean one, then of the English one.
func attackRows(t *testing.T) (tables [][][]string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(e2etest.Root(t), "SECURITY.md"))
	if err != nil {
		t.Fatal(err)
	}
	inside := false
	for line := range strings.Lines(string(raw)) {
		row := strings.HasPrefix(line, "|")
		switch {
		case row && !inside:
			tables = append(tables, nil)
		case row && !strings.HasPrefix(line, "| ---"):
			cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
			if len(cells) != 3 || strings.TrimSpace(cells[0]) == "" || strings.TrimSpace(cells[1]) == "" {
				t.Fatalf("not a row of three cells: %s", line)
			}
			var names []string
			for _, m := range testName.FindAllStringSubmatch(cells[2], -1) {
				names = append(names, m[1]+"."+m[2])
			}
			if len(names) == 0 || len(names) != strings.Count(cells[2], "`")/2 {
				t.Errorf("a row without tests, or with something else: %s", line)
			}
			tables[len(tables)-1] = append(tables[len(tables)-1], names)
		}
		inside = row
	}
	return tables
}

// attackFolder is the package whose tests are attacks, all of them.
const attackFolder = "cmd/internal/e2e/attack"

// testsThere returns every test function of the module as folder.Name, those of
// attackFolder and in files of any system named attack_ in attacks too.
func testsThere(t *testing.T) (all, attacks []string) {
	t.Helper()
	root := e2etest.Root(t)
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, "_test.go") {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		for _, decl := range parsed.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Recv != nil || !strings.HasPrefix(f.Name.Name, "Test") || f.Name.Name == "TestMain" {
				continue
			}
			folder := path.Dir(filepath.ToSlash(rel))
			name := folder + "." + f.Name.Name
			all = append(all, name)
			if folder == attackFolder || strings.HasPrefix(filepath.Base(file), "attack_") {
				attacks = append(attacks, name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all, attacks
}

// TestSecurityTable: SECURITY.md names tests that exist, the same in both
// languages, and leaves out no attack that is tested.
func TestSecurityTable(t *testing.T) {
	tables := attackRows(t)
	if len(tables) != 2 || len(tables[0]) < 20 {
		t.Fatalf("%d tables", len(tables))
	}
	if diff := cmp.Diff(tables[0], tables[1]); diff != "" {
		t.Errorf("the Korean and the English table differ:\n%s", diff)
	}
	named := slices.Concat(tables[0]...)
	all, attacks := testsThere(t)
	for _, name := range named {
		if !slices.Contains(all, name) {
			t.Errorf("SECURITY.md names %s, which does not exist", name)
		}
	}
	for _, name := range attacks {
		if !slices.Contains(named, name) {
			t.Errorf("SECURITY.md does not name %s", name)
		}
	}
}
