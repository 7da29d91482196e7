package login

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/keychain"
	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools"
	"kakaotalk-mcp/tools/kakao"
	"kakaotalk-mcp/tools/kakao/sandbox"
	"kakaotalk-mcp/tools/messenger"
	"kakaotalk-mcp/tools/stdio"
)

// nobodyComes stands for the 45 s that a call may wait for people, once there is a
// page that nobody looks at.
const nobodyComes = 50 * time.Millisecond

// dialogue is a server in this process, spoken to over pipes in raw JSON-RPC.
type dialogue struct {
	*e2etest.Server
	kakao  *sandbox.Sandbox
	person *sandbox.Visitor // at the browser; nil: nobody

	mu     sync.Mutex
	tabs   int
	visits sync.WaitGroup
	shown  func()        // closes page
	page   chan struct{} // closed when a page was opened or handed over
}

// hurried is a call whose time ends soon after a page was shown.
type hurried struct {
	context.Context
	done chan struct{}
}

func (h hurried) Done() <-chan struct{} { return h.done }

func (h hurried) Err() error {
	select {
	case <-h.done:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

// hurry gives a call little time for people.
func (d *dialogue) hurry(ctx context.Context) context.Context {
	h := hurried{ctx, make(chan struct{})}
	go func() {
		defer close(h.done)
		select {
		case <-d.page:
		case <-ctx.Done():
			return
		}
		select {
		case <-time.After(nobodyComes):
		case <-ctx.Done():
		}
	}()
	return h
}

func newDialogue(t *testing.T, person *sandbox.Visitor, nobody bool) *dialogue {
	t.Helper()
	k, env := e2etest.NewKakao(t)
	get := func(name string) string { return e2etest.Variable(env, name) }
	d := &dialogue{kakao: k, person: person, page: make(chan struct{})}
	d.shown = sync.OnceFunc(func() { close(d.page) })
	home := t.TempDir()
	session := auth.New(auth.Config{
		ClientID: get("KAKAO_CLIENT_ID"), Secret: func(context.Context) (string, error) { return get("KAKAO_CLIENT_SECRET"), nil },
		AuthURL: get("KAKAO_AUTH_URL"), APIURL: get("KAKAO_API_URL"), CallbackURL: get("KAKAO_CALLBACK_URL"),
		Home: home, Store: keychain.NewMemory(), Open: d.open, Lang: "ko", Command: "kakaotalk-mcp",
	})
	m := messenger.New(messenger.Config{Session: session, Kakao: &kakao.Client{BaseURL: get("KAKAO_API_URL"), HTTP: kakao.NewHTTPClient()},
		Home: home, Lang: "ko", Command: "kakaotalk-mcp", Confirm: messenger.ConfirmFriends})
	transport := stdio.New(slog.New(slog.DiscardHandler))
	hurry := mcpserver.WithToolHandlerMiddleware(func(next mcpserver.ToolHandlerFunc) mcpserver.ToolHandlerFunc {
		return func(ctx context.Context, r mcp.CallToolRequest) (*mcp.CallToolResult, error) {
			ctx, cancel := context.WithTimeout(ctx, e2etest.Patience)
			defer cancel()
			if nobody {
				ctx = d.hurry(ctx)
			}
			return next(ctx, r)
		}
	})
	srv := tools.NewServer(m, "test", transport.Progress, append(transport.Options(), hurry)...)
	in, stdin := io.Pipe()
	stdout, out := io.Pipe()
	d.Server = &e2etest.Server{T: t, Stdin: stdin, Stderr: &e2etest.Buffer{}, Lines: make(chan []byte, 1000)}
	served := make(chan error, 1)
	go func() { served <- transport.Serve(t.Context(), srv, in, out) }()
	go func() {
		lines := bufio.NewReader(stdout)
		for {
			line, err := lines.ReadBytes('\n')
			if err != nil {
				close(d.Lines)
				return
			}
			d.Lines <- line
		}
	}()
	t.Cleanup(func() {
		stdin.Close()
		if err := <-served; err != nil {
			t.Errorf("serving: %v", err)
		}
		out.Close()
		session.Close()
		d.visits.Wait()
	})
	return d
}

func (d *dialogue) open(page string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tabs++
	d.shown()
	if d.person != nil {
		d.visit(d.person, page)
	}
	return nil
}

func (d *dialogue) opened() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.tabs
}

func (d *dialogue) visit(who *sandbox.Visitor, page string) {
	v := *who
	d.visits.Go(func() {
		if _, err := v.Visit(context.Background(), page); err != nil {
			d.T.Error(err)
		}
	})
}

// How the person, or the client in their place, answers.
var answers = map[string]struct {
	person *sandbox.Visitor // at the browser, for clients that cannot show an address
	reason string           // "" means delivered
}{
	"accept":    {&sandbox.Visitor{}, ""},
	"decline":   {&sandbox.Visitor{Decline: true}, "login_declined"},
	"cancel":    {&sandbox.Visitor{Decline: true}, "login_declined"},
	"no answer": {nil, "login_pending"},
	"error":     {nil, "login_pending"},
}

// A first message through every kind of client, with every kind of answer: it is
// delivered only after a yes, a page opens only where the client cannot show it,
// nothing is opened again by itself, and every refusal has the address and the
// command.
func TestLoginInEveryEra(t *testing.T) {
	for _, era := range []string{"legacy", "modern"} {
		for can, capabilities := range e2etest.Elicitation {
			for answer, expected := range answers {
				// One after the other: mcp-go keeps its stdio session in a package variable.
				t.Run(era+"/"+can+"/"+answer, func(t *testing.T) {
					d := newDialogue(t, expected.person, expected.reason == "login_pending")
					var r e2etest.ToolResult
					if era == "modern" {
						r = d.modernCall(capabilities, can, answer)
					} else {
						d.Initialize(capabilities)
						r = d.legacyCall(can, answer)
					}
					wantTabs := 1
					if can == "url" {
						wantTabs = 0
					}
					reason := expected.reason
					if era == "modern" && can == "url" && answer == "error" {
						reason = "login_declined" // an answer that is none of the three is no yes
					}
					got, _ := r.Structured["reason"].(string)
					if tabs := d.opened(); got != reason || r.IsError != (reason != "") || tabs != wantTabs {
						t.Errorf("reason %q, want %q; %d tabs, want %d:\n%s", got, reason, tabs, wantTabs, r.Text())
					}
					sent := 0
					if reason == "" {
						sent = 1
					} else if !strings.Contains(r.Text(), "`kakaotalk-mcp login") || r.Structured["retry"] != "after_user" {
						t.Errorf("the way on is missing in %v:\n%s", r.Structured, r.Text())
					}
					if n := len(d.kakao.Deliveries()); n != sent {
						t.Errorf("%d delivered, want %d", n, sent)
					}
				})
			}
		}
	}
}

// legacyCall calls on a connection of the handshake era, answering what it asks.
func (d *dialogue) legacyCall(can, answer string) e2etest.ToolResult {
	d.T.Helper()
	id := d.Request("tools/call", e2etest.SendCall("hello"))
	if can == "url" {
		q := d.Read()
		for q.Method != "elicitation/create" {
			q = d.Read()
		}
		var p struct{ Mode, URL string }
		if err := json.Unmarshal(q.Params, &p); err != nil || p.Mode != "url" {
			d.T.Fatalf("not a page to open: %s", q.Params)
		}
		d.shown()
		switch answer {
		case "accept":
			d.visit(&sandbox.Visitor{}, p.URL)
			fallthrough
		case "decline", "cancel":
			d.Send(`{"jsonrpc":"2.0","id":` + string(q.ID) + `,"result":{"action":"` + answer + `"}}`)
		case "error":
			d.Send(`{"jsonrpc":"2.0","id":` + string(q.ID) + `,"error":{"code":-32601,"message":"no"}}`)
		}
	}
	return d.Result(d.Await(id))
}

// modernCall calls in the revision without server requests: a question ends the
// call, and its answer comes with the next one.
func (d *dialogue) modernCall(capabilities map[string]any, can, answer string) e2etest.ToolResult {
	d.T.Helper()
	call := e2etest.SendCall("hello")
	first := d.Await(d.Request("tools/call", e2etest.Modern(call, capabilities)))
	if can != "url" {
		return d.Result(first)
	}
	var round struct {
		Requests map[string]struct {
			Params struct{ Mode, URL string }
		} `json:"inputRequests"`
		State string `json:"requestState"`
	}
	if err := json.Unmarshal(first.Result, &round); err != nil || len(round.Requests) != 1 || round.State == "" {
		d.T.Fatalf("no page is handed over: %s", first.Result)
	}
	var name, page string
	for n, r := range round.Requests {
		name, page = n, r.Params.URL
		if r.Params.Mode != "url" {
			d.T.Errorf("mode %q", r.Params.Mode)
		}
	}
	d.shown()
	call["requestState"] = round.State
	switch answer {
	case "accept":
		d.visit(&sandbox.Visitor{}, page)
		call["inputResponses"] = map[string]any{name: map[string]any{"action": answer}}
	case "decline", "cancel":
		call["inputResponses"] = map[string]any{name: map[string]any{"action": answer}}
	case "error":
		call["inputResponses"] = map[string]any{name: map[string]any{"action": "explode"}}
	case "no answer": // the client asks anew, as if nothing had been said
		delete(call, "requestState")
	}
	next := d.Await(d.Request("tools/call", e2etest.Modern(call, capabilities)))
	return d.Result(next)
}

// A modern client that says yes when the page opens, not when it is finished,
// comes back with the state alone until the login is there.
func TestModernClientPolls(t *testing.T) {
	d := newDialogue(t, nil, true)
	capabilities := e2etest.Elicitation["url"]
	call := e2etest.SendCall("hello")
	type pollRound struct {
		Requests map[string]struct{ Params struct{ URL string } } `json:"inputRequests"`
		State    string                                           `json:"requestState"`
	}
	ask := func() (pollRound, e2etest.Message) {
		var r pollRound
		m := d.Await(d.Request("tools/call", e2etest.Modern(call, capabilities)))
		if err := json.Unmarshal(m.Result, &r); err != nil {
			t.Fatal(err)
		}
		return r, m
	}
	round, _ := ask()
	page := round.Requests["login"].Params.URL
	d.shown()
	call["requestState"] = round.State
	call["inputResponses"] = map[string]any{"login": map[string]any{"action": "accept"}}
	if round, _ = ask(); round.State == "" || len(round.Requests) != 0 {
		t.Fatalf("the second round is not a wait: %+v", round)
	}
	delete(call, "inputResponses")
	d.visit(&sandbox.Visitor{}, page)
	var m e2etest.Message
	for began := time.Now(); round.State != "" && time.Since(began) < e2etest.Patience; { // a slow person
		call["requestState"] = round.State
		round, m = ask()
	}
	if r := d.Result(m); r.IsError || len(d.kakao.Deliveries()) != 1 || d.opened() != 0 {
		t.Errorf("%d tabs, %d delivered:\n%s", d.opened(), len(d.kakao.Deliveries()), r.Text())
	}
}
