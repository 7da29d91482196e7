package messenger

import (
	"os"
	"testing"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/auth/ground/waitingtest"
	"kakaotalk-mcp/tools/ask"
	"kakaotalk-mcp/tools/compose"
	"kakaotalk-mcp/tools/kakao"
	"kakaotalk-mcp/tools/kakao/sandbox/sandboxtest"
)

// childEnv names what the test binary does instead of testing when a test starts
// it as another process.
const childEnv = "KAKAOTALK_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) == "send" {
		os.Exit(sendAsChild())
	}
	waitingtest.SideBySide()
	os.Exit(m.Run())
}

// world is a sandbox Kakao with a Messenger in front of it.
type world struct {
	*sandboxtest.World
	m   *Messenger
	cfg Config
}

// newWorld starts one; the owner has not logged in yet.
func newWorld(t testing.TB, change ...func(*Config)) *world {
	t.Helper()
	w := &world{World: sandboxtest.New(t)}
	w.cfg = Config{Session: w.Session, Kakao: &kakao.Client{BaseURL: w.Server.APIURL, HTTP: kakao.NewHTTPClient()},
		Home: w.Home, Lang: "ko", Command: "/opt/kakaotalk-mcp", Confirm: ConfirmNever, LinkHosts: []string{"https://example.com"}}
	for _, c := range change {
		c(&w.cfg)
	}
	w.restart()
	return w
}

// asking is the setting of most people.
func asking(c *Config) { c.Confirm = ConfirmFriends }

// typed makes it the commands' Messenger instead of the server's.
func typed(c *Config) { c.Typed = true }

// restart is a new process: nothing in memory but the login.
func (w *world) restart() {
	w.m = New(w.cfg)
}

// loggedIn is a world whose owner has agreed to everything.
func loggedIn(t testing.TB, change ...func(*Config)) *world {
	t.Helper()
	w := newWorld(t, change...)
	w.LogIn()
	return w
}

// want checks the essentials of an answer.
func (w *world) want(a answer, status, reason string, retry problem.Retry) {
	w.T.Helper()
	failed := status != StatusSent && status != StatusAlreadySent
	if a.str("status") != status || a.str("reason") != reason || a.str("retry") != string(retry) || a.IsError != failed {
		w.T.Errorf("got status %q reason %q retry %q isError %v, want %q %q %q %v\n%s",
			a.str("status"), a.str("reason"), a.str("retry"), a.IsError, status, reason, retry, failed, a.Text)
	}
}

// all is everything that the person is shown of a message.
func all(s compose.Shown) string {
	return ask.Question{Message: s.Text, Pictures: s.Pictures, Buttons: s.Buttons}.Text()
}
