package figures

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools"
	"kakaotalk-mcp/tools/journal"
	"kakaotalk-mcp/tools/messenger"
	"kakaotalk-mcp/tools/stdio"
	"kakaotalk-mcp/viewer"
)

// What the promises speak of, each as a function that does it once. The benchmarks
// here (for benchstat) and the table of TestFigures time the same functions.

// instant is a network on which Kakao takes every message at once: the rest of a
// call's time is our own.
type instant struct{ next http.RoundTripper }

func (i instant) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodPost || !strings.Contains(r.URL.Path, "/talk/memo/") {
		return i.next.RoundTrip(r)
	}
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: http.StatusOK, ProtoMajor: 1, ProtoMinor: 1, Request: r, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(`{"result_code":0}`))}, nil
}

// logIn returns the environment of a program that is logged in.
func logIn(t testing.TB) *e2etest.Computer {
	t.Helper()
	c := e2etest.NewComputer(t)
	logInOn(c, e2etest.Program(t))
	return c
}

// logInOn lets a person log in to this program by a first search.
func logInOn(c *e2etest.Computer, program string) {
	c.Helper()
	c.Set("KAKAO_CONFIRM", "never")
	s := e2etest.Launch(c, exec.Command(program, "serve"), c.Env)
	s.Initialize(map[string]any{})
	if r := s.CallTool(e2etest.ToolSearch, `{"query":"홍길동"}`); r.IsError {
		c.Fatal(r.Text())
	}
	s.End()
}

// composed is the program in this process, put together as serve does it.
func composed(t testing.TB, c *e2etest.Computer) *app.App {
	t.Helper()
	a, err := app.New(app.NewOptions(&cli.Env{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Vars: c.Env, UserHome: c.User, Executable: "kakaotalk-mcp"}), false)
	if err != nil || a.Broken != nil {
		t.Fatal(err, a.Broken)
	}
	t.Cleanup(a.Close)
	return a
}

// caller returns a function that makes so many calls of send_message_to_me at once,
// each with a message of its own, through everything but pipes and network.
func caller(t testing.TB) func(calls int) {
	t.Helper()
	a := composed(t, logIn(t))
	a.Kakao.HTTP.Transport = instant{a.Kakao.HTTP.Transport}
	transport := stdio.New(a.Log)
	in, lines := io.Pipe()
	answers, out := io.Pipe()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		server := tools.NewServer(messenger.New(a.MessengerConfig()), nil, "bench", transport.Progress, transport.Options()...)
		_ = transport.Serve(context.Background(), server, in, out) // a failure shows as missing answers
		out.Close()
	}()
	t.Cleanup(func() { lines.Close(); <-ended })
	read, id := bufio.NewReader(answers), 0
	exchange := func(first, calls int) {
		var batch strings.Builder
		for n := first; n < first+calls; n++ {
			fmt.Fprintf(&batch, `{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":%q,"arguments":{"message":"%d번째 메시지예요."}}}`+"\n", n, e2etest.ToolToMe, n)
		}
		go io.WriteString(lines, batch.String()) //nolint:errcheck // as above
		for range calls {
			if answer, err := read.ReadString('\n'); err != nil || !strings.Contains(answer, `"status":"sent"`) {
				t.Fatalf("%v %s", err, answer)
			}
		}
	}
	exchange(0, 1) // reads the token
	return func(calls int) {
		exchange(id+1, calls)
		id += calls
	}
}

// queries are one per kind of match; the second one has the most hits.
var queries = []string{"김지민", "지", "ㅎㄱㄷ", "홍기", "없는이름"}

// searcher returns a function that searches so many friends, beside the handful that
// the sandbox has, once they have been loaded.
func searcher(t testing.TB, friends int) func(query string) {
	t.Helper()
	c := logIn(t)
	c.Kakao.Fill(friends)
	m := composed(t, c).Messenger()
	search := func(query string) {
		if _, err := m.Search(context.Background(), messenger.SearchRequest{Query: query, Limit: 10}, messenger.Nobody{}); err != nil {
			t.Fatal(err)
		}
	}
	search(queries[0])
	return search
}

