package docs

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/viewer/tunnel"
)

// makers are READMEs for those who make the program, not for those who use it.
var makers = []string{".release", "findings", "tools/testdata"}

// readmes are the documents with commands that people paste.
func readmes(t *testing.T) (pages []string) {
	t.Helper()
	root := e2etest.Root(t)
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasPrefix(d.Name(), "README") || filepath.Ext(file) != ".md" {
			return err
		}
		page, err := filepath.Rel(root, file)
		if page = filepath.ToSlash(page); !slices.Contains(makers, path.Dir(page)) {
			pages = append(pages, page)
		}
		return err
	})
	if err != nil || len(pages) < 8 {
		t.Fatalf("%q: %v", pages, err)
	}
	return pages
}

// elsewhere are commands that other tests run, or that are not of this project.
var elsewhere = []string{
	"go run ./cmd/kakaotalk-mcp demo", "go test ./...", // CI
	"./install.sh", "./install.sh --uninstall", // package release
	"export PATH=", "cd ", "git ", "gh ", "claude",
}

// ends are the exit codes of commands that ask or wait, and here have nobody to
// ask; the others end with 0.
var ends = map[string]int{
	"setup":                   e2etest.ExitOK,    // the login tells for whom
	"chat":                    e2etest.ExitUsage, // no key of a model
	"setup --sandbox":         e2etest.ExitUsage,
	"setup --import":          e2etest.ExitOK,
	"install":                 e2etest.ExitUsage,
	"login --no-browser":      e2etest.ExitOK, // somebody is logged in
	"uninstall --all":         e2etest.ExitUsage,
	"tunnel":                  e2etest.ExitError,
	"doctor --send-test-link": e2etest.ExitError, // no page address
	"doctor --try-reminder":   e2etest.ExitUsage,
	"reminders --delete <id>": e2etest.ExitError, // no such reminder
	"page revoke <id>":        e2etest.ExitError, // no such page
}

var (
	block  = regexp.MustCompile("(?s)```sh\n(.*?)```")
	inline = regexp.MustCompile("`(kakaotalk-mcp [a-z][^`]*)`")
	// short is a command without the program's name before it.
	short = regexp.MustCompile("`((?:chat|demo|doctor|friends|install|invite|login|logout|page|reminders|send|setup|status|tunnel|uninstall) [^`]+)`")
)

// commands are those of a document, without what a comment says of them.
func commands(t *testing.T, page string) (list []string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(e2etest.Root(t), page))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range block.FindAllStringSubmatch(string(raw), -1) {
		for line := range strings.Lines(m[1]) {
			line, _, _ = strings.Cut(line, " #")
			if line = strings.TrimSpace(line); line != "" {
				list = append(list, line)
			}
		}
	}
	for _, m := range inline.FindAllStringSubmatch(string(raw), -1) {
		list = append(list, m[1])
	}
	for _, m := range short.FindAllStringSubmatch(string(raw), -1) {
		list = append(list, "kakaotalk-mcp "+m[1])
	}
	return list
}

// onePixel is the smallest picture.
var onePixel = []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;")

// TestCommandsOfTheReadmes runs every command that the READMEs show, as it stands.
func TestCommandsOfTheReadmes(t *testing.T) {
	t.Parallel()
	c := e2etest.NewComputer(t)
	c.LogIn()
	folder := t.TempDir()
	env := filepath.Join(folder, ".env")
	if err := os.WriteFile(env, []byte("KAKAO_REST_API_KEY="+c.App.Key+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	chart := filepath.Join(folder, "chart.png")
	if err := os.WriteFile(chart, onePixel, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, client := range []string{".cursor", ".claude"} {
		if err := os.Mkdir(filepath.Join(c.User, client), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	fill := strings.NewReplacer("<uuid>", e2etest.UUID(t, c.Kakao, "홍길동"), "<이름>", "cursor", "<name>", "cursor",
		" .env", " '"+env+"'", " chart.png", " '"+chart+"'", " message-page", " '"+filepath.Join(folder, "message-page")+"'")
	seen := map[string]bool{}
	for _, page := range readmes(t) {
		for _, command := range commands(t, page) {
			if seen[command] {
				continue
			}
			seen[command] = true
			arguments, ours := strings.CutPrefix(command, "kakaotalk-mcp ")
			if !ours {
				if !knownElsewhere(command) {
					t.Errorf("%s: %q is run by no test", page, command)
				}
				continue
			}
			args, err := tunnel.Words(fill.Replace(arguments))
			if err != nil {
				t.Errorf("%s: %q: %v", page, command, err)
				continue
			}
			stdout, stderr, code := c.Run(args...)
			if want := end(arguments); code != want {
				t.Errorf("%s: %q ends with %d, not %d\n%s%s", page, command, code, want, stdout, stderr)
			}
		}
	}
}

func knownElsewhere(command string) bool {
	for _, known := range elsewhere {
		if command == known || strings.HasSuffix(known, " ") && strings.HasPrefix(command, known) || strings.HasSuffix(known, "=") && strings.HasPrefix(command, known) {
			return true
		}
	}
	return false
}

func end(arguments string) int {
	if code, ok := ends[arguments]; ok {
		return code
	}
	code, longest := e2etest.ExitOK, 0
	for name, c := range ends {
		if strings.HasPrefix(arguments, name+" .") && len(name) > longest {
			code, longest = c, len(name)
		}
	}
	return code
}
