package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

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
	{name: "first message to me, with login", tool: toolToMe, arguments: `{"message":"첫 메시지"}`, requests: 3}, // token, its key, message
	{name: "warm message to me", tool: toolToMe, arguments: `{"message":"다음 메시지"}`, requests: 1},
	{name: "the same message again", tool: toolToMe, arguments: `{"message":"다음 메시지"}`, requests: 0},
	{name: "message to me in 3 parts", tool: toolToMe, arguments: fmt.Sprintf(`{"message":%q}`, strings.Repeat("오늘 회의에서 정한 내용을 정리해 드려요. ", 20)+"끝"), requests: 3},
	{name: "first search, with consent", tool: toolSearch, arguments: `{"query":"홍길동"}`, requests: 3}, // token, its key, friends
	{name: "search, friends loaded", tool: toolSearch, arguments: `{"query":"김"}`, requests: 0},
	{name: "warm message to a friend", tool: toolSend, arguments: `{"to":["홍길동"],"message":"안녕하세요"}`, requests: 1},
	{name: "message to me, token expired", tool: toolToMe, arguments: `{"message":"토큰이 끝난 뒤"}`, requests: 3, before: (*sandbox.Sandbox).ExpireAccessTokens}, // refused, refresh, message
	{name: "next process: first message to me", tool: toolToMe, arguments: `{"message":"새 프로세스"}`, requests: 1, restart: true},
	{name: "next process: first message to a friend", tool: toolSend, arguments: `{"to":["홍길동"],"message":"새 프로세스"}`, requests: 2}, // friends, message
	{name: "search of 1,000 friends, not loaded", tool: toolSearch, arguments: `{"query":"김"}`, requests: 10, restart: true, // of 100
		before: func(s *sandbox.Sandbox) { s.Fill(950) }}, // beside the handful that is there
}

// requestsPerOperation counts, in the order of operations, what the sandbox logged.
func requestsPerOperation(t testing.TB) []int {
	t.Helper()
	kakao, settings := practiceKakao(t)
	env := bareEnv(t, append(append(settings, withBrowser(t)...), "KAKAO_CONFIRM=never")...)
	var s *server
	var counts []int
	for i, o := range operations {
		if i == 0 || o.restart {
			s = startServer(t, env, "serve")
			s.initialize(map[string]any{})
		}
		if o.before != nil {
			o.before(kakao)
		}
		seen, n := len(kakao.Requests()), 0
		if r := s.callTool(o.tool, o.arguments); r.IsError {
			t.Fatalf("%s: %s", o.name, r.text())
		}
		for _, r := range kakao.Requests()[seen:] {
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
		missing(t, "strace")
	}
	strace, err := exec.LookPath("strace")
	if err != nil {
		missing(t, "strace")
	}
	env := logIn(t, 0)
	trace := filepath.Join(t.TempDir(), "trace")
	s := launch(t, exec.Command(strace, "-f", "-qq", "-o", trace, "-e", "trace=openat", "--", program(t), "serve"), env)
	s.initialize(map[string]any{})
	for n := range calls {
		if r := s.callTool(toolToMe, fmt.Sprintf(`{"message":"%d번째 메시지예요."}`, n)); r.IsError {
			t.Fatal(r.text())
		}
	}
	s.end()
	raw, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	store := filepath.Join(strings.TrimPrefix(env[1], "HOME="), ".kakaotalk-mcp", "secrets")
	return strings.Count(string(raw), store)
}
