package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"kakaotalk-mcp/tools/kakao/sandbox"
)

// The browser of these tests notes each page it is given in a folder, and
// follows it only if the folder holds a file named "follow".

const (
	tabsEnv    = "KAKAOTALK_TEST_TABS"
	followFile = "follow"
	personEnv  = "KAKAOTALK_TEST_PERSON" // nickname of who logs in; "-": the owner, who then declines
)

var _ = registerChild("noting browser", func() int {
	dir, page := os.Getenv(tabsEnv), os.Args[len(os.Args)-1]
	name := filepath.Join(dir, fmt.Sprintf("tab-%d", os.Getpid()))
	if err := os.WriteFile(name, []byte(page), 0o600); err != nil {
		return 1
	}
	if _, err := os.Stat(filepath.Join(dir, followFile)); err != nil {
		return 0
	}
	v := sandbox.Visitor{Person: os.Getenv(personEnv)}
	if v.Person == "-" {
		v = sandbox.Visitor{Decline: true}
	}
	if _, err := v.Visit(context.Background(), page); err != nil {
		return 1
	}
	return 0
})

// household is one person's computer with several servers on one home.
type household struct {
	testing.TB
	kakao *sandbox.Sandbox
	env   []string
	tabs  string // folder of the browser
	home  string // of the servers
}

