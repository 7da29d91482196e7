package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "kakaotalk-mcp"

// root is the top of the source tree, seen from this package's tests.
var root = filepath.Join("..", "..")

// mayImport are the packages of this module that a package, and those below it
// without a line of their own, may import; no entry means none at all.
// The ground is open to all.
var mayImport = map[string][]string{
	"auth/ground":         {},
	"auth":                {"auth"},
	"auth/devconsole":     {},
	"auth/keychain":       {},
	"auth/loopback":       {},
	"tools":               {"tools", "auth"},
	"tools/aliases":       {"tools/hangul"},
	"tools/ask":           {},
	"tools/bubble":        {},
	"tools/compose":       {"tools/ask", "tools/bubble", "tools/kakao", "tools/lookalike"},
	"tools/hangul":        {},
	"tools/journal":       {},
	"tools/kakao":         {},
	"tools/kakao/sandbox": {"tools/kakao/sandbox"},
	"tools/picture":       {"tools/kakao"},
	"tools/lookalike":     {},
	"tools/messenger":     {"tools/aliases", "tools/compose", "tools/ask", "tools/lookalike", "tools/picture", "tools/kakao", "tools/journal", "tools/bubble", "tools/hangul", "tools/oneself", "auth"},
	"tools/oneself":       {"tools/hangul"},
	"tools/reminder":      {"tools/messenger", "tools/ask", "tools/kakao", "tools/journal", "tools/bubble", "auth"},
	"tools/stdio":         {},
	"viewer":              {"viewer/tunnel"},
	"viewer/tunnel":       {},
	"cmd/internal":        {"cmd/internal"},
	"cmd/kakaotalk-mcp":   {"auth", "tools", "viewer", "cmd/internal"},

	// Commands are on top of setup, that of doctor, that of register, that of app.
	"cmd/internal/cli":      {},
	"cmd/internal/charset":  {},
	"cmd/internal/dotenv":   {},
	"cmd/internal/config":   {"cmd/internal/cli", "cmd/internal/charset", "cmd/internal/dotenv", "viewer/tunnel"},
	"cmd/internal/terminal": {"cmd/internal/cli"},
	"cmd/internal/app":      {"cmd/internal/config", "cmd/internal/terminal", "cmd/internal/cli", "auth", "tools", "viewer"},
	"cmd/internal/register": {"cmd/internal/app", "cmd/internal/config", "cmd/internal/terminal", "cmd/internal/cli", "cmd/internal/clients", "auth", "tools"},
	"cmd/internal/login":    {"cmd/internal/app", "cmd/internal/config", "cmd/internal/terminal", "cmd/internal/cli", "auth", "tools", "viewer"},
	"cmd/internal/doctor":   {"cmd/internal/register", "cmd/internal/app", "cmd/internal/config", "cmd/internal/terminal", "cmd/internal/cli", "cmd/internal/clients", "auth", "tools", "viewer"},
	"cmd/internal/setup":    {"cmd/internal/doctor", "cmd/internal/register", "cmd/internal/login", "cmd/internal/app", "cmd/internal/config", "cmd/internal/terminal", "cmd/internal/cli", "cmd/internal/charset", "cmd/internal/clients", "auth", "tools", "viewer"},
	"cmd/internal/demo":     {"cmd/internal/register", "cmd/internal/app", "cmd/internal/cli", "tools/kakao/sandbox"},
	"cmd/internal/clients":  {"cmd/internal/clients/formats"},
	"cmd/internal/chat":     {"cmd/internal/chat", "cmd/internal/terminal"},

	"tools/kakao/sandbox/calendar":    {"tools/kakao/sandbox/fields"},
	"tools/kakao/sandbox/fields":      {},
	"tools/kakao/sandbox/imagesize":   {},
	"tools/kakao/sandbox/quota":       {},
	"tools/kakao/sandbox/sandboxtest": {"tools/kakao/sandbox", "auth"},
	"tools/kakao/sandbox/template":    {"tools/kakao/sandbox/fields"},

	"cmd/internal/clients/formats": {},

	"cmd/internal/ci/secrets":    {"tools/kakao/sandbox"}, // a program of its own
	"cmd/internal/e2e/modeltest": {},
	"cmd/internal/e2e":           {"auth", "tools", "viewer", "cmd/internal"},
}

