package clients

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// npmTime bounds the download of a client, some 100 MB.
const npmTime = 5 * time.Minute

// missing ends a test whose real component cannot be had.
func missing(t *testing.T, name string) {
	t.Helper()
	if os.Getenv("KAKAOTALK_TEST_REQUIRE") == "1" {
		t.Fatal("component missing: " + name)
	}
	t.Skip("component missing: " + name)
}

// realClient returns the folder with a client's programs, from npm. They are kept
// in the user's cache; they are fetched only where real components are required,
// since together they are a gigabyte.
func realClient(t *testing.T, name, version string, packages ...string) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		missing(t, name)
	}
	dir := filepath.Join(cache, "kakaotalk-mcp-test", name+"-"+version)
	bin := filepath.Join(dir, "node_modules", ".bin")
	if isDir(bin) {
		return bin
	}
	npm, err := exec.LookPath("npm")
	if err != nil || os.Getenv("KAKAOTALK_TEST_REQUIRE") != "1" {
		missing(t, name)
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		t.Fatal(err)
	}
	fresh, err := os.MkdirTemp(filepath.Dir(dir), name+"-*")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(fresh)
	ctx, cancel := context.WithTimeout(t.Context(), npmTime)
	defer cancel()
	args := append([]string{"install", "--prefix", fresh, "--no-audit", "--no-fund", "--loglevel=error"}, packages...)
	if out, err := exec.CommandContext(ctx, npm, args...).CombinedOutput(); err != nil {
		missing(t, name+" (npm: "+string(out)+")")
	}
	if err := os.Rename(fresh, dir); err != nil {
		t.Fatal(err)
	}
	return bin
}

// realComputer is this computer with another home, where only bin's programs are
// clients. The returned function runs one of them as the user would.
func realComputer(t *testing.T, bin string) (System, func(program string, args ...string) string) {
	t.Helper()
	home := t.TempDir()
	env := []string{"HOME=" + home, "USERPROFILE=" + home, "PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"),
		"SYSTEMROOT=" + os.Getenv("SYSTEMROOT"), "LANG=C.UTF-8"}
	run := func(ctx context.Context, name string, args ...string) ([]byte, error) {
		cmd := exec.CommandContext(ctx, name, args...)
		cmd.Env, cmd.Dir, cmd.WaitDelay = env, home, time.Second
		return cmd.CombinedOutput()
	}
	lookPath := func(name string) (string, error) {
		if runtime.GOOS == "windows" {
			name += ".cmd"
		}
		if _, err := os.Stat(filepath.Join(bin, name)); err != nil {
			return "", err
		}
		return filepath.Join(bin, name), nil
	}
	sys := System{OS: runtime.GOOS, Home: home, TempDir: filepath.Join(home, "no-such"), Lang: "ko",
		Getenv: func(string) string { return "" }, LookPath: lookPath, Run: run, Running: func(string) bool { return false }}
	return sys, func(program string, args ...string) string {
		t.Helper()
		path, err := lookPath(program)
		ctx, cancel := context.WithTimeout(t.Context(), commandTime)
		defer cancel()
		out, runErr := run(ctx, path, args...)
		if err := errors.Join(err, runErr); err != nil {
			t.Fatalf("%s %q: %v\n%s", program, args, err, out)
		}
		return string(out)
	}
}

func tinyServer(t *testing.T) Entry {
	t.Helper()
	program := filepath.Join(t.TempDir(), "kakaotalk-mcp")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	if _, err := exec.LookPath("go"); err != nil {
		missing(t, "go")
	}
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./testdata/server").CombinedOutput(); err != nil {
		t.Fatalf("building the server: %v\n%s", err, out)
	}
	return Entry{Name: "kakaotalk", Command: program, Args: []string{"serve"}, Env: map[string]string{"KAKAO_LANG": "ko"},
		PassEnv: []string{"DISPLAY"}}
}

