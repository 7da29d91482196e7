package login

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"kakaotalk-mcp/auth/ground/private"
	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// pending waits until a login page is open and returns its address.
func pending(c *e2etest.Computer) (page string) {
	c.Helper()
	e2etest.WaitUntil(c, "a login page", func() bool {
		var p struct{ URL, Outcome string }
		raw, err := os.ReadFile(filepath.Join(c.Home, "login.json"))
		if err == nil && json.Unmarshal(raw, &p) == nil && p.Outcome == "" {
			page = p.URL
		}
		return page != ""
	})
	return page
}

// leftOpen is a computer on which a call (its server and id) waits for a login, and its
// person has not come to the page.
func leftOpen(t *testing.T) (c *e2etest.Computer, s *e2etest.Server, id int, page string) {
	t.Helper()
	c = e2etest.NewComputer(t)
	c.Leave()
	s = c.Servers(1)[0]
	id = s.Request("tools/call", e2etest.SendCall("hello"))
	return c, s, id, pending(c)
}

// finish is the person who logs in on a page that is open.
func finish(c *e2etest.Computer, page string) {
	c.Helper()
	v := sandbox.Visitor{}
	if got, err := v.Visit(context.Background(), page); err != nil || got.KOE != "" || !strings.Contains(got.Body, "로그인했어요") {
		c.Fatalf("the page led nowhere: %v %s %.300s", err, got.KOE, got.Body)
	}
}

// gone waits until no process keeps a login.
func gone(c *e2etest.Computer) {
	c.Helper()
	e2etest.WaitUntil(c, "the keeper ends", func() bool { return c.Keeper() == 0 })
}

// startTimePasses ends at once the 15 s in which a login counts as under way though no
// process keeps it: its server may have died before it started one. Nobody writes
// login.json without the lock, and a process that still comes finds its login there.
func startTimePasses(c *e2etest.Computer) {
	c.Helper()
	path := filepath.Join(c.Home, "login.lock")
	if private.Held(path) {
		return // it is kept
	}
	lock, err := private.Acquire(c.Context(), path, time.Millisecond)
	if err != nil {
		c.Fatal(err)
	}
	defer lock.Release()
	file := filepath.Join(c.Home, "login.json")
	var login map[string]any
	raw, err := os.ReadFile(file)
	if err := errors.Join(err, json.Unmarshal(raw, &login)); err != nil {
		c.Fatal(err)
	}
	if login["pid"] != 0.0 || login["outcome"] != nil {
		return // it was kept meanwhile
	}
	login["started"] = time.Now().Add(-time.Minute)
	if raw, err = json.Marshal(login); err == nil {
		err = private.Write(file, raw)
	}
	if err != nil {
		c.Fatal(err)
	}
}

// TestServerKilledAtEveryStep: whatever was reached when the server died, the page
// leads to a login, and a new server goes on with it: one tab, one token request.
func TestServerKilledAtEveryStep(t *testing.T) {
	steps := map[string]func(c *e2etest.Computer){
		"the keeper starts": func(c *e2etest.Computer) {
			e2etest.WaitUntil(c, "login.json", func() bool { _, err := os.Stat(filepath.Join(c.Home, "login.json")); return err == nil })
		},
		"the keeper runs":  func(c *e2etest.Computer) { e2etest.WaitUntil(c, "a keeper", func() bool { return c.Keeper() != 0 }) },
		"the page is open": func(c *e2etest.Computer) { pending(c) },
		"the tab is open":  func(c *e2etest.Computer) { e2etest.WaitUntil(c, "a tab", func() bool { return len(c.Opened()) == 1 }) },
		"the person is typing": func(c *e2etest.Computer) {
			e2etest.WaitUntil(c, "the person", func() bool { return len(c.Kakao.Requests()) > 1 })
		},
		"the code is exchanged": func(c *e2etest.Computer) {
			e2etest.WaitUntil(c, "the consent", func() bool {
				for _, r := range c.Kakao.Requests() {
					if r.Path == "/consent" {
						return true
					}
				}
				return false
			})
		},
	}
	for name, reached := range steps {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			t.Parallel()
			c := e2etest.NewComputer(t)
			// Before the keeper runs there may be no page yet; then the next server has one.
			acts := name == "the person is typing" || name == "the code is exchanged" || name == "the keeper starts"
			if acts {
				c.Kakao.SetFaults(sandbox.Faults{Latency: 50 * time.Millisecond})
			} else {
				c.Leave()
			}
			s := c.Servers(1)[0]
			s.Request("tools/call", e2etest.SendCall("not this one"))
			reached(c)
			s.Kill()
			if !acts {
				finish(c, pending(c))
			}
			if name == "the keeper starts" {
				startTimePasses(c)
			} else {
				gone(c)
			}
			c.Return()
			next := c.Servers(1)[0]
			c.Sent(next, next.Request("tools/call", e2etest.SendCall("hello")))
			if tabs := len(c.Opened()); tabs > 1 || c.TokenRequests() != 1 {
				t.Errorf("%d tabs, %d token requests", tabs, c.TokenRequests())
			}
			if got := e2etest.Delivered(c.Kakao); len(got) != 1 || got[0] != "hello" {
				t.Errorf("delivered: %q", got)
			}
		})
	}
}

