package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"kakaotalk-mcp/tools/kakao/sandbox"
)

// patience bounds every wait for another process; nothing waits that long unless it fails.
const patience = 60 * time.Second

// server is the built program as an MCP client sees it.
type server struct {
	t      testing.TB
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stderr *lockedBuffer
	lines  chan []byte // closed at the end of stdout
	exited chan error
	said   [][]byte // every line taken from lines so far
	next   int
}

// lockedBuffer collects what a child writes while a test reads it.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// bareEnv is all that the poorest client passes on, with folders of the test's own.
func bareEnv(t testing.TB, more ...string) []string {
	t.Helper()
	home := t.TempDir()
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "USERPROFILE=" + home, "TMPDIR=" + home, "TMP=" + home, "TEMP=" + home}
	if root := os.Getenv("SYSTEMROOT"); root != "" {
		env = append(env, "SYSTEMROOT="+root)
	}
	return append(env, more...)
}

// startServer starts the program with args in a folder of its own.
func startServer(t testing.TB, env []string, args ...string) *server {
	t.Helper()
	return launch(t, exec.Command(program(t), args...), env)
}

func launch(t testing.TB, cmd *exec.Cmd, env []string) *server {
	t.Helper()
	s := &server{t: t, cmd: cmd, stderr: &lockedBuffer{}, lines: make(chan []byte, 10_000), exited: make(chan error, 1)}
	cmd.Env, cmd.Dir = env, t.TempDir()
	if cmd.Stderr == nil {
		cmd.Stderr = s.stderr
	}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.stdin = stdin
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		in := bufio.NewReader(stdout)
		for {
			line, err := in.ReadBytes('\n')
			if len(line) > 0 {
				s.lines <- line
			}
			if err != nil {
				close(s.lines)
				s.exited <- cmd.Wait()
				return
			}
		}
	}()
	t.Cleanup(func() {
		cmd.Process.Kill()
		<-s.exited
		assertInside(t, env, s.stderr.String(), string(bytes.Join(s.said, nil)))
		if t.Failed() && s.stderr.String() != "" {
			t.Logf("stderr of %s:\n%s", filepath.Base(cmd.Path), s.stderr)
		}
	})
	return s
}

// message is a line of the program's stdout.
type message struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

func (s *server) send(line string) {
	s.t.Helper()
	if _, err := io.WriteString(s.stdin, line+"\n"); err != nil {
		s.t.Fatalf("writing to the program: %v", err)
	}
}

// read returns the next line of stdout.
func (s *server) read() message {
	s.t.Helper()
	select {
	case line, ok := <-s.lines:
		if !ok {
			s.t.Fatal("the program closed its stdout")
		}
		s.said = append(s.said, line)
		var m message
		if err := json.Unmarshal(line, &m); err != nil {
			s.t.Fatalf("stdout is not JSON: %q", line)
		}
		return m
	case <-time.After(patience):
		s.t.Fatal("no line from the program")
	}
	return message{}
}

// await reads until the answer to id.
func (s *server) await(id int) message {
	s.t.Helper()
	for {
		if m := s.read(); string(m.ID) == strconv.Itoa(id) && m.Method == "" {
			return m
		}
	}
}

// request sends one request and returns its id.
func (s *server) request(method string, params map[string]any) int {
	s.t.Helper()
	s.next++
	line, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": s.next, "method": method, "params": params})
	if err != nil {
		s.t.Fatal(err)
	}
	s.send(string(line))
	return s.next
}

// ask sends one request and returns its result.
func (s *server) ask(method string, params map[string]any) json.RawMessage {
	s.t.Helper()
	m := s.await(s.request(method, params))
	if m.Error != nil {
		s.t.Fatalf("%s: %d %s", method, m.Error.Code, m.Error.Message)
	}
	return m.Result
}

// initialize opens a connection of the handshake era.
func (s *server) initialize(capabilities map[string]any) {
	s.t.Helper()
	s.ask("initialize", map[string]any{"protocolVersion": "2025-11-25", "capabilities": capabilities, "clientInfo": map[string]any{"name": "test", "version": "1"}})
	s.send(`{"jsonrpc":"2.0","method":"notifications/initialized"}`)
}

// modern adds what every request of protocol 2026-07-28 carries.
func modern(params, capabilities map[string]any) map[string]any {
	out := map[string]any{"_meta": map[string]any{
		"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": capabilities,
		"io.modelcontextprotocol/clientInfo": map[string]any{"name": "test", "version": "1"},
	}}
	for k, v := range params {
		out[k] = v
	}
	return out
}

// toolResult is the answer to tools/call.
type toolResult struct {
	Content []struct {
		Text string `json:"text"`
	} `json:"content"`
	Structured map[string]any `json:"structuredContent"`
	IsError    bool           `json:"isError"`
}

func (r toolResult) text() string {
	var b strings.Builder
	for _, c := range r.Content {
		b.WriteString(c.Text)
	}
	return b.String()
}

// callTool calls a tool with arguments as JSON text.
func (s *server) callTool(name, arguments string) toolResult {
	s.t.Helper()
	var r toolResult
	if err := json.Unmarshal(s.ask("tools/call", map[string]any{"name": name, "arguments": json.RawMessage(arguments)}), &r); err != nil {
		s.t.Fatal(err)
	}
	return r
}

// end closes stdin and returns the exit code and how long the program lived on.
func (s *server) end() (code int, took time.Duration) {
	s.t.Helper()
	start := time.Now()
	s.stdin.Close()
	return s.exit(), time.Since(start)
}

// goneInTime holds the end of a program to its promise. A machine that is busy with
// other things may hold one try up, not all.
func goneInTime(t *testing.T, try func() time.Duration) {
	t.Helper()
	var took time.Duration
	for range 3 {
		if took = try(); took < maxEnd || t.Failed() {
			return
		}
	}
	t.Errorf("gone after %v", took)
}

// exit waits for the end of the program and returns its exit code, -1 for a signal.
func (s *server) exit() int {
	s.t.Helper()
	select {
	case err := <-s.exited:
		s.exited <- err // for the cleanup
		return s.cmd.ProcessState.ExitCode()
	case <-time.After(patience):
		s.t.Fatal("the program does not end")
	}
	return 0
}

var _ = registerChild("browser", func() int {
	var v sandbox.Visitor
	if _, err := v.Visit(context.Background(), os.Args[len(os.Args)-1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	// A browser that talks: none of it may reach the protocol.
	fmt.Println("stray output of a browser")
	return 0
})

// withBrowser lets the test binary be the person's browser.
func withBrowser(t testing.TB) []string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return []string{"BROWSER=" + self, childEnv + "=browser"}
}

// practiceKakao is a sandbox of the test's own, with the settings that lead a
// program there.
func practiceKakao(t testing.TB) (*sandbox.Sandbox, []string) {
	t.Helper()
	kakao := sandbox.New()
	at, err := kakao.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { at.Close() })
	callback := "http://localhost:" + closedPort(t)
	kakao.UpdateApp(func(a *sandbox.App) {
		a.RedirectURIs = []string{callback + "/auth/callback", callback + "/friends/callback"}
	})
	app := kakao.App()
	return kakao, []string{"KAKAO_CLIENT_ID=" + app.Key, "KAKAO_CLIENT_SECRET=" + app.Secret, "KAKAO_TOKEN_STORE=file",
		"KAKAO_CALLBACK_URL=" + callback, "KAKAO_AUTH_URL=" + at.AuthURL, "KAKAO_API_URL=" + at.APIURL}
}

// closedPort returns a port that nobody listens on.
func closedPort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}
