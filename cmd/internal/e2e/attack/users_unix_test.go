//go:build unix

package attack

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"kakaotalk-mcp/auth/ground/porttest"
	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// nobody is a user who owns nothing of ours.
const nobody = 65534

// asStranger runs a shell script as another local user and returns what it says.
func asStranger(t *testing.T, script string, args ...string) string {
	t.Helper()
	args = append([]string{"-c", script, "sh"}, args...)
	cmd := exec.Command("/bin/sh", args...)
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	} else {
		other := []string{"-n", "-u", fmt.Sprint("#", nobody), "/bin/sh"}
		if exec.Command("sudo", append(other, "-c", "true")...).Run() != nil {
			e2etest.Missing(t, "root, or sudo without a password")
		}
		cmd = exec.Command("sudo", append(other, args...)...)
	}
	cmd.Dir, cmd.Env = "/", []string{"PATH=/usr/bin:/bin", "LC_ALL=C"}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("the other user's shell: %v\n%s", err, out)
	}
	return string(out)
}

// sharedPlace is a folder that other users can enter.
func sharedPlace(t *testing.T, mode fs.FileMode) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for path, mode := range map[string]fs.FileMode{filepath.Dir(dir): 0o711, dir: mode} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	if asStranger(t, `cd "$1" 2>/dev/null && echo in || echo out`, dir) != "in\n" {
		e2etest.Missing(t, "a temporary folder that other users can enter") // macOS gives each user their own
	}
	return dir
}

// TestAnotherUserAndHome: another local user, who knows every path and process,
// reads and changes nothing of the home while the program is at work.
func TestAnotherUserAndHome(t *testing.T) {
	t.Parallel()
	h := e2etest.NewComputer(t)
	place := sharedPlace(t, 0o755)
	home := filepath.Join(place, "home") // the program makes it
	h.Env = append(h.Env, "KAKAOTALK_MCP_HOME="+home, "KAKAO_TUNNEL=external", "KAKAO_BASE_URL=https://talk.example", "KAKAO_VIEWER_ADDR=127.0.0.1:"+porttest.Closed(t))
	s := e2etest.Start(t, h.Env)
	s.Initialize(nil)
	e2etest.WaitUntil(t, "the viewer listening", func() bool { return e2etest.TunnelUp(home) })
	if r := s.CallTool("send_message_to_me", e2etest.JSON(t, map[string]any{"message": e2etest.Prose(20_000)})); r.IsError || r.Structured["delivery"] != "stored" {
		t.Fatalf("no stored message: %v", r.Structured)
	}
	if r := s.CallTool("send_message", `{"to":["홍길동"],"message":"안녕"}`); r.IsError {
		t.Fatal(r.Text())
	}
	if _, errs, code := h.Run("friends", "alias", "길동", "홍길동"); code != e2etest.ExitOK {
		t.Fatal(errs)
	}
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte(h.App.Secret), 0o600); err != nil {
		t.Fatal(err)
	}
	env := append(slices.Clone(h.Env), "KAKAO_CLIENT_ID=", "KAKAO_CLIENT_SECRET=")
	if _, errs, code := e2etest.Run(t, env, "", "setup", "--for", "me", "--client-id", h.App.Key, "--client-secret-file", secret, "--no-login", "--clients", "none"); code != e2etest.ExitOK {
		t.Fatal(errs)
	}
	var paths []string
	err := filepath.WalkDir(home, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		paths = append(paths, path)
		return nil
	})
	if err != nil || len(paths) < 10 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	// Whatever of this works says so.
	did := asStranger(t, `
home=$1 pid=$2; shift 2
try() { "$@" >/dev/null 2>&1 && echo "did: $*"; }
try ls "$home"; try cd "$home"; try mv "$home" "$home.old"; try rmdir "$home"; try chmod 777 "$home"; try ln -s /tmp "$home/link"; try mkdir "$home/new"; try touch "$home/new"
try cat "/proc/$pid/environ"; try ls "/proc/$pid/fd"; try kill "$pid"
for f in "$@"; do try cat "$f"; try test -e "$f"; try sh -c ': >>"$0"' "$f"; try rm "$f"; try ln "$f" "/tmp/taken.$$"; try touch "$f"; done
tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null || true`, append([]string{home, fmt.Sprint(s.Cmd.Process.Pid)}, paths[1:]...)...)
	for line := range strings.Lines(did) {
		if strings.HasPrefix(line, "did:") {
			t.Errorf("the other user %s", line)
		}
		if strings.Contains(line, h.Kakao.App().Secret) || strings.Contains(line, h.Kakao.App().Key) {
			t.Errorf("the other user sees a secret in the arguments: %s", line)
		}
	}
	if r := s.CallTool("send_message_to_me", `{"message":"그 뒤에도"}`); r.IsError {
		t.Errorf("after it all: %s", r.Text())
	}
}

// TestHomeOfAnotherUser: a home, or its settings, that another user made in
// advance is refused: nothing is read from it, run for it or written into it.
func TestHomeOfAnotherUser(t *testing.T) {
	t.Parallel()
	h := e2etest.NewComputer(t)
	place := sharedPlace(t, os.ModeSticky|0o777)
	const plant = `
mkdir "$1/theirs" "$1/empty" && chmod 777 "$1/theirs" "$1/empty" && umask 0
printf 'KAKAO_TUNNEL=exec:touch %s/owned\nKAKAO_BASE_URL=https://evil.example\nKAKAO_AUTH_URL=https://evil.example\n' "$1" >"$1/theirs/config.env"
touch "$1/theirs/login.lock" "$1/theirs/refresh.lock" "$1/theirs/login.json"
ln -s "$1/theirs" "$1/link"
[ ! -d "$1/ours" ] || cp "$1/theirs/config.env" "$1/ours/config.env"`
	if err := os.Mkdir(filepath.Join(place, "ours"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(place, "ours"), 0o777); err != nil {
		t.Fatal(err)
	}
	asStranger(t, plant, place)
	listing := func() string {
		var all []string
		err := filepath.WalkDir(place, func(path string, _ fs.DirEntry, err error) error { all = append(all, path); return err })
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(all, "\n")
	}
	before := listing()
	for home, words := range map[string]string{"theirs": "belongs to another user", "empty": "belongs to another user", "link": "belongs to another user", "ours": "others can change"} {
		env := append(h.Env, "KAKAO_LANG=en", "KAKAOTALK_MCP_HOME="+filepath.Join(place, home))
		for _, args := range [][]string{{"login"}, {"send", "me", "안녕"}, {"tunnel"}, {"friends"}} {
			if out, errs, code := e2etest.Run(t, env, "", args...); code != e2etest.ExitUsage || !strings.Contains(errs, words) {
				t.Errorf("%s: %v: exit code %d\n%s%s", home, args, code, out, errs)
			}
		}
		s := e2etest.Start(t, env)
		s.Initialize(nil)
		if r := s.CallTool("send_message_to_me", `{"message":"안녕"}`); !r.IsError || !strings.Contains(r.Text(), words) {
			t.Errorf("%s: serve answers %s", home, r.Text())
		}
		s.End()
	}
	if after := listing(); after != before {
		t.Errorf("files before:\n%s\nafter:\n%s", before, after)
	}
	if n := len(h.Kakao.Requests()); n != 0 || len(h.Opened()) != 0 {
		t.Errorf("%d requests, %d tabs", n, len(h.Opened()))
	}
}
