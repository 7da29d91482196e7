package setup

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// By flags alone: one run does everything, a second one nothing.
func TestSetupScripted(t *testing.T) {
	t.Parallel()
	w := e2etest.NewFreshComputer(t)
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("\ufeff"+w.App.Secret+"\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"setup", "--for", "friends", "--client-id", " '" + w.App.Key + "'", "--client-secret-file", secret, "--clients", "none"}
	if out, errs, code := w.Run(args...); code != 0 || out != "" || strings.Contains(errs, w.App.Secret) {
		t.Fatalf("exit code %d\n%s%s", code, out, errs)
	}
	w.LoginOver()
	before := e2etest.Files(t, w.User)
	for _, again := range [][]string{args, {"setup", "--for", "friends", "--clients", "none"}} {
		if _, errs, code := w.Run(again...); code != 0 {
			t.Fatalf("exit code %d\n%s", code, errs)
		}
	}
	if diff := cmp.Diff(before, e2etest.Files(t, w.User)); diff != "" {
		t.Errorf("running it again changed files:\n%s", diff)
	}
	if n := len(w.Kakao.Deliveries()); n != 1 {
		t.Errorf("%d messages were delivered", n)
	}
}

// An old project's file is enough.
func TestSetupImports(t *testing.T) {
	t.Parallel()
	w := e2etest.NewFreshComputer(t)
	old := filepath.Join(t.TempDir(), ".env")
	text := "KAKAO_CLIENT_ID=" + w.App.Key + "\nKAKAO_CLIENT_SECRET=\"" + w.App.Secret + "\"\nBASE_URL=https://x.ngrok-free.app\n"
	if err := os.WriteFile(old, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, errs, code := w.Run("setup", "--for", "me", "--import", old, "--clients", "none")
	if code != 0 || len(w.Kakao.Deliveries()) != 1 {
		t.Fatalf("exit code %d\n%s", code, errs)
	}
	raw, err := os.ReadFile(filepath.Join(w.Home, "config.env"))
	if err != nil || strings.Contains(string(raw), "BASE_URL=") || strings.Contains(string(raw), w.App.Secret) {
		t.Errorf("%v\n%s", err, raw)
	}
	if now, err := os.ReadFile(old); err != nil || string(now) != text {
		t.Error("the old file was changed")
	}
}

// A login that comes long after the set-up, without it, still shows whose it is.
func TestFirstLoginAfterSetup(t *testing.T) {
	t.Parallel()
	w := e2etest.NewFreshComputer(t)
	w.SetUp()
	w.Expect(e2etest.ExitOK, "아직 등록한 AI 클라이언트가 없어요. 등록하려면: `"+e2etest.Program(t)+" install`", "setup", "--for", "me", "--no-login", "--clients", "none")
	w.Expect(e2etest.ExitOK, "로그인했어요: "+w.Kakao.Owner().Nickname, "login")
}

// What Kakao refuses for another reason than the secret never asks for the secret: what
// is about the key ends it, and what the console's steps put right comes with those.
func TestSetupAsksForTheSecretOnlyIfItIsWrong(t *testing.T) {
	t.Parallel()
	for koe, c := range map[string]struct {
		code int
		want string
	}{"KOE009": {e2etest.ExitError, "이 컴퓨터에서 로그인할 수 없어요(KOE009)"}, "KOE004": {e2etest.ExitOK, "설정을 저장했어요"}} {
		t.Run(koe, func(t *testing.T) {
			t.Parallel()
			w := e2etest.NewFreshComputer(t)
			w.SetUp()
			w.Kakao.SetFaults(sandbox.Faults{FailPath: "/oauth/token", FailStatus: 400, FailBody: `{"error":"misconfigured","error_code":"` + koe + `"}`, FailCount: -1})
			_, errs, code := w.Run("setup", "--for", "me", "--no-login", "--clients", "none")
			if code != c.code || !strings.Contains(errs, c.want) || !strings.Contains(errs, koe) || strings.Contains(errs, "--client-secret-file") {
				t.Errorf("exit code %d\n%s", code, errs)
			}
		})
	}
}

// Without a terminal each question names its flag, and a wrong answer its menu.
func TestSetupNamesFlags(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		env  map[string]string
		args []string
		code int
		want []string
	}{
		{"nothing", nil, nil, 2, []string{"--for"}},
		{"no key", nil, []string{"--for", "me"}, 2, []string{"--client-id"}},
		{"no secret", nil, []string{"--for", "me", "--client-id", "KEY"}, 2, []string{"KOE010", "--client-secret-file", "[클라이언트 시크릿]"}},
		{"wrong key", nil, []string{"--for", "me", "--client-id", wrongKey32}, 1, []string{"KOE101", "[REST API 키]"}},
		{"no key at all", nil, []string{"--for", "me", "--client-id", "x"}, 2, []string{"32"}},
		{"wrong purpose", nil, []string{"--for", "everybody"}, 2, []string{"--for에는 다음 중 하나를 넣어 주세요: me, friends"}},
		{"wrong store", nil, []string{"--token-store", "cloud"}, 2, []string{"keychain, file"}},
		{"no such import", nil, []string{"--for", "me", "--import", "/no/such/.env"}, 1, []string{"--import"}},
		{"Unsupported client", map[string]string{"KAKAO_CLIENT_ID": "KEY", "KAKAO_CLIENT_SECRET": "SECRET"}, []string{"--for", "me", "--clients", "emacs"}, 2, []string{"emacs", "claude-code"}},
		{"no keychain", map[string]string{"KAKAO_TOKEN_STORE": "", "DBUS_SESSION_BUS_ADDRESS": "tcp:host=127.0.0.1,port=1"}, []string{"--for", "me"}, 2, []string{"--token-store file"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.name == "no keychain" {
				if runtime.GOOS != "linux" {
					t.Skip("component missing: a computer without a keychain")
				}
			}
			w := e2etest.NewFreshComputer(t)
			fill := strings.NewReplacer("KEY", w.App.Key, "SECRET", w.App.Secret)
			for name, value := range tt.env {
				w.Set(name, fill.Replace(value))
			}
			args := []string{"setup"}
			for _, a := range tt.args {
				args = append(args, fill.Replace(a))
			}
			out, errs, code := w.Run(args...)
			if code != tt.code || out != "" {
				t.Errorf("exit code %d, stdout %q", code, out)
			}
			for _, want := range tt.want {
				if !strings.Contains(errs, want) {
					t.Errorf("%q lacks %q", errs, want)
				}
			}
		})
	}
}
