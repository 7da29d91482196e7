package e2etest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Exit codes of the program.
const (
	ExitOK    = 0
	ExitError = 1
	ExitUsage = 2 // wrong usage, or cancelled
	ExitLogin = 4 // a login is needed
)

// Server is the built program as an MCP client sees it. One goroutine at a time
// may use it.
type Server struct {
	T      testing.TB // of the test or subtest that uses it now
	Cmd    *exec.Cmd
	Stdin  io.WriteCloser
	Stderr *Buffer
	Lines  chan []byte // stdout; closed at its end
	Exited chan error  // holds the end of the process
	Said   [][]byte    // every line taken from Lines so far
	Next   int         // id of the last request
}

// Buffer collects what a child writes while a test reads it.
type Buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *Buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *Buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// Start starts the program with args in a folder of its own.
func Start(t testing.TB, env []string, args ...string) *Server {
	t.Helper()
	return Launch(t, exec.Command(Program(t), args...), env)
}

// Launch starts cmd, which is killed at the end of the test, and asserts then
// that it let no secret out.
func Launch(t testing.TB, cmd *exec.Cmd, env []string) *Server {
	t.Helper()
	s := &Server{T: t, Cmd: cmd, Stderr: &Buffer{}, Lines: make(chan []byte, 10_000), Exited: make(chan error, 1)}
	cmd.Env, cmd.Dir = env, t.TempDir()
	if cmd.Stderr == nil {
		cmd.Stderr = s.Stderr
	}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.Stdin = stdin
	endKeeperOf(t, env)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		in := bufio.NewReader(stdout)
		for {
			line, err := in.ReadBytes('\n')
			if len(line) > 0 {
				s.Lines <- line
			}
			if err != nil {
				close(s.Lines)
				s.Exited <- cmd.Wait()
				return
			}
		}
	}()
	t.Cleanup(func() {
		cmd.Process.Kill()
		<-s.Exited
		AssertInside(t, env, s.Stderr.String(), string(bytes.Join(s.Said, nil)))
		if t.Failed() && s.Stderr.String() != "" {
			t.Logf("stderr of %s:\n%s", filepath.Base(cmd.Path), s.Stderr)
		}
	})
	return s
}

// Write sends text as it is, in one write.
func (s *Server) Write(text string) {
	s.T.Helper()
	if pipe, ok := s.Stdin.(*os.File); ok { // a program that no longer reads
		_ = pipe.SetWriteDeadline(time.Now().Add(Patience)) // not for pipes on Windows
	}
	if _, err := io.WriteString(s.Stdin, text); err != nil {
		s.T.Fatalf("writing to the program: %v", err)
	}
}

// Send sends a line.
func (s *Server) Send(line string) {
	s.T.Helper()
	s.Write(line + "\n")
}

// Read returns the next line of stdout.
func (s *Server) Read() Message {
	s.T.Helper()
	select {
	case line, ok := <-s.Lines:
		if !ok {
			s.T.Fatal("the program closed its stdout")
		}
		s.Said = append(s.Said, line)
		var m Message
		if err := json.Unmarshal(line, &m); err != nil {
			s.T.Fatalf("stdout is not JSON: %q", line)
		}
		return m
	case <-time.After(Patience):
		s.T.Fatal("no line from the program")
	}
	return Message{}
}

// Await reads until the answer to id.
func (s *Server) Await(id int) Message {
	s.T.Helper()
	for {
		if m := s.Read(); string(m.ID) == strconv.Itoa(id) && m.Method == "" {
			return m
		}
	}
}

// BeforePing returns the lines that come before the answer to a ping sent now.
func (s *Server) BeforePing() (before []Message) {
	s.T.Helper()
	id := strconv.Itoa(s.Request("ping", nil))
	for {
		m := s.Read()
		if string(m.ID) == id && m.Method == "" {
			return before
		}
		before = append(before, m)
	}
}

// End closes stdin and returns the exit code and how long the program lived on.
func (s *Server) End() (code int, took time.Duration) {
	s.T.Helper()
	start := time.Now()
	s.Stdin.Close()
	return s.Exit(), time.Since(start)
}

// Drain closes stdin and returns what still came, the exit code and the time taken.
func (s *Server) Drain() (rest []Message, code int, took time.Duration) {
	s.T.Helper()
	code, took = s.End()
	for line := range s.Lines {
		var m Message
		if err := json.Unmarshal(line, &m); err != nil {
			s.T.Errorf("stdout is not JSON: %q", line)
		}
		rest = append(rest, m)
	}
	return rest, code, took
}

// Exit waits for the end of the program and returns its exit code, -1 for a signal.
func (s *Server) Exit() int {
	s.T.Helper()
	select {
	case err := <-s.Exited:
		s.Exited <- err // for the cleanup
		return s.Cmd.ProcessState.ExitCode()
	case <-time.After(Patience):
		s.T.Fatal("the program does not end")
	}
	return 0
}

// Kill ends the program without warning.
func (s *Server) Kill() {
	s.T.Helper()
	if err := s.Cmd.Process.Kill(); err != nil {
		s.T.Fatal(err)
	}
	s.Exit()
}

// Run runs the program to its end, in a folder of its own, and returns what it
// wrote and its exit code.
func Run(t testing.TB, env []string, stdin string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	endKeeperOf(t, env)
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), Program(t), args...)
	cmd.Env, cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = env, t.TempDir(), strings.NewReader(stdin), &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	AssertInside(t, env, out.String(), errs.String())
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// RunOnFullDisk runs the program with its output on a disk that is full, and returns
// what it wrote to stderr and its exit code.
func RunOnFullDisk(t testing.TB, env []string, args ...string) (stderr string, code int) {
	t.Helper()
	if runtime.GOOS != "linux" {
		Missing(t, "/dev/full")
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	var said strings.Builder
	cmd := exec.Command(Program(t), args...)
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = env, t.TempDir(), full, &said
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return said.String(), cmd.ProcessState.ExitCode()
}
