package clients

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// clientTime bounds one call of a client; its first start takes seconds.
const clientTime = 60 * time.Second

// fetchTime bounds the wait for a client that another package's tests download.
const fetchTime = 5 * time.Minute

// clientPrograms returns the folder with a real client's programs, which the
// tests of package clients fetch from npm. Where real components are required,
// those tests may be at it just now.
func clientPrograms(t *testing.T, name string) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		e2etest.Missing(t, name)
	}
	limit := time.Now()
	if os.Getenv(e2etest.RequireEnv) == "1" {
		limit = limit.Add(fetchTime)
	}
	for {
		// A folder without a whole version in its name is still being filled.
		dirs, _ := filepath.Glob(filepath.Join(cache, "kakaotalk-mcp-test", name+"-[0-9]*.[0-9]*.[0-9]*", "node_modules", ".bin"))
		if len(dirs) > 0 {
			return dirs[len(dirs)-1]
		}
		if !time.Now().Before(limit) {
			e2etest.Missing(t, name)
		}
		select {
		case <-t.Context().Done():
			t.Fatal(t.Context().Err())
		case <-time.After(time.Second):
		}
	}
}

// installed copies the program to where a person would have it: what lies in the
// folder for temporary files is refused.
func installed(t *testing.T) string {
	t.Helper()
	dir, err := os.UserCacheDir()
	if err != nil {
		e2etest.Missing(t, "cache folder")
	}
	dir = filepath.Join(dir, "kakaotalk-mcp-test")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if dir, err = os.MkdirTemp(dir, "bin-"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	from, err := os.Open(e2etest.Program(t))
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	path := filepath.Join(dir, e2etest.ExeName("kakaotalk-mcp"))
	to, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o700)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(to, from); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// Installed by the command line, the real client starts the program and lists it
// as connected; uninstalled, it does not.
func TestInstallRealClients(t *testing.T) {
	for _, tt := range []struct {
		id, program string
		want        []string
	}{
		{"claude-code", "claude", []string{"kakaotalk-sandbox: PROGRAM serve --sandbox", "Connected"}},
		{"codex", "codex", []string{"kakaotalk-sandbox", "PROGRAM", "enabled"}},
		{"gemini", "gemini", []string{"kakaotalk-sandbox: PROGRAM serve --sandbox", "Connected"}},
	} {
		t.Run(tt.id, func(t *testing.T) {
			bin := clientPrograms(t, tt.program)
			ours, home := installed(t), t.TempDir()
			env := []string{"HOME=" + home, "USERPROFILE=" + home, "PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"),
				"SYSTEMROOT=" + os.Getenv("SYSTEMROOT"), "LANG=C.UTF-8", "KAKAO_LANG=ko"}
			call := func(name string, args ...string) string {
				t.Helper()
				ctx, cancel := context.WithTimeout(t.Context(), clientTime)
				defer cancel()
				cmd := exec.CommandContext(ctx, name, args...)
				cmd.Env, cmd.Dir, cmd.WaitDelay = env, home, time.Second
				out, err := cmd.CombinedOutput()
				if err != nil {
					t.Fatalf("%s %q: %v\n%s", name, args, err, out)
				}
				return string(out)
			}
			if tt.id == "gemini" { // a folder that is not trusted starts no servers
				trusted := `{"` + filepath.ToSlash(home) + `": "TRUST_FOLDER"}`
				if err := os.Mkdir(filepath.Join(home, ".gemini"), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(home, ".gemini", "trustedFolders.json"), []byte(trusted), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			client := filepath.Join(bin, tt.program)
			if runtime.GOOS == "windows" {
				client += ".cmd"
			}
			if out := call(ours, "install", tt.id, "--sandbox"); !strings.Contains(out, "에 등록했어요: kakaotalk-sandbox (") {
				t.Errorf("install: %s", out)
			}
			list := call(client, "mcp", "list")
			for _, want := range tt.want {
				if want = strings.ReplaceAll(want, "PROGRAM", ours); !strings.Contains(list, want) {
					t.Errorf("the list lacks %q:\n%s", want, list)
				}
			}
			if out := call(ours, "install", tt.id, "--sandbox"); !strings.Contains(out, "바꿀 것이 없어요") {
				t.Errorf("second install: %s", out)
			}
			if out := call(ours, "uninstall", "--all", "--yes", "--sandbox"); !strings.Contains(out, "kakaotalk-sandbox") {
				t.Errorf("uninstall: %s", out)
			}
			if list := call(client, "mcp", "list"); strings.Contains(list, "kakaotalk") {
				t.Errorf("still listed:\n%s", list)
			}
		})
	}
}
