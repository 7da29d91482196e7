package setup

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// cursor makes a home where Cursor is the only client.
func cursor(w *e2etest.Computer) string {
	w.Helper()
	file := filepath.Join(w.User, ".cursor", "mcp.json")
	if err := os.Mkdir(filepath.Dir(file), 0o700); err != nil {
		w.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("{\n  // mine\n  \"mcpServers\": {\"other\": {\"command\": \"x\"}}\n}\n"), 0o600); err != nil {
		w.Fatal(err)
	}
	return file
}

func TestInstallCommandPrints(t *testing.T) {
	t.Parallel()
	w := e2etest.NewFreshComputer(t)
	cursor(w)
	before := e2etest.Files(t, w.User)
	out, errs, code := w.Run("install", "cursor", "--print")
	program, err := json.Marshal(e2etest.Program(t))
	if err != nil {
		t.Fatal(err)
	}
	if code != 0 || !strings.Contains(out, string(program)) || !strings.Contains(out, "serve") {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	if out, _, code := w.Run("uninstall", "cursor", "--print"); code != 0 || out != "" {
		t.Errorf("nothing to take out: exit code %d\n%s", code, out)
	}
	if diff := cmp.Diff(before, e2etest.Files(t, w.User)); diff != "" {
		t.Error(diff)
	}
}

// TestInstallPrintsAll: what could not be printed is no success.
func TestInstallPrintsAll(t *testing.T) {
	t.Parallel()
	w := e2etest.NewFreshComputer(t)
	cursor(w)
	if said, code := e2etest.RunOnFullDisk(t, w.Env, "install", "cursor", "--print"); code != e2etest.ExitError || said != "kakaotalk-mcp: 디스크에 남은 공간이 없어요: /dev/stdout\n" {
		t.Errorf("exit code %d: %s", code, said)
	}
}

// TestInstallNeedsAHome: without a home folder, or with one that depends on where the
// command is run, no client's file is looked for in the current folder, which is a
// project's.
func TestInstallNeedsAHome(t *testing.T) {
	t.Parallel()
	w := e2etest.NewFreshComputer(t)
	file := cursor(w)
	before := e2etest.Files(t, w.User)
	for _, home := range []string{"", "."} {
		for _, args := range [][]string{{"install", "cursor", "--force"}, {"install", "cursor", "--print"}, {"install", "all"}, {"uninstall", "cursor"}} {
			cmd := exec.Command(e2etest.Program(t), args...)
			cmd.Dir, cmd.Env = w.User, append(w.Env, "HOME="+home, "USERPROFILE="+home)
			out, err := cmd.CombinedOutput()
			if cmd.ProcessState.ExitCode() != e2etest.ExitUsage || !strings.Contains(string(out), "홈 폴더를 알 수 없어서") {
				t.Errorf("home %q, %q: %v\n%s", home, args, err, out)
			}
		}
	}
	if diff := cmp.Diff(before, e2etest.Files(t, w.User)); diff != "" {
		t.Errorf("%s was touched:\n%s", file, diff)
	}
}

func TestInstallCommandRefuses(t *testing.T) {
	t.Parallel()
	w := e2etest.NewFreshComputer(t)
	cursor(w)
	before := e2etest.Files(t, w.User)
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"emacs"}, 2, "emacs"},
		{nil, 2, "이름을 적어 주세요"},
		{[]string{"windsurf"}, 1, "--force"},
	} {
		if _, errs, code := w.Run(append([]string{"install"}, tt.args...)...); code != tt.code || !strings.Contains(errs, tt.want) {
			t.Errorf("%q: exit code %d\n%s", tt.args, code, errs)
		}
	}
	cmd, tmp := exec.Command(e2etest.Program(t), "install", "cursor"), filepath.Dir(e2etest.Program(t))
	cmd.Env = append(w.Env, "TMPDIR="+tmp, "TMP="+tmp, "TEMP="+tmp)
	if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "임시 폴더") {
		t.Errorf("a program that lies in the folder for temporary files: %v\n%s", err, out)
	}
	if diff := cmp.Diff(before, e2etest.Files(t, w.User)); diff != "" {
		t.Error(diff)
	}
}

