package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/joho/godotenv"
)

// TestSetConfigReadsBack: whatever is written is what the settings reader finds.
func TestSetConfigReadsBack(t *testing.T) {
	for _, text := range []string{
		"plain", "", "two words", `C:\temp\new`, `C:\Users\O'Brien\n`, "a#b", "a # b", "$HOME", "it's $5", `say "hi"`, `'quoted'`, `"quoted"`, "a=b",
		"한글 값", "back`tick", `ends with \`, `it's \`, `it's "both"`, "https://example.com/?a=b&c=d",
	} {
		home := t.TempDir()
		if err := setConfig(home, "KAKAO_CONFIRM", "old"); err != nil {
			t.Fatal(err)
		}
		if err := setConfig(home, "KAKAO_CONFIRM", text); err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		pairs, err := godotenv.Read(filepath.Join(home, "config.env"))
		if err != nil || pairs["KAKAO_CONFIRM"] != text {
			raw, _ := os.ReadFile(filepath.Join(home, "config.env"))
			t.Errorf("%q is read as %q (%v) from\n%s", text, pairs["KAKAO_CONFIRM"], err, raw)
		}
	}
}

// TestSetConfigKeepsTheRest: one line changes, all others stay as they are.
func TestSetConfigKeepsTheRest(t *testing.T) {
	for name, test := range map[string]struct{ before, after string }{
		"added":         {"# mine\nOTHER=1\n", "# mine\nOTHER=1\nKAKAO_CONFIRM=never\n"},
		"no line end":   {"OTHER=1", "OTHER=1\nKAKAO_CONFIRM=never\n"},
		"changed":       {"A=1\nKAKAO_CONFIRM = friends # why\nB=2\n", "A=1\nKAKAO_CONFIRM=never\nB=2\n"},
		"Windows lines": {"A=1\r\nKAKAO_CONFIRM=friends\r\nB=2\r\n", "A=1\r\nKAKAO_CONFIRM=never\r\nB=2\r\n"},
		"exported":      {"export KAKAO_CONFIRM=friends\n", "KAKAO_CONFIRM=never\n"},
		"comment":       {"# KAKAO_CONFIRM=friends\n", "# KAKAO_CONFIRM=friends\nKAKAO_CONFIRM=never\n"},
		"longer name":   {"KAKAO_CONFIRM_ALL=1\n", "KAKAO_CONFIRM_ALL=1\nKAKAO_CONFIRM=never\n"},
		"byte order":    {"\ufeffKAKAO_CONFIRM=friends\n", "KAKAO_CONFIRM=never\n"},
		"twice":         {"KAKAO_CONFIRM=a\nKAKAO_CONFIRM=b\n", "KAKAO_CONFIRM=never\nKAKAO_CONFIRM=never\n"},
	} {
		home := t.TempDir()
		path := filepath.Join(home, "config.env")
		if err := os.WriteFile(path, []byte(test.before), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := setConfig(home, "KAKAO_CONFIRM", "never"); err != nil {
			t.Fatal(err)
		}
		if raw, err := os.ReadFile(path); err != nil || string(raw) != test.after {
			t.Errorf("%s: %q, want %q (%v)", name, raw, test.after, err)
		}
		if list, _ := os.ReadDir(home); len(list) != 1 {
			t.Errorf("%s: left behind: %v", name, list)
		}
	}
}

func TestSetConfigMakesItPrivate(t *testing.T) {
	home := filepath.Join(t.TempDir(), "new")
	if err := setConfig(home, "KAKAO_CLIENT_ID", "x"); err != nil {
		t.Fatal(err)
	}
	if err := setConfig(home, "KAKAO_CLIENT_ID", "two\nlines"); err == nil || strings.Contains(err.Error(), "two") {
		t.Errorf("a line break is taken: %v", err)
	}
	before, err := os.ReadFile(filepath.Join(home, "config.env"))
	if err != nil {
		t.Fatal(err)
	}
	if err := setConfig(home, "KAKAO_CLIENT_ID", "'a\""); err == nil {
		t.Error("a value that cannot be read back is written")
	}
	if after, err := os.ReadFile(filepath.Join(home, "config.env")); err != nil || string(after) != string(before) {
		t.Errorf("a refused value changed the file: %s (%v)", after, err)
	}
	for path, want := range map[string]os.FileMode{home: 0o700, filepath.Join(home, "config.env"): 0o600} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want && runtime.GOOS != "windows" {
			t.Errorf("%s: mode %o, want %o", filepath.Base(path), got, want)
		}
	}
}
