//go:build unix

package setup

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// giveAway makes a file or folder another user's, as one run with sudo does.
func giveAway(t *testing.T, path string) {
	t.Helper()
	if os.Geteuid() == 0 {
		const nobody = 65534
		if err := os.Lchown(path, nobody, nobody); err != nil {
			t.Fatal(err)
		}
		return
	}
	if exec.Command("sudo", "-n", "chown", "root", path).Run() != nil {
		e2etest.Missing(t, "root, or sudo without a password")
	}
	t.Cleanup(func() { _ = exec.Command("sudo", "-n", "chown", "-R", os.Getenv("USER"), path).Run() })
}

// After one run with sudo some files are root's, and nothing works: doctor and status
// name the file, its owner and what gives it back, and so does the call that fails.
func TestFilesOfAnotherUser(t *testing.T) {
	for _, tt := range []struct {
		file string
		call []string
	}{
		{"journal.lock", []string{"send", "me", "안녕"}},
		{"journal", []string{"send", "me", "안녕"}},
		{"journal.key", []string{"send", "me", "안녕"}},
		{"secrets", []string{"send", "me", "안녕"}},
	} {
		t.Run(tt.file, func(t *testing.T) {
			w := e2etest.NewFreshComputer(t)
			w.SetUp()
			w.LogIn("--friends")
			w.Expect(0, "", "send", "me", "처음")
			path := filepath.Join(w.Home, tt.file)
			giveAway(t, path)
			delivered := len(w.Kakao.Deliveries())
			for _, lang := range []string{"ko", "en"} {
				w.Set("KAKAO_LANG", lang)
				f := doctor(w)["files"]
				_, told, code := w.Run(tt.call...)
				if code != 1 || len(w.Kakao.Deliveries()) != delivered {
					t.Errorf("the call: exit code %d, %d delivered", code, len(w.Kakao.Deliveries())-delivered)
				}
				status, _, statusCode := w.Run("status")
				if f.Status != fail || statusCode != 1 {
					t.Errorf("%s; status ends with %d", f.Status, statusCode)
				}
				for who, text := range map[string]string{"doctor": f.Message + f.Hint, "status": status, "the call": told} {
					for _, want := range []string{path, "chown -R", "nobody"} {
						if os.Geteuid() != 0 {
							want = strings.Replace(want, "nobody", "root", 1)
						}
						if !strings.Contains(text, want) {
							t.Errorf("%s: %s lacks %q:\n%s", lang, who, want, text)
						}
					}
				}
			}
		})
	}
}

// A home in which everything is as the program made it is said to be so, with what
// was opened.
func TestFilesOfOurOwn(t *testing.T) {
	w := e2etest.NewFreshComputer(t)
	w.SetUp()
	if f := doctor(w)["files"]; f.Status != skip {
		t.Errorf("before the first use: %+v", f)
	}
	w.LogIn("--friends")
	w.Expect(0, "", "send", "me", "처음")
	w.WriteHome("mine.txt", "not the program's")
	giveAway(t, filepath.Join(w.Home, "mine.txt"))
	probe := filepath.Join(w.Home, "secrets", "probe-of-another-program")
	if err := os.WriteFile(probe, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	giveAway(t, probe)
	if f := doctor(w)["files"]; f.Status != pass {
		t.Errorf("%+v", f)
	}
}

// The port of the message page, taken by another program.
func TestViewerPortTaken(t *testing.T) {
	w := e2etest.NewFreshComputer(t)
	w.SetUp()
	w.LogIn()
	if f := doctor(w)["viewer-port"]; f.Status != skip {
		t.Errorf("nothing needs the port: %+v", f)
	}
	w.Set("KAKAO_BASE_URL", "https://talk.example.com")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	w.Set("KAKAO_VIEWER_ADDR", l.Addr().String())
	for _, text := range []string{
		func() string { f := doctor(w)["viewer-port"]; return f.Status + f.Message + f.Hint }(),
		func() string { out, _, _ := w.Run("status"); return fail + out }(),
	} {
		for _, want := range []string{fail, l.Addr().String(), "KAKAO_VIEWER_ADDR"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q lacks %q", text, want)
			}
		}
	}
	l.Close()
	if f := doctor(w)["viewer-port"]; f.Status != pass {
		t.Errorf("the port is free again: %+v", f)
	}
}
