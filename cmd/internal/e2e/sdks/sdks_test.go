//go:build linux

package sdks

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// sdks are the libraries, by exact version, and the eras of the protocol that each
// speaks: what its driver is told, and the revision or era that the library then
// names; "" where it names none.
var sdks = []struct {
	name   string
	driver driver
	eras   map[string]string
	forms  bool // its driver can answer forms
}{
	{"go-sdk 1.8.0", goModule("go"), map[string]string{e2etest.NewRevision: e2etest.NewRevision, e2etest.OldRevision: e2etest.OldRevision}, true},
	{"ai-sdk 2.0.99", node("ai-sdk.mjs"), map[string]string{"modern": "modern", "legacy": "legacy"}, true},
	{"Mastra 2.0.0", node("mastra.mjs"), map[string]string{"modern": e2etest.NewRevision, "legacy": e2etest.OldRevision}, true},
	{"google-adk 2.13.0", python("adk_client.py", "google-adk[mcp]==2.13.0", "mcp==2.3.0"), map[string]string{"legacy": ""}, false},
	{"smolagents 1.26.0", python("smolagents_client.py", "smolagents[mcp]==1.26.0", "mcp==1.30.0", "mcpadapt==0.1.19"), map[string]string{"legacy": ""}, false},
	{"Java SDK 2.1.0", java("JavaSdk", "io.modelcontextprotocol.sdk", "mcp", "2.1.0"), map[string]string{"legacy": e2etest.OldRevision}, true},
	{"LangChain4j 1.18.1", java("LangChain4j", "dev.langchain4j", "langchain4j-mcp", "1.18.1-beta28"), map[string]string{"legacy": ""}, false},
	{"Spring AI 2.0.1", java("SpringAi", "org.springframework.ai", "spring-ai-mcp", "2.0.1"), map[string]string{"legacy": e2etest.OldRevision}, false},
	{"Kotlin SDK 0.16.0", java("KotlinSdk", "io.modelcontextprotocol", "kotlin-sdk-client-jvm", "0.16.0"), map[string]string{"legacy": ""}, false},
}

// loginAddress is Kakao's page, wherever it stands in a text.
var loginAddress = regexp.MustCompile(`http://[^\s"\\]+/oauth/authorize\?[^\s"\\,]+`)

// TestSDKs: each library does the main job. Its user, who sees nothing but what the
// library shows, gets the login address, the second page, the reason of a refusal,
// and why a message is not sent yet. Where a library shows forms, the person agrees
// there, and no page opens.
func TestSDKs(t *testing.T) {
	t.Parallel()
	for _, sdk := range sdks {
		t.Run(sdk.name, func(t *testing.T) {
			t.Parallel()
			argv, env := sdk.driver(t)
			argv = append(argv, e2etest.Program(t))
			for era, revision := range sdk.eras {
				t.Run(era, func(t *testing.T) {
					t.Parallel()
					talks(t, append(slices.Clip(argv), era), env, revision)
				})
				if sdk.forms {
					t.Run(era+" forms", func(t *testing.T) {
						t.Parallel()
						showsForms(t, append(slices.Clip(argv), era), append(slices.Clip(env), "FORMS=1"))
					})
				}
			}
		})
	}
}

func talks(t *testing.T, argv, env []string, revision string) {
	t.Helper()
	c := e2etest.NewComputer(t)
	c.Leave()
	a := start(c, argv, env)
	if got := a.read()["0"]; got != revision {
		t.Errorf("speaks %q, want %q", got, revision)
	}

	// Nobody is logged in and nobody is there.
	text := a.again(e2etest.ToolSearch, `{"limit":2}`)
	address := loginAddress.FindString(text)
	if address == "" {
		t.Fatalf("no login address in:\n%s", text)
	}
	page, err := (&sandbox.Visitor{}).Visit(t.Context(), address)
	if err != nil || page.Status != http.StatusOK {
		t.Fatalf("the address leads to %d %s %v", page.Status, page.KOE, err)
	}

	a.shows(e2etest.ToolSearch, `{"limit":2}`, "김지민", "offset")
	a.shows(e2etest.ToolSearch, `{"limit":2,"offset":2}`, "홍길동")
	a.shows(e2etest.ToolSend, `{"to":["없는사람"],"message":"안녕"}`, "없는사람")
	a.shows(e2etest.ToolToMe, `{"message":"오늘 할 일"}`, "보냈어요")

	// Nobody has agreed to a message to a friend.
	before := c.Opened()
	if text := a.again(e2etest.ToolSend, `{"to":["홍길동"],"message":"3시에 봐요"}`); !strings.Contains(text, "확인 창") {
		t.Errorf("no word about the question in:\n%s", text)
	}
	for _, tab := range c.Opened() {
		if address, err := os.ReadFile(tab); err != nil {
			t.Fatal(err)
		} else if !slices.Contains(before, tab) {
			if _, asked, err := e2etest.Press(string(address), "once"); !asked || err != nil {
				t.Fatalf("not a question: %v", err)
			}
		}
	}
	a.shows(e2etest.ToolSend, `{"to":["홍길동"],"message":"3시에 봐요"}`, "이미")
	a.end()
	if diff := cmp.Diff([]string{"오늘 할 일", "3시에 봐요"}, e2etest.Delivered(c.Kakao)); diff != "" {
		t.Errorf("delivered (- wanted, + arrived):\n%s", diff)
	}
}

