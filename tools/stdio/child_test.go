package stdio

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// patience bounds every wait for the child; nothing waits that long unless it fails.
const patience = 40 * time.Second

// reply is one line of the child's stdout.
type reply struct {
	JSONRPC string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Method  string          `json:"method"`
	Result  *result         `json:"result"`
	Error   *rpcError       `json:"error"`
	Params  struct {
		Token    any            `json:"progressToken"`
		Progress float64        `json:"progress"`
		Message  string         `json:"message"`
		Meta     map[string]any `json:"_meta"`
	} `json:"params"`
}

type result struct {
	Content []struct {
		Text string `json:"text"`
	} `json:"content"`
	IsError      bool           `json:"isError"`
	ResultType   string         `json:"resultType"`
	RequestState string         `json:"requestState"`
	Meta         map[string]any `json:"_meta"`
}

type rpcError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// text is the answer in one line: a tool's text, marked if it is an error, or the code.
func (r reply) text() string {
	switch {
	case r.Error != nil:
		return fmt.Sprint(r.Error.Code)
	case r.Result != nil && len(r.Result.Content) == 1 && r.Result.IsError:
		return "error: " + r.Result.Content[0].Text
	case r.Result != nil && len(r.Result.Content) == 1:
		return r.Result.Content[0].Text
	}
	return ""
}

// child is the test binary running as a server behind real pipes.
type child struct {
	t       *testing.T
	cmd     *exec.Cmd
	stdin   io.WriteCloser
	stdout  io.ReadCloser
	stderr  bytes.Buffer
	lines   chan reply
	effects string
}

// start starts a child and reads its stdout. Its stderr is kept, unless a file is given.
func start(t *testing.T, stderr ...*os.File) *child {
	t.Helper()
	c := launch(t, stderr...)
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.read()
	}()
	t.Cleanup(func() {
		c.cmd.Process.Kill()
		<-done
	})
	return c
}

// launch starts a child whose stdout nobody reads.
func launch(t *testing.T, stderr ...*os.File) *child {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &child{t: t, lines: make(chan reply, 10_000), effects: filepath.Join(t.TempDir(), "effects")}
	c.cmd = exec.Command(exe)
	// Race-enabled binaries otherwise sleep for a second before they exit.
	c.cmd.Env = append(os.Environ(), effectsEnv+"="+c.effects, "GORACE=atexit_sleep_ms=0")
	c.cmd.Stderr = &c.stderr
	for _, file := range stderr {
		c.cmd.Stderr = file
		defer file.Close()
	}
	stdin, err := c.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	c.stdin, c.stdout, c.cmd.Stdout = stdin, read, write
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	t.Cleanup(func() {
		c.cmd.Process.Kill()
		c.cmd.Wait()
		read.Close()
		if t.Failed() {
			t.Logf("server's stderr:\n%s", c.stderr.String())
		}
	})
	return c
}

func (c *child) read() {
	defer close(c.lines)
	in := bufio.NewReader(c.stdout)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			if len(line) > 0 {
				c.t.Errorf("last line has no newline: %q", line)
			}
			return
		}
		var r reply
		if err := json.Unmarshal(line, &r); err != nil || r.JSONRPC != "2.0" {
			c.t.Errorf("not a JSON-RPC line: %q", line)
		}
		c.lines <- r
	}
}

// send writes s to the child in one write.
func (c *child) send(s string) {
	c.t.Helper()
	if _, err := io.WriteString(c.stdin, s); err != nil {
		c.t.Fatalf("writing to the server: %v", err)
	}
}

// next returns the child's next line; ok is false at the end of its stdout.
func (c *child) next() (r reply, ok bool) {
	c.t.Helper()
	select {
	case r, ok = <-c.lines:
		return r, ok
	case <-time.After(patience):
		c.t.Fatal("no line from the server")
		return reply{}, false
	}
}

// await returns the answer to id, as JSON text, and the lines before it.
func (c *child) await(id string) (answer reply, before []reply) {
	c.t.Helper()
	for {
		r, ok := c.next()
		if !ok {
			c.t.Fatalf("the server ended without an answer to %s", id)
		}
		if string(r.ID) == id && r.Method == "" {
			return r, before
		}
		before = append(before, r)
	}
}

// awaitBegun waits until n calls have sent their first progress.
func (c *child) awaitBegun(n int) {
	c.t.Helper()
	for range n {
		if r, ok := c.next(); !ok || r.Params.Message != "begun" {
			c.t.Fatalf("got %+v instead of a call's first progress", r)
		}
	}
}

// finish closes stdin and returns what still came, the exit code and the time until then.
func (c *child) finish() (rest []reply, code int, took time.Duration) {
	c.t.Helper()
	began := time.Now()
	if err := c.stdin.Close(); err != nil {
		c.t.Fatal(err)
	}
	rest, code = c.wait()
	return rest, code, time.Since(began)
}

func (c *child) wait() (rest []reply, code int) {
	c.t.Helper()
	for {
		r, ok := c.next()
		if !ok {
			break
		}
		rest = append(rest, r)
	}
	c.cmd.Wait()
	return rest, c.cmd.ProcessState.ExitCode()
}

// sideEffects returns the words the tools left, one per line.
func (c *child) sideEffects() []string {
	c.t.Helper()
	b, err := os.ReadFile(c.effects)
	if err != nil {
		c.t.Fatal(err)
	}
	if len(b) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
}

// callLine is a tools/call with an id and arguments given as JSON text; the id is also the
// progress token.
func callLine(id, tool, arguments string) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"method":"tools/call","params":{"name":%q,"arguments":%s,"_meta":{"progressToken":%s}}}`+"\n",
		id, tool, arguments, id)
}

// modernLine is a request of protocol 2026-07-28; more is appended to the params.
func modernLine(id, method, more string) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"method":%q,"params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",`+
		`"io.modelcontextprotocol/clientCapabilities":{"elicitation":{}}}%s}}`+"\n", id, method, more)
}

func pingLine(id string) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"method":"ping"}`+"\n", id)
}

func cancelLine(id string) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":%s,"reason":"test"}}`+"\n", id)
}

const (
	releaseLine    = `{"jsonrpc":"2.0","method":"notifications/release"}` + "\n"
	initializeLine = `{"jsonrpc":"2.0","id":"init","method":"initialize","params":{"protocolVersion":"2025-11-25",` +
		`"capabilities":{"elicitation":{}},"clientInfo":{"name":"test","version":"1"}}}` + "\n"
)
