package setup

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// withCursor gives a computer Cursor with these servers, and returns the
// person's folder and Cursor's file in it.
func withCursor(h *e2etest.Computer, servers string) (user, file string) {
	h.Helper()
	user = h.User
	file = filepath.Join(user, ".cursor", "mcp.json")
	if err := os.Mkdir(filepath.Dir(file), 0o700); err != nil {
		h.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(`{"mcpServers": `+servers+`}`), 0o600); err != nil {
		h.Fatal(err)
	}
	return user, file
}

const oursInCursor = `{"kakaotalk": {"command": "/opt/kakaotalk-mcp", "args": ["serve"]}}`

func unlinked(h *e2etest.Computer) bool {
	return slices.ContainsFunc(h.Kakao.Requests(), func(r sandbox.Request) bool { return r.Path == "/v1/user/unlink" })
}

// TestUninstallAllPrints: --print lists what would go and touches none of it, on a
// terminal and elsewhere, agreed or not.
func TestUninstallAllPrints(t *testing.T) {
	t.Parallel()
	h := e2etest.NewComputer(t)
	user, file := withCursor(h, oursInCursor)
	h.LogIn()
	if err := os.WriteFile(file+".kakaotalk-mcp.bak", []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	before := e2etest.Files(t, user)
	untouched := func(out string, code int) {
		t.Helper()
		for _, want := range []string{"Cursor: kakaotalk (" + file + ")", "클라이언트 시크릿", h.Home, file + ".kakaotalk-mcp.bak"} {
			if !strings.Contains(out, want) {
				t.Errorf("the list lacks %q:\n%s", want, out)
			}
		}
		if code != e2etest.ExitOK || strings.Contains(out, "[y/N]") || strings.Contains(out, "✔") {
			t.Errorf("exit code %d:\n%s", code, out)
		}
		if diff := cmp.Diff(before, e2etest.Files(t, user)); diff != "" || unlinked(h) {
			t.Fatalf("something is gone (at Kakao: %v):\n%s", unlinked(h), diff)
		}
	}
	for _, args := range [][]string{{"uninstall", "--all", "--print"}, {"uninstall", "--all", "--yes", "--print"}} {
		out, problems, code := h.Run(args...)
		untouched(out, code)
		if problems != "" {
			t.Errorf("%q says beside the list: %s", args, problems)
		}
		if runtime.GOOS != "windows" {
			x := e2etest.OpenTerminal(h, h.Env, 1000, e2etest.Program(t), args...)
			x.Press(e2etest.Enter) // should it ask all the same
			code := x.End()
			untouched(x.Raw(), code)
		}
	}
	if out, _, code := h.Run("uninstall", "--all", "--print", "--sandbox"); code != e2etest.ExitOK || !strings.Contains(out, "연습용 등록이 없어요") {
		t.Errorf("exit code %d: %s", code, out)
	}
	h.Status(e2etest.ExitOK)
}

// TestUninstallAllKeepsBackups: what the clients' settings were before is the
// user's. It stays, and is named before the question and in the end.
func TestUninstallAllKeepsBackups(t *testing.T) {
	t.Parallel()
	h := e2etest.NewComputer(t)
	user, file := withCursor(h, oursInCursor)
	backup, log := file+".kakaotalk-mcp.2.bak", filepath.Join(t.TempDir(), "log")
	h.Env = append(h.Env, "KAKAO_LOG_FILE="+log)
	h.Run("invite", "--paste") // makes a key, and has nobody to ask
	h.Expect(e2etest.ExitOK, "- Cursor 설정의 백업: "+backup, "uninstall", "--all", "--yes")
	if list := h.Expect(e2etest.ExitOK, "", "uninstall", "--all", "--print"); strings.Contains(list, "설정 폴더") {
		t.Errorf("a folder that is gone is listed:\n%s", list)
	}
	if left := e2etest.Files(t, user); left[filepath.Join(".cursor", filepath.Base(backup))] != `{"mcpServers": `+oursInCursor+`}` {
		t.Errorf("left: %v", left)
	}
	if _, err := os.Stat(h.Home); err == nil {
		t.Errorf("the settings folder is still there: %s", e2etest.Entries(t, h.Home))
	}
	// Nothing is left to take out: the backup is from before.
	_, problems, _ := h.Run("uninstall", "--all", "--yes")
	if strings.Count(problems, backup) != 2 || strings.Count(problems, log) != 2 || strings.Contains(problems, "✔ 모두") {
		t.Errorf("backup %s and log %s are not named twice, or all is said to be gone:\n%s", backup, log, problems)
	}
}

// TestUninstallAllTellsOnce: a settings file that cannot be read is told once, not
// for each entry that could be in it.
func TestUninstallAllTellsOnce(t *testing.T) {
	t.Parallel()
	h := e2etest.NewComputer(t)
	withCursor(h, `{ broken`)
	if _, problems, _ := h.Run("uninstall", "--all", "--print"); strings.Count(problems, "✘ Cursor") != 1 {
		t.Errorf("Cursor is not named once:\n%s", problems)
	}
}

// TestUninstallForeignEntry: an entry of another program stays, and the next step
// is one that there is.
func TestUninstallForeignEntry(t *testing.T) {
	t.Parallel()
	h := e2etest.NewComputer(t)
	user, file := withCursor(h, `{"kakaotalk": {"command": "python"}}`)
	before := e2etest.Files(t, user)
	for lang, want := range map[string]string{"ko": "그 파일에서 직접 지워", "en": "edit that file"} {
		h.Env = append(h.Env, "KAKAO_LANG="+lang)
		_, problems, code := h.Run("uninstall", "cursor")
		if code != e2etest.ExitError || !strings.Contains(problems, want) || !strings.Contains(problems, file) || strings.Contains(problems, "--force") {
			t.Errorf("exit code %d:\n%s", code, problems)
		}
	}
	if diff := cmp.Diff(before, e2etest.Files(t, user)); diff != "" {
		t.Error(diff)
	}
}

// TestUninstallAllWithAWrongSetting: the login cannot be found then, so nothing goes.
func TestUninstallAllWithAWrongSetting(t *testing.T) {
	t.Parallel()
	h := e2etest.NewComputer(t)
	user, _ := withCursor(h, oursInCursor)
	h.LogIn()
	before := e2etest.Files(t, user)
	h.Env = append(h.Env, "KAKAO_PAGE_URL=bad")
	h.Expect(e2etest.ExitUsage, "KAKAO_PAGE_URL", "uninstall", "--all", "--yes")
	if diff := cmp.Diff(before, e2etest.Files(t, user)); diff != "" || unlinked(h) {
		t.Errorf("something is gone (at Kakao: %v):\n%s", unlinked(h), diff)
	}
}

// TestUninstallAllAtKakao: a token that Kakao no longer takes is renewed for it, and a
// connection that stays is told.
func TestUninstallAllAtKakao(t *testing.T) {
	t.Parallel()
	const stays = "앱 연결을 끊지 못했어요"
	for name, c := range map[string]struct {
		make func(*e2etest.Computer)
		told bool
	}{
		"token ended":      {func(h *e2etest.Computer) { h.Kakao.ExpireAccessTokens() }, false},
		"connection cut":   {func(h *e2etest.Computer) { h.Kakao.Unlink(h.Kakao.Owner().ID) }, false},
		"login expired":    {func(h *e2etest.Computer) { h.Kakao.ExpireAccessTokens(); h.Kakao.ExpireRefreshTokens() }, true},
		"Kakao is down":    {func(h *e2etest.Computer) { failing(h, 503, "") }, true},
		"Kakao refuses it": {func(h *e2etest.Computer) { failing(h, 400, `{"msg":"internal","code":-1}`) }, true},
		"nobody answers": {func(h *e2etest.Computer) {
			h.Kakao.SetFaults(sandbox.Faults{FailPath: "/v1/user/unlink", Cut: "before", FailCount: -1})
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := e2etest.NewComputer(t)
			h.LogIn()
			c.make(h)
			_, problems, code := h.Run("uninstall", "--all", "--yes")
			if code != e2etest.ExitOK || strings.Contains(problems, stays) != c.told {
				t.Errorf("exit code %d:\n%s", code, problems)
			}
			if name == "token ended" && h.TokenRequests() != 2 {
				t.Errorf("%d token requests, want a login and a renewal", h.TokenRequests())
			}
			if _, err := os.Stat(h.Home); err == nil {
				t.Errorf("left: %s", e2etest.Entries(t, h.Home))
			}
		})
	}
}

func failing(h *e2etest.Computer, status int, body string) {
	h.Kakao.SetFaults(sandbox.Faults{FailPath: "/v1/user/unlink", FailStatus: status, FailBody: body, FailCount: -1})
}

// TestUninstallAllWithoutTheKeychain: what it may still have is not said to be gone.
func TestUninstallAllWithoutTheKeychain(t *testing.T) {
	t.Parallel()
	h := e2etest.NewKeychainComputer(t)
	h.Set("DBUS_SESSION_BUS_ADDRESS", "tcp:host=127.0.0.1,port=1")
	h.Expect(e2etest.ExitOK, "저장된 로그인이 있는지 확인하지 못했어요", "uninstall", "--all", "--yes")
}
