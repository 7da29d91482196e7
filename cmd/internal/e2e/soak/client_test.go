//go:build linux

package soak

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"time"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/kakao/sandbox/ledgertest"
)

// overdue is when a call must have been answered, whatever went wrong: people have
// 45 s, a send 20 s.
const overdue = 90 * time.Second

// seat is a client whose server is started anew when it dies.
type seat struct {
	s    *soak
	urls bool // shows login pages itself, instead of the browser

	mu      sync.Mutex
	srv     *e2etest.Server
	gone    chan struct{} // closed when srv says no more
	next    int
	waiting map[int]chan e2etest.Message
}

// start starts a server and opens the connection.
func (x *seat) start() {
	srv := e2etest.Start(x.s, x.s.env)
	gone, waiting := make(chan struct{}), map[int]chan e2etest.Message{}
	x.mu.Lock()
	x.srv, x.gone, x.waiting = srv, gone, waiting
	x.mu.Unlock()
	go func() {
		defer close(gone)
		for line := range srv.Lines {
			x.take(line, srv, waiting)
		}
	}()
	capabilities := map[string]any{}
	if x.urls {
		capabilities["elicitation"] = map[string]any{"url": map[string]any{}}
	}
	if _, ok := x.request(context.Background(), "initialize", map[string]any{"protocolVersion": "2025-11-25", "capabilities": capabilities,
		"clientInfo": map[string]any{"name": "soak", "version": "1"}}); !ok {
		x.s.Error("a server did not come up")
	}
	x.write(map[string]any{"jsonrpc": "2.0", "method": "notifications/initialized"})
}

// take hands a line of the server to the call that waits for it, and agrees to
// every login page: the person finds it by herself.
func (x *seat) take(line []byte, srv *e2etest.Server, waiting map[int]chan e2etest.Message) {
	var m e2etest.Message
	if json.Unmarshal(line, &m) != nil {
		x.s.Errorf("stdout is not JSON: %q", line)
		return
	}
	if m.Method == "elicitation/create" {
		fmt.Fprintf(srv.Stdin, `{"jsonrpc":"2.0","id":%s,"result":{"action":"accept"}}`+"\n", m.ID)
		return
	}
	var id int
	if m.Method != "" || json.Unmarshal(m.ID, &id) != nil {
		return
	}
	x.mu.Lock()
	answer := waiting[id]
	delete(waiting, id)
	x.mu.Unlock()
	if answer != nil {
		answer <- m
	}
}

// write sends a line to the present server; it fails when that one is dead.
func (x *seat) write(v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = io.WriteString(x.srv.Stdin, string(line)+"\n")
	return err
}

// request makes one request. The answer has no ID when there was none; ok is
// false when the request was not even made.
func (x *seat) request(ctx context.Context, method string, params any) (answer e2etest.Message, ok bool) {
	x.mu.Lock()
	x.next++
	id, got, gone := x.next, make(chan e2etest.Message, 1), x.gone
	x.waiting[id] = got
	err := x.write(map[string]any{"jsonrpc": "2.0", "id": id, "method": method, "params": params})
	x.mu.Unlock()
	if err != nil {
		return e2etest.Message{}, false
	}
	late := time.NewTimer(overdue)
	defer late.Stop()
	select {
	case answer = <-got:
	case <-gone:
		select {
		case answer = <-got: // its last words
		default:
		}
	case <-ctx.Done():
		x.mu.Lock()
		_ = x.write(map[string]any{"jsonrpc": "2.0", "method": "notifications/cancelled", "params": map[string]any{"requestId": id}})
		delete(x.waiting, id)
		x.mu.Unlock()
	case <-late.C:
		x.s.Errorf("%s: no answer after %v", method, overdue)
	}
	return answer, true
}

// call calls a tool.
func (x *seat) call(ctx context.Context, tool string, arguments map[string]any) (r e2etest.ToolResult, answered, made bool) {
	m, made := x.request(ctx, "tools/call", map[string]any{"name": tool, "arguments": arguments})
	if !made || m.ID == nil {
		return r, false, made
	}
	if m.Error != nil || json.Unmarshal(m.Result, &r) != nil {
		x.s.Errorf("%s: answered %v %.300s", tool, m.Error, m.Result)
	}
	return r, true, true
}

// busy waits until a call is under way.
func (x *seat) busy() {
	for deadline := time.Now().Add(e2etest.Patience); time.Now().Before(deadline); x.s.wait(time.Millisecond) {
		x.mu.Lock()
		n := len(x.waiting)
		x.mu.Unlock()
		if n > 0 {
			return
		}
	}
	x.s.Error("no call came under way")
}

// replace ends the server, with the given deed, and starts another one.
func (x *seat) replace(end func(*e2etest.Server)) {
	x.mu.Lock()
	srv, gone := x.srv, x.gone
	x.mu.Unlock()
	end(srv)
	<-gone
	x.start()
}

// send makes the call of m, enters it in the book, and returns the status told,
// "" if there was no answer.
func (s *soak) send(ctx context.Context, x *seat, m note) string {
	c := ledgertest.Call{Message: m.marker, To: m.to, Parts: m.parts, Resend: m.resend, Window: 10 * time.Minute, Began: time.Now()}
	tool := e2etest.ToolSend
	if m.to[0] == "" {
		tool, c.Window = e2etest.ToolToMe, 2*time.Minute
	}
	r, answered, made := x.call(ctx, tool, m.arguments())
	if !made {
		return ""
	}
	c.Ended, c.Trouble = time.Now(), s.troubles.Since(c.Began)
	if answered {
		var err error
		if c.Answer, err = json.Marshal(r.Structured); err != nil {
			s.Error(err)
		}
	}
	s.book.Add(c)
	s.ended.Add(1)
	told, _ := r.Structured["status"].(string)
	if answered && r.IsError != (told != "sent" && told != "already_sent") {
		s.Errorf("%s with isError %v", told, r.IsError)
	}
	return told
}

// runProgram runs a command on the home.
func (s *soak) runProgram(args ...string) (stdout, stderr string, code int) {
	var out, problems strings.Builder
	cmd := exec.Command(e2etest.Program(s), args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = s.env, &out, &problems
	_ = cmd.Run() // the exit code tells
	return out.String(), problems.String(), cmd.ProcessState.ExitCode()
}
