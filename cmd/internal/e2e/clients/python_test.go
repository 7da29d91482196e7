//go:build linux

package clients

import (
	"bufio"
	"encoding/json"
	"flag"
	"io"
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
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// think is how long the person takes to log in, where a test does not say otherwise.
var think = flag.Duration("think", 0, "how long the person takes to log in")

// pythons are clients from PyPI, each a script of a few lines in testdata.
var pythons = []struct {
	script   string
	packages []string // by exact version
	agent    bool     // a model decides on the calls
	hasty    bool     // gives a call up after five seconds
}{
	{script: "fastmcp_client.py", packages: []string{"fastmcp==4.2.3"}},
	{script: "langchain_adapters.py", packages: []string{"langchain-mcp-adapters==0.3.2", "langchain-core==1.8.3"}},
	{script: "openai_agents.py", packages: []string{"openai-agents==0.24.0"}, agent: true},
	{script: "autogen_tools.py", packages: []string{"autogen-ext[mcp]==0.7.5", "mcp==1.30.0"}, hasty: true},
}

// TestPythonClientsTalk: the main job with clients from PyPI, whose users write the
// rest themselves. The first call waits for the person's login; some give it up, and
// are told in the next one, so that the same call sends once the person is done.
func TestPythonClientsTalk(t *testing.T) {
	t.Parallel()
	for _, tt := range pythons {
		t.Run(tt.script, func(t *testing.T) {
			t.Parallel()
			install := append([]string{"python3", "-m", "pip", "install", "-q", "--disable-pip-version-check"}, tt.packages...)
			packages := e2etest.Cached(t, strings.NewReplacer("==", "-", "[mcp]", "").Replace(tt.packages[0]), append(install, "--target")...)
			s := sit(t, &driver{id: tt.script}, e2etest.Thinking(*think))
			program := installed(t)
			script, err := filepath.Abs(filepath.Join("testdata", "python", tt.script))
			if err != nil {
				t.Fatal(err)
			}
			turns := []modeltest.Turn{
				{Tool: e2etest.ToolSearch, Arguments: `{"limit":2}`},
				{Tool: e2etest.ToolSearch, Arguments: `{"limit":2,"offset":2}`},
				{Tool: e2etest.ToolToMe, Arguments: `{"message":"` + toMe + `"}`},
				{Tool: e2etest.ToolSend, Arguments: `{"to":["홍길동"],"message":"` + toFriend + `"}`},
			}
			model := modeltest.Start(t, append(turns, modeltest.Turn{Say: "보냈어요"})...)
			cmd := exec.CommandContext(t.Context(), "python3", script, program)
			cmd.Env = append(s.environ(), "PYTHONPATH="+packages, "PYTHONUTF8=1", "OPENAI_BASE_URL="+model.URL+"/v1", "OPENAI_API_KEY=none")
			p := s.python(cmd)
			results := make([]modeltest.Result, len(turns))
			if tt.agent {
				p.end()
				results = model.Results()
			} else {
				for i, turn := range turns {
					switch {
					case tt.hasty && i == 0:
						results[i] = p.blind(turn)
					case tt.hasty:
						results[i] = p.again(turn)
					default:
						results[i] = p.call(turn)
					}
				}
				p.end()
			}
			seen := []string{"김지민", "홍길동", "보냈어요", "홍길동"}
			if len(results) != len(seen) {
				t.Fatalf("%d results of %d calls", len(results), len(seen))
			}
			for i, r := range results {
				if r.IsError || !strings.Contains(r.Text, seen[i]) {
					t.Errorf("result %d: error %v, without %q:\n%s", i+1, r.IsError, seen[i], r.Text)
				}
			}
			if diff := cmp.Diff([]string{toFriend, toMe}, slices.Sorted(slices.Values(e2etest.Delivered(s.Kakao)))); diff != "" {
				t.Errorf("delivered (- wanted, + arrived):\n%s", diff)
			}
			if n := len(s.Opened()); n != 2 {
				t.Errorf("%d pages in the browser, not a login and a question", n)
			}
			gone(t, program)
		})
	}
}

// python is a script that makes a call for each line it reads.
type python struct {
	*desk
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func (s *desk) python(cmd *exec.Cmd) *python {
	s.Helper()
	var errs e2etest.Buffer
	cmd.Stderr, cmd.WaitDelay = &errs, time.Second
	in, err := cmd.StdinPipe()
	if err != nil {
		s.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		s.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() {
		_ = cmd.Process.Kill()
		if s.Failed() {
			s.Logf("%s", errs.String())
		}
	})
	return &python{desk: s, cmd: cmd, in: in, out: bufio.NewReader(out)}
}

// call makes one call and returns what it gives.
func (p *python) call(turn modeltest.Turn) modeltest.Result {
	p.Helper()
	if err := json.NewEncoder(p.in).Encode(map[string]any{"tool": turn.Tool, "arguments": json.RawMessage(turn.Arguments)}); err != nil {
		p.Fatal(err)
	}
	line, err := p.out.ReadBytes('\n')
	var r struct {
		Text  string
		Error bool
	}
	if err == nil {
		err = json.Unmarshal(line, &r)
	}
	if err != nil {
		p.Fatalf("%v: %s", err, line)
	}
	return modeltest.Result{Text: r.Text, IsError: r.Error}
}

// again makes a call that the client gives up now and then, until it has an answer:
// nothing is sent twice by that.
func (p *python) again(turn modeltest.Turn) (r modeltest.Result) {
	p.Helper()
	for range 5 {
		if r = p.call(turn); !r.IsError {
			break
		}
	}
	return r
}

// blind makes the call that begins the login with a client that gives it up before
// anybody could log in. The same call tells the address while the login is open, and
// works when the person is done.
func (p *python) blind(turn modeltest.Turn) modeltest.Result {
	p.Helper()
	p.Leave()
	for range 5 { // on a busy computer it is given up before a login began
		if r := p.call(turn); !r.IsError {
			p.Fatalf("the first call was not given up: %v", r)
		}
		if len(p.Opened()) > 0 {
			break
		}
	}
	page := p.Opened()[0]
	address, err := os.ReadFile(page)
	if err != nil {
		p.Fatal(err)
	}
	told := false
	began := time.Now()
	for i := 0; i < 5 && !told; i++ {
		told = strings.Contains(p.call(turn).Text, string(address))
	}
	if !told {
		p.Error("no call told the address while the login was open")
	}
	p.Return()
	time.Sleep(*think)
	if _, err := new(sandbox.Visitor).Visit(p.Context(), string(address)); err != nil {
		p.Fatal(err)
	}
	e2etest.WaitUntil(p, "the login", func() bool { return p.Keeper() == 0 })
	p.Logf("logged in, and answered %s after the first call was given up; told the address: %v", time.Since(began).Round(time.Second/10), told)
	return p.again(turn)
}

func (p *python) end() {
	p.Helper()
	p.in.Close()
	if _, err := io.Copy(io.Discard, p.out); err != nil {
		p.Error(err)
	}
	if err := p.cmd.Wait(); err != nil {
		p.Error(err)
	}
}
