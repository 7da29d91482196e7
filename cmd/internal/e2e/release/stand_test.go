package release

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// stand is a stand-in for a release: an in-process web server and what is on it.
type stand struct {
	*httptest.Server
	files map[string][]byte // path to content
}

func newStand(t *testing.T) *stand {
	s := &stand{files: map[string][]byte{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, ok := s.files[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(data)
	}))
	t.Cleanup(s.Close)
	return s
}

// archiveName is what install.sh asks for here.
func archiveName() string {
	if runtime.GOOS == "darwin" {
		return "kakaotalk-mcp_darwin_all.tar.gz"
	}
	return "kakaotalk-mcp_" + runtime.GOOS + "_" + runtime.GOARCH + ".tar.gz"
}

// fakeProgram answers version, and writes down how it is asked to uninstall.
func fakeProgram(version string) []byte {
	return []byte(`#!/bin/sh
case $1 in
version) echo "kakaotalk-mcp ` + version + ` (go, here)" ;;
uninstall) echo "$*" >>"$HOME/asked"; exit "${UNINSTALL_CODE:-0}" ;;
esac
`)
}

func tarGz(t *testing.T, name string, content []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	w := tar.NewWriter(z)
	if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(content))}); err != nil {
		t.Fatal(err)
	}
	_, err := w.Write(content)
	if err := errors.Join(err, w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// publish puts an archive and its checksum on the server, as newest and by version.
func (s *stand) publish(version string, archive []byte) {
	sums := fmt.Appendf(nil, "%064x  other.tar.gz\n%x  %s\n", 1, sha256.Sum256(archive), archiveName())
	for _, at := range []string{"/latest/download/", "/download/" + version + "/"} {
		s.files[at+"checksums.txt"], s.files[at+archiveName()] = sums, archive
	}
}

// installer is one way to run install.sh, read from a pipe outside a checkout.
type installer struct {
	shell  []string
	home   string // HOME; what leaves traces lies in it
	prefix string
	env    []string
}

func newInstaller(t *testing.T, shell []string, s *stand) *installer {
	t.Helper()
	home := t.TempDir()
	i := &installer{shell: shell, home: home, prefix: filepath.Join(home, "한글 폴더 it's")}
	for _, dir := range []string{"tmp", "mine"} {
		if err := os.Mkdir(filepath.Join(home, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	i.env = append(os.Environ(), "HOME="+home, "PREFIX="+i.prefix, "TMPDIR="+filepath.Join(home, "tmp"), "LC_ALL=C", "KAKAO_LANG=en", "SHELL=/bin/sh",
		"GH_TOKEN=", "GITHUB_TOKEN=", "KAKAOTALK_MCP_REPO=", "KAKAOTALK_MCP_DOWNLOAD_URL="+s.URL,
		// Names that the script uses itself: the user's values must not matter.
		"tmp="+filepath.Join(home, "mine"), "stage="+filepath.Join(home, "mine"), "status=3", "version=v9", "repo=a/b")
	return i
}

func (i *installer) program() string { return filepath.Join(i.prefix, "bin", "kakaotalk-mcp") }

// place puts a program there as if it had been installed.
func (i *installer) place(t *testing.T, content []byte) {
	t.Helper()
	written := filepath.Join(t.TempDir(), "program")
	if err := errors.Join(os.MkdirAll(filepath.Dir(i.program()), 0o755), os.WriteFile(written, content, 0o755)); err != nil {
		t.Fatal(err)
	}
	// Another process copies it: one that a test forks meanwhile would keep our file open
	// for writing, and the system does not run such a file.
	if text, err := exec.Command("cp", written, i.program()).CombinedOutput(); err != nil {
		t.Fatal(err, string(text))
	}
}

// run returns what was written and the exit code.
func (i *installer) run(t *testing.T, args ...string) (string, int) {
	t.Helper()
	script, err := os.ReadFile(filepath.Join(e2etest.Root(t), "install.sh"))
	if err != nil {
		t.Fatal(err)
	}
	return i.runScript(t, script, args...)
}

func (i *installer) runScript(t *testing.T, script []byte, args ...string) (string, int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), i.shell[0], append(append(i.shell[1:len(i.shell):len(i.shell)], "-s", "--"), args...)...)
	cmd.Dir, cmd.Env, cmd.Stdin = i.home, i.env, bytes.NewReader(script)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// checkClean: nothing temporary is left, and the user's own folder is there.
func (i *installer) checkClean(t *testing.T) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(i.home, "tmp", "*"))
	stages, err2 := filepath.Glob(filepath.Join(filepath.Dir(i.program()), ".kakaotalk-mcp*"))
	_, err3 := os.Stat(filepath.Join(i.home, "mine"))
	if err := errors.Join(err, err2, err3); err != nil || len(left)+len(stages) > 0 {
		t.Errorf("left behind: %q %q, %v", left, stages, err)
	}
}

func wantContent(t *testing.T, path string, want []byte) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}
