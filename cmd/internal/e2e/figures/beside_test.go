package figures

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"strings"
	"testing"
	"time"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

var beside = flag.String("beside", "", "path of another program; TestFigures then prints what both need, and judges nothing")

// besidePairs is how often each is measured, alternately; odd, for a median.
const besidePairs = 5

// printBeside prints figures of the other program and of this tree's.
func printBeside(t *testing.T, other string) {
	ours := e2etest.PlainProgram(t)
	row := func(name string, before, now float64, unit string) {
		fmt.Printf("| %-52s | %10.4g %-5s | %10.4g %-5s | %5.2f × |\n", name, before, unit, now, unit, now/before)
	}
	row("what a model is given: tools/list", float64(listed(t, other)), float64(listed(t, ours)), "bytes")
	for name, measure := range map[string]func(testing.TB, string) time.Duration{
		"start to answered tools/list":                     started,
		"first search of 1,000 friends, login, 50 ms each": firstSearch,
		"the same message after a kill in the middle":      afterKill,
	} {
		var before, now []time.Duration
		for range besidePairs {
			before, now = append(before, measure(t, other)), append(now, measure(t, ours))
		}
		row(name, median(before).Seconds()*1000, median(now).Seconds()*1000, "ms")
	}
}

func listed(t testing.TB, program string) int {
	s := e2etest.Launch(t, exec.Command(program, "serve"), e2etest.BareEnv(t))
	s.Initialize(map[string]any{})
	n := len(s.Ask("tools/list", map[string]any{}))
	s.End()
	return n
}

func started(t testing.TB, program string) time.Duration {
	s, took := begin(t, e2etest.BareEnv(t), program, "serve")
	s.End()
	return took
}

// firstSearch is a search without a login, whose person agrees at once.
func firstSearch(t testing.TB, program string) time.Duration {
	c := e2etest.NewComputer(t)
	c.Kakao.Fill(1000)
	c.Kakao.SetFaults(sandbox.Faults{Latency: 50 * time.Millisecond})
	s := e2etest.Launch(t, exec.Command(program, "serve"), c.Env)
	s.Initialize(map[string]any{})
	start := time.Now()
	if r := s.CallTool(e2etest.ToolSearch, `{"query":"홍길동"}`); r.IsError {
		t.Fatal(r.Text())
	}
	took := time.Since(start)
	s.End()
	return took
}

// afterKill is the call of another server for a message whose server was killed while
// Kakao had it.
func afterKill(t testing.TB, program string) time.Duration {
	c := e2etest.NewComputer(t)
	arrived := make(chan struct{}, 1)
	api, err := url.Parse(c.Get("KAKAO_API_URL"))
	if err != nil {
		t.Fatal(err)
	}
	onward := httputil.NewSingleHostReverseProxy(api)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/talk/memo/") {
			_, _ = io.Copy(io.Discard, r.Body) // before it is read the end of the connection goes unnoticed
			arrived <- struct{}{}
			<-r.Context().Done()
			return
		}
		onward.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	c.Set("KAKAO_API_URL", front.URL)
	logInOn(c, program)
	serve := func() *e2etest.Server {
		s := e2etest.Launch(t, exec.Command(program, "serve"), c.Env)
		s.Initialize(map[string]any{})
		return s
	}
	killed, next := serve(), serve()
	killed.Request("tools/call", map[string]any{"name": e2etest.ToolToMe, "arguments": json.RawMessage(`{"message":"회의는 3시예요."}`)})
	select {
	case <-arrived:
	case <-time.After(e2etest.Patience):
		t.Fatal("no message left")
	}
	killed.Kill()
	start := time.Now()
	if r := next.CallTool(e2etest.ToolToMe, `{"message":"회의는 3시예요."}`); !r.IsError || !strings.Contains(r.Text(), "unknown") && r.Structured["status"] != "unknown" {
		t.Errorf("after the kill: %s", r.Text())
	}
	took := time.Since(start)
	next.End()
	return took
}
