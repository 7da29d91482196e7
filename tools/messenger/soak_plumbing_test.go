package messenger

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/keychain"
	"kakaotalk-mcp/tools/journal"
	"kakaotalk-mcp/tools/kakao"
	"kakaotalk-mcp/tools/kakao/sandbox"
	"kakaotalk-mcp/tools/kakao/sandbox/sandboxtest"
)

// Addresses on the network of pipes. They look like loopback, so that no proxy of
// the environment takes part.
const (
	pipeAuth     = "http://127.0.0.1:81"
	pipeAPI      = "http://127.0.0.1:82"
	pipeCallback = "http://127.0.0.1:83"
)

// pipes is a network inside a synctest bubble: real sockets would keep the bubble's
// clock from moving.
type pipes struct {
	down  atomic.Bool // nobody can be reached
	hosts map[string]chan net.Conn
	ended chan struct{}
}

func (p *pipes) dial(ctx context.Context, _, address string) (net.Conn, error) {
	host := p.hosts[address]
	if p.down.Load() || host == nil {
		return nil, &net.OpError{Op: "dial", Err: errors.New("network is unreachable")}
	}
	here, there := net.Pipe()
	select {
	case host <- there:
		return here, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-p.ended:
		return nil, net.ErrClosed
	}
}

// listener is one host of the network.
type listener struct {
	conns <-chan net.Conn
	ended <-chan struct{}
}

func (l listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.ended:
		return nil, net.ErrClosed
	}
}
func (l listener) Close() error   { return nil }
func (l listener) Addr() net.Addr { return &net.TCPAddr{} }

// network starts the hosts and makes the default transport, which package auth
// uses, go there. The test must not run in parallel with others.
func network(t *testing.T, hosts map[string]http.Handler) *pipes {
	p := &pipes{hosts: map[string]chan net.Conn{}, ended: make(chan struct{})}
	var running sync.WaitGroup
	var servers []*http.Server
	for base, h := range hosts {
		conns := make(chan net.Conn)
		p.hosts[strings.TrimPrefix(base, "http://")] = conns
		server := &http.Server{Handler: h}
		servers = append(servers, server)
		running.Go(func() { server.Serve(listener{conns, p.ended}) }) //nolint:errcheck // ends with the network
	}
	usual, ours := http.DefaultTransport, &http.Transport{DialContext: p.dial}
	http.DefaultTransport = ours
	t.Cleanup(func() {
		http.DefaultTransport = usual
		ours.CloseIdleConnections()
		close(p.ended)
		for _, s := range servers {
			s.Close()
		}
		running.Wait()
	})
	return p
}

// computer is one person's machine: programs that share a home, a keychain and a
// clock that can be set.
type computer struct {
	t      *testing.T
	kakao  *sandbox.Sandbox
	net    *pipes
	home   string
	store  *sandboxtest.Seeded
	taken  string       // a port that is in use: see start
	header string       // of the journal at the beginning
	ahead  atomic.Int64 // of the clock, in nanoseconds
}

func (c *computer) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// program is one process of the server. Each of its calls holds a seat, so that it
// can be replaced between them. (A mutex would keep the bubble's clock from moving.)
type program struct {
	seats   chan struct{}
	m       *Messenger
	session *auth.Session
	http    *http.Client
}

// start starts p. Nothing here makes a login needed, and one could not begin: its
// real socket would stop the bubble's clock.
func (c *computer) start(p *program) {
	app := c.kakao.App()
	p.session = auth.New(auth.Config{ClientID: app.Key, Secret: func(context.Context) (string, error) { return app.Secret, nil },
		AuthURL: pipeAuth, APIURL: pipeAPI, CallbackURL: "http://127.0.0.1:" + c.taken, Home: c.home, Store: c.store,
		Lang: "ko", Command: "x", Open: func(string) error { return errors.New("no browser") }})
	p.http = kakao.NewHTTPClient()
	p.http.Transport.(*http.Transport).DialContext = c.net.dial
	p.m = New(Config{Session: p.session, Kakao: &kakao.Client{BaseURL: pipeAPI, HTTP: p.http}, Home: c.home, Lang: "ko", Confirm: ConfirmNever, Now: c.now})
}

const seats = 2 * soakPrograms * soakWorkers // no fewer than calls at once

func newProgram() *program { return &program{seats: make(chan struct{}, seats)} }

func (p *program) enter() { p.seats <- struct{}{} }
func (p *program) leave() { <-p.seats }

func (p *program) end() {
	p.session.Close()
	p.http.CloseIdleConnections()
}

// newComputer is one whose owner has agreed to everything.
func newComputer(t *testing.T, taken string) *computer {
	c := &computer{t: t, kakao: sandbox.New(), home: t.TempDir(), store: &sandboxtest.Seeded{Memory: keychain.NewMemory()}, taken: taken}
	code := make(chan string, 1)
	c.net = network(t, map[string]http.Handler{
		pipeAuth: c.kakao.AuthHandler(), pipeAPI: c.kakao.APIHandler(),
		pipeCallback: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { code <- r.URL.Query().Get("code") }),
	})
	c.kakao.UpdateApp(func(a *sandbox.App) { a.RedirectURIs, a.Permission = []string{pipeCallback + "/"}, true })
	app := c.kakao.App()
	visitor := sandbox.Visitor{Transport: http.DefaultTransport}
	form := url.Values{"client_id": {app.Key}, "redirect_uri": {pipeCallback + "/"}, "response_type": {"code"}, "scope": {"friends,talk_message"}}
	if _, err := visitor.Visit(t.Context(), pipeAuth+"/oauth/authorize?"+form.Encode()); err != nil {
		t.Fatal(err)
	}
	form = url.Values{"grant_type": {"authorization_code"}, "client_id": {app.Key}, "client_secret": {app.Secret}, "redirect_uri": {pipeCallback + "/"}, "code": {<-code}}
	c.fillJournal()
	rec := auth.Record{AuthURL: pipeAuth, APIURL: pipeAPI, ClientID: app.Key, Subject: strconv.FormatInt(c.kakao.Owner().ID, 10)}
	sandboxtest.Exchange(t, form, &rec)
	var err error
	if c.store.Record, err = json.Marshal(rec); err != nil {
		t.Fatal(err)
	}
	return c
}

// fillJournal makes the journal nearly as long as it may get, so that the programs
// have to rewrite it; its header tells whether they did.
func (c *computer) fillJournal() {
	const entries, together = 9960, 498
	j := journal.Open(c.home, c.now)
	for n := range entries / together {
		var items []journal.Item
		for part := range together {
			items = append(items, journal.Item{Account: "somebody else", Receiver: journal.Me, Content: strconv.Itoa(n), Part: part})
		}
		if _, err := j.Begin(c.t.Context(), items, time.Hour, false); err != nil {
			c.t.Fatal(err)
		}
	}
	c.header = c.journalHeader()
}

func (c *computer) journalHeader() string {
	raw, err := os.ReadFile(filepath.Join(c.home, "journal"))
	if err != nil || len(raw) < 64 {
		c.t.Fatalf("no journal: %v", err)
	}
	return string(raw[:64])
}

// faulty replaces the sandbox's faults for a while.
func (c *computer) faulty(f sandbox.Faults, d time.Duration) {
	c.kakao.SetFaults(f)
	time.Sleep(d) // fake time: it takes none
	c.kakao.SetFaults(sandbox.Faults{})
}

// wire is a result as a client gets it.
func wire(t *testing.T, r SendResult) []byte {
	raw, err := json.Marshal(r)
	if err != nil {
		t.Error(err)
	}
	return raw
}
