package keychain

import (
	"os"
	"path/filepath"
	"testing"
)

// TestKeePassXC with nothing shared: the service runs, is not locked, and has no place
// for secrets.
func TestKeePassXC(t *testing.T) {
	requireComponents(t, "dbus-run-session", "keepassxc")
	home := t.TempDir()
	config := filepath.Join(home, ".config", "keepassxc", "keepassxc.ini")
	if err := os.MkdirAll(filepath.Dir(config), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config, []byte("[FdoSecrets]\nEnabled=true\n[General]\nConfigVersion=2\nUpdateCheckMessageShown=true\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := []string{"HOME=" + home, "XDG_RUNTIME_DIR=" + t.TempDir(), "QT_QPA_PLATFORM=offscreen", roleVariable + "=all"}
	compare(t, children(t, env, "dbus-run-session", "--", "sh", "-euc", `
		keepassxc >/dev/null 2>&1 & keepassxc=$!
		trap 'kill $keepassxc' EXIT
		until dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets org.freedesktop.DBus.Peer.Ping >/dev/null 2>&1; do :; done
		"$TESTBINARY"`),
		step{"get", "no collection", 0}, step{"set", "no collection", 0}, step{"delete", "no collection", 0}, step{"probe", "no collection", 0})
}
