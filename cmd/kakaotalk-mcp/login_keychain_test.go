package main

import (
	"context"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/keychain"
)

const secretEnv = "KAKAOTALK_TEST_SECRET" // name and value of a secret for the child "keeper"

// The keeper puts a client secret into the keychain, as setup does.
var _ = registerChild("keeper", func() int {
	name, value, _ := strings.Cut(os.Getenv(secretEnv), "=")
	if err := keychain.NewKeychain(keychain.Options{}).Set(context.Background(), name, []byte(value)); err != nil {
		return 1
	}
	return 0
})

// keychainHousehold keeps its login in the system's keychain, and the client
// secret is nowhere else.
func keychainHousehold(t *testing.T, programs ...string) *household {
	t.Helper()
	if runtime.GOOS != "linux" {
		missing(t, "Secret Service")
	}
	for _, name := range programs {
		if _, err := exec.LookPath(name); err != nil {
			missing(t, name)
		}
	}
	h := newHousehold(t, true)
	app := h.kakao.App()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	h.env = append(slices.Clone(h.env), "KAKAO_TOKEN_STORE=", "KAKAO_CLIENT_SECRET=", "XDG_RUNTIME_DIR="+t.TempDir(),
		secretEnv+"="+auth.SecretName(environment(h.env, "KAKAO_AUTH_URL"), app.Key)+"="+app.Secret, "SELF="+self, "PROGRAM="+program(t))
	return h
}

// script runs shell lines on a session bus of their own.
func (h *household) script(lines string) (stdout string, code int) {
	h.Helper()
	cmd := exec.Command("dbus-run-session", "--", "sh", "-euc", lines)
	cmd.Env, cmd.Dir, cmd.WaitDelay = h.env, h.TempDir(), time.Second
	problems := &lockedBuffer{}
	cmd.Stderr = problems
	out, _ := cmd.Output() // the exit code tells
	return string(out) + problems.String(), cmd.ProcessState.ExitCode()
}

const unlock = `printf %s test-password | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null
`

// sendOnce is a whole client on one line: it sends one message and prints the
// server's answers.
const sendOnce = `{ printf '%s\n' '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}' '{"jsonrpc":"2.0","method":"notifications/initialized"}' '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"send_message_to_me","arguments":{"message":"hello"}}}'; } | "$PROGRAM" serve
`

func TestRealKeychain(t *testing.T) {
	h := keychainHousehold(t, "dbus-run-session", "gnome-keyring-daemon")
	text, code := h.script(unlock + `KAKAOTALK_TEST_CHILD=keeper "$SELF"
"$PROGRAM" login
` + sendOnce + `"$PROGRAM" status`)
	if code != exitOK || len(h.kakao.Deliveries()) != 1 || !strings.Contains(text, "운영체제 키체인") {
		t.Errorf("exit code %d, %d delivered:\n%s", code, len(h.kakao.Deliveries()), text)
	}
	h.expectOneLogin(1, 1) // the server read what login had stored
	for _, dir := range []string{h.home, h.tabs} {
		_ = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() {
				if raw, err := os.ReadFile(path); err == nil && strings.Contains(string(raw), `"rt"`) {
					t.Errorf("tokens in %s", path)
				}
			}
			return nil
		})
	}

	// The same home once more, and nobody unlocks it.
	for name, lines := range map[string]string{"status": `"$PROGRAM" status --json`, "login": `"$PROGRAM" login`, "serve": sendOnce} {
		text, code := h.script(lines)
		if !strings.Contains(text, "키체인이 잠겨 있거나 응답하지 않아요") || name != "serve" && code != exitError {
			t.Errorf("%s with a locked keychain: exit code %d:\n%s", name, code, text)
		}
	}
	h.expectOneLogin(1, 1)
}

// timedCall calls a tool and tells how long the answer took.
func timedCall(s *server) (toolResult, time.Duration) {
	s.t.Helper()
	began := time.Now()
	var r toolResult
	if err := json.Unmarshal(s.await(s.request("tools/call", sendCall("hello"))).Result, &r); err != nil {
		s.t.Fatal(err)
	}
	return r, time.Since(began)
}

func TestNoBus(t *testing.T) {
	h := keychainHousehold(t)
	h.env = append(h.env, "DBUS_SESSION_BUS_ADDRESS=unix:path="+filepath.Join(t.TempDir(), "gone"))
	r, took := timedCall(h.servers(1)[0])
	if r.Structured["reason"] != "keychain_unavailable" || r.Structured["retry"] != "after_user" || took > time.Second || len(h.opened()) != 0 {
		t.Errorf("%v after %v, %d tabs", r.Structured, took, len(h.opened()))
	}
	h.expect(exitError, "키체인을 찾지 못해서", "logout")
}

// A bus that takes connections and never says anything.
func TestSilentBus(t *testing.T) {
	h := keychainHousehold(t)
	path := filepath.Join(t.TempDir(), "bus")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			if _, err := l.Accept(); err != nil { // kept open until the test ends
				return
			}
		}
	}()
	h.env = append(h.env, "DBUS_SESSION_BUS_ADDRESS=unix:path="+path)
	s := h.servers(1)[0]
	var longest time.Duration
	for range 3 {
		r, took := timedCall(s)
		longest = max(longest, took)
		if r.Structured["reason"] != "keychain_locked" || len(h.opened()) != 0 {
			t.Errorf("%v, %d tabs", r.Structured, len(h.opened()))
		}
	}
	began := time.Now()
	if out, _, code := h.run("status"); code != exitError || !strings.Contains(out, "응답하지 않아요") {
		t.Errorf("status: exit code %d:\n%s", code, out)
	}
	if longest = max(longest, time.Since(began)); longest > keychainServe+time.Second {
		t.Errorf("blocked for %v", longest)
	}
	t.Logf("a silent bus held up a call for %v at most", longest.Round(time.Millisecond))
	if code, took := s.end(); code != exitOK || took > 2*time.Second {
		t.Errorf("exit code %d after %v", code, took)
	}
}