func showsForms(t *testing.T, argv, env []string) {
	t.Helper()
	c := e2etest.NewComputer(t)
	c.LogIn("--friends")
	before := len(c.Opened())
	a := start(c, argv, env)
	a.read()
	id := a.call(e2etest.ToolSend, `{"to":["홍길동"],"message":"3시에 봐요"}`)
	if form := a.await("form"); !strings.Contains(form, "홍길동") || !strings.Contains(form, "3시에 봐요") {
		t.Errorf("asks %q", form)
	}
	if text := a.await(id); !strings.Contains(text, "보냈어요") {
		t.Errorf("shows %q", text)
	}
	a.end()
	if got := e2etest.Delivered(c.Kakao); !slices.Equal(got, []string{"3시에 봐요"}) || len(c.Opened()) != before {
		t.Errorf("delivered %q, and %d pages opened", got, len(c.Opened())-before)
	}
}

// patience bounds every wait for a driver: some libraries take seconds of computing
// until they are loaded, and a dozen of them load at once.
const patience = 3 * e2etest.Patience

// assistant is a driver that runs: it makes the calls it is told and says what its
// library shows of each.
type assistant struct {
	c     *e2etest.Computer
	stdin io.WriteCloser
	lines chan string
	ended chan error
	next  int
}

func start(c *e2etest.Computer, argv, env []string) *assistant {
	c.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	errs := &e2etest.Buffer{}
	cmd.Env, cmd.Dir, cmd.Stderr, cmd.WaitDelay = append(slices.Clone(c.Env), env...), c.TempDir(), errs, time.Second
	stdin, err := cmd.StdinPipe()
	if err != nil {
		c.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		c.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		c.Fatal(err)
	}
	a := &assistant{c: c, stdin: stdin, lines: make(chan string, 100), ended: make(chan error, 1)}
	go func() {
		for in := bufio.NewScanner(stdout); in.Scan(); {
			a.lines <- in.Text()
		}
		close(a.lines)
		a.ended <- cmd.Wait()
	}()
	c.Cleanup(func() {
		cancel()
		for range a.lines {
		}
		if c.Failed() {
			c.Logf("stderr:\n%s", errs)
		}
	})
	return a
}

// call makes a call and returns its id.
func (a *assistant) call(tool, arguments string) (id string) {
	a.c.Helper()
	a.next++
	if _, err := fmt.Fprintf(a.stdin, "%d\t%s\t%s\n", a.next, tool, arguments); err != nil {
		a.c.Fatal(err)
	}
	return fmt.Sprint(a.next)
}

// read returns the next text, by the id of its call.
func (a *assistant) read() map[string]string {
	a.c.Helper()
	select {
	case line, ok := <-a.lines:
		id, quoted, _ := strings.Cut(line, "\t")
		var text string
		if err := json.Unmarshal([]byte(quoted), &text); !ok || err != nil {
			a.c.Fatalf("the driver ended or said %q: %v", line, err)
		}
		return map[string]string{id: text}
	case <-time.After(patience):
		a.c.Fatal("nothing from the driver")
	}
	return nil
}

// again makes a call that waits for the person, and returns what the same call made
// once more meanwhile is answered.
func (a *assistant) again(tool, arguments string) string {
	a.c.Helper()
	before := len(a.c.Opened())
	a.call(tool, arguments)
	e2etest.WaitUntil(a.c, "a page for the person", func() bool { return len(a.c.Opened()) > before })
	return a.await(a.call(tool, arguments))
}

// await returns the text of a call. One that waited may be answered before.
func (a *assistant) await(id string) string {
	a.c.Helper()
	for {
		if text, ok := a.read()[id]; ok {
			return text
		}
	}
}

// shows makes a call and expects words in its text.
func (a *assistant) shows(tool, arguments string, words ...string) {
	a.c.Helper()
	text := a.await(a.call(tool, arguments))
	for _, word := range words {
		if !strings.Contains(text, word) {
			a.c.Errorf("%s %s: %q is not in:\n%s", tool, arguments, word, text)
		}
	}
}

// end lets the driver end.
func (a *assistant) end() {
	a.c.Helper()
	a.stdin.Close()
	select {
	case err := <-a.ended:
		if err != nil {
			a.c.Errorf("the driver: %v", err)
		}
	case <-time.After(patience):
		a.c.Error("the driver does not end")
	}
}
