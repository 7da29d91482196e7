package chat

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/chat/clovatest"
)

// childEnv makes the test binary the MCP server of the tests.
const childEnv = "KAKAOTALK_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) == "server" {
		serveTools()
		return
	}
	os.Exit(m.Run())
}

// serveTools is an MCP server over stdio: echo repeats, fail fails, hang waits
// to be cancelled and says so on stderr, ask puts a question.
func serveTools() {
	s := mcpserver.NewMCPServer("tools", "1", mcpserver.WithElicitation())
	s.AddTool(mcp.NewTool("echo", mcp.WithString("text")), func(_ context.Context, r mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		return mcp.NewToolResultText("echo " + r.GetString("text", "nothing")), nil
	})
	s.AddTool(mcp.NewTool("fail"), func(context.Context, mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		return mcp.NewToolResultError("it is \x1b[31mfull"), nil
	})
	s.AddTool(mcp.NewTool("break"), func(context.Context, mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		return nil, errors.New("broken")
	})
	s.AddTool(mcp.NewTool("hang"), func(ctx context.Context, _ mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		fmt.Fprintln(os.Stderr, "started")
		<-ctx.Done()
		fmt.Fprintln(os.Stderr, "cancelled")
		return nil, ctx.Err()
	})
	s.AddTool(mcp.NewTool("ask"), func(_ context.Context, r mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		answer, ok := r.Params.InputResponses["q"]
		if !ok {
			return mcpserver.NewInputRequestBuilder("s").Elicit("q", mcp.ElicitationParams{Mode: mcp.ElicitationModeForm, Message: "really?", RequestedSchema: map[string]any{
				"type": "object", "properties": map[string]any{"answer": map[string]any{"type": "string", "enum": []string{"yes", "no"}}}}}).ToolResult(), nil
		}
		if err := answer.DecodeFor(mcp.MethodElicitationCreate); err != nil {
			return nil, err
		}
		return mcp.NewToolResultText(fmt.Sprint(answer.Elicitation.Action, " ", answer.Elicitation.Content)), nil
	})
	if err := mcpserver.ServeStdio(s); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// pipe returns a file whose text arrives in read once the file is closed.
func pipe(t *testing.T) (w *os.File, read func() string) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	text := make(chan string, 1)
	go func() {
		all, _ := io.ReadAll(r)
		r.Close()
		text <- string(all)
	}()
	return w, func() string {
		w.Close()
		return <-text
	}
}

// input is a file with text to read.
func input(t *testing.T, text string) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	go func() {
		io.WriteString(w, text) //nolint:errcheck // the reader may be gone
		w.Close()
	}()
	return r
}

func toolConfig(t *testing.T) Config {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return Config{Model: "HCX-005", Key: clovatest.Key, Lang: "ko", Version: "test", Server: []string{self}, Env: append(os.Environ(), childEnv+"=server", "GORACE=atexit_sleep_ms=0")}
}

// talk runs a whole conversation: the lines of stdin against the model.
func talk(t *testing.T, lines string, answer func(clovatest.Request) clovatest.Reply) (stdout, stderr string, server *clovatest.Server) {
	t.Helper()
	server, err := clovatest.Start(answer)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	c := toolConfig(t)
	c.BaseURL, c.Stdin = server.URL, input(t, lines)
	var out, errs func() string
	c.Stdout, out = pipe(t)
	c.Stderr, errs = pipe(t)
	outcome, err := Run(t.Context(), c)
	stdout, stderr = out(), errs()
	if err != nil || outcome != Done {
		t.Fatalf("outcome %v, error %v\n%s", outcome, err, stderr)
	}
	if refused := server.Refused(); len(refused) > 0 {
		t.Errorf("refused requests: %q", refused)
	}
	return stdout, stderr, server
}

// TestCancelReachesTheServer: a stopped call is cancelled through MCP, and the
// server is there for the next one.
func TestCancelReachesTheServer(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	s, err := startServer(t.Context(), toolConfig(t), w, &forms{}, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	said := bufio.NewScanner(r)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := s.call(ctx, "1", "hang", nil)
		done <- err
	}()
	if !said.Scan() || said.Text() != "started" {
		t.Fatalf("%q", said.Text())
	}
	stop()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
	if !said.Scan() || said.Text() != "cancelled" {
		t.Errorf("%q, want cancelled", said.Text())
	}
	if got, err := s.call(t.Context(), "2", "echo", map[string]any{"text": "hi"}); err != nil || got.text != "echo hi" {
		t.Errorf("after the cancel: %+v, %v", got, err)
	}
}

func TestServerThatDoesNotStart(t *testing.T) {
	for _, test := range []struct {
		command []string
		lang    wording.Lang
		want    string
	}{
		{[]string{"/does/not/exist"}, "ko", "시작하지 못했어요: /does/not/exist."},
		{[]string{"/does/not/exist"}, "en", "could not be started: /does/not/exist."},
		{[]string{os.Args[0], "-test.run=^$"}, "ko", "시작하지 못했어요: " + os.Args[0] + "."}, // ends without a word
	} {
		c := toolConfig(t)
		c.Server, c.Env, c.Lang = test.command, os.Environ(), test.lang
		c.BaseURL, c.Request, c.Stdin = "http://127.0.0.1:1", "hi", input(t, "")
		var out, errs func() string
		c.Stdout, out = pipe(t)
		c.Stderr, errs = pipe(t)
		_, err := Run(t.Context(), c)
		out()
		errs()
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: error %v", test.command, err)
		}
	}
}
