//go:build linux

package clients

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/cmd/internal/e2e/modeltest"
)

// driver knows how to run one real client without a person: its own file is all
// that a further client takes.
type driver struct {
	id      string // as install calls it
	program string // folder of the client in the tests' cache, and its program
	// defers: the model has to look tools up before it can call them, by this tool.
	finder string
	// prepare writes the client's own files and says how it is run: variables, and
	// arguments that make it carry out one request.
	prepare func(t *testing.T, home, model string) (env map[string]string, args []string)
	setup   func(model string) []string // a call of the client before, if any
	stop    []string                    // a call that ends what it leaves running, if any
}

// drivers are the clients that install here.
var drivers []*driver

// desk is one client at work for one person.
type desk struct {
	*e2etest.Computer
	driver *driver
	bin    string
	env    map[string]string
	log    string // of the servers
	left   bool   // the client may have left something running
}

// sit makes a computer for one person with one client. The settings stand in the
// program's file, since clients pass few variables on; the browser is a program.
func sit(t *testing.T, d *driver, browser ...string) *desk {
	t.Helper()
	s := &desk{Computer: e2etest.NewComputer(t), driver: d}
	if d.program != "" {
		s.bin = clientPrograms(t, d.program)
	}
	s.log = filepath.Join(s.Home, "log")
	for _, entry := range browser {
		name, value, _ := strings.Cut(entry, "=")
		s.Set(name, value)
	}
	var script, settings strings.Builder
	script.WriteString("#!/bin/sh\n")
	for _, entry := range s.Env {
		name, value, _ := strings.Cut(entry, "=")
		switch {
		case strings.HasPrefix(name, "KAKAOTALK_TEST_"):
			fmt.Fprintf(&script, "export %s='%s'\n", name, value)
		case strings.HasPrefix(name, "KAKAO_"):
			fmt.Fprintf(&settings, "%s='%s'\n", name, value)
		}
	}
	fmt.Fprintf(&script, "exec '%s' \"$@\"\n", e2etest.Self(t))
	path := filepath.Join(t.TempDir(), "browser")
	if err := os.WriteFile(path, []byte(script.String()), 0o700); err != nil {
		t.Fatal(err)
	}
	s.WriteHome("config.env", settings.String()+"BROWSER='"+path+"'\nKAKAO_LOG_LEVEL=debug\nKAKAO_LOG_FILE='"+s.log+"'\n")
	s.env = map[string]string{"HOME": s.User, "PATH": s.bin + ":" + nodeFolder(t) + ":/usr/bin:/bin", "TERM": "xterm-256color", "LANG": "ko_KR.UTF-8", "SHELL": "/bin/sh"}
	name, value, _ := strings.Cut(compiled(t), "=")
	s.env[name] = value
	return s
}

func nodeFolder(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("node")
	if err != nil {
		e2etest.Missing(t, "node")
	}
	return filepath.Dir(path)
}

// register lets the program register itself with the client.
func (s *desk) register(program string) {
	s.Helper()
	cmd := exec.Command(program, "install", s.driver.id, "--force")
	cmd.Env = s.environ()
	if out, err := cmd.CombinedOutput(); err != nil {
		s.Fatalf("install %s: %v\n%s", s.driver.id, err, out)
	}
}

func (s *desk) environ() (list []string) {
	for name, value := range s.env {
		list = append(list, name+"="+value)
	}
	slices.Sort(list)
	return list
}

// run is a client that carries out one request.
type run struct {
	cmd   *exec.Cmd
	out   e2etest.Buffer
	ended chan error
}

// start lets the client carry out one request with this model, as a terminal would
// have it: in a process group of its own.
func (s *desk) start(model *modeltest.Model) *run {
	s.Helper()
	t := s.TB.(*testing.T)
	env, args := s.driver.prepare(t, s.User, model.URL)
	maps.Copy(s.env, env)
	s.left = s.driver.stop != nil
	s.Cleanup(s.stop)
	if s.driver.setup != nil {
		if out, err := callIn(t.Context(), s.environ(), filepath.Join(s.bin, args[0]), s.driver.setup(model.URL)...); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	r := &run{cmd: exec.Command(filepath.Join(s.bin, args[0]), args[1:]...), ended: make(chan error, 1)}
	r.cmd.Env, r.cmd.Dir, r.cmd.Stdout, r.cmd.Stderr, r.cmd.WaitDelay = s.environ(), s.TempDir(), &r.out, &r.out, time.Second
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { r.ended <- r.cmd.Wait() }()
	t.Cleanup(func() {
		_ = syscall.Kill(-r.cmd.Process.Pid, syscall.SIGKILL)
		if t.Failed() {
			log, _ := os.ReadFile(s.log)
			t.Logf("the client printed\n%.20000s\nThe servers logged\n%.20000s", r.out.String(), log)
		}
	})
	return r
}

// ask lets the client carry out one request and returns what it printed.
func (s *desk) ask(model *modeltest.Model) string {
	s.Helper()
	r := s.start(model)
	select {
	case err := <-r.ended:
		return fmt.Sprint(r.out.String(), "\n", err)
	case <-time.After(clientTime):
		s.Fatal("the client does not end")
	}
	return ""
}

// stop ends what the client leaves running, if it does.
func (s *desk) stop() {
	if s.left {
		s.left = false
		_, _ = callIn(context.Background(), s.environ(), filepath.Join(s.bin, s.driver.program), s.driver.stop...)
	}
}

// await waits for what the client brings about while it runs; its start alone may take
// half a minute on a busy computer.
func (r *run) await(t *testing.T, what string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(clientTime); !done(); {
		select {
		case <-tick.C:
		case err := <-r.ended:
			r.ended <- err
			t.Fatalf("the client ended before %s: %v", what, err)
		case <-deadline:
			t.Fatalf("it never happened: %s", what)
		}
	}
}

// interrupt presses Ctrl-C until the client ends: some want it twice.
func (r *run) interrupt(t *testing.T) {
	t.Helper()
	deadline := time.After(e2etest.Patience)
	for {
		_ = syscall.Kill(-r.cmd.Process.Pid, syscall.SIGINT)
		select {
		case <-r.ended:
			return
		case <-time.After(keyPause):
		case <-deadline:
			t.Fatal("Ctrl-C does not end the client")
		}
	}
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// gone waits until no process of the program is left.
func gone(t *testing.T, program string) {
	t.Helper()
	e2etest.WaitUntil(t, "the server's end", func() bool {
		links, err := filepath.Glob("/proc/[0-9]*/exe")
		if err != nil || len(links) == 0 {
			t.Fatalf("no processes here: %v", err)
		}
		return !slices.ContainsFunc(links, func(link string) bool {
			to, err := os.Readlink(link)
			return err == nil && to == program
		})
	})
}
