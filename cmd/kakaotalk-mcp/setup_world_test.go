package main

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

var _ = registerChild("browser", browse)

// browse is the program in BROWSER: a person who logs in and agrees. Pages of
// other hosts are left alone: tests stay on this computer.
func browse() int {
	page, err := url.Parse(os.Args[1])
	if err != nil || !isLoopback(page.Hostname()) {
		return 0
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var v sandbox.Visitor
	if got, err := v.Visit(ctx, page.String()); err != nil || got.KOE != "" {
		fmt.Fprintln(os.Stderr, "the login page:", got.KOE, err)
		return 1
	}
	return 0
}

// world is a Kakao with its app, and a person's computer: an empty home and a
// browser. The program runs in this process.
type world struct {
	t       *testing.T
	kakao   *sandbox.Sandbox
	server  *sandbox.Server
	app     sandbox.App // as it is set up right
	home    string      // the user's folder
	env     map[string]string
	program string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, kakao: sandbox.New(), home: t.TempDir(), program: "/opt/kakaotalk-mcp/kakaotalk-mcp"}
	var err error
	if w.server, err = w.kakao.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.server.Close() })
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	callback := "http://localhost:" + strconv.Itoa(port)
	w.kakao.UpdateApp(func(app *sandbox.App) {
		app.RedirectURIs = []string{callback + "/auth/callback", callback + "/friends/callback"}
	})
	w.app = w.kakao.App()
	t.Setenv(childEnv, "browser") // for the browser that this process starts
	w.env = map[string]string{
		"KAKAO_AUTH_URL": w.server.AuthURL, "KAKAO_API_URL": w.server.APIURL, "KAKAO_CALLBACK_URL": callback,
		"KAKAO_TOKEN_STORE": "file", "KAKAO_LANG": "ko", "BROWSER": os.Args[0],
		"HOME": w.home, "USERPROFILE": w.home, "PATH": "", childEnv: "browser",
	}
	return w
}

// config is the folder with the program's settings.
func (w *world) config() string { return filepath.Join(w.home, ".kakaotalk-mcp") }

func (w *world) environ() []string {
	var list []string
	for name, value := range w.env {
		list = append(list, name+"="+value)
	}
	return list
}

// setUp gives the settings that a right setup leaves behind.
func (w *world) setUp() {
	w.env["KAKAO_CLIENT_ID"], w.env["KAKAO_CLIENT_SECRET"] = w.app.Key, w.app.Secret
}

// run runs one command without a terminal and returns its exit code and output.
func (w *world) run(args ...string) (code int, stdout, stderr string) {
	w.t.Helper()
	dir := w.t.TempDir()
	open := func(name string) *os.File {
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			w.t.Fatal(err)
		}
		return f
	}
	in, out, errs := open("in"), open("out"), open("err")
	defer in.Close()
	defer out.Close()
	defer errs.Close()
	sys := &cli.Env{Stdin: in, Stdout: out, Stderr: errs, Vars: w.environ(), Executable: w.program, UserHome: w.home}
	code = run(w.t.Context(), sys, args)
	text := func(f *os.File) string {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			w.t.Fatal(err)
		}
		raw, err := io.ReadAll(f)
		if err != nil {
			w.t.Fatal(err)
		}
		return string(raw)
	}
	stdout, stderr = text(out), text(errs)
	assertInside(w.t, w.environ(), stdout, stderr)
	return code, stdout, stderr
}

// logIn logs the owner in.
func (w *world) logIn(args ...string) {
	w.t.Helper()
	if code, _, text := w.run(append([]string{"login"}, args...)...); code != 0 {
		w.t.Fatalf("login: exit code %d\n%s", code, text)
	}
}

// files returns every file below a folder with its content, and the folders.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		rel, _ := filepath.Rel(dir, path)
		switch {
		case err != nil || path == dir:
			return err
		case d.IsDir():
			found[rel] = "folder"
			return nil
		}
		raw, err := os.ReadFile(path)
		found[rel] = string(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
