package login

import (
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

func TestRealKeychain(t *testing.T) {
	t.Parallel()
	h := e2etest.NewKeychainComputer(t, "dbus-run-session", "gnome-keyring-daemon")
	text, code := h.Script(e2etest.UnlockKeyring + `"$PROGRAM" setup --for me --client-id "$KEY" --client-secret-file "$SECRET" --no-login --clients none
"$PROGRAM" login
` + e2etest.SendOnce + `"$PROGRAM" status`)
	if code != e2etest.ExitOK || len(h.Kakao.Deliveries()) != 1 || !strings.Contains(text, "운영체제 키체인") {
		t.Errorf("exit code %d, %d delivered:\n%s", code, len(h.Kakao.Deliveries()), text)
	}
	expectLogins(h, 1, 4) // setup checked key and secret, against one that is wrong; the server read what login had stored
	for path, text := range e2etest.Files(t, h.User) {
		if strings.Contains(text, `"rt"`) {
			t.Errorf("tokens in %s", path)
		}
	}

	// The same home once more, and nobody unlocks it.
	for name, lines := range map[string]string{"status": `"$PROGRAM" status --json`, "login": `"$PROGRAM" login`, "serve": e2etest.SendOnce} {
		text, code := h.Script(lines)
		if !strings.Contains(text, "키체인이 잠겨 있거나 응답하지 않아요") || name != "serve" && code != e2etest.ExitError {
			t.Errorf("%s with a locked keychain: exit code %d:\n%s", name, code, text)
		}
	}
	expectLogins(h, 1, 4)
}

// timedCall calls a tool and tells how long the answer took.
func timedCall(s *e2etest.Server) (e2etest.ToolResult, time.Duration) {
	s.T.Helper()
	began := time.Now()
	r := s.CallTool(e2etest.ToolToMe, `{"message":"hello"}`)
	return r, time.Since(began)
}

func TestNoBus(t *testing.T) {
	t.Parallel()
	h := e2etest.NewKeychainComputer(t)
	h.Env = append(h.Env, "DBUS_SESSION_BUS_ADDRESS=tcp:host=127.0.0.1,port=1")
	r, took := timedCall(h.Servers(1)[0])
	if r.Structured["reason"] != "keychain_unavailable" || r.Structured["retry"] != "after_user" || took > time.Second || len(h.Opened()) != 0 {
		t.Errorf("%v after %v, %d tabs", r.Structured, took, len(h.Opened()))
	}
	h.Expect(e2etest.ExitError, "사용할 수 있는 키체인을 찾지 못해서", "logout")
}

// TestSilentKeychainOnATerminal: a person is told what is waited for, and can leave.
func TestSilentKeychainOnATerminal(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		e2etest.Missing(t, "Secret Service")
	}
	dir, err := os.MkdirTemp("", "bus") // paths of sockets are short
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	l, err := net.Listen("unix", filepath.Join(dir, "bus")) // takes connections and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c := e2etest.NewComputer(t)
	c.Set("KAKAO_LANG", "ko")
	c.Set("KAKAO_TOKEN_STORE", "keychain")
	c.Set("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(dir, "bus"))
	x := c.Open("send", "me", "hello")
	x.Await("키체인의 응답을 기다리고 있어요")
	x.Signal(os.Interrupt)
	x.Exit(e2etest.ExitUsage)
}
