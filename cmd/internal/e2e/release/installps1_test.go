package release

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// install.ps1 installs, replaces a program that runs, and refuses a file that is
// not the published one.
func TestInstallPowerShell(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "windows" {
		t.Skip("install.ps1 is for Windows")
	}
	shell, err := exec.LookPath("pwsh")
	if err != nil {
		e2etest.Missing(t, "pwsh")
	}
	content, err := os.ReadFile(e2etest.Program(t))
	if err != nil {
		t.Fatal(err)
	}
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	f, err := w.Create("kakaotalk-mcp.exe")
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Write(content)
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	s := newStand(t)
	name := "kakaotalk-mcp_windows_" + runtime.GOARCH + ".zip"
	s.files["/latest/download/"+name] = archive.Bytes()
	prefix := filepath.Join(t.TempDir(), "한글 폴더")
	dest := filepath.Join(prefix, "bin", "kakaotalk-mcp.exe")
	install := func(sum string) (string, error) {
		s.files["/latest/download/checksums.txt"] = []byte(sum + "  " + name + "\n")
		cmd := exec.CommandContext(t.Context(), shell, "-NoProfile", "-NonInteractive", "-File", filepath.Join(e2etest.Root(t), ".release", "install.ps1"), "-Prefix", prefix)
		cmd.Env = append(os.Environ(), "KAKAOTALK_MCP_DOWNLOAD_URL="+s.URL, "KAKAOTALK_MCP_REPO=")
		out, err := cmd.CombinedOutput()
		return string(out), err
	}

	if out, err := install(strings.Repeat("0", 64)); err == nil {
		t.Errorf("a wrong checksum was accepted:\n%s", out)
	}
	if _, err := os.Stat(dest); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a refused program was installed: %v", err)
	}
	sum := fmt.Sprintf("%x", sha256.Sum256(archive.Bytes()))
	if out, err := install(sum); err != nil {
		t.Fatalf("%v:\n%s", err, out)
	}
	wantContent(t, dest, content)

	running := exec.CommandContext(t.Context(), dest, "serve", "--sandbox")
	in, err := running.StdinPipe()
	if err := errors.Join(err, running.Start()); err != nil {
		t.Fatal(err)
	}
	if out, err := install(sum); err != nil {
		t.Errorf("while it runs: %v:\n%s", err, out)
	}
	wantContent(t, dest, content)
	in.Close()
	if err := running.Wait(); err != nil {
		t.Errorf("the running program: %v", err)
	}
}
