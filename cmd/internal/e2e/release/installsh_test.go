package release

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"unicode"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// A program that a test has running while it is replaced: it ends with its input.
var _ = e2etest.Child("hold", func() int {
	fmt.Println("up")
	_, _ = io.Copy(io.Discard, os.Stdin)
	return 7
})

func notOnWindows(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("install.sh is not for Windows")
	}
}

// eachShell runs a test with every shell that install.sh promises to work in.
func eachShell(t *testing.T, test func(t *testing.T, shell ...string)) {
	notOnWindows(t)
	for _, shell := range [][]string{{"dash"}, {"busybox", "sh"}, {"bash"}} {
		t.Run(shell[0], func(t *testing.T) {
			t.Parallel()
			path, err := exec.LookPath(shell[0])
			if err != nil {
				e2etest.Missing(t, shell[0])
			}
			test(t, append([]string{path}, shell[1:]...)...)
		})
	}
}

func TestInstallAndUpgrade(t *testing.T) {
	t.Parallel()
	eachShell(t, func(t *testing.T, shell ...string) {
		s := newStand(t)
		s.publish("v1.2.3", tarGz(t, "kakaotalk-mcp", fakeProgram("v1.2.3")))
		i := newInstaller(t, shell, s)
		out, code := i.run(t)
		if code != 0 || !strings.Contains(out, "SHA-256 matches") || !strings.Contains(out, "origin of the build was not checked") || !strings.Contains(out, " setup\n") {
			t.Fatalf("exit code %d:\n%s", code, out)
		}
		wantContent(t, i.program(), fakeProgram("v1.2.3"))

		hint := regexp.MustCompile(`(?m)^  (export PATH=.*)$`).FindStringSubmatch(out)
		if hint == nil {
			t.Fatalf("no line for PATH:\n%s", out)
		}
		found, err := exec.Command(shell[0], append(shell[1:len(shell):len(shell)], "-c", hint[1]+"; command -v kakaotalk-mcp")...).Output()
		if err != nil || strings.TrimSpace(string(found)) != i.program() {
			t.Errorf("with %s the program found is %q, %v", hint[1], found, err)
		}

		s.publish("v1.3.0", tarGz(t, "kakaotalk-mcp", fakeProgram("v1.3.0")))
		if out, code = i.run(t); code != 0 || !strings.Contains(out, "v1.2.3 (go, here) → kakaotalk-mcp v1.3.0") || !strings.Contains(out, "✔ Updated") {
			t.Errorf("upgrade, exit code %d:\n%s", code, out)
		}
		if out, code = i.run(t, "--version", "1.2.3"); code != 0 || !strings.Contains(out, "→ kakaotalk-mcp v1.2.3") {
			t.Errorf("pinned version, exit code %d:\n%s", code, out)
		}
		i.checkClean(t)
	})
}

