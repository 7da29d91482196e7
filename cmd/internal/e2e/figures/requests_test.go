package figures

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// operation is what a client asks for, with the requests that Kakao gets for it:
// pages that the browser opens aside.
type operation struct {
	name, tool, arguments string
	requests              int
	before                func(*sandbox.Sandbox) // what happens first
	restart               bool                   // in a new process
}

// operations are done one after the other, beginning without a login.
var operations = []operation{
	{name: "first message to me, with login", tool: e2etest.ToolToMe, arguments: `{"message":"첫 메시지"}`, requests: 3}, // token, its key, message
	{name: "warm message to me", tool: e2etest.ToolToMe, arguments: `{"message":"다음 메시지"}`, requests: 1},
	{name: "the same message again", tool: e2etest.ToolToMe, arguments: `{"message":"다음 메시지"}`, requests: 0},
	{name: "message to me in 3 parts", tool: e2etest.ToolToMe, arguments: fmt.Sprintf(`{"message":%q}`, strings.Repeat("오늘 회의에서 정한 내용을 정리해 드려요. ", 20)+"끝"), requests: 3},
	{name: "first search, with consent", tool: e2etest.ToolSearch, arguments: `{"query":"홍길동"}`, requests: 3}, // token, its key, friends
	{name: "search, friends loaded", tool: e2etest.ToolSearch, arguments: `{"query":"김"}`, requests: 0},
	{name: "warm message to a friend", tool: e2etest.ToolSend, arguments: `{"to":["홍길동"],"message":"안녕하세요"}`, requests: 1},
	{name: "message to me, token expired", tool: e2etest.ToolToMe, arguments: `{"message":"토큰이 끝난 뒤"}`, requests: 3, before: (*sandbox.Sandbox).ExpireAccessTokens}, // refused, refresh, message
	{name: "next process: first message to me", tool: e2etest.ToolToMe, arguments: `{"message":"새 프로세스"}`, requests: 1, restart: true},
	{name: "next process: first message to a friend", tool: e2etest.ToolSend, arguments: `{"to":["홍길동"],"message":"새 프로세스"}`, requests: 2}, // friends, message
	{name: "search of 1,000 friends, not loaded", tool: e2etest.ToolSearch, arguments: `{"query":"김"}`, requests: 10, restart: true, // of 100
		before: func(s *sandbox.Sandbox) { s.Fill(950) }}, // beside the handful that is there
}

// requestsPerOperation counts, in the order of operations, what the sandbox logged.
func requestsPerOperation(t testing.TB) []int {
	t.Helper()
	c := e2etest.NewComputer(t)
	c.Set("KAKAO_CONFIRM", "never")
	var s *e2etest.Server
	var counts []int
	for i, o := range operations {
		if i == 0 || o.restart {
			s = e2etest.Start(t, c.Env, "serve")
			s.Initialize(map[string]any{})
		}
		if o.before != nil {
			o.before(c.Kakao)
		}
		seen, n := len(c.Kakao.Requests()), 0
		if r := s.CallTool(o.tool, o.arguments); r.IsError {
			t.Fatalf("%s: %s", o.name, r.Text())
		}
		for _, r := range c.Kakao.Requests()[seen:] {
			if r.Host == "api" || r.Path == "/oauth/token" || strings.HasPrefix(r.Path, "/.well-known/") {
				n++
			}
		}
		counts = append(counts, n)
	}
	return counts
}

// storeReads counts how often one process that finds a login in the store reads
// the store, in so many calls.
func storeReads(t testing.TB, calls int) int {
	t.Helper()
	if runtime.GOOS != "linux" {
		e2etest.Missing(t, "strace")
	}
	strace, err := exec.LookPath("strace")
	if err != nil {
		e2etest.Missing(t, "strace")
	}
	c := logIn(t)
	trace := filepath.Join(t.TempDir(), "trace")
	s := e2etest.Launch(t, exec.Command(strace, "-f", "-qq", "-o", trace, "-e", "trace=openat", "--", e2etest.Program(t), "serve"), c.Env)
	s.Initialize(map[string]any{})
	for n := range calls {
		if r := s.CallTool(e2etest.ToolToMe, fmt.Sprintf(`{"message":"%d번째 메시지예요."}`, n)); r.IsError {
			t.Fatal(r.Text())
		}
	}
	s.End()
	raw, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(raw), filepath.Join(c.Home, "secrets"))
}
