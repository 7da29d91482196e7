package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// probe asks everything that clients ask only to see what is there.
func probe(s *server) {
	s.t.Helper()
	s.initialize(map[string]any{})
	s.ask("server/discover", modern(nil, map[string]any{}))
	for _, method := range []string{"tools/list", "resources/list", "resources/templates/list", "prompts/list"} {
		s.ask(method, map[string]any{})
		s.ask(method, modern(nil, map[string]any{}))
	}
}

// TestProbesLeaveNoTrace: with a poor environment, no home folder, one that
// cannot be written and none known at all, everything is answered and nothing
// is made.
func TestProbesLeaveNoTrace(t *testing.T) {
	absent := filepath.Join(t.TempDir(), "absent")
	readOnly := t.TempDir()
	if err := os.Chmod(readOnly, 0o500); err != nil {
		t.Fatal(err)
	}
	for name, home := range map[string]string{"absent": absent, "read-only": readOnly, "unknown": ""} {
		t.Run(name, func(t *testing.T) {
			env := []string{"PATH=" + os.Getenv("PATH"), "KAKAO_CLIENT_ID=0123456789abcdef"}
			if root := os.Getenv("SYSTEMROOT"); root != "" {
				env = append(env, "SYSTEMROOT="+root)
			}
			if home != "" {
				env = append(env, "HOME="+home, "USERPROFILE="+home, "TMPDIR="+home, "TMP="+home, "TEMP="+home)
			}
			s := startServer(t, env)
			probe(s)
			if code, _ := s.end(); code != exitOK {
				t.Errorf("exit code %d", code)
			}
			if left := entries(t, home) + entries(t, s.cmd.Dir); left != "" {
				t.Errorf("left behind: %s", left)
			}
			if s.stderr.String() != "" {
				t.Errorf("said on stderr: %s", s.stderr)
			}
		})
	}
	if _, err := os.Stat(absent); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the home folder was made: %v", err)
	}
}

func entries(t *testing.T, dir string) string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil && dir != "" && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return fmt.Sprint(list)[1 : len(fmt.Sprint(list))-1]
}

// TestProbesTouchNothing looks at the system calls: no network, no other program,
// no file below home but config.env.
func TestProbesTouchNothing(t *testing.T) {
	if runtime.GOOS != "linux" {
		missing(t, "strace")
	}
	strace, err := exec.LookPath("strace")
	if err != nil {
		missing(t, "strace")
	}
	trace := filepath.Join(t.TempDir(), "trace")
	env := bareEnv(t, "KAKAO_CLIENT_ID=0123456789abcdef", "DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent")
	home := strings.TrimPrefix(env[1], "HOME=")
	s := launch(t, exec.Command(strace, "-f", "-qq", "-o", trace, "-e", "trace=network,file,process", "--", program(t)), env)
	probe(s)
	s.end()
	raw, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	network := regexp.MustCompile(`\b(socket|connect|bind|listen|accept4?|sendto|sendmsg)\(`)
	starts := regexp.MustCompile(`\b(execve|vfork|fork)\(`)
	opened := regexp.MustCompile(`"([^"]*)"`)
	begun, config := false, false
	for line := range strings.Lines(string(raw)) {
		if !begun { // strace starting the program
			begun = strings.Contains(line, "execve(")
			continue
		}
		if network.MatchString(line) || starts.MatchString(line) {
			t.Errorf("not silent: %s", line)
		}
		if m := opened.FindStringSubmatch(line); m != nil && strings.HasPrefix(m[1], home) {
			config = config || strings.HasSuffix(m[1], "config.env")
			looked := m[1] == filepath.Join(home, ".kakaotalk-mcp") && strings.Contains(line, "stat") // whose the folder is
			if !looked && m[1] != filepath.Join(home, ".kakaotalk-mcp", "config.env") || strings.Contains(line, "O_CREAT") {
				t.Errorf("a file in home: %s", line)
			}
		}
	}
	if !config {
		t.Error("the trace does not even show config.env: it proves nothing")
	}
}

// occupations are what a server may be doing when its input ends.
var occupations = map[string]func(*server){
	"at once": func(*server) {},
	"idle":    probe,
	"login pending": func(s *server) {
		s.initialize(map[string]any{"elicitation": map[string]any{"url": map[string]any{}}})
		s.request("tools/call", map[string]any{"name": toolToMe, "arguments": map[string]any{"message": "hi"}})
		if m := s.read(); m.Method != "elicitation/create" {
			s.t.Errorf("no login page: %s", m.Method)
		}
	},
}

// TestEndOfInput: the program is gone soon after its input, whatever it was doing.
func TestEndOfInput(t *testing.T) {
	_, settings := practiceKakao(t)
	for name, busy := range occupations {
		t.Run(name, func(t *testing.T) {
			goneInTime(t, func() time.Duration {
				s := startServer(t, bareEnv(t, settings...), "serve")
				busy(s)
				code, took := s.end()
				if code != exitOK {
					t.Errorf("exit code %d", code)
				}
				return took
			})
		})
	}
}

