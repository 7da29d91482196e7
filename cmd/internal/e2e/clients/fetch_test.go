package clients

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"kakaotalk-mcp/auth/ground/componenttest"
	"kakaotalk-mcp/auth/ground/wording"
	known "kakaotalk-mcp/cmd/internal/clients"
	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// fetchTime bounds the download of one client, some 100 MB, behind those of others.
const fetchTime = 15 * time.Minute

// source says where a client comes from. Its version stands in the table of clients.
type source struct {
	id      string // as install calls it
	npm     string // package
	newNode bool   // needs a Node newer than Debian's
	pip     string
}

// sources are the clients that install here, by the name of their program.
var sources = map[string]source{
	"claude":   {id: "claude-code", npm: "@anthropic-ai/claude-code"},
	"codex":    {id: "codex", npm: "@openai/codex"},
	"gemini":   {id: "gemini", npm: "@google/gemini-cli", newNode: true},
	"copilot":  {id: "copilot", npm: "@github/copilot"},
	"opencode": {id: "opencode", npm: "opencode-ai"},
	"qwen":     {id: "qwen", npm: "@qwen-code/qwen-code", newNode: true},
	"cline":    {id: "cline", npm: "cline", newNode: true},
	"cn":       {id: "continue", npm: "@continuedev/cli", newNode: true},
	"auggie":   {id: "auggie", npm: "@augmentcode/auggie", newNode: true},
	"amp":      {id: "amp", npm: "@sourcegraph/amp", newNode: true},
	"vibe":     {id: "vibe", pip: "mistral-vibe"},
}

// clientPrograms returns the folder with a real client's programs. They are kept in
// the user's cache; they are fetched only where real components are required, since
// together they are three gigabytes.
func clientPrograms(t *testing.T, name string) string {
	t.Helper()
	from := sources[name]
	version := ""
	for _, c := range known.All(known.System{Home: "/", Lang: wording.English, Getenv: func(string) string { return "" }}) {
		if c.ID == from.id {
			version = c.Tested()
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil || version == "" {
		e2etest.Missing(t, name)
	}
	dir := filepath.Join(cache, "kakaotalk-mcp-test", name+"-"+version)
	bin := filepath.Join(dir, "node_modules", ".bin")
	if from.pip != "" {
		bin = filepath.Join(dir, "bin")
	}
	if isFolder(bin) {
		return bin
	}
	tool := "npm"
	if from.pip != "" {
		tool = newPython(t)
	} else if _, err := exec.LookPath(tool); err != nil {
		e2etest.Missing(t, tool)
	}
	if os.Getenv(componenttest.RequireEnv) != "1" {
		e2etest.Missing(t, name)
	}
	ctx, cancel := context.WithTimeout(t.Context(), fetchTime)
	defer cancel()
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		t.Fatal(err)
	}
	lock := flock.New(dir + ".lock") // tests of other packages may be at it
	if _, err := lock.TryLockContext(ctx, time.Second); err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if isFolder(bin) {
		return bin
	}
	fresh := dir
	if from.pip == "" { // a Python environment cannot be moved
		if fresh, err = os.MkdirTemp(filepath.Dir(dir), name+"-*"); err != nil {
			t.Fatal(err)
		}
	}
	defer func() {
		if !isFolder(bin) || fresh != dir {
			os.RemoveAll(fresh)
		}
	}()
	fetch(ctx, t, tool, from, version, fresh)
	if fresh != dir {
		if err := os.Rename(fresh, dir); err != nil {
			t.Fatal(err)
		}
	}
	return bin
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func fetch(ctx context.Context, t *testing.T, tool string, from source, version, dir string) {
	t.Helper()
	run := func(name string, args ...string) {
		t.Helper()
		if out, err := exec.CommandContext(ctx, name, args...).CombinedOutput(); err != nil {
			os.RemoveAll(dir)
			e2etest.Missing(t, from.id+" ("+string(out)+")")
		}
	}
	if from.pip != "" {
		run(tool, "-m", "venv", dir)
		// What it asks of Python's version is newer than what it needs.
		run(filepath.Join(dir, "bin", "pip"), "install", "--quiet", "--ignore-requires-python", from.pip+"=="+version)
		return
	}
	packages := []string{from.npm + "@" + version}
	if from.newNode {
		packages = append(packages, "node@22")
	}
	run(tool, append([]string{"install", "--prefix", dir, "--no-audit", "--no-fund", "--loglevel=error"}, packages...)...)
}

// newPython finds a Python that Mistral Vibe runs on, pyenv's too.
func newPython(t *testing.T) string {
	t.Helper()
	home, _ := os.UserHomeDir()
	candidates, _ := filepath.Glob(filepath.Join(home, ".pyenv", "versions", "3.1[2-9]*", "bin", "python3"))
	slices.Reverse(candidates)
	for _, name := range append(candidates, "python3.14", "python3.13", "python3.12", "python3") {
		out, err := exec.Command(name, "-c", "import sys, venv; print(sys.version_info >= (3, 12))").Output()
		if err == nil && strings.TrimSpace(string(out)) == "True" {
			return name
		}
	}
	e2etest.Missing(t, "python3") // 3.12 or newer
	return ""
}

// installed copies the program to where a person would have it: what lies in the
// folder for temporary files is refused.
func installed(t *testing.T) string {
	t.Helper()
	dir, err := os.UserCacheDir()
	if err != nil {
		e2etest.Missing(t, "cache folder")
	}
	dir = filepath.Join(dir, "kakaotalk-mcp-test")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if dir, err = os.MkdirTemp(dir, "bin-"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, e2etest.ExeName("kakaotalk-mcp"))
	// Another process writes it: a file that this one has open for writing could not be
	// run while a child of another test is being started.
	copying := exec.Command(e2etest.Self(t), e2etest.Program(t), path)
	copying.Env = append(os.Environ(), e2etest.ChildEnv+"=copy")
	if out, err := copying.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}
