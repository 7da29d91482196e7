package stdio

import (
	"errors"
	"fmt"
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

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// TestProbesLeaveNoTrace: with a poor environment, no home folder, one that
// cannot be written and none known at all, everything is answered and nothing
// is made.
func TestProbesLeaveNoTrace(t *testing.T) {
	t.Parallel()
	absent := filepath.Join(t.TempDir(), "absent")
	readOnly := t.TempDir()
	if err := os.Chmod(readOnly, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := os.Stat(absent); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the home folder was made: %v", err)
		}
	})
	for name, home := range map[string]string{"absent": absent, "read-only": readOnly, "unknown": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := []string{"PATH=" + os.Getenv("PATH"), "KAKAO_CLIENT_ID=0123456789abcdef"}
			if root := os.Getenv("SYSTEMROOT"); root != "" {
				env = append(env, "SYSTEMROOT="+root)
			}
			if home != "" {
				env = append(env, "HOME="+home, "USERPROFILE="+home, "TMPDIR="+home, "TMP="+home, "TEMP="+home)
			}
			s := e2etest.Start(t, env)
			s.Probe()
			if code, _ := s.End(); code != e2etest.ExitOK {
				t.Errorf("exit code %d", code)
			}
			if left := e2etest.Entries(t, home) + e2etest.Entries(t, s.Cmd.Dir); left != "" {
				t.Errorf("left behind: %s", left)
			}
			if s.Stderr.String() != "" {
				t.Errorf("said on stderr: %s", s.Stderr)
			}
		})
	}
}

// TestProbesTouchNothing looks at the system calls: no network, no other program,
// no file below home but config.env.
func TestProbesTouchNothing(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		e2etest.Missing(t, "strace")
	}
	strace, err := exec.LookPath("strace")
	if err != nil {
		e2etest.Missing(t, "strace")
	}
	trace := filepath.Join(t.TempDir(), "trace")
	env := e2etest.BareEnv(t, "KAKAO_CLIENT_ID=0123456789abcdef", "DBUS_SESSION_BUS_ADDRESS=tcp:host=127.0.0.1,port=1")
	home := e2etest.Variable(env, "HOME")
	s := e2etest.Launch(t, exec.Command(strace, "-f", "-qq", "-o", trace, "-e", "trace=network,file,process", "--", e2etest.Program(t)), env)
	s.Probe()
	s.End()
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
var occupations = map[string]func(*e2etest.Server){
	"at once": func(*e2etest.Server) {},
	"idle":    (*e2etest.Server).Probe,
	"login pending": func(s *e2etest.Server) {
		s.Initialize(map[string]any{"elicitation": map[string]any{"url": map[string]any{}}})
		s.Request("tools/call", map[string]any{"name": e2etest.ToolToMe, "arguments": map[string]any{"message": "hi"}})
		if m := s.Read(); m.Method != "elicitation/create" {
			s.T.Errorf("no login page: %s", m.Method)
		}
	},
}

// TestEndOfInput: the program is gone soon after its input, whatever it was doing.
func TestEndOfInput(t *testing.T) {
	t.Parallel()
	_, settings := e2etest.NewKakao(t)
	for name, busy := range occupations {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			goneInTime(t, func() time.Duration {
				s := e2etest.Start(t, e2etest.BareEnv(t, settings...), "serve")
				busy(s)
				code, took := s.End()
				if code != e2etest.ExitOK {
					t.Errorf("exit code %d", code)
				}
				return took
			})
		})
	}
}

// TestManyCallsAtOnce: 64 calls in one write are all answered.
func TestManyCallsAtOnce(t *testing.T) {
	t.Parallel()
	s := e2etest.Start(t, e2etest.BareEnv(t, e2etest.Browser(t)...), "serve", "--sandbox")
	s.Initialize(map[string]any{})
	if r := s.CallTool(e2etest.ToolSearch, `{"query":"홍길동"}`); r.IsError {
		t.Fatal(r.Text())
	}
	const calls = 64
	var lines strings.Builder
	for id := 1001; id <= 1000+calls; id++ {
		fmt.Fprintf(&lines, `{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"search_kakao_friends","arguments":{"query":"김"}}}`+"\n", id)
	}
	s.Send(strings.TrimSuffix(lines.String(), "\n"))
	answered := map[string]bool{}
	for len(answered) < calls {
		m := s.Read()
		if m.Error != nil || strings.Contains(string(m.Result), `"isError":true`) || answered[string(m.ID)] {
			t.Fatalf("answer %s: %v %s", m.ID, m.Error, m.Result)
		}
		answered[string(m.ID)] = true
	}
}

// TestSecondCopy: two copies on one home serve at the same time.
func TestSecondCopy(t *testing.T) {
	t.Parallel()
	kakao, settings := e2etest.NewKakao(t)
	env := e2etest.BareEnv(t, append(settings, e2etest.Browser(t)...)...)
	first, second := e2etest.Start(t, env), e2etest.Start(t, env)
	for i, s := range []*e2etest.Server{first, second} {
		s.Initialize(map[string]any{})
		if r := s.CallTool(e2etest.ToolToMe, fmt.Sprintf(`{"message":"from copy %d"}`, i)); r.IsError {
			t.Fatal(r.Text())
		}
	}
	if code, _ := first.End(); code != e2etest.ExitOK {
		t.Errorf("exit code %d", code)
	}
	if r := second.CallTool(e2etest.ToolToMe, `{"message":"still here"}`); r.IsError {
		t.Error(r.Text())
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
	t.Parallel()
	env := e2etest.BareEnv(t, e2etest.Browser(t)...)
	first, second := e2etest.Start(t, env, "serve", "--sandbox"), e2etest.Start(t, env, "serve", "--sandbox")
	rooms := map[any]bool{}
	var wait sync.WaitGroup
	results := make([]e2etest.ToolResult, 2)
	for i, s := range []*e2etest.Server{first, second} {
		s.Initialize(map[string]any{})
		wait.Go(func() { results[i] = s.CallTool(e2etest.ToolToMe, `{"message":"hi"}`) })
	}
	wait.Wait()
	for _, r := range results {
		if r.IsError || !strings.HasPrefix(r.Text(), "[연습]") {
			t.Error(r.Text())
		}
		rooms[r.Structured["chat_rooms"]] = true
	}
	if len(rooms) != 2 {
		t.Errorf("both show the same chat rooms: %v", rooms)
	}
	first.End()
	second.End()
	if left := e2etest.Entries(t, e2etest.Variable(env, "HOME")); left != "" {
		t.Errorf("left behind: %s", left)
	}
}

// TestStrayOutput: what a browser prints does not reach stdout. What libraries print
// is a test of the command itself: TestLibrariesPrintOnStderr.
func TestStrayOutput(t *testing.T) {
	t.Parallel()
	s := e2etest.Start(t, e2etest.BareEnv(t, e2etest.Browser(t)...), "serve", "--sandbox")
	s.Initialize(map[string]any{})
	if r := s.CallTool(e2etest.ToolToMe, `{"message":"hi"}`); r.IsError { // read fails on lines that are not JSON
		t.Error(r.Text())
	}
}
