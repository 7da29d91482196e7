package figures

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// idleAfter is when a server that has answered its last request counts as idle.
const idleAfter = 2 * time.Second

// callMany makes so many calls of a tool, each with a text of its own.
func callMany(s *e2etest.Server, tool, argument string) {
	for n := range manyCalls {
		if r := s.CallTool(tool, fmt.Sprintf(`{%q:"프로세스 %d의 %d번째 메시지예요."}`, argument, s.Cmd.Process.Pid, n)); r.IsError {
			s.T.Fatal(r.Text())
		}
	}
}

// memoryFigures compare private memory: what ends with the process and nobody else
// has. The pages of its file, which the resident set counts too, are shared with
// other copies and given up when others need them.
func memoryFigures(t testing.TB) []figure {
	idle := func(pairs int) (float64, string) {
		var ours, theirs []*e2etest.Server
		for range pairs {
			b, _ := begin(t, e2etest.BareServer(t))
			s, _ := begin(t, e2etest.PlainProgram(t), "serve")
			ours, theirs = append(ours, s), append(theirs, b)
		}
		return compared(t, ours, theirs)
	}
	called := func(pairs int) (float64, string) {
		c := logIn(t)
		var ours, theirs []*e2etest.Server
		for range pairs {
			b, _ := begin(t, e2etest.BareServer(t))
			callMany(b, "one", "text")
			s := e2etest.Launch(t, exec.Command(e2etest.PlainProgram(t), "serve"), c.Env)
			s.Initialize(map[string]any{})
			c.Kakao.ResetQuota()
			callMany(s, e2etest.ToolToMe, "message")
			ours, theirs = append(ours, s), append(theirs, b)
		}
		return compared(t, ours, theirs)
	}
	return []figure{
		ratio("private memory when idle, of a bare server's", maxIdle, weightPairs, idle),
		ratio(fmt.Sprintf("private memory after %d calls, of a bare server's", manyCalls), maxCalls, callPairs, called),
	}
}

var memoryLine = regexp.MustCompile(`(?m)^(VmRSS|RssAnon):\s+(\d+) kB$`)

// compared waits until all servers are idle, takes the medians of both sides and
// ends them.
func compared(t testing.TB, ours, theirs []*e2etest.Server) (float64, string) {
	t.Helper()
	<-time.After(idleAfter)
	private, resident := occupied(t, ours)
	barePrivate, bareResident := occupied(t, theirs)
	return private / barePrivate, fmt.Sprintf("%.1f / %.1f MB; resident %.1f / %.1f MB", private, barePrivate, resident, bareResident)
}

// occupied are medians in MiB.
func occupied(t testing.TB, list []*e2etest.Server) (private, resident float64) {
	t.Helper()
	found := map[string][]float64{}
	for _, s := range list {
		status, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(s.Cmd.Process.Pid), "status"))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range memoryLine.FindAllStringSubmatch(string(status), -1) {
			kib, _ := strconv.Atoi(m[2])
			found[m[1]] = append(found[m[1]], float64(kib)/1024)
		}
		s.End()
	}
	if len(found["VmRSS"]) != len(list) || len(found["RssAnon"]) != len(list) {
		t.Fatalf("no memory of %d processes: %v", len(list), found)
	}
	return median(found["RssAnon"]), median(found["VmRSS"])
}