// standardOnly are packages without any dependency outside the standard library.
var standardOnly = []string{"auth/loopback", "tools/kakao", "tools/kakao/sandbox",
	"tools/kakao/sandbox/calendar", "tools/kakao/sandbox/fields", "tools/kakao/sandbox/imagesize", "tools/kakao/sandbox/quota", "tools/kakao/sandbox/template", "viewer"}

func goList(t *testing.T, args ...string) []string {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list"}, args...)...)
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

// within returns the longest name in names that is path or a folder above it.
func within(path string, names []string) (name string, ok bool) {
	for _, n := range names {
		if (path == n || strings.HasPrefix(path, n+"/")) && len(n) >= len(name) {
			name, ok = n, true
		}
	}
	return name, ok
}

func TestImportsRunOneWay(t *testing.T) {
	var ruled []string
	for name := range mayImport {
		ruled = append(ruled, name)
	}
	for _, line := range goList(t, "-f", "{{.ImportPath}} {{join .Imports \" \"}}", "./...") {
		fields := strings.Fields(line)
		self := strings.TrimPrefix(fields[0], module+"/")
		rule, ok := within(self, ruled)
		if !ok {
			t.Errorf("%s is in no line of the import table", self)
			continue
		}
		for _, imported := range fields[1:] {
			own, isOwn := strings.CutPrefix(imported, module+"/")
			first, _, _ := strings.Cut(imported, "/")
			if !isOwn {
				if strings.Contains(first, ".") && slices.Contains(standardOnly, self) {
					t.Errorf("%s imports %s: only the standard library is allowed", self, imported)
				}
				continue
			}
			if _, ok := within(own, append([]string{"auth/ground"}, mayImport[rule]...)); !ok {
				t.Errorf("%s imports %s", self, own)
			}
		}
	}
}

// TestRoomsAreSmall: a package holds what one purpose needs, and a file of the
// program's own package is a command or the frame.
func TestRoomsAreSmall(t *testing.T) {
	most := func(pkg string) int {
		if pkg == "cmd/kakaotalk-mcp" {
			return 20
		}
		return 25
	}
	for _, line := range goList(t, "-f", `{{.ImportPath}} {{join .GoFiles " "}} {{join .IgnoredGoFiles " "}}`, "./...") {
		fields := strings.Fields(line)
		self := strings.TrimPrefix(fields[0], module+"/")
		files := slices.DeleteFunc(fields[1:], func(name string) bool { return strings.HasSuffix(name, "_test.go") })
		if len(files) > most(self) {
			t.Errorf("%s holds %d program files, more than %d", self, len(files), most(self))
		}
	}
}

// TestMapOfPackages: the map in CONTRIBUTING.md has every package, but for those of
// tests and programs beside the product, by its path or its last name.
func TestMapOfPackages(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(root, ".github", "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(raw), "```")
	if len(parts) < 3 {
		t.Fatal("no map")
	}
	names := strings.FieldsFunc(parts[1], func(r rune) bool { return strings.ContainsRune(" \n,():", r) })
	for _, pkg := range goList(t, "./...") {
		self := strings.TrimPrefix(pkg, module+"/")
		if _, beside := within(self, []string{"cmd/internal/e2e", "cmd/internal/ci", "cmd/internal/release", "auth/ground"}); beside || strings.HasSuffix(self, "test") {
			continue
		}
		if !slices.Contains(names, self) && !slices.Contains(names, path.Base(self)) {
			t.Errorf("%s is not on the map", self)
		}
	}
}

// TestMessengerKnowsNoMCP: a typed command uses it too.
func TestMessengerKnowsNoMCP(t *testing.T) {
	for _, dep := range goList(t, "-deps", "./tools/messenger") {
		if strings.Contains(dep, "mcp-go") {
			t.Errorf("tools/messenger links %s", dep)
		}
	}
}

func TestNoTestCodeInProgram(t *testing.T) {
	for _, dep := range goList(t, "-deps", "./cmd/kakaotalk-mcp") {
		if dep == "testing" || strings.HasPrefix(dep, "testing/") || dep == "net/http/httptest" {
			t.Errorf("the program links %s", dep)
		}
	}
}

func TestTopLevel(t *testing.T) {
	fixed := []string{"cmd", "auth", "tools", "viewer", "go.mod", "go.sum", "install.sh", "README.md",
		"LICENSE", "SECURITY.md", "CHANGELOG.md", "README.en.md", "findings"}
	built := []string{module, module + ".exe", "dist"} // what git ignores
	list, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		if name := e.Name(); !strings.HasPrefix(name, ".") && !slices.Contains(fixed, name) && !slices.Contains(built, name) {
			t.Errorf("%s does not belong at the top level", name)
		}
	}
}

// TestCallsInTheirPlace looks for calls that have one place only.
func TestCallsInTheirPlace(t *testing.T) {
	files, skips := 0, 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel := filepath.ToSlash(strings.TrimPrefix(path, root+string(filepath.Separator)))
		if d.IsDir() {
			if path != root && strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(rel, ".go") {
			return nil
		}
		files++
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			return err
		}
		isTest := strings.HasSuffix(rel, "_test.go") || strings.HasSuffix(filepath.Dir(rel), "test")
		var byPlatform []*ast.BlockStmt // bodies of ifs that ask for the system
		ast.Inspect(file, func(n ast.Node) bool {
			if branch, ok := n.(*ast.IfStmt); ok && mentionsGOOS(branch.Cond) {
				byPlatform = append(byPlatform, branch.Body)
			}
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			selector, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			from, _ := selector.X.(*ast.Ident)
			name := selector.Sel.Name
			at := set.Position(call.Pos()).Line
			switch {
			case from == nil:
			case !isTest && from.Name == "fmt" && slices.Contains([]string{"Print", "Println", "Printf"}, name) && !strings.HasPrefix(rel, "cmd/"):
				t.Errorf("%s:%d: fmt.%s outside cmd", rel, at, name)
			case !isTest && from.Name == "os" && slices.Contains([]string{"Getenv", "LookupEnv", "Environ", "ExpandEnv"}, name) &&
				!strings.HasPrefix(rel, "cmd/") && !strings.HasPrefix(rel, "auth/keychain/"):
				t.Errorf("%s:%d: os.%s outside cmd and auth/keychain", rel, at, name)
			case isTest && slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, name) && (from.Name == "t" || from.Name == "b" || from.Name == "tb"):
				skips++
				inside := func(b *ast.BlockStmt) bool { return b.Pos() < call.Pos() && call.Pos() < b.End() }
				if text := skipText(call.Args); !strings.HasPrefix(text, "component missing") && !slices.ContainsFunc(byPlatform, inside) {
					t.Errorf("%s:%d: a skip that does not begin with \"component missing\": %s", rel, at, text)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 100 || skips == 0 {
		t.Errorf("looked at %d files with %d skips only", files, skips)
	}
}

func mentionsGOOS(condition ast.Expr) (found bool) {
	ast.Inspect(condition, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		found = found || ok && s.Sel.Name == "GOOS"
		return true
	})
	return found
}

// skipText is the literal that a skip's first argument begins with.
func skipText(args []ast.Expr) string {
	if len(args) == 0 {
		return ""
	}
	first := args[0]
	for {
		sum, ok := first.(*ast.BinaryExpr)
		if !ok {
			break
		}
		first = sum.X
	}
	literal, ok := first.(*ast.BasicLit)
	if !ok {
		return ""
	}
	text, _ := strconv.Unquote(literal.Value)
	return text
}
