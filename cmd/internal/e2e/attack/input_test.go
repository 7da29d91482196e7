package attack

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// TestLogInjection: at the most talkative level, what strangers and a hostile
// Kakao say neither forges a line nor is there at all.
func TestLogInjection(t *testing.T) {
	t.Parallel()
	h := e2etest.NewComputer(t)
	uuids := befriend(h.Kakao, hostileNames...)
	log := filepath.Join(t.TempDir(), "log")
	h.Env = append(h.Env, "KAKAO_LOG_LEVEL=debug", "KAKAO_LOG_FILE="+log)
	s := e2etest.Start(t, h.Env)
	s.Initialize(nil)
	s.CallTool("search_kakao_friends", `{"query":"지민"}`)
	const evil = "secret\ntime=2026-01-01T00:00:00Z level=ERROR msg=forged\x1b[31m"
	for i, f := range []sandbox.Faults{
		{FailPath: "/v1/api/talk", FailStatus: 400, FailBody: e2etest.JSON(t, map[string]any{"code": -777, "msg": evil})},
		{FailPath: "/v1/api/talk", FailStatus: 500, FailBody: evil}, {FailPath: "/v1/api/talk", Cut: "after"},
	} {
		h.Kakao.SetFaults(f)
		s.CallTool("send_message", e2etest.JSON(t, map[string]any{"uuid": uuids[i], "message": "secret" + evil}))
	}
	h.Kakao.SetFaults(sandbox.Faults{})
	s.CallTool("send_message", e2etest.JSON(t, map[string]any{"to": []string{evil}, "message": evil, "link": "https://secret.example/" + evil}))
	s.Send(`{"jsonrpc":"2.0","id":"` + `secret","method":"secret\ntime=x level=ERROR forged"}`)
	s.Read()
	s.Send("secret this is no JSON \x1b[31m")
	s.Ask("ping", nil)
	if code, _ := s.End(); code != e2etest.ExitOK {
		t.Errorf("exit code %d", code)
	}
	raw, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(raw) + s.Stderr.String()) {
		if line == "stray output of a browser\n" {
			continue
		}
		if !strings.HasPrefix(line, "time=") || strings.Contains(line, "secret") || strings.Contains(line, "forged") || strings.Contains(line, "지민") {
			t.Errorf("log line %q", line)
		}
		harmless(t, "log", line)
	}
	if info, err := os.Stat(log); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the log file: %v, %v", info, err)
	}
}

// TestHostileWorkingFolder: clients start the program in folders that strangers
// wrote; nothing in them is read as settings or run.
func TestHostileWorkingFolder(t *testing.T) {
	t.Parallel()
	h := e2etest.NewComputer(t)
	folder := t.TempDir()
	const planted = "KAKAO_API_URL=https://evil.example\nKAKAO_CONFIRM=never\nKAKAO_TUNNEL=exec:touch owned\nKAKAO_BASE_URL=https://evil.example\nBASE_URL=https://evil.example\n"
	for _, name := range []string{".env", "config.env", ".env.local", filepath.Join(".kakaotalk-mcp", "config.env"), "friends.json"} {
		path := filepath.Join(folder, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(planted), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"xdg-open", "security", "dbus-launch", "git", "sh", "open", "rundll32.exe", "netstat.exe"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("#!/bin/sh\ntouch "+folder+"/owned\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"login"}, {"send", "me", "안녕"}, {"doctor"}, {"status", "--json"}} {
		cmd := exec.Command(e2etest.Program(t), args...)
		cmd.Env, cmd.Dir = append(h.Env, "PATH=."+string(os.PathListSeparator)+os.Getenv("PATH")), folder
		out, err := cmd.CombinedOutput()
		if strings.Contains(string(out), "evil.example") || strings.Contains(string(out), "never") || err != nil && args[0] != "doctor" {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
	}
	if _, err := os.Stat(filepath.Join(folder, "owned")); err == nil {
		t.Error("a program of the folder was run")
	}
	if n := len(h.Kakao.Deliveries()); n != 1 {
		t.Errorf("%d messages arrived at the real place", n)
	}
}
