//go:build linux

package clients

import (
	"bytes"
	"context"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/cmd/internal/e2e/modeltest"
)

// driver knows how to run one real client without a person: its own file is all
// that a further client takes.
type driver struct {
	id      string // as install calls it
	program string // folder of the client in the tests' cache, and its program
	// defers: the model has to look tools up before it can call them, by this tool.
	finder string
	// prepare writes the client's own files and says how it is run: variables, and
	// arguments that make it carry out one request.
	prepare func(t *testing.T, home, model string) (env map[string]string, args []string)
}

// drivers are the clients that install here.
var drivers []*driver

// desk is one client at work for one person.
type desk struct {
	*e2etest.Computer
	driver *driver
	bin    string
	env    map[string]string
}

// sit makes a computer on which the client has the program registered and its
// person is logged in.
func sit(t *testing.T, d *driver) *desk {
	t.Helper()
	s := &desk{Computer: e2etest.NewComputer(t), driver: d}
	if d.program != "" {
		s.bin = clientPrograms(t, d.program)
	}
	s.LogIn()
	if _, said, code := s.Run("friends"); code != 0 { // agrees to the friend list
		t.Fatalf("friends: exit code %d\n%s", code, said)
	}
	// Clients pass few variables on: what counts has to stand in the file.
	var settings strings.Builder
	for _, entry := range s.Env {
		if name, value, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "KAKAO_") {
			settings.WriteString(name + "='" + value + "'\n")
		}
	}
	s.WriteHome("config.env", settings.String()+"KAKAO_CONFIRM=never\n")
	s.env = map[string]string{"HOME": s.User, "PATH": s.bin + ":" + nodeFolder(t) + ":/usr/bin:/bin", "TERM": "xterm-256color", "LANG": "ko_KR.UTF-8", "SHELL": "/bin/sh"}
	return s
}

func nodeFolder(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("node")
	if err != nil {
		e2etest.Missing(t, "node")
	}
	return filepath.Dir(path)
}

// register lets the program register itself with the client.
func (s *desk) register(program string) {
	s.Helper()
	cmd := exec.Command(program, "install", s.driver.id, "--force")
	cmd.Env = s.environ()
	if out, err := cmd.CombinedOutput(); err != nil {
		s.Fatalf("install %s: %v\n%s", s.driver.id, err, out)
	}
}

func (s *desk) environ() (list []string) {
	for name, value := range s.env {
		list = append(list, name+"="+value)
	}
	slices.Sort(list)
	return list
}

// ask lets the client carry out one request with this model, and returns what it
// printed.
func (s *desk) ask(model *modeltest.Model) string {
	s.Helper()
	env, args := s.driver.prepare(s.TB.(*testing.T), s.User, model.URL)
	maps.Copy(s.env, env)
	ctx, cancel := context.WithTimeout(s.Context(), 2*time.Minute)
	defer cancel()
	work := s.TempDir()
	cmd := exec.CommandContext(ctx, filepath.Join(s.bin, args[0]), args[1:]...)
	var out bytes.Buffer
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = s.environ(), work, &out, &out, time.Second
	err := cmd.Run()
	return out.String() + "\n" + errText(err)
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// gone waits until no process of the program is left.
func gone(t *testing.T, program string) {
	t.Helper()
	e2etest.WaitUntil(t, "the server's end", func() bool {
		links, err := filepath.Glob("/proc/[0-9]*/exe")
		if err != nil || len(links) == 0 {
			t.Fatalf("no processes here: %v", err)
		}
		return !slices.ContainsFunc(links, func(link string) bool {
			to, err := os.Readlink(link)
			return err == nil && to == program
		})
	})
}

// TestClientsSend: each client finds the tools, also where the model has to look
// them up first, reads a second page, and sends to oneself and to a friend, each
// once; when it ends, so does the server.
func TestClientsSend(t *testing.T) {
	t.Parallel()
	for _, d := range drivers {
		t.Run(d.id, func(t *testing.T) {
			t.Parallel()
			s, program := sit(t, d), installed(t)
			s.register(program)
			turns := []modeltest.Turn{
				{Tool: "search_kakao_friends", Arguments: `{"limit":2}`},
				{Tool: "search_kakao_friends", Arguments: `{"limit":2,"offset":2}`},
				{Tool: "send_message_to_me", Arguments: `{"message":"오늘 할 일"}`},
				{Tool: "send_message", Arguments: `{"to":["홍길동"],"message":"3시에 봐요"}`},
				{Say: "보냈어요"},
			}
			seen := []string{"김지민", "홍길동", "나", "홍길동"} // what the model reads, call by call
			if d.finder != "" {
				turns = append([]modeltest.Turn{{Tool: d.finder, Arguments: `{"query":"kakao send message friends"}`}}, turns...)
				seen = append([]string{""}, seen...)
			}
			model := modeltest.Start(t, turns...)
			said := s.ask(model)
			results := model.Results()
			if len(results) != len(seen) {
				t.Fatalf("%d results of %d calls; tools %q; requests %q\n%v\n%s", len(results), len(seen), model.Tools(), model.Requests(), results, said)
			}
			for i, r := range results {
				if r.IsError || !strings.Contains(r.Text, seen[i]) {
					t.Errorf("result %d: error %v, without %q:\n%s", i+1, r.IsError, seen[i], r.Text)
				}
			}
			if diff := cmp.Diff([]string{"3시에 봐요", "오늘 할 일"}, slices.Sorted(slices.Values(e2etest.Delivered(s.Kakao)))); diff != "" {
				t.Errorf("delivered (- wanted, + arrived):\n%s", diff)
			}
			if !strings.Contains(said, "보냈어요") {
				t.Errorf("the client ended with\n%s", said)
			}
			gone(t, program)
		})
	}
}
