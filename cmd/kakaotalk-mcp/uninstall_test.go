package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/tools/kakao/sandbox"
)

// withCursor gives a household Cursor with these servers, and returns the
// person's folder and Cursor's file in it.
func (h *household) withCursor(servers string) (user, file string) {
	h.Helper()
	user = environment(h.env, "HOME")
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

func (h *household) unlinked() bool {
	return slices.ContainsFunc(h.kakao.Requests(), func(r sandbox.Request) bool { return r.Path == "/v1/user/unlink" })
}

// TestUninstallAllPrints: --print lists what would go and touches none of it, on a
// terminal and elsewhere, agreed or not.
func TestUninstallAllPrints(t *testing.T) {
	h := newHousehold(t, true)
	user, file := h.withCursor(oursInCursor)
	h.expect(exitOK, "로그인했어요", "login")
	if err := os.WriteFile(file+".kakaotalk-mcp.bak", []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	before := []map[string]string{files(t, user), files(t, h.home)}
	untouched := func(out string, code int) {
		t.Helper()
		for _, want := range []string{"Cursor: kakaotalk (" + file + ")", "클라이언트 시크릿", h.home, file + ".kakaotalk-mcp.bak"} {
			if !strings.Contains(out, want) {
				t.Errorf("the list lacks %q:\n%s", want, out)
			}
		}
		if code != exitOK || strings.Contains(out, "[y/N]") || strings.Contains(out, "✔") {
			t.Errorf("exit code %d:\n%s", code, out)
		}
		if diff := cmp.Diff(before, []map[string]string{files(t, user), files(t, h.home)}); diff != "" || h.unlinked() {
			t.Fatalf("something is gone (at Kakao: %v):\n%s", h.unlinked(), diff)
		}
	}
	for _, args := range [][]string{{"uninstall", "--all", "--print"}, {"uninstall", "--all", "--yes", "--print"}} {
		out, problems, code := h.run(args...)
		untouched(out, code)
		if problems != "" {
			t.Errorf("%q says beside the list: %s", args, problems)
		}
		if runtime.GOOS != "windows" {
			untouched(h.terminal(func(_ *lockedBuffer, typed *os.File) { fmt.Fprintln(typed) }, args...)) // should it ask all the same
		}
	}
	if out, _, code := h.run("uninstall", "--all", "--print", "--sandbox"); code != exitOK || !strings.Contains(out, "연습용 등록이 없어요") {
		t.Errorf("exit code %d: %s", code, out)
	}
	h.status(exitOK)
}

// TestUninstallAllKeepsBackups: what the clients' settings were before is the
// user's. It stays, and is named before the question and in the end.
func TestUninstallAllKeepsBackups(t *testing.T) {
	h := newHousehold(t, true)
	user, file := h.withCursor(oursInCursor)
	backup, log := file+".kakaotalk-mcp.bak", filepath.Join(t.TempDir(), "log")
	h.env = append(h.env, "KAKAO_LOG_FILE="+log)
	h.run("invite", "--paste") // makes a key, and has nobody to ask
	h.expect(exitOK, "- 고치기 전의 Cursor 설정: "+backup, "uninstall", "--all", "--yes")
	if left := files(t, user); left[filepath.Join(".cursor", filepath.Base(backup))] != `{"mcpServers": `+oursInCursor+`}` {
		t.Errorf("left: %v", left)
	}
	if _, err := os.Stat(h.home); err == nil {
		t.Errorf("the settings folder is still there: %v", files(t, h.home))
	}
	// Nothing is left to take out: the backup is from before.
	_, problems, _ := h.run("uninstall", "--all", "--yes")
	if strings.Count(problems, backup) != 2 || strings.Count(problems, log) != 2 || strings.Contains(problems, "✔ 모두") {
		t.Errorf("backup %s and log %s are not named twice, or all is said to be gone:\n%s", backup, log, problems)
	}
}

// TestUninstallForeignEntry: an entry of another program stays, and the next step
// is one that there is.
func TestUninstallForeignEntry(t *testing.T) {
	h := newHousehold(t, true)
	user, file := h.withCursor(`{"kakaotalk": {"command": "python"}}`)
	before := files(t, user)
	for lang, want := range map[string]string{"ko": "그 파일에서 직접 지워", "en": "edit that file"} {
		h.env = append(h.env, "KAKAO_LANG="+lang)
		_, problems, code := h.run("uninstall", "cursor")
		if code != exitError || !strings.Contains(problems, want) || !strings.Contains(problems, file) || strings.Contains(problems, "--force") {
			t.Errorf("exit code %d:\n%s", code, problems)
		}
	}
	if diff := cmp.Diff(before, files(t, user)); diff != "" {
		t.Error(diff)
	}
}

// TestUninstallAllWithAWrongSetting: the login cannot be found then, so nothing goes.
func TestUninstallAllWithAWrongSetting(t *testing.T) {
	h := newHousehold(t, true)
	user, _ := h.withCursor(oursInCursor)
	h.expect(exitOK, "로그인했어요", "login")
	before := []map[string]string{files(t, user), files(t, h.home)}
	h.env = append(h.env, "KAKAO_PAGE_URL=bad")
	h.expect(exitUsage, "KAKAO_PAGE_URL", "uninstall", "--all", "--yes")
	if diff := cmp.Diff(before, []map[string]string{files(t, user), files(t, h.home)}); diff != "" || h.unlinked() {
		t.Errorf("something is gone (at Kakao: %v):\n%s", h.unlinked(), diff)
	}
}
