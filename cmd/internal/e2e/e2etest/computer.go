package e2etest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kakaotalk-mcp/tools/kakao/sandbox"
)

// SandboxHome begins the names of the homes that sandboxes make in the folder for
// temporary files.
const SandboxHome = "kakaotalk-sandbox-"

// Computer is one person's computer, on which programs share one home, with a
// browser and a Kakao of its own.
type Computer struct {
	testing.TB
	Kakao *sandbox.Sandbox
	App   sandbox.App // as it is set up right
	Env   []string    // of every program that is started
	User  string      // the person's folder, empty at first
	Home  string      // the program's folder, which the program makes
	tabs  string      // folder of the browser
}

// NewComputer gives a computer where the app is set up by variables, and the person
// sits at the browser.
func NewComputer(t testing.TB) *Computer {
	t.Helper()
	kakao, settings := NewKakao(t)
	c := &Computer{TB: t, Kakao: kakao, App: kakao.App(), tabs: t.TempDir()}
	c.Env = BareEnv(t, slices.Concat(settings, Browser(t), []string{tabsEnv + "=" + c.tabs})...)
	c.User = Variable(c.Env, "HOME")
	c.Home = filepath.Join(c.User, ".kakaotalk-mcp")
	tmp := t.TempDir() // beside the person's folder
	c.Set("TMPDIR", tmp)
	c.Set("TMP", tmp)
	c.Set("TEMP", tmp)
	return c
}

// NewFreshComputer gives a computer where nothing is set up and no other program is
// found.
func NewFreshComputer(t testing.TB) *Computer {
	t.Helper()
	c := NewComputer(t)
	c.Unset("KAKAO_CLIENT_ID", "KAKAO_CLIENT_SECRET")
	c.Set("PATH", "")
	c.Set("KAKAO_LANG", "ko")
	return c
}

// SetUp gives the settings that a right setup leaves behind.
func (c *Computer) SetUp() {
	c.Set("KAKAO_CLIENT_ID", c.App.Key)
	c.Set("KAKAO_CLIENT_SECRET", c.App.Secret)
}

// Set sets a variable.
func (c *Computer) Set(name, value string) {
	c.Unset(name)
	c.Env = append(c.Env, name+"="+value)
}

// Unset removes variables.
func (c *Computer) Unset(names ...string) {
	c.Env = slices.DeleteFunc(slices.Clone(c.Env), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return slices.Contains(names, name)
	})
}

// Get returns a variable.
func (c *Computer) Get(name string) string { return Variable(c.Env, name) }

// WriteHome writes a file in the program's folder.
func (c *Computer) WriteHome(name, text string) {
	c.Helper()
	if err := errors.Join(os.MkdirAll(c.Home, 0o700), os.WriteFile(filepath.Join(c.Home, name), []byte(text), 0o600)); err != nil {
		c.Fatal(err)
	}
}

// Run carries out one command without a terminal and without input.
func (c *Computer) Run(args ...string) (stdout, stderr string, code int) {
	c.Helper()
	return Run(c, c.Env, "", args...)
}

// Expect runs a command, compares its exit code and words of its stderr, and
// returns its stdout.
func (c *Computer) Expect(code int, words string, args ...string) string {
	c.Helper()
	out, problems, got := c.Run(args...)
	if got != code || !strings.Contains(problems, words) {
		c.Errorf("%.60q: exit code %d, want %d; %q is expected in:\n%s", args, got, code, words, problems)
	}
	return out
}

// LogIn logs the owner in.
func (c *Computer) LogIn(args ...string) {
	c.Helper()
	if _, text, code := c.Run(append([]string{"login"}, args...)...); code != 0 {
		c.Fatalf("login: exit code %d\n%s", code, text)
	}
	c.LoginOver()
}

// Status is the part of status --json that other programs may rely on.
type Status struct {
	SetUp bool `json:"set_up"`
	Login struct {
		LoggedIn bool      `json:"logged_in"`
		Name     string    `json:"name"`
		ID       string    `json:"user_id"`
		Scopes   []string  `json:"scopes"`
		Access   time.Time `json:"access_token_expires"`
		Refresh  time.Time `json:"login_expires"`
		Store    string    `json:"token_store"`
		Pending  string    `json:"pending_login"`
		Locks    []struct {
			Name string `json:"name"`
			PID  int    `json:"pid"`
		} `json:"locks"`
	} `json:"login"`
	Problem  string `json:"problem"`
	Settings []struct{ Name, Value, Origin string }
}

// Status runs status --json, which has to end with this exit code.
func (c *Computer) Status(code int) Status {
	c.Helper()
	out, problems, got := c.Run("status", "--json")
	var s Status
	if err := json.Unmarshal([]byte(out), &s); err != nil || got != code {
		c.Fatalf("status: exit code %d, want %d, %v\n%s%s", got, code, err, out, problems)
	}
	return s
}

// Serve starts a server, with nothing said to it yet.
func (c *Computer) Serve() *Server {
	c.Helper()
	return Start(c, c.Env, "serve")
}

// Servers starts so many servers, each with an open connection.
func (c *Computer) Servers(n int) (list []*Server) {
	c.Helper()
	for range n {
		s := c.Serve()
		s.Initialize(map[string]any{})
		list = append(list, s)
	}
	return list
}

// SendAll lets every server send a message of its own at the same moment and
// returns how long it took until the last one was delivered.
func (c *Computer) SendAll(servers []*Server, text string) time.Duration {
	c.Helper()
	began := time.Now()
	var ids []int
	for i, s := range servers {
		ids = append(ids, s.Request("tools/call", SendCall(fmt.Sprintf("%s %d", text, i))))
	}
	for i, s := range servers {
		c.Sent(s, ids[i])
	}
	took := time.Since(began)
	arrived := map[string]bool{}
	for _, got := range Delivered(c.Kakao) {
		if strings.HasPrefix(got, text+" ") {
			arrived[got] = true
		}
	}
	if len(arrived) != len(servers) {
		c.Errorf("%s: %d of %d delivered", text, len(arrived), len(servers))
	}
	return took
}

// Sent waits for the answer to a call, which has to be a success.
func (c *Computer) Sent(s *Server, id int) {
	c.Helper()
	if r := s.Result(s.Await(id)); r.IsError {
		c.Errorf("not delivered: %s", r.Text())
	}
}

// Guest adds a person who may log in to the app and has not done so.
func (c *Computer) Guest(name string) (id int64) {
	id = c.Kakao.AddPerson(sandbox.Person{Nickname: name, TalkUser: true})
	c.Kakao.UpdateApp(func(a *sandbox.App) { a.Members = append(a.Members, id) })
	return id
}

// TokenRequests counts logins and refreshes.
func (c *Computer) TokenRequests() (n int) {
	for _, r := range c.Kakao.Requests() {
		if r.Path == "/oauth/token" {
			n++
		}
	}
	return n
}

// Files returns every file below a folder with its content, and the folders.
func Files(t testing.TB, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(dir, path)
		switch {
		case err != nil || path == dir:
			return err
		case d.IsDir():
			found[rel] = "folder"
			return nil
		}
		raw, err := os.ReadFile(path)
		found[rel] = string(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Entries are the names in a folder, "" for none and for a folder that is not there.
func Entries(t testing.TB, dir string) string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil && dir != "" && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	var names []string
	for _, e := range list {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}
