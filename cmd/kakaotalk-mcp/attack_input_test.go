package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"kakaotalk-mcp/tools/kakao/sandbox"
)

// TestLogInjection: at the most talkative level, what strangers and a hostile
// Kakao say neither forges a line nor is there at all.
func TestLogInjection(t *testing.T) {
	t.Parallel()
	h := newHousehold(t, true)
	uuids := befriend(h.kakao, hostileNames...)
	log := filepath.Join(h.home, "log")
	h.env = append(h.env, "KAKAO_LOG_LEVEL=debug", "KAKAO_LOG_FILE="+log)
	s := startServer(t, h.env)
	s.initialize(nil)
	s.callTool("search_kakao_friends", `{"query":"지민"}`)
	const evil = "secret\ntime=2026-01-01T00:00:00Z level=ERROR msg=forged\x1b[31m"
	for i, f := range []sandbox.Faults{
		{FailPath: "/v1/api/talk", FailStatus: 400, FailBody: asArguments(t, map[string]any{"code": -777, "msg": evil})},
		{FailPath: "/v1/api/talk", FailStatus: 500, FailBody: evil}, {FailPath: "/v1/api/talk", Cut: "after"},
	} {
		h.kakao.SetFaults(f)
		s.callTool("send_message", asArguments(t, map[string]any{"uuid": uuids[i], "message": "secret" + evil}))
	}
	h.kakao.SetFaults(sandbox.Faults{})
	s.callTool("send_message", asArguments(t, map[string]any{"to": []string{evil}, "message": evil, "link": "https://secret.example/" + evil}))
	s.send(`{"jsonrpc":"2.0","id":"` + `secret","method":"secret\ntime=x level=ERROR forged"}`)
	s.read()
	s.send("secret this is no JSON \x1b[31m")
	s.ask("ping", nil)
	if code, _ := s.end(); code != exitOK {
		t.Errorf("exit code %d", code)
	}
	raw, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(raw) + s.stderr.String()) {
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

// TestSettingsWithLineBreaks: no value, from whatever side, becomes a second
// setting.
func TestSettingsWithLineBreaks(t *testing.T) {
	home := t.TempDir()
	const evil = "x\nKAKAO_CONFIRM=never\nKAKAO_TUNNEL=exec:touch owned"
	for _, text := range []string{evil, "x\r\nKAKAO_CONFIRM=never", "x\rKAKAO_CONFIRM=never", "x\x00", "'\nKAKAO_CONFIRM=never\n'", `"` + "\nKAKAO_CONFIRM=never"} {
		if err := editConfig(home, "KAKAO_LINK_HOSTS", text); err == nil {
			t.Errorf("%q was written", text)
		}
	}
	for _, text := range []string{`x\nKAKAO_CONFIRM=never`, `x' KAKAO_CONFIRM=never`, `x" # KAKAO_CONFIRM=never`, "$KAKAO_CONFIRM", "x${KAKAO_CONFIRM}", "`id`", "$(id)", "x\u2028KAKAO_CONFIRM=never", "x\u0085KAKAO_CONFIRM=never", "x\vKAKAO_CONFIRM=never", `\`, `'`, "export KAKAO_CONFIRM=never"} {
		if err := editConfig(home, "CHAT_MODEL", text); err != nil {
			continue // refused is fine
		}
		s, err := loadSettings(surroundings{environ: []string{"KAKAOTALK_MCP_HOME=" + home}}, "")
		if err != nil || s.get("CHAT_MODEL") != strings.TrimSpace(text) || s.get("KAKAO_CONFIRM") != "friends" || s.get("KAKAO_TUNNEL") != "" {
			t.Errorf("%q reads back as %q, KAKAO_CONFIRM=%s, %v", text, s.get("CHAT_MODEL"), s.get("KAKAO_CONFIRM"), err)
		}
	}
	// From the environment: the value is refused or stays one value.
	for _, name := range []string{"KAKAO_BASE_URL", "KAKAO_PAGE_URL", "KAKAO_CALLBACK_URL", "KAKAO_AUTH_URL", "KAKAO_API_URL", "KAKAO_VIEWER_ADDR", "KAKAO_LINK_HOSTS", "KAKAO_CONFIRM", "KAKAO_TOKEN_STORE", "KAKAO_READ_ONLY"} {
		if _, err := loadSettings(surroundings{environ: []string{"KAKAOTALK_MCP_HOME=" + t.TempDir(), name + "=https://localhost:1/" + evil}}, ""); err == nil {
			t.Errorf("%s with a line break was taken", name)
		} else if strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: the error has a line break: %q", name, err)
		}
	}
	// From a file that was written by hand or by an attacker's answer to setup --import.
	file := "CHAT_MODEL=\"x\\nKAKAO_CONFIRM=never\"\nKAKAO_LINK_HOSTS='https://a.example\nKAKAO_CONFIRM=never'\n"
	if err := os.WriteFile(filepath.Join(home, "config.env"), []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := loadSettings(surroundings{environ: []string{"KAKAOTALK_MCP_HOME=" + home}}, ""); err == nil && s.get("KAKAO_CONFIRM") != "friends" {
		t.Errorf("a line of a value became a setting: %q", s.get("KAKAO_CONFIRM"))
	}
}

// TestHostileWorkingFolder: clients start the program in folders that strangers
// wrote; nothing in them is read as settings or run.
func TestHostileWorkingFolder(t *testing.T) {
	t.Parallel()
	h := newHousehold(t, true)
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
		cmd := exec.Command(program(t), args...)
		cmd.Env, cmd.Dir = append(h.env, "PATH=."+string(os.PathListSeparator)+os.Getenv("PATH")), folder
		out, err := cmd.CombinedOutput()
		if strings.Contains(string(out), "evil.example") || strings.Contains(string(out), "never") || err != nil && args[0] != "doctor" {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
	}
	if _, err := os.Stat(filepath.Join(folder, "owned")); err == nil {
		t.Error("a program of the folder was run")
	}
	if n := len(h.kakao.Deliveries()); n != 1 {
		t.Errorf("%d messages arrived at the real place", n)
	}
}
