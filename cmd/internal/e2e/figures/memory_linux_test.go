package figures

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
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
// other copies and given up when others need them. All servers wait at the same time,
// which changes nothing about what each of them occupies.
func memoryFigures(t testing.TB) []figure {
	list := memoryOf(t, pairs(weightPairs))
	if slices.ContainsFunc(list, func(f figure) bool { return f.broken }) {
		list = memoryOf(t, 2*pairs(weightPairs)+1) // as ratio does
	}
	return list
}

func memoryOf(t testing.TB, pairs int) []figure {
	c := logIn(t)
	var ours, theirs []*e2etest.Server
	for range pairs {
		b, _ := begin(t, c.Env, e2etest.BareServer(t))
		s, _ := begin(t, append(slices.Clone(c.Env), "KAKAOTALK_MCP_HOME="+likeHome(t, c)), e2etest.PlainProgram(t), "serve")
		ours, theirs = append(ours, s), append(theirs, b)
	}
	compared := func(name string, limit float64) figure {
		<-time.After(idleAfter)
		private, resident := occupied(t, ours)
		barePrivate, bareResident := occupied(t, theirs)
		return figure{name, fmt.Sprintf("< %v ×", limit), fmt.Sprintf("%.2f × (%.1f / %.1f MB; resident %.1f / %.1f MB)",
			private/barePrivate, private, barePrivate, resident, bareResident), private >= limit*barePrivate}
	}
	idle := compared("private memory when idle, of a bare server's", maxIdle)
	for i, s := range ours {
		c.Kakao.ResetQuota()
		callMany(s, e2etest.ToolToMe, "message")
		callMany(theirs[i], "one", "text")
	}
	called := compared(fmt.Sprintf("private memory after %d calls, of a bare server's", manyCalls), maxCalls)
	return []figure{idle, called}
}

// likeHome is a home with the login of a computer's, and a journal of its own.
func likeHome(t testing.TB, c *e2etest.Computer) string {
	t.Helper()
	home := filepath.Join(t.TempDir(), "home")
	for name, text := range e2etest.Files(t, c.Home) {
		path := filepath.Join(home, name)
		if text == "folder" {
			continue
		}
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return home
}

var memoryLine = regexp.MustCompile(`(?m)^(VmRSS|RssAnon):\s+(\d+) kB$`)

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
	}
	if len(found["VmRSS"]) != len(list) || len(found["RssAnon"]) != len(list) {
		t.Fatalf("no memory of %d processes: %v", len(list), found)
	}
	return median(found["RssAnon"]), median(found["VmRSS"])
}