// journalist returns a function that writes one send into a journal of so many records.
func journalist(t testing.TB, records int) func() {
	t.Helper()
	home := t.TempDir()
	if err := os.Chmod(home, 0o700); err != nil {
		t.Fatal(err)
	}
	j, n := journal.Open(home, time.Now), 0
	send := func(items int) {
		list, outcomes := make([]journal.Item, items), make([]journal.Outcome, items)
		for i := range list {
			n++
			list[i], outcomes[i] = journal.Item{Account: "1", Receiver: journal.Me, Content: "글", Part: n}, journal.Delivered
		}
		claim, err := j.Begin(context.Background(), list, time.Minute, false)
		if err != nil {
			t.Fatal(err)
		}
		if err := j.Finish(context.Background(), claim, outcomes); err != nil {
			t.Fatal(err)
		}
	}
	for left := records / 2; left > 0; left -= 1000 { // each send takes two
		send(min(left, 1000))
	}
	return func() { send(1) }
}

// storing returns functions that store a message among so many others, and that
// read one of them.
func storing(t testing.TB, others int) (write, read func()) {
	t.Helper()
	s, err := viewer.NewStore(filepath.Join(t.TempDir(), "messages"), viewer.Options{MaxCount: 10_000_000, MaxBytes: 1 << 40})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var ids []string
	write = func() {
		id, _, err := s.Put(context.Background(), "글", 0)
		if err != nil {
			t.Error(err)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		ids = append(ids, id)
	}
	const writers = 50 // a disk writes many files in the time of one
	var group sync.WaitGroup
	for n := range writers {
		group.Go(func() {
			for range (max(1, others) + writers - 1 - n) / writers {
				write()
			}
		})
	}
	if group.Wait(); t.Failed() {
		t.FailNow()
	}
	next := 0
	return write, func() {
		next = (next + 7919) % len(ids) // a prime: all over the folder
		if _, err := s.Blob(context.Background(), ids[next]); err != nil {
			t.Fatal(err)
		}
	}
}

// koreanText is 2,000 characters of Korean.
func koreanText(t testing.TB) string {
	t.Helper()
	var text []rune
	for _, name := range []string{"letter", "minutes"} {
		raw, err := os.ReadFile(filepath.Join(e2etest.Root(t), "viewer", "testdata", "texts", name+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, []rune(string(raw))...)
	}
	return string(text[:2000])
}

// readers is how many visitors read at once.
const readers = 16

// visitors returns a function that reads a stored message so many times over
// loopback, each time as somebody else. The public side answers 4,000 requests at
// once before it slows down.
func visitors(t testing.TB) func(requests int) {
	t.Helper()
	s, err := viewer.NewStore(filepath.Join(t.TempDir(), "messages"), viewer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	id, _, err := s.Put(context.Background(), koreanText(t), 0)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: viewer.NewHandler(s, viewer.HandlerConfig{Host: l.Addr().String(), Forwarded: true})}
	served := make(chan struct{})
	go func() { defer close(served); _ = server.Serve(l) }()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: readers}}
	t.Cleanup(func() { client.CloseIdleConnections(); server.Close(); <-served })
	var next atomic.Int64
	read := func() error {
		r, err := http.NewRequest(http.MethodGet, "http://"+l.Addr().String()+"/message/"+id+"/data", nil)
		if err != nil {
			return err
		}
		n := next.Add(1)
		r.Header.Set("X-Forwarded-For", fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255))
		response, err := client.Do(r)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		if _, err = io.Copy(io.Discard, response.Body); err == nil && response.StatusCode != http.StatusOK {
			err = fmt.Errorf("status %d", response.StatusCode)
		}
		return err
	}
	return func(requests int) {
		var group sync.WaitGroup
		for n := range readers {
			group.Go(func() {
				for range (requests + readers - 1 - n) / readers {
					if err := read(); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		group.Wait()
	}
}