// TestManyCallsAtOnce: 64 calls in one write are all answered.
func TestManyCallsAtOnce(t *testing.T) {
	s := startServer(t, bareEnv(t, withBrowser(t)...), "serve", "--sandbox")
	s.initialize(map[string]any{})
	if r := s.callTool(toolSearch, `{"query":"홍길동"}`); r.IsError {
		t.Fatal(r.text())
	}
	const calls = 64
	var lines strings.Builder
	for id := 1001; id <= 1000+calls; id++ {
		fmt.Fprintf(&lines, `{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"search_kakao_friends","arguments":{"query":"김"}}}`+"\n", id)
	}
	s.send(strings.TrimSuffix(lines.String(), "\n"))
	answered := map[string]bool{}
	for len(answered) < calls {
		m := s.read()
		if m.Error != nil || strings.Contains(string(m.Result), `"isError":true`) || answered[string(m.ID)] {
			t.Fatalf("answer %s: %v %s", m.ID, m.Error, m.Result)
		}
		answered[string(m.ID)] = true
	}
}

// TestSecondCopy: two copies on one home serve at the same time.
func TestSecondCopy(t *testing.T) {
	kakao, settings := practiceKakao(t)
	env := bareEnv(t, append(settings, withBrowser(t)...)...)
	first, second := startServer(t, env), startServer(t, env)
	for i, s := range []*server{first, second} {
		s.initialize(map[string]any{})
		if r := s.callTool(toolToMe, fmt.Sprintf(`{"message":"from copy %d"}`, i)); r.IsError {
			t.Fatal(r.text())
		}
	}
	if code, _ := first.end(); code != exitOK {
		t.Errorf("exit code %d", code)
	}
	if r := second.callTool(toolToMe, `{"message":"still here"}`); r.IsError {
		t.Error(r.text())
	}
	if n := len(kakao.Deliveries()); n != 3 {
		t.Errorf("%d messages delivered, want 3", n)
	}
	logins := 0
	for _, r := range kakao.Requests() {
		if r.Path == "/oauth/token" {
			logins++
		}
	}
	if logins != 1 {
		t.Errorf("%d token requests, want 1", logins)
	}
}

// TestTwoSandboxes: two sandboxes at once have their own worlds, and both homes
// are gone afterwards.
func TestTwoSandboxes(t *testing.T) {
	env := bareEnv(t, withBrowser(t)...)
	first, second := startServer(t, env, "serve", "--sandbox"), startServer(t, env, "serve", "--sandbox")
	rooms := map[any]bool{}
	var wait sync.WaitGroup
	results := make([]toolResult, 2)
	for i, s := range []*server{first, second} {
		s.initialize(map[string]any{})
		wait.Go(func() { results[i] = s.callTool(toolToMe, `{"message":"hi"}`) })
	}
	wait.Wait()
	for _, r := range results {
		if r.IsError || !strings.HasPrefix(r.text(), "[연습]") {
			t.Error(r.text())
		}
		rooms[r.Structured["chat_rooms"]] = true
	}
	if len(rooms) != 2 {
		t.Errorf("both show the same chat rooms: %v", rooms)
	}
	first.end()
	second.end()
	if left := entries(t, strings.TrimPrefix(env[1], "HOME=")); left != "" {
		t.Errorf("left behind: %s", left)
	}
}

// strayServer is serve with a library that prints to stdout once it is running.
var _ = registerChild("stray", func() int {
	sys := system()
	out := os.Stdout
	read, write, err := os.Pipe()
	if err != nil {
		return 3
	}
	sys.stdout = write
	served := make(chan int, 1)
	go func() {
		served <- run(context.Background(), sys, []string{"serve", "--sandbox"})
		write.Close()
	}()
	buffer := make([]byte, 64<<10)
	for printed := false; ; printed = true {
		n, err := read.Read(buffer)
		out.Write(buffer[:n])
		if !printed {
			fmt.Println("stray output of a library")
		}
		if errors.Is(err, io.EOF) {
			return <-served
		}
	}
})

// TestStrayOutput: what libraries and browsers print ends on stderr or nowhere.
func TestStrayOutput(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s := launch(t, exec.Command(self), bareEnv(t, childEnv+"=stray", "GORACE=atexit_sleep_ms=0"))
	s.initialize(map[string]any{})
	probe(s)
	if code, _ := s.end(); code != exitOK {
		t.Errorf("exit code %d", code)
	}
	if !strings.Contains(s.stderr.String(), "stray output of a library") {
		t.Error("the stray line is not on stderr")
	}

	s = startServer(t, bareEnv(t, withBrowser(t)...), "serve", "--sandbox")
	s.initialize(map[string]any{})
	if r := s.callTool(toolToMe, `{"message":"hi"}`); r.IsError { // read fails on lines that are not JSON
		t.Error(r.text())
	}
}
