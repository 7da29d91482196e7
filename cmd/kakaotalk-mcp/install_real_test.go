package main

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// clientTime bounds one call of a client; its first start takes seconds.
const clientTime = 60 * time.Second

// fetchTime bounds the wait for a client that another package's tests download.
const fetchTime = 5 * time.Minute

// clientPrograms returns the folder with a real client's programs, which the
// tests of package clients fetch from npm. Where real components are required,
// those tests may be at it just now.
func clientPrograms(t *testing.T, name string) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		missing(t, name)
	}
	limit := time.Now()
	if os.Getenv(requireEnv) == "1" {
		limit = limit.Add(fetchTime)
	}
	for {
		// A folder without a whole version in its name is still being filled.
		dirs, _ := filepath.Glob(filepath.Join(cache, "kakaotalk-mcp-test", name+"-[0-9]*.[0-9]*.[0-9]*", "node_modules", ".bin"))
		if len(dirs) > 0 {
			return dirs[len(dirs)-1]
		}
		if !time.Now().Before(limit) {
			missing(t, name)
		}
		select {
		case <-t.Context().Done():
			t.Fatal(t.Context().Err())
		case <-time.After(time.Second):
		}
	}
}

// installed copies the program to where a person would have it: what lies in the
// folder for temporary files is refused.
func installed(t *testing.T) string {
	t.Helper()
	dir, err := os.UserCacheDir()
	if err != nil {
		missing(t, "cache folder")
	}
	dir = filepath.Join(dir, "kakaotalk-mcp-test")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if dir, err = os.MkdirTemp(dir, "bin-"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	from, err := os.Open(program(t))
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	path := filepath.Join(dir, exeName("kakaotalk-mcp"))
	to, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o700)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(to, from); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// Installed by the command line, the real client starts the program and lists it
// as connected; uninstalled, it does not.
func TestInstallRealClients(t *testing.T) {
	for _, tt := range []struct {
		id, program string
		want        []string
	}{
		{"claude-code", "claude", []string{"kakaotalk-sandbox: PROGRAM serve --sandbox", "Connected"}},
		{"codex", "codex", []string{"kakaotalk-sandbox", "PROGRAM", "enabled"}},
		{"gemini", "gemini", []string{"kakaotalk-sandbox: PROGRAM serve --sandbox", "Connected"}},
	} {
		t.Run(tt.id, func(t *testing.T) {
			bin := clientPrograms(t, tt.program)
			ours, home := installed(t), t.TempDir()
			env := []string{"HOME=" + home, "USERPROFILE=" + home, "PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"),
				"SYSTEMROOT=" + os.Getenv("SYSTEMROOT"), "LANG=C.UTF-8", "KAKAO_LANG=ko"}
			call := func(name string, args ...string) string {
				t.Helper()
				ctx, cancel := context.WithTimeout(t.Context(), clientTime)
				defer cancel()
				cmd := exec.CommandContext(ctx, name, args...)
				cmd.Env, cmd.Dir, cmd.WaitDelay = env, home, time.Second
				out, err := cmd.CombinedOutput()
				if err != nil {
					t.Fatalf("%s %q: %v\n%s", name, args, err, out)
				}
				return string(out)
			}
			if tt.id == "gemini" { // a folder that is not trusted starts no servers
				trusted := `{"` + filepath.ToSlash(home) + `": "TRUST_FOLDER"}`
				if err := os.Mkdir(filepath.Join(home, ".gemini"), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(home, ".gemini", "trustedFolders.json"), []byte(trusted), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			client := filepath.Join(bin, tt.program)
			if runtime.GOOS == "windows" {
				client += ".cmd"
			}
			if out := call(ours, "install", tt.id, "--sandbox"); !strings.Contains(out, "에 등록했어요: kakaotalk-sandbox (") {
				t.Errorf("install: %s", out)
			}
			list := call(client, "mcp", "list")
			for _, want := range tt.want {
				if want = strings.ReplaceAll(want, "PROGRAM", ours); !strings.Contains(list, want) {
					t.Errorf("the list lacks %q:\n%s", want, list)
				}
			}
			if out := call(ours, "install", tt.id, "--sandbox"); !strings.Contains(out, "바꿀 것이 없어요") {
				t.Errorf("second install: %s", out)
			}
			if out := call(ours, "uninstall", "--all", "--yes", "--sandbox"); !strings.Contains(out, "kakaotalk-sandbox") {
				t.Errorf("uninstall: %s", out)
			}
			if list := call(client, "mcp", "list"); strings.Contains(list, "kakaotalk") {
				t.Errorf("still listed:\n%s", list)
			}
		})
	}
}

// cursor makes a home where Cursor is the only client.
func cursor(w *world) string {
	w.t.Helper()
	file := filepath.Join(w.home, ".cursor", "mcp.json")
	if err := os.Mkdir(filepath.Dir(file), 0o700); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("{\n  // mine\n  \"mcpServers\": {\"other\": {\"command\": \"x\"}}\n}\n"), 0o600); err != nil {
		w.t.Fatal(err)
	}
	return file
}

func TestInstallCommandPrints(t *testing.T) {
	w := newWorld(t)
	cursor(w)
	before := files(t, w.home)
	code, out, errs := w.run("install", "cursor", "--print")
	if code != 0 || !strings.Contains(out, w.program) || !strings.Contains(out, "serve") {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	if code, out, _ := w.run("uninstall", "cursor", "--print"); code != 0 || out != "" {
		t.Errorf("nothing to take out: exit code %d\n%s", code, out)
	}
	if diff := cmp.Diff(before, files(t, w.home)); diff != "" {
		t.Error(diff)
	}
}

func TestInstallCommandRefuses(t *testing.T) {
	w := newWorld(t)
	cursor(w)
	before := files(t, w.home)
	for _, tt := range []struct {
		program string
		args    []string
		code    int
		want    string
	}{
		{filepath.Join(os.TempDir(), "go-build1", "b001", "exe", "kakaotalk-mcp"), []string{"cursor"}, 1, "임시 폴더"},
		{w.program, []string{"emacs"}, 2, "emacs"},
		{w.program, nil, 2, "이름을 적어 주세요"},
		{w.program, []string{"windsurf"}, 1, "--force"},
	} {
		w.program = tt.program
		if code, _, errs := w.run(append([]string{"install"}, tt.args...)...); code != tt.code || !strings.Contains(errs, tt.want) {
			t.Errorf("%q: exit code %d\n%s", tt.args, code, errs)
		}
	}
	if diff := cmp.Diff(before, files(t, w.home)); diff != "" {
		t.Error(diff)
	}
}

// A client that was given a program without settings hears what is still to do,
// and taken out again, that it is out.
func TestInstallCommandSays(t *testing.T) {
	w := newWorld(t)
	file := cursor(w)
	for _, tt := range []struct {
		setUp bool
		args  []string
		want  string
		not   string
	}{
		{false, []string{"install", "cursor"}, "✔ Cursor에 등록했어요: kakaotalk (" + file + ")", ""},
		{false, []string{"install", "cursor"}, "`" + w.program + " install cursor --sandbox`", ""}, // nothing changed, and still not set up
		{false, []string{"install", "cursor", "--sandbox"}, "등록했어요: kakaotalk-sandbox", "setup`"},
		{false, []string{"uninstall", "cursor", "--sandbox"}, "✔ Cursor에서 뺐어요: kakaotalk-sandbox (" + file + ")", "켜져 있는지"},
		{true, []string{"install", "cursor"}, "바꿀 것이 없어요", "setup`"},
		{true, []string{"uninstall", "cursor"}, "다시 시작해 주세요", "켜져 있는지"},
	} {
		if tt.setUp {
			w.setUp()
		}
		code, out, errs := w.run(tt.args...)
		if code != 0 || out != "" || !strings.Contains(errs, tt.want) || tt.not != "" && strings.Contains(errs, tt.not) {
			t.Errorf("%q: exit code %d; %q, not %q, is expected in\n%s", tt.args, code, tt.want, tt.not, errs)
		}
	}
}

// uninstall --all lists, asks, removes what is ours, and leaves what is not.
func TestUninstallAll(t *testing.T) {
	w := newWorld(t)
	w.setUp()
	file := cursor(w)
	before := files(t, w.home)
	w.logIn("--friends")
	writeConfig("KAKAO_LANG=ko\n")(w)
	for _, args := range [][]string{{"install", "cursor"}, {"install", "cursor", "--sandbox"}, {"send", "안녕하세요", "--me"}} {
		if code, _, errs := w.run(args...); code != 0 && args[0] == "install" {
			t.Fatalf("%q: exit code %d\n%s", args, code, errs)
		}
	}
	unit := filepath.Join(w.home, ".config", "systemd", "user", "kakaotalk-mcp.service")
	if runtime.GOOS == "linux" {
		if err := os.MkdirAll(filepath.Dir(unit), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(unit, []byte("[Service]\nEnvironment=\"KAKAOTALK_MCP_HOME=/x\"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	full := files(t, w.home)
	if code, _, errs := w.run("uninstall", "--all"); code != 2 || !strings.Contains(errs, "--yes") {
		t.Errorf("without a terminal: exit code %d\n%s", code, errs)
	}
	x := w.open("uninstall", "--all")
	x.expect("모두 지울까요?")
	x.press("n\r")
	x.exit(2)
	if diff := cmp.Diff(full, files(t, w.home)); diff != "" {
		t.Fatalf("removed without a yes:\n%s", diff)
	}
	code, _, errs := w.run("uninstall", "--all", "--yes")
	if code != 0 {
		t.Errorf("exit code %d\n%s", code, errs)
	}
	for _, want := range []string{"Cursor: kakaotalk (" + file, "kakaotalk-sandbox", "클라이언트 시크릿", w.config(), "https://developers.kakao.com/console/app", "연결된 서비스 관리", w.program} {
		if !strings.Contains(errs, want) {
			t.Errorf("%q lacks %q", errs, want)
		}
	}
	after := files(t, w.home)
	for name := range after {
		if strings.HasPrefix(name, ".config") || strings.Contains(name, ".bak") || strings.Contains(name, "backup") {
			delete(after, name)
		}
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Error(diff)
	}
	if _, err := os.Stat(unit); err == nil {
		t.Error("the service is still there")
	}
	w.logIn() // asks for consent again: the connection was cut
	var unlinked bool
	for _, r := range w.kakao.Requests() {
		unlinked = unlinked || r.Path == "/v1/user/unlink" && r.Status == 200
	}
	if !unlinked {
		t.Error("the app is still connected at Kakao")
	}
}

// What others put into the settings folder stays, and so does the folder.
func TestUninstallKeepsForeignFiles(t *testing.T) {
	w := newWorld(t)
	writeConfig("KAKAO_LANG=ko\n")(w)
	foreign := filepath.Join(w.config(), "mine.txt")
	if err := os.WriteFile(foreign, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, errs := w.run("uninstall", "--all", "--yes")
	if raw, err := os.ReadFile(foreign); code != 0 || err != nil || string(raw) != "mine" || !strings.Contains(errs, "남겨 두었어요") {
		t.Errorf("exit code %d, %v\n%s", code, err, errs)
	}
}
