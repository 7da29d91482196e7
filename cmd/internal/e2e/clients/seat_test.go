package clients

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/cmd/internal/e2e/modeltest"
)

// clientTime bounds one call of a client; its first start takes seconds.
const clientTime = 2 * time.Minute

// seat is one person's home with one client, the program, and a model that does
// nothing.
type seat struct {
	*testing.T
	ours, client string // paths of the two programs
	home, file   string // file is the client's configuration
	env          []string
	fill         *strings.Replacer
	model        *modeltest.Model
}

func seatAt(t *testing.T, r row) *seat {
	t.Helper()
	bin, ours, home, model := clientPrograms(t, r.program), installed(t), t.TempDir(), modeltest.Start(t)
	s := &seat{T: t, ours: ours, client: filepath.Join(bin, r.program), home: home, file: filepath.Join(home, filepath.FromSlash(r.file)), model: model,
		fill: strings.NewReplacer("HOME", filepath.ToSlash(home), "MODEL", model.URL, "PROGRAM", ours),
		env: []string{"HOME=" + home, "USERPROFILE=" + home, "PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"),
			"SYSTEMROOT=" + os.Getenv("SYSTEMROOT"), "LANG=C.UTF-8", "TERM=xterm", "KAKAO_LANG=ko", compiled(t)}}
	if runtime.GOOS == "windows" {
		s.client += ".cmd"
	}
	for name, value := range r.env {
		s.env = append(s.env, name+"="+s.fill.Replace(value))
	}
	for name, text := range r.beside {
		s.write(name, text)
	}
	if r.stop != nil {
		t.Cleanup(func() {
			if out, err := callIn(context.WithoutCancel(t.Context()), s.env, s.client, r.stop...); err != nil {
				t.Errorf("%q: %v\n%s", r.stop, err, out)
			}
		})
	}
	return s
}

// compiled is the variable that lets Node keep compiled scripts in the tests' cache:
// compiling them is up to a third of a client's start.
func compiled(t *testing.T) string {
	t.Helper()
	dir, err := os.UserCacheDir()
	if err != nil {
		e2etest.Missing(t, "cache folder")
	}
	return "NODE_COMPILE_CACHE=" + filepath.Join(dir, "kakaotalk-mcp-test", "node-compiled")
}

// run runs a program that must succeed and print want.
func (s *seat) run(want, name string, args ...string) {
	s.Helper()
	if out, err := s.call(name, args...); err != nil || !strings.Contains(out, want) {
		s.Fatalf("%s %q: %v\n%s", filepath.Base(name), args, err, out)
	}
}

func (s *seat) call(name string, args ...string) (string, error) {
	filled := make([]string, len(args))
	for i, arg := range args {
		filled[i] = s.fill.Replace(arg)
	}
	return callIn(s.Context(), s.env, name, filled...)
}

// seen is all that the client shows, and tells its model, in this call. How it ends
// is not looked at: Auggie's model is none.
func (s *seat) seen(look []string) string {
	before := len(s.model.Sent())
	out, _ := s.call(s.client, look...)
	return out + s.model.Sent()[before:]
}

func (s *seat) write(name, text string) {
	s.Helper()
	path := filepath.Join(s.home, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		s.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(s.fill.Replace(text)), 0o600); err != nil {
		s.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// callIn runs a program as a person with this environment would, in their home, and
// returns all that it prints.
func callIn(ctx context.Context, env []string, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, clientTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env, cmd.Dir, cmd.WaitDelay = env, e2etest.Variable(env, "HOME"), time.Second
	out, err := cmd.CombinedOutput()
	return string(out), err
}