// Whatever is wrong with a release, the program in place stays as it is.
func TestInstallRefuses(t *testing.T) {
	t.Parallel()
	archive := "/latest/download/" + archiveName()
	const sums = "/latest/download/checksums.txt"
	good := tarGz(t, "kakaotalk-mcp", fakeProgram("v1.2.3"))
	cases := map[string]struct {
		spoil func(s *stand)
		args  []string
		want  string
	}{
		"corrupted archive":       {func(s *stand) { s.files[archive] = append([]byte{good[0] ^ 1}, good[1:]...) }, nil, "does not match the published one"},
		"truncated archive":       {func(s *stand) { s.files[archive] = good[:len(good)/2] }, nil, "does not match the published one"},
		"wrong checksum":          {func(s *stand) { s.files[sums] = fmt.Appendf(nil, "%064x  %s\n", 1, archiveName()) }, nil, "does not match the published one"},
		"empty checksum":          {func(s *stand) { s.files[sums] = []byte(" " + archiveName() + "\n") }, nil, "does not list"},
		"missing line":            {func(s *stand) { s.files[sums] = fmt.Appendf(nil, "%064x  other\n", 1) }, nil, "does not list"},
		"empty list":              {func(s *stand) { s.files[sums] = nil }, nil, "does not list"},
		"no list":                 {func(s *stand) { delete(s.files, sums) }, nil, "Download failed"},
		"no archive":              {func(s *stand) { delete(s.files, archive) }, nil, "Download failed"},
		"no such version":         {func(*stand) {}, []string{"--version=v7.0.0"}, "Download failed"},
		"no network":              {func(s *stand) { s.Close() }, nil, "Download failed"},
		"not an archive":          {func(s *stand) { s.publish("v1.2.3", []byte("garbage")) }, nil, "Cannot unpack"},
		"nothing in it":           {func(s *stand) { s.publish("v1.2.3", tarGz(t, "other", good)) }, nil, "Cannot unpack"},
		"a program not for here":  {func(s *stand) { s.publish("v1.2.3", tarGz(t, "kakaotalk-mcp", []byte("#!/no/such\n"))) }, nil, "does not run"},
		"not the version asked":   {func(s *stand) { s.publish("v1.2", good) }, []string{"--version=v1.2"}, "This is not v1.2 but"},
		"a version with a path":   {func(*stand) {}, []string{"--version=v1/../../x"}, "A version looks like"},
		"an option it has not":    {func(*stand) {}, []string{"--verbose"}, "Unknown option"},
		"an option without value": {func(*stand) {}, []string{"--prefix"}, "needs a value"},
	}
	eachShell(t, func(t *testing.T, shell ...string) {
		for name, c := range cases {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := newStand(t)
				s.publish("v1.2.3", good)
				c.spoil(s)
				i := newInstaller(t, shell, s)
				old := fakeProgram("v1.0.0")
				i.place(t, old)
				out, code := i.run(t, c.args...)
				if code == 0 || !strings.Contains(out, c.want) {
					t.Errorf("exit code %d, want %q:\n%s", code, c.want, out)
				}
				wantContent(t, i.program(), old)
				i.checkClean(t)
			})
		}
	})
}

// Only https, or a server on this computer.
func TestInstallAddresses(t *testing.T) {
	t.Parallel()
	eachShell(t, func(t *testing.T, shell ...string) {
		for _, url := range []string{"http://example.com", "http://127.0.0.1@example.com", "http://localhost.example.com", "ftp://localhost", "file:///etc"} {
			i := newInstaller(t, shell, newStand(t))
			i.env = append(i.env, "KAKAOTALK_MCP_DOWNLOAD_URL="+url)
			if out, code := i.run(t); code != 2 || !strings.Contains(out, "Not an https address") {
				t.Errorf("%s: exit code %d\n%s", url, code, out)
			}
		}
		for _, repo := range []string{"", "owner", "/name", "owner/", "a/b/c", "a b/c", "a/b;c"} {
			i := newInstaller(t, shell, newStand(t))
			i.env = append(i.env, "KAKAOTALK_MCP_DOWNLOAD_URL=", "KAKAOTALK_MCP_REPO="+repo)
			if out, code := i.run(t); code != 2 || !strings.Contains(out, "KAKAOTALK_MCP_REPO") {
				t.Errorf("%q: exit code %d\n%s", repo, code, out)
			}
		}
	})
}

// A script that was cut off anywhere does nothing.
func TestInstallCutOff(t *testing.T) {
	t.Parallel()
	script, err := os.ReadFile(filepath.Join(e2etest.Root(t), "install.sh"))
	if err != nil {
		t.Fatal(err)
	}
	eachShell(t, func(t *testing.T, shell ...string) {
		s := newStand(t)
		s.publish("v1.2.3", tarGz(t, "kakaotalk-mcp", fakeProgram("v1.2.3")))
		i := newInstaller(t, shell, s)
		for cut := 0; cut < len(script)-1; cut += max(1, (len(script)-cut)/20) {
			out, _ := i.runScript(t, script[:cut])
			if _, err := os.Stat(i.prefix); !errors.Is(err, os.ErrNotExist) {
				t.Fatalf("%d of %d bytes installed something:\n%s", cut, len(script), out)
			}
		}
		i.checkClean(t)
	})
}