// A client that was given a program without settings hears what is still to do,
// and taken out again, that it is out.
func TestInstallCommandSays(t *testing.T) {
	t.Parallel()
	w := e2etest.NewFreshComputer(t)
	file := cursor(w)
	for _, tt := range []struct {
		setUp bool
		args  []string
		want  string
		not   string
	}{
		{false, []string{"install", "cursor"}, "✔ Cursor에 등록했어요: kakaotalk (" + file + ")", ""},
		{false, []string{"install", "cursor"}, "`" + e2etest.Program(t) + " install cursor --sandbox`", ""}, // nothing changed, and still not set up
		{false, []string{"install", "cursor", "--sandbox"}, "등록했어요: kakaotalk-sandbox", "setup`"},
		{false, []string{"uninstall", "cursor", "--sandbox"}, "✔ Cursor에서 등록을 해제했어요: kakaotalk-sandbox (" + file + ")", "켜져 있는지"},
		{true, []string{"install", "cursor"}, "바꿀 내용이 없어요", "setup`"},
		{true, []string{"uninstall", "cursor"}, "다시 시작해 주세요", "켜져 있는지"},
	} {
		if tt.setUp {
			w.SetUp()
		}
		out, errs, code := w.Run(tt.args...)
		if code != 0 || out != "" || !strings.Contains(errs, tt.want) || tt.not != "" && strings.Contains(errs, tt.not) {
			t.Errorf("%q: exit code %d; %q, not %q, is expected in\n%s", tt.args, code, tt.want, tt.not, errs)
		}
	}
}

