package e2etest

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"kakaotalk-mcp/auth/ground/private"
)

// Keeper returns the id of the process that keeps a login open in the program's
// folder, 0 if none does.
func Keeper(t testing.TB, home string) (pid int) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(home, "login.json"))
	if errors.Is(err, fs.ErrNotExist) || !private.Held(filepath.Join(home, "login.lock")) {
		return 0
	}
	var login struct {
		PID     int    `json:"pid"`
		Outcome string `json:"outcome"`
	}
	if err := errors.Join(err, json.Unmarshal(raw, &login)); err != nil || login.Outcome != "" {
		return 0
	}
	return login.PID
}

// Keeper is [Keeper] of this computer.
func (c *Computer) Keeper() int { return Keeper(c, c.Home) }

// LoginOver waits until nothing keeps a login: its process puts its files away a moment
// after whoever waited for the login has learnt of the end.
func (c *Computer) LoginOver() {
	c.Helper()
	WaitUntil(c, "the login's process ends", func() bool { return !private.Held(filepath.Join(c.Home, "login.lock")) })
}

// KillKeeper ends the process that keeps a login open, without warning.
func (c *Computer) KillKeeper() {
	c.Helper()
	WaitUntil(c, "a login is kept", func() bool { return c.Keeper() != 0 })
	EndKeeper(c, c.Home)
}

// endKeeperOf ends, when the test is over, what a program with env may leave behind in
// a folder that env names.
func endKeeperOf(t testing.TB, env []string) {
	if home := Variable(env, "KAKAOTALK_MCP_HOME"); home != "" {
		t.Cleanup(func() { EndKeeper(t, home) })
	}
}

// EndKeeper ends what keeps a login open in the program's folder, and waits for it; a
// login that is over still has its files to put away.
func EndKeeper(t testing.TB, home string) {
	t.Helper()
	if pid := Keeper(t, home); pid != 0 {
		p, err := os.FindProcess(pid)
		if err == nil {
			err = p.Kill()
		}
		if err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Errorf("ending the keeper of a login: %v", err)
			return
		}
	}
	WaitUntil(t, "the keeper ends", func() bool { return !private.Held(filepath.Join(home, "login.lock")) })
}