func TestInstallWhileRunning(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	running, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	eachShell(t, func(t *testing.T, shell ...string) {
		s := newStand(t)
		s.publish("v1.2.3", tarGz(t, "kakaotalk-mcp", fakeProgram("v1.2.3")))
		i := newInstaller(t, shell, s)
		i.place(t, running)
		cmd := exec.CommandContext(t.Context(), i.program())
		cmd.Env = append(os.Environ(), e2etest.ChildEnv+"=hold")
		in, err := cmd.StdinPipe()
		out, err2 := cmd.StdoutPipe()
		if err := errors.Join(err, err2, cmd.Start()); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(out, make([]byte, len("up\n"))); err != nil {
			t.Fatal(err)
		}
		i.env = append(i.env, e2etest.ChildEnv+"=none") // the old program, asked for its version, fails
		if text, code := i.run(t); code != 0 {
			t.Errorf("exit code %d:\n%s", code, text)
		}
		wantContent(t, i.program(), fakeProgram("v1.2.3"))
		in.Close()
		if _ = cmd.Wait(); cmd.ProcessState.ExitCode() != 7 {
			t.Errorf("the running program ended with %v", cmd.ProcessState)
		}
		i.checkClean(t)
	})
}

func TestInstallPrefixNotWritable(t *testing.T) {
	t.Parallel()
	eachShell(t, func(t *testing.T, shell ...string) {
		s := newStand(t)
		s.publish("v1.2.3", tarGz(t, "kakaotalk-mcp", fakeProgram("v1.2.3")))
		for name, make := range map[string]func(i *installer) error{
			"a file in the way":    func(i *installer) error { return os.WriteFile(i.prefix, nil, 0o644) },
			"a broken link":        func(i *installer) error { return os.Symlink("nowhere", i.prefix) },
			"a folder by its name": func(i *installer) error { return os.MkdirAll(i.program(), 0o755) },
			"read-only": func(i *installer) error {
				if os.Geteuid() != 0 {
					return os.Mkdir(i.prefix, 0o555)
				}
				i.prefix = "/proc/self" // where root cannot write either
				i.env = append(i.env, "PREFIX="+i.prefix)
				return nil
			},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				i := newInstaller(t, shell, s)
				if err := make(i); err != nil {
					t.Fatal(err)
				}
				if out, code := i.run(t); code != 1 || !strings.Contains(out, "--prefix") && !strings.Contains(out, "with the same name exists") {
					t.Errorf("exit code %d:\n%s", code, out)
				}
				i.checkClean(t)
			})
		}
	})
}

// With nothing but busybox's tools it installs; without one that it needs it
// names that, and does nothing.
func TestInstallMissingTools(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("install.sh is not for Windows")
	}
	busybox, err := exec.LookPath("busybox")
	if err != nil {
		e2etest.Missing(t, "busybox")
	}
	// Not busybox's own shell: that runs its applets even if PATH has none.
	dash, err := exec.LookPath("dash")
	if err != nil {
		e2etest.Missing(t, "dash")
	}
	tools := []string{"cat", "chmod", "dirname", "mkdir", "mktemp", "mv", "rm", "sed", "sh", "sha256sum", "tar", "gzip", "uname", "wget"}
	cases := map[string]struct{ without, url, want string }{
		"all there":     {"", "", "SHA-256 matches"},
		"no downloader": {"wget", "", "curl or wget is needed"},
		"no checksums":  {"sha256sum", "", "openssl is needed"},
		"no unpacker":   {"tar", "", "tar is needed"},
		// BusyBox takes any certificate: it may not fetch a program from afar.
		"certificates": {"", "https://localhost:1", "does not check certificates"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStand(t)
			s.publish("v1.2.3", tarGz(t, "kakaotalk-mcp", fakeProgram("v1.2.3")))
			i := newInstaller(t, []string{dash}, s)
			bin := t.TempDir()
			for _, tool := range tools {
				if tool == c.without {
					continue
				}
				if err := os.Symlink(busybox, filepath.Join(bin, tool)); err != nil {
					t.Fatal(err)
				}
			}
			i.env = append(i.env, "PATH="+bin)
			if c.url != "" {
				i.env = append(i.env, "KAKAOTALK_MCP_DOWNLOAD_URL="+c.url)
			}
			out, code := i.run(t)
			if (code == 0) != (name == "all there") || !strings.Contains(out, c.want) {
				t.Errorf("exit code %d, want %q:\n%s", code, c.want, out)
			}
			i.checkClean(t)
		})
	}
}