// The clients themselves read what Install wrote, start the server and list it,
// and list it no more after Uninstall.
func TestRealClients(t *testing.T) {
	e := tinyServer(t)
	for _, tt := range []struct {
		id, program, version string
		packages             []string
		file                 string // before
		want                 []string
		byCommand            bool
	}{
		{id: "claude-code", program: "claude", version: "2.1.332", packages: []string{"@anthropic-ai/claude-code@2.1.332"},
			want: []string{"kakaotalk: " + e.Command + " serve", "Connected"}, byCommand: runtime.GOOS != "windows"},
		{id: "codex", program: "codex", version: "0.171.0", packages: []string{"@openai/codex@0.171.0"},
			file: "# mine\n[mcp_servers.other]\ncommand = 'x' # keep\n", want: []string{"kakaotalk", e.Command, "KAKAO_LANG", "enabled"}},
		{id: "gemini", program: "gemini", version: "0.61.0", packages: []string{"@google/gemini-cli@0.61.0", "node@22"},
			file: "{\n  // mine\n  \"mcpServers\": {}\n}\n", want: []string{"kakaotalk: " + e.Command + " serve", "Connected"}},
	} {
		t.Run(tt.id, func(t *testing.T) {
			sys, run := realComputer(t, realClient(t, tt.program, tt.version, tt.packages...))
			c := client(t, sys, tt.id)
			if tt.file != "" {
				put(t, c, []byte(tt.file))
			}
			if tt.id == "gemini" { // a folder that is not trusted starts no servers
				trusted := `{"` + filepath.ToSlash(sys.Home) + `": "TRUST_FOLDER"}`
				if err := os.WriteFile(filepath.Join(sys.Home, ".gemini", "trustedFolders.json"), []byte(trusted), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			change, err := c.Install(t.Context(), e, Options{})
			if err != nil || !change.Changed || (change.Command != "") != tt.byCommand {
				t.Fatalf("%+v, %v", change, err)
			}
			list := run(tt.program, "mcp", "list")
			for _, want := range tt.want {
				if !strings.Contains(list, want) {
					t.Errorf("the list lacks %q:\n%s", want, list)
				}
			}
			if change, err := c.Install(t.Context(), e, Options{}); err != nil || change.Changed {
				t.Errorf("second run: %+v, %v", change, err)
			}
			if change, err := c.Uninstall(t.Context(), e.Name, Options{}); err != nil || !change.Changed {
				t.Fatalf("%+v, %v", change, err)
			}
			if list := run(tt.program, "mcp", "list"); strings.Contains(list, e.Command) {
				t.Errorf("still listed:\n%s", list)
			}
			if tt.file != "" && read(t, c.File()) != tt.file {
				t.Errorf("the file did not come back:\n%s", read(t, c.File()))
			}
		})
	}
}

// Codex takes every key we write.
func TestRealCodexKeys(t *testing.T) {
	e := tinyServer(t)
	sys, run := realComputer(t, realClient(t, "codex", "0.171.0", "@openai/codex@0.171.0"))
	if _, err := client(t, sys, "codex").Install(t.Context(), e, Options{}); err != nil {
		t.Fatal(err)
	}
	got := run("codex", "mcp", "list", "--json")
	for _, want := range []string{`"tool_timeout_sec": 120`, `"KAKAO_LANG": "ko"`, `"DISPLAY"`} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %s:\n%s", want, got)
		}
	}
}

// A process is recognised as Claude Desktop by the folder of its program.
func TestClaudeDesktopRuns(t *testing.T) {
	const stay = "KAKAOTALK_MCP_TEST_STAY"
	if os.Getenv(stay) != "" { // the process to be seen
		if n, err := os.Stdin.Read(make([]byte, 1)); n != 0 || err == nil {
			t.Errorf("read %d bytes, %v", n, err)
		}
		return
	}
	if runtime.GOOS != "linux" {
		t.Skip("there is /proc on Linux only")
	}
	sys, err := Host("en")
	if err != nil || sys.Running("claude-desktop") {
		t.Skipf("component missing: a computer without Claude Desktop (%v)", err)
	}
	program := filepath.Join(t.TempDir(), "claude-desktop", "electron")
	raw, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Mkdir(filepath.Dir(program), 0o700), os.WriteFile(program, raw, 0o700)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "-test.run=^TestClaudeDesktopRuns$")
	cmd.Env = append(os.Environ(), stay+"=1")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if !sys.Running("claude-desktop") {
		t.Error("not seen while it runs")
	}
	if err := errors.Join(stdin.Close(), cmd.Wait()); err != nil {
		t.Fatal(err)
	}
	if sys.Running("claude-desktop") {
		t.Error("seen after it ended")
	}
}