func newHousehold(t testing.TB, follow bool) *household {
	t.Helper()
	kakao, settings := practiceKakao(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	h := &household{TB: t, kakao: kakao, tabs: t.TempDir(), home: t.TempDir()}
	h.env = bareEnv(t, append(settings, "KAKAOTALK_MCP_HOME="+h.home, "BROWSER="+self, childEnv+"=noting browser", tabsEnv+"="+h.tabs)...)
	if follow {
		h.follow()
	}
	return h
}

func (h *household) follow() {
	h.Helper()
	if err := os.WriteFile(filepath.Join(h.tabs, followFile), nil, 0o600); err != nil {
		h.Fatal(err)
	}
}

func (h *household) opened() []string {
	list, err := filepath.Glob(filepath.Join(h.tabs, "tab-*"))
	if err != nil {
		h.Fatal(err)
	}
	return list
}

func (h *household) tokenRequests() int {
	n := 0
	for _, r := range h.kakao.Requests() {
		if r.Path == "/oauth/token" {
			n++
		}
	}
	return n
}

func (h *household) servers(n int) []*server {
	h.Helper()
	var list []*server
	for range n {
		s := startServer(h, h.env)
		s.initialize(map[string]any{})
		list = append(list, s)
	}
	return list
}

// sendAll lets every server send a message of its own at the same moment and
// returns how long it took until the last one was delivered.
func (h *household) sendAll(servers []*server, text string) time.Duration {
	h.Helper()
	began := time.Now()
	var ids []int
	for i, s := range servers {
		ids = append(ids, s.request("tools/call", sendCall(fmt.Sprintf("%s %d", text, i))))
	}
	for i, s := range servers {
		h.delivered(s, ids[i])
	}
	took := time.Since(began)
	arrived := map[string]bool{}
	for _, d := range h.kakao.Deliveries() {
		if strings.HasPrefix(d.Text, text+" ") {
			arrived[d.Text] = true
		}
	}
	if len(arrived) != len(servers) {
		h.Errorf("%s: %d of %d delivered", text, len(arrived), len(servers))
	}
	return took
}

func sendCall(text string) map[string]any {
	return map[string]any{"name": "send_message_to_me", "arguments": map[string]any{"message": text}}
}

func (h *household) delivered(s *server, id int) {
	h.Helper()
	var r toolResult
	if m := s.await(id); json.Unmarshal(m.Result, &r) != nil || r.IsError {
		h.Errorf("not delivered: %s", r.text())
	}
}

// eventually polls what another process will bring about.
func (h *household) eventually(what string, done func() bool) {
	h.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(patience); !done(); {
		select {
		case <-tick.C:
		case <-deadline:
			h.Fatalf("it never happened: %s", what)
		}
	}
}

// owner returns the process that the login file names.
func (h *household) owner() int {
	var p struct{ PID int }
	raw, err := os.ReadFile(filepath.Join(h.home, "login.json"))
	if err != nil || json.Unmarshal(raw, &p) != nil {
		return 0
	}
	return p.PID
}

func (h *household) expectOneLogin(tabs, tokens int) {
	h.Helper()
	if got := len(h.opened()); got != tabs {
		h.Errorf("%d browser tabs, want %d", got, tabs)
	}
	if got := h.tokenRequests(); got != tokens {
		h.Errorf("%d token requests, want %d", got, tokens)
	}
}

func TestTenProcesses(t *testing.T) {
	h := newHousehold(t, true)
	h.kakao.SetFaults(sandbox.Faults{Latency: 100 * time.Millisecond})
	servers := h.servers(10)
	took := h.sendAll(servers, "first use")
	h.expectOneLogin(1, 1)
	t.Logf("first use: tenth message delivered after %v, %d tab, %d token request", took.Round(time.Millisecond), len(h.opened()), h.tokenRequests())

	h.kakao.ExpireAccessTokens()
	took = h.sendAll(servers, "expired")
	h.expectOneLogin(1, 2)
	t.Logf("expired: tenth message delivered after %v, %d more token request", took.Round(time.Millisecond), h.tokenRequests()-1)
}

// split takes the server with this process id out of the list.
func split(servers []*server, pid int) (killed *server, rest []*server) {
	for _, s := range servers {
		if s.cmd.Process.Pid == pid {
			killed = s
		} else {
			rest = append(rest, s)
		}
	}
	return killed, rest
}

func (h *household) kill(s *server) {
	h.Helper()
	if s == nil {
		h.Fatal("no server to kill")
	}
	if err := s.cmd.Process.Kill(); err != nil {
		h.Fatal(err)
	}
	s.exit()
}

func TestKilledInTheMiddleOfALogin(t *testing.T) {
	h := newHousehold(t, false)
	servers := h.servers(4)
	ids := map[*server]int{}
	for i, s := range servers {
		ids[s] = s.request("tools/call", sendCall("message "+strconv.Itoa(i)))
	}
	h.eventually("a tab", func() bool { return len(h.opened()) == 1 && h.owner() != 0 })
	owner, rest := split(servers, h.owner())
	h.follow()
	h.kill(owner)
	for _, s := range rest {
		h.delivered(s, ids[s])
	}
	h.expectOneLogin(2, 1) // the dead one's page is of no use
	h.sendAll(rest, "afterwards")
	h.expectOneLogin(2, 1)
}

func TestKilledInTheMiddleOfARefresh(t *testing.T) {
	h := newHousehold(t, true)
	servers := h.servers(3)
	h.sendAll(servers, "before")
	h.kakao.ExpireAccessTokens()
	h.kakao.SetFaults(sandbox.Faults{Latency: 300 * time.Millisecond})
	servers[0].request("tools/call", sendCall("never delivered"))
	lock := flock.New(filepath.Join(h.home, "refresh.lock"))
	h.eventually("the refresh", func() bool {
		free, err := lock.TryLock()
		if free {
			lock.Unlock()
		}
		return err == nil && !free
	})
	h.kill(servers[0])
	h.kakao.SetFaults(sandbox.Faults{})
	h.sendAll(servers[1:], "after")
	h.expectOneLogin(1, 2)
}

// The answer has arrived, and the process dies at some moment around the saving.
func TestKilledInTheMiddleOfSaving(t *testing.T) {
	h := newHousehold(t, true)
	survivor := h.servers(1)
	h.sendAll(survivor, "before")
	saved := 0
	for round := range 6 {
		victim := h.servers(1)[0]
		h.sendAll([]*server{victim}, fmt.Sprint("round ", round)) // reads the saved login
		h.kakao.ExpireAccessTokens()
		before := h.tokenRequests()
		victim.request("tools/call", sendCall(fmt.Sprint("in between ", round)))
		h.eventually("the refresh", func() bool { return h.tokenRequests() > before })
		if round > 0 { // each time a little later
			<-time.After(time.Duration(round-1) * 400 * time.Microsecond)
		}
		h.kill(victim)
		h.sendAll(survivor, fmt.Sprint("after round ", round))
		switch h.tokenRequests() - before {
		case 1:
			saved++ // the victim's token was taken over
		case 2:
		default:
			t.Errorf("%d token requests in a round", h.tokenRequests()-before)
		}
	}
	if len(h.opened()) != 1 {
		t.Errorf("%d tabs: a login was lost", len(h.opened()))
	}
	t.Logf("killed after saving in %d of 6 rounds", saved)
}