// gh is asked where it is there and logged in, and its no is final.
func TestInstallAttestation(t *testing.T) {
	t.Parallel()
	const verify = "attestation verify "
	cases := map[string]struct {
		gh      string // case branches of the stand-in
		code    int
		want    string
		replace bool
	}{
		"confirmed":     {verify + `*) ;;`, 0, "built by me/it", true},
		"refused":       {verify + `*) exit 1 ;;`, 1, "did not confirm", false},
		"not logged in": {`"auth status") exit 1 ;; ` + verify + `*) exit 1 ;;`, 0, "origin of the build was not checked", true},
		"too old":       {`"attestation --help") exit 1 ;; ` + verify + `*) exit 1 ;;`, 0, "origin of the build was not checked", true},
	}
	eachShell(t, func(t *testing.T, shell ...string) {
		for name, c := range cases {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := newStand(t)
				s.publish("v1.2.3", tarGz(t, "kakaotalk-mcp", fakeProgram("v1.2.3")))
				i := newInstaller(t, shell, s)
				bin := t.TempDir()
				gh := "#!/bin/sh\nprintf '%s\\n' \"$*\" >>\"$HOME/gh\"\ncase \"$*\" in\n" + strings.ReplaceAll(c.gh, verify+"*", `"`+verify+`"*`) + "\nesac\n"
				if err := os.WriteFile(filepath.Join(bin, "gh"), []byte(gh), 0o755); err != nil {
					t.Fatal(err)
				}
				i.env = append(i.env, "PATH="+bin+":"+os.Getenv("PATH"), "KAKAOTALK_MCP_REPO=me/it")
				out, code := i.run(t)
				if code != c.code || !strings.Contains(out, c.want) {
					t.Errorf("exit code %d, want %d and %q:\n%s", code, c.code, c.want, out)
				}
				if _, err := os.Stat(i.program()); (err == nil) != c.replace {
					t.Errorf("installed: %v, want %v", err == nil, c.replace)
				}
				asked, err := os.ReadFile(filepath.Join(i.home, "gh"))
				if err != nil {
					t.Fatal(err)
				}
				if strings.Contains(string(asked), verify) && !strings.Contains(string(asked), "--repo me/it --signer-workflow me/it/.github/workflows/release.yml") {
					t.Errorf("gh was asked:\n%s", asked)
				}
				i.checkClean(t)
			})
		}
	})
}

func TestInstallShUninstall(t *testing.T) {
	t.Parallel()
	eachShell(t, func(t *testing.T, shell ...string) {
		i := newInstaller(t, shell, newStand(t))
		if out, code := i.run(t, "--uninstall"); code != 0 || !strings.Contains(out, "Nothing is installed") {
			t.Errorf("without a program, exit code %d:\n%s", code, out)
		}
		i.place(t, fakeProgram("v1.2.3"))
		i.env = append(i.env, "UNINSTALL_CODE=2")
		if out, code := i.run(t, "--uninstall", "--yes"); code != 2 || !strings.Contains(out, "the program was not removed") {
			t.Errorf("cancelled, exit code %d:\n%s", code, out)
		}
		wantContent(t, i.program(), fakeProgram("v1.2.3"))
		i.env = append(i.env, "UNINSTALL_CODE=0")
		if out, code := i.run(t, "--uninstall", "--yes"); code != 0 || !strings.Contains(out, "Removed") {
			t.Errorf("exit code %d:\n%s", code, out)
		}
		if _, err := os.Stat(i.program()); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the program is still there: %v", err)
		}
		wantContent(t, filepath.Join(i.home, "asked"), []byte("uninstall --all --program --yes\nuninstall --all --program --yes\n"))
	})
}