// TestServerForEveryCall: a client that starts a server for each call and ends it
// soon. All of them hand out one address, and it leads somewhere.
func TestServerForEveryCall(t *testing.T) {
	t.Parallel()
	c, first, _, page := leftOpen(t)
	e2etest.WaitUntil(c, "a tab", func() bool { return len(c.Opened()) == 1 })
	first.Kill() // its client lost patience, and has seen nothing
	// At best: a busy computer is no fault.
	answered, ended := e2etest.Patience, e2etest.Patience
	for range 3 {
		s := c.Servers(1)[0]
		began := time.Now()
		r := s.Result(s.Await(s.Request("tools/call", e2etest.SendCall("hello"))))
		answered = min(answered, time.Since(began))
		if r.Structured["reason"] != "login_pending" || r.Structured["login_url"] != page || strings.Count(r.Text(), page) != 1 || r.Structured["retry"] != "after_user" {
			t.Errorf("%v\n%s", r.Structured, r.Text())
		}
		raw, _ := json.Marshal(r.Structured)
		if n := strings.Count(string(raw), `/oauth/authorize?`); n != 1 {
			t.Errorf("the structure has the address %d times", n)
		}
		code, took := s.End()
		if code != e2etest.ExitOK {
			t.Errorf("ended with %d", code)
		}
		ended = min(ended, took)
	}
	if answered > 3*time.Second || ended > 2*time.Second {
		t.Errorf("answered after %v, ended after %v", answered, ended)
	}
	finish(c, page)
	s := c.Servers(1)[0]
	c.Sent(s, s.Request("tools/call", e2etest.SendCall("hello")))
	if len(c.Opened()) != 1 || c.TokenRequests() != 1 {
		t.Errorf("%d tabs, %d token requests", len(c.Opened()), c.TokenRequests())
	}
}

// TestEndOfInputDuringALogin: the server is gone within 2 s, the login is not.
func TestEndOfInputDuringALogin(t *testing.T) {
	t.Parallel()
	c, s, _, page := leftOpen(t)
	if _, took := s.End(); took > 2*time.Second {
		t.Errorf("gone after %v", took)
	}
	if login := c.Status(e2etest.ExitLogin).Login; login.Pending != page || len(login.Locks) != 1 || login.Locks[0].PID != c.Keeper() {
		t.Errorf("status: %+v", login)
	}
	finish(c, page)
	gone(c)
	if !c.Status(e2etest.ExitOK).Login.LoggedIn {
		t.Error("not logged in")
	}
}

// TestKeeperKilled: a call that waits goes on with a new login, and opens its page at
// once.
func TestKeeperKilled(t *testing.T) {
	t.Parallel()
	c, s, id, old := leftOpen(t)
	e2etest.WaitUntil(c, "a tab", func() bool { return len(c.Opened()) == 1 })
	c.KillKeeper()
	e2etest.WaitUntil(c, "a new tab", func() bool { return len(c.Opened()) == 2 })
	page := pending(c)
	if page == old {
		t.Fatal("the same page")
	}
	finish(c, page)
	c.Sent(s, id)
}

// TestKeeperKilledBetweenCalls: the next call, in another server, starts a new login
// and says that the page of before is of no use.
func TestKeeperKilledBetweenCalls(t *testing.T) {
	t.Parallel()
	c := e2etest.NewComputer(t)
	c.Set("BROWSER", "/nonexistent/browser")
	var pages []string
	for range 2 {
		s := c.Servers(1)[0]
		r := s.Result(s.Await(s.Request("tools/call", e2etest.SendCall("hello"))))
		page, _ := r.Structured["login_url"].(string)
		if said := strings.Contains(r.Text(), "로그인을 새로 시작했어요"); r.Structured["reason"] != "login_pending" || page == "" || said != (len(pages) > 0) {
			t.Errorf("%v\n%s", r.Structured, r.Text())
		}
		pages = append(pages, page)
		s.End()
		if len(pages) == 1 {
			c.KillKeeper()
		}
	}
	if pages[0] == pages[1] {
		t.Fatal("the same page")
	}
	finish(c, pages[1])
	s := c.Servers(1)[0]
	c.Sent(s, s.Request("tools/call", e2etest.SendCall("hello")))
}

// TestTenServersWithNobodyThere: one tab and one address for all, and one token
// request once the person has come.
func TestTenServersWithNobodyThere(t *testing.T) {
	c := e2etest.NewComputer(t)
	c.Leave()
	servers := c.Servers(10)
	ids := make([]int, len(servers))
	for i, s := range servers {
		ids[i] = s.Request("tools/call", e2etest.SendCall("hello "+itoa(i)))
	}
	page := pending(c)
	e2etest.WaitUntil(c, "a tab", func() bool { return len(c.Opened()) == 1 })
	finish(c, page)
	var all sync.WaitGroup
	for i, s := range servers {
		all.Go(func() { c.Sent(s, ids[i]) })
	}
	all.Wait()
	expectLogins(c, 1, 1)
	gone(c)
}

// TestUninstallDuringALogin: nothing of it is left, no process either.
func TestUninstallDuringALogin(t *testing.T) {
	t.Parallel()
	c, s, _, _ := leftOpen(t)
	keeper := c.Keeper()
	s.Kill()
	c.Expect(e2etest.ExitOK, "", "uninstall", "--all", "--yes")
	e2etest.WaitUntil(c, "the process ends", func() bool { return !e2etest.IsRunning(keeper) })
	if left := e2etest.Entries(t, c.Home); left != "" {
		t.Errorf("left in the settings folder: %s", left)
	}
}

// TestKeeperEnds when the login is done or declined.
func TestKeeperEnds(t *testing.T) {
	for name, v := range map[string]*sandbox.Visitor{"done": {}, "declined": {Decline: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _, _, page := leftOpen(t)
			keeper := c.Keeper()
			if _, err := v.Visit(t.Context(), page); err != nil {
				t.Fatal(err)
			}
			gone(c)
			e2etest.WaitUntil(c, "the process ends", func() bool { return !e2etest.IsRunning(keeper) })
		})
	}
}

func itoa(n int) string { raw, _ := json.Marshal(n); return string(raw) }
