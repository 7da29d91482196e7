package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kakaotalk-mcp/viewer/tunnel"
)

// TestSettingsWithLineBreaks: no value, from whatever side, becomes a second
// setting.
func TestSettingsWithLineBreaks(t *testing.T) {
	home := t.TempDir()
	const evil = "x\nKAKAO_CONFIRM=never\nKAKAO_TUNNEL=exec:touch owned"
	for _, text := range []string{evil, "x\r\nKAKAO_CONFIRM=never", "x\rKAKAO_CONFIRM=never", "x\x00", "'\nKAKAO_CONFIRM=never\n'", `"` + "\nKAKAO_CONFIRM=never"} {
		if err := edit(home, LinkHosts, text); err == nil {
			t.Errorf("%q was written", text)
		}
	}
	for _, text := range []string{`x\nKAKAO_CONFIRM=never`, `x' KAKAO_CONFIRM=never`, `x" # KAKAO_CONFIRM=never`, "$KAKAO_CONFIRM", "x${KAKAO_CONFIRM}", "`id`", "$(id)", "x\u2028KAKAO_CONFIRM=never", "x\u0085KAKAO_CONFIRM=never", "x\vKAKAO_CONFIRM=never", `\`, `'`, "export KAKAO_CONFIRM=never"} {
		if err := edit(home, ChatModel, text); err != nil {
			continue // refused is fine
		}
		s, err := load(home)
		if err != nil || s.ChatModel != strings.TrimSpace(text) || s.Confirm != "friends" || s.Tunnel.Kind != tunnel.Off {
			t.Errorf("%q reads back as %q, KAKAO_CONFIRM=%s, %v", text, s.ChatModel, s.Confirm, err)
		}
	}
	// From the environment: the value is refused or stays one value.
	for _, name := range []string{"KAKAO_BASE_URL", "KAKAO_PAGE_URL", "KAKAO_CALLBACK_URL", "KAKAO_AUTH_URL", "KAKAO_API_URL", "KAKAO_VIEWER_ADDR", "KAKAO_LINK_HOSTS", "KAKAO_CONFIRM", "KAKAO_TOKEN_STORE", "KAKAO_READ_ONLY"} {
		if _, err := load(t.TempDir(), name+"=https://localhost:1/"+evil); err == nil {
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
	if s, err := load(home); err == nil && s.Confirm != "friends" {
		t.Errorf("a line of a value became a setting: %q", s.Confirm)
	}
}
