package e2etest

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// UnlockKeyring are shell lines for Script: they unlock a keyring of the test's own.
const UnlockKeyring = `printf %s test-password | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null
`

// SendOnce is a whole client on one shell line for Script: it sends one message
// and prints the server's answers.
const SendOnce = `{ printf '%s\n' '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}' '{"jsonrpc":"2.0","method":"notifications/initialized"}' '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"send_message_to_me","arguments":{"message":"hello"}}}'; } | "$PROGRAM" serve
`

// NewKeychainComputer gives a computer that keeps its login in the system's
// keychain, and the app's secret in the person's own file; programs are those it
// needs.
func NewKeychainComputer(t testing.TB, programs ...string) *Computer {
	t.Helper()
	if runtime.GOOS != "linux" {
		Missing(t, "Secret Service")
	}
	for _, name := range programs {
		if _, err := exec.LookPath(name); err != nil {
			Missing(t, name)
		}
	}
	c := NewComputer(t)
	c.Unset("KAKAO_TOKEN_STORE", "KAKAO_CLIENT_SECRET")
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte(c.App.Secret), 0o600); err != nil {
		t.Fatal(err)
	}
	c.Env = append(c.Env, "XDG_RUNTIME_DIR="+t.TempDir(), "KEY="+c.App.Key, "SECRET="+secret, "PROGRAM="+Program(t))
	return c
}

// Script runs shell lines on a session bus of their own and returns everything that
// was said. $PROGRAM is the program, $KEY the app's key, $SECRET the file with its
// secret.
func (c *Computer) Script(lines string) (said string, code int) {
	c.Helper()
	cmd := exec.Command("dbus-run-session", "--", "sh", "-euc", lines)
	cmd.Env, cmd.Dir, cmd.WaitDelay = c.Env, c.TempDir(), time.Second
	problems := &Buffer{}
	cmd.Stderr = problems
	out, _ := cmd.Output() // the exit code tells
	return string(out) + problems.String(), cmd.ProcessState.ExitCode()
}
