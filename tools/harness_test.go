package tools

import (
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/server"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/tools/kakao"
	"kakaotalk-mcp/tools/kakao/sandbox/sandboxtest"
	"kakaotalk-mcp/tools/messenger"
	"kakaotalk-mcp/tools/reminder"
)

// shortBudget ends a call in which nobody acts. On a busy machine too the login page, or
// the question, has come up by then.
const shortBudget = 1500 * time.Millisecond

// world is a sandbox Kakao with one of our servers in front of it.
type world struct {
	*sandboxtest.World
	m    *messenger.Messenger
	face *handlers
	srv  *server.MCPServer
	cfg  messenger.Config
}

// newWorld starts one; the owner has not logged in yet.
func newWorld(t testing.TB, change ...func(*messenger.Config)) *world {
	t.Helper()
	w := &world{World: sandboxtest.New(t)}
	w.cfg = messenger.Config{Session: w.Session, Kakao: &kakao.Client{BaseURL: w.Server.APIURL, HTTP: kakao.NewHTTPClient()},
		Home: w.Home, Lang: "ko", Command: "/opt/kakaotalk-mcp", Confirm: messenger.ConfirmNever, LinkHosts: []string{"https://example.com"}}
	for _, c := range change {
		c(&w.cfg)
	}
	w.restart()
	return w
}

// restart is a new process of the server: nothing in memory but the login.
func (w *world) restart() {
	w.m = messenger.New(w.cfg)
	w.face = &handlers{m: w.m, states: newStates(time.Now), budget: humanBudget}
	w.srv = w.face.serve("test")
}

// remind is a new process where the user wants reminders.
func (w *world) remind() {
	w.restart()
	w.face.reminders = reminder.New(w.m, reminder.Config{Config: w.cfg, Location: time.FixedZone("", 9*60*60)})
	w.srv = w.face.serve("test")
}

// loggedIn is a world whose owner has agreed to everything.
func loggedIn(t testing.TB, change ...func(*messenger.Config)) *world {
	t.Helper()
	w := newWorld(t, change...)
	w.LogIn()
	return w
}

// want checks the essentials of an answer.
func (w *world) want(a answer, status, reason string, retry problem.Retry) {
	w.T.Helper()
	failed := status != messenger.StatusSent && status != messenger.StatusAlreadySent
	if a.str("status") != status || a.str("reason") != reason || a.str("retry") != string(retry) || a.IsError != failed {
		w.T.Errorf("got status %q reason %q retry %q isError %v, want %q %q %q %v\n%s",
			a.str("status"), a.str("reason"), a.str("retry"), a.IsError, status, reason, retry, failed, a.text())
	}
}
