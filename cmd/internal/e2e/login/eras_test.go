package login

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
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
	noTabs bool             // no browser can be opened

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
	srv := tools.NewServer(m, nil, "test", transport.Progress, append(transport.Options(), hurry)...)
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
	if d.noTabs {
		return errors.New("no graphical session")
	}
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

// reading is how long a person takes at least to refuse what they are asked.
const reading = 400 * time.Millisecond

// How the person, or the client in their place, answers.
var answers = map[string]struct {
	person *sandbox.Visitor // at the browser, where one can be opened
	reason string           // "" means delivered
	asked  string           // likewise, where the client has to be asked
}{
	"accept":    {&sandbox.Visitor{}, "", ""},
	"decline":   {&sandbox.Visitor{Decline: true}, "login_declined", "login_declined"},
	"cancel":    {&sandbox.Visitor{Decline: true}, "login_declined", "login_declined"},
	"headless":  {nil, "login_pending", "login_pending"}, // cancels before anybody can have seen it
	"no answer": {nil, "login_pending", "login_pending"},
	"error":     {nil, "login_pending", "login_pending"},
}

// A first message through every kind of client, with every kind of answer: it is
// delivered only after a yes, the browser comes first whatever the client can do, the
// client is asked to show the page only where there is none, nothing is opened again
// by itself, and every refusal has the command.
func TestLoginInEveryEra(t *testing.T) {
	t.Parallel()
	for _, era := range []string{"legacy", "modern"} {
		for can, capabilities := range e2etest.Elicitation {
			for answer, expected := range answers {
				for _, browser := range []string{"browser", "no browser"} {
					// One after the other, and beside no other dialogue: mcp-go keeps its
					// stdio session in a package variable.
					t.Run(strings.Join([]string{era, can, browser, answer}, "/"), func(t *testing.T) {
						wantTabs, reason, asked := 1, expected.reason, false
						if browser == "no browser" {
							wantTabs, reason, asked = 0, "login_pending", can == "url"
						}
						if asked {
							reason = expected.asked
						}
						d := newDialogue(t, expected.person, reason == "login_pending")
						d.noTabs = browser == "no browser"
						var r e2etest.ToolResult
						if era == "modern" {
							r = d.modernCall(capabilities, asked, answer)
						} else {
							d.Initialize(capabilities)
							r = d.legacyCall(asked, answer)
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
}

// legacyCall calls on a connection of the handshake era, answering what it asks.
func (d *dialogue) legacyCall(asked bool, answer string) e2etest.ToolResult {
	d.T.Helper()
	id := d.Request("tools/call", e2etest.SendCall("hello"))
	if asked {
		q := d.Read()
		for q.Method != "elicitation/create" {
			q = d.Read()
		}
		var p struct{ Mode, URL, ElicitationID string }
		if err := json.Unmarshal(q.Params, &p); err != nil || p.Mode != "url" || p.ElicitationID == "" {
			d.T.Fatalf("not a page to open: %s", q.Params)
		}
		d.shown()
		switch answer {
		case "accept":
			d.visit(&sandbox.Visitor{}, p.URL)
			d.Send(`{"jsonrpc":"2.0","id":` + string(q.ID) + `,"result":{"action":"accept"}}`)
		case "headless":
			d.Send(`{"jsonrpc":"2.0","id":` + string(q.ID) + `,"result":{"action":"cancel"}}`)
		case "decline", "cancel":
			time.Sleep(reading)
			d.Send(`{"jsonrpc":"2.0","id":` + string(q.ID) + `,"result":{"action":"` + answer + `"}}`)
		case "error":
			d.Send(`{"jsonrpc":"2.0","id":` + string(q.ID) + `,"error":{"code":-32601,"message":"no"}}`)
		}
	}
	return d.Result(d.Await(id))
}

// modernCall calls in the revision without server requests: a question ends the
// call, and its answer comes with the next one.
func (d *dialogue) modernCall(capabilities map[string]any, asked bool, answer string) e2etest.ToolResult {
	d.T.Helper()
	call := e2etest.SendCall("hello")
	first := d.Await(d.Request("tools/call", e2etest.Modern(call, capabilities)))
	if !asked {
		return d.Result(first)
	}
	var round struct {
		Requests map[string]struct {
			Params struct{ Mode, URL, ElicitationID string }
		} `json:"inputRequests"`
		State   string          `json:"requestState"`
		Content json.RawMessage `json:"content"`
	}
	if err := json.Unmarshal(first.Result, &round); err != nil || len(round.Requests) != 1 || round.State == "" || round.Content != nil {
		d.T.Fatalf("no page is handed over: %s", first.Result)
	}
	var name, page string
	for n, r := range round.Requests {
		name, page = n, r.Params.URL
		if r.Params.Mode != "url" || r.Params.ElicitationID == "" {
			d.T.Errorf("asked with %+v", r.Params)
		}
	}
	d.shown()
	call["requestState"] = round.State
	switch answer {
	case "accept":
		d.visit(&sandbox.Visitor{}, page)
		call["inputResponses"] = map[string]any{name: map[string]any{"action": answer}}
	case "headless":
		call["inputResponses"] = map[string]any{name: map[string]any{"action": "cancel"}}
	case "decline", "cancel":
		time.Sleep(reading)
		call["inputResponses"] = map[string]any{name: map[string]any{"action": answer}}
	case "error":
		call["inputResponses"] = map[string]any{name: map[string]any{"action": "explode"}}
	case "no answer": // the client asks anew, as if nothing had been said
		delete(call, "requestState")
	}
	next := d.Await(d.Request("tools/call", e2etest.Modern(call, capabilities)))
	return d.Result(next)
}

// A modern client says yes when the page opens, not when it is finished. The call
// waits its time and ends with the address, in no further round; the next one sends.
func TestModernClientAndASlowPerson(t *testing.T) {
	d := newDialogue(t, nil, true)
	d.noTabs = true
	capabilities := e2etest.Elicitation["url"]
	call := e2etest.SendCall("hello")
	var round struct {
		Requests map[string]struct{ Params struct{ URL string } } `json:"inputRequests"`
		State    string                                           `json:"requestState"`
	}
	if err := json.Unmarshal(d.Await(d.Request("tools/call", e2etest.Modern(call, capabilities))).Result, &round); err != nil {
		t.Fatal(err)
	}
	page := round.Requests["login"].Params.URL
	d.shown()
	call["requestState"] = round.State
	call["inputResponses"] = map[string]any{"login": map[string]any{"action": "accept"}}
	r := d.Result(d.Await(d.Request("tools/call", e2etest.Modern(call, capabilities))))
	if r.Structured["reason"] != "login_pending" || r.Structured["login_url"] != page || strings.Count(r.Text(), page) != 1 {
		t.Fatalf("the second round: %v\n%s", r.Structured, r.Text())
	}
	d.visit(&sandbox.Visitor{}, page)
	d.visits.Wait()
	d.page = make(chan struct{}) // from now on calls have their full time
	r = d.Result(d.Await(d.Request("tools/call", e2etest.Modern(e2etest.SendCall("hello"), capabilities))))
	if r.IsError || len(d.kakao.Deliveries()) != 1 || d.opened() != 0 {
		t.Errorf("%d tabs, %d delivered:\n%s", d.opened(), len(d.kakao.Deliveries()), r.Text())
	}
}