// TestUninstallAnsweredNo: who answers no has got what they asked for. Settings that
// cannot be loaded end with the same code and are a failure.
func TestUninstallAnsweredNo(t *testing.T) {
	notOnWindows(t)
	for name, c := range map[string]struct {
		status string
		code   int
	}{"answered no": {"4", 0}, "broken settings": {"2", 2}} {
		t.Run(name, func(t *testing.T) {
			i := newInstaller(t, []string{"/bin/sh"}, newStand(t))
			program := append(fakeProgram("v1.2.3"), []byte("[ \"$1\" != status ] || exit "+c.status+"\n")...)
			i.place(t, program)
			x := e2etest.OpenTerminal(t, append(i.env, "UNINSTALL_CODE=2"), 80, "/bin/sh", filepath.Join(e2etest.Root(t), "install.sh"), "--uninstall")
			if code := x.End(); code != c.code || strings.Contains(x.Raw(), "✘") != (c.code != 0) {
				t.Errorf("exit code %d:\n%s", code, x.Raw())
			}
			wantContent(t, i.program(), program)
		})
	}
}

// TestInstallSpeaksOneLanguage: that of the system, or the one chosen for the program.
func TestInstallSpeaksOneLanguage(t *testing.T) {
	notOnWindows(t)
	for _, c := range []struct {
		env    []string
		korean bool
	}{
		{[]string{"KAKAO_LANG=en", "LC_ALL=ko_KR.UTF-8"}, false},
		{[]string{"KAKAO_LANG=ko", "LC_ALL=en_US.UTF-8"}, true},
		{[]string{"KAKAO_LANG=", "LC_ALL=en_US.UTF-8"}, false},
		{[]string{"KAKAO_LANG=", "LC_ALL=", "LC_MESSAGES=", "LANG=ko_KR.UTF-8"}, true},
		{[]string{"KAKAO_LANG=", "LC_ALL=C"}, true},
	} {
		i := newInstaller(t, []string{"/bin/sh"}, newStand(t))
		i.env = append(i.env, c.env...)
		for _, args := range [][]string{{"--help"}, {"--uninstall"}, {"--nope"}} {
			out, _ := i.run(t, args...)
			if korean := strings.ContainsFunc(out, func(r rune) bool { return unicode.Is(unicode.Hangul, r) }); korean != c.korean && !strings.Contains(out, i.prefix) || c.korean && strings.Contains(out, "remove") || !c.korean && strings.Contains(out, "지우기") {
				t.Errorf("%q %q:\n%s", c.env, args, out)
			}
		}
	}
}

// In a checkout the same script builds, with Korean alone where that is the language.
func TestInstallFromCheckout(t *testing.T) {
	t.Parallel()
	eachShell(t, func(t *testing.T, shell ...string) {
		prefix := filepath.Join(t.TempDir(), "새 폴더")
		script := filepath.Join(e2etest.Root(t), "install.sh")
		cmd := exec.CommandContext(t.Context(), shell[0], append(shell[1:len(shell):len(shell)], script, "--prefix", prefix)...)
		cmd.Dir = t.TempDir()
		cmd.Env = append(os.Environ(), "LC_ALL=ko_KR.UTF-8")
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "설치했어요: "+prefix) || strings.Contains(string(out), "Installed") {
			t.Fatalf("%v:\n%s", err, out)
		}
		version, err := exec.Command(filepath.Join(prefix, "bin", "kakaotalk-mcp"), "version").Output()
		if err != nil || !strings.Contains(string(out), "("+strings.TrimSpace(string(version))+")") {
			t.Errorf("version %q, %v:\n%s", version, err, out)
		}
	})
}

// TestMadeRelease installs from the files that .release/dry-run made.
func TestMadeRelease(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("KAKAOTALK_TEST_RELEASE")
	if dir == "" {
		t.Skip("component missing: a release made by .release/dry-run, named in KAKAOTALK_TEST_RELEASE")
	}
	script, err := os.ReadFile(filepath.Join(dir, "install.sh"))
	if err != nil {
		t.Fatal(err)
	}
	eachShell(t, func(t *testing.T, shell ...string) {
		s := newStand(t)
		s.Config.Handler = http.StripPrefix("/latest/download/", http.FileServer(http.Dir(dir)))
		i := newInstaller(t, shell, s)
		out, code := i.runScript(t, script)
		if code != 0 {
			t.Fatalf("exit code %d:\n%s", code, out)
		}
		var entry struct{ Version string }
		readJSONFile(t, filepath.Join(dir, "server.json"), &entry)
		if !strings.Contains(out, "now: kakaotalk-mcp v"+entry.Version+" ") {
			t.Errorf("not version %s:\n%s", entry.Version, out)
		}
		i.checkClean(t)
	})
}