// Without names install says of what it found what is so: a registration that cannot
// be done is none that is not needed.
func TestInstallCommandSaysWhatItFound(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"ko", "en"} {
		say := func(ko, en string) string { return map[string]string{"ko": ko, "en": en}[lang] }
		for _, tt := range []struct {
			name, file string
			before     []string // a command
			code       int
			want       string
		}{
			{"no client", "", nil, 0, say("찾지 못했어요", "No AI client was found")},
			{"a broken file", "{", nil, 1, "✘ Cursor"},
			{"another entry of the name", `{"mcpServers": {"kakaotalk": {"command": "x"}}}`, nil, 0, "install cursor --force`"},
			{"registered", "{}", []string{"install", "cursor"}, 0, say("모두 등록되어 있어요", "All clients found here are registered")},
		} {
			t.Run(lang+" "+tt.name, func(t *testing.T) {
				t.Parallel()
				w := e2etest.NewFreshComputer(t)
				w.Set("KAKAO_LANG", lang)
				w.SetUp()
				if tt.file != "" {
					if err := os.WriteFile(cursor(w), []byte(tt.file), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				if tt.before != nil {
					w.Expect(0, "", tt.before...)
				}
				_, errs, code := w.Run("install")
				for _, words := range []string{say("찾지 못했어요", "No AI client was found"), say("모두 등록되어", "All clients found"), "--force`", "✘"} {
					if strings.Contains(errs, words) != strings.Contains(tt.want, words) {
						t.Errorf("%q, and nothing else of the kind, is expected in\n%s", tt.want, errs)
					}
				}
				if code != tt.code || !strings.Contains(errs, tt.want) {
					t.Errorf("exit code %d; %q is expected in\n%s", code, tt.want, errs)
				}
			})
		}
	}
}

// A client that cannot be registered with is told, fails the command, and keeps
// neither the other clients from being registered nor setup from its last words.
func TestSetupTellsOfAClientItCannotRegister(t *testing.T) {
	t.Parallel()
	w := e2etest.NewFreshComputer(t)
	w.SetUp()
	if err := os.WriteFile(cursor(w), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(w.User, ".claude"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, errs, code := w.Run("setup", "--for", "me", "--clients", "cursor,claude-code")
	for _, words := range []string{"✘ Cursor", "✔ Claude Code", "✔ 설정이 끝났어요", "AI 클라이언트(Claude Code)"} {
		if !strings.Contains(errs, words) {
			t.Errorf("%q is not in\n%s", words, errs)
		}
	}
	if code != 1 {
		t.Errorf("exit code %d", code)
	}
}

// uninstall --all lists, asks, removes what is ours, and leaves what is not.
func TestUninstallAll(t *testing.T) {
	t.Parallel()
	w := e2etest.NewFreshComputer(t)
	w.SetUp()
	file := cursor(w)
	before := e2etest.Files(t, w.User)
	w.LogIn("--friends")
	writeConfig("KAKAO_LANG=ko\n")(w)
	for _, args := range [][]string{{"install", "cursor"}, {"install", "cursor", "--sandbox"}, {"send", "me", "안녕하세요"}} {
		if _, errs, code := w.Run(args...); code != 0 {
			t.Fatalf("%q: exit code %d\n%s", args, code, errs)
		}
	}
	unit := filepath.Join(w.User, ".config", "systemd", "user", "kakaotalk-mcp.service")
	if runtime.GOOS == "linux" {
		if err := os.MkdirAll(filepath.Dir(unit), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(unit, []byte("[Service]\nEnvironment=\"KAKAOTALK_MCP_HOME=/x\"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	full := e2etest.Files(t, w.User)
	if _, errs, code := w.Run("uninstall", "--all"); code != 2 || !strings.Contains(errs, "--yes") {
		t.Errorf("without a terminal: exit code %d\n%s", code, errs)
	}
	x := w.Open("uninstall", "--all")
	x.Expect("모두 지울까요?")
	x.Press("n\r")
	x.Exit(2)
	if diff := cmp.Diff(full, e2etest.Files(t, w.User)); diff != "" {
		t.Fatalf("removed without a yes:\n%s", diff)
	}
	_, errs, code := w.Run("uninstall", "--all", "--yes")
	if code != 0 {
		t.Errorf("exit code %d\n%s", code, errs)
	}
	for _, want := range []string{"Cursor: kakaotalk (" + file, "kakaotalk-sandbox", "클라이언트 시크릿", w.Home, "https://developers.kakao.com/console/app", "연결된 서비스 관리", e2etest.Program(t)} {
		if !strings.Contains(errs, want) {
			t.Errorf("%q lacks %q", errs, want)
		}
	}
	after := e2etest.Files(t, w.User)
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
	w.LogIn() // asks for consent again: the connection was cut
	var unlinked bool
	for _, r := range w.Kakao.Requests() {
		unlinked = unlinked || r.Path == "/v1/user/unlink" && r.Status == 200
	}
	if !unlinked {
		t.Error("the app is still connected at Kakao")
	}
}

// What others put into the settings folder stays, and so does the folder.
func TestUninstallKeepsForeignFiles(t *testing.T) {
	t.Parallel()
	w := e2etest.NewFreshComputer(t)
	writeConfig("KAKAO_LANG=ko\n")(w)
	foreign := filepath.Join(w.Home, "mine.txt")
	if err := os.WriteFile(foreign, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, errs, code := w.Run("uninstall", "--all", "--yes")
	if raw, err := os.ReadFile(foreign); code != 0 || err != nil || string(raw) != "mine" || !strings.Contains(errs, "설정 폴더를 지우지 않았어요") {
		t.Errorf("exit code %d, %v\n%s", code, err, errs)
	}
}

// What will keep the program from being registered is said before the work.
func TestSetupTellsOfATemporaryProgramFirst(t *testing.T) {
	t.Parallel()
	w := e2etest.NewFreshComputer(t)
	cmd, tmp := exec.Command(e2etest.Program(t), "setup"), filepath.Dir(e2etest.Program(t))
	cmd.Env = append(w.Env, "TMPDIR="+tmp, "TMP="+tmp, "TEMP="+tmp)
	out, err := cmd.CombinedOutput()
	if warning, question, asks := strings.Cut(string(out), "--for"); err == nil || !asks || !strings.Contains(warning, "임시 폴더") || strings.Contains(question, "임시 폴더") {
		t.Errorf("%v\n%s", err, out)
	}
}
