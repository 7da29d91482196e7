package figures

import (
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// maxInit is what the package initialisations of this module may allocate, in
// bytes: every command pays for them.
const maxInit = 16 << 10

// begin starts a server and returns it with the time until its tools/list was answered.
func begin(t testing.TB, env []string, path string, args ...string) (*e2etest.Server, time.Duration) {
	t.Helper()
	start := time.Now()
	s := e2etest.Launch(t, exec.Command(path, args...), env)
	s.Initialize(map[string]any{})
	s.Ask("tools/list", map[string]any{})
	return s, time.Since(start)
}

// startTimes are medians over alternating runs of both programs.
func startTimes(t testing.TB, pairs int) (ours, theirs time.Duration) {
	t.Helper()
	env := e2etest.BareEnv(t)
	var list, bareList []time.Duration
	for i := range pairs + 1 {
		b, bareTook := begin(t, env, e2etest.BareServer(t))
		b.End()
		s, took := begin(t, env, e2etest.PlainProgram(t), "serve")
		s.End()
		if i > 0 { // the first pair fetched the files
			list, bareList = append(list, took), append(bareList, bareTook)
		}
	}
	return median(list), median(bareList)
}

func median[T int | float64 | time.Duration](list []T) T {
	list = slices.Clone(list)
	slices.Sort(list)
	return list[len(list)/2]
}

var initLine = regexp.MustCompile(`(?m)^init (main|kakaotalk-mcp/\S+) .* (\d+) bytes, `)

func TestInitialisationAllocatesLittle(t *testing.T) {
	s := e2etest.Launch(t, exec.Command(e2etest.PlainProgram(t), "version"), e2etest.BareEnv(t, "GODEBUG=inittrace=1"))
	if code := s.Exit(); code != e2etest.ExitOK {
		t.Fatalf("exit code %d", code)
	}
	total := 0
	for _, m := range initLine.FindAllStringSubmatch(s.Stderr.String(), -1) {
		bytes, err := strconv.Atoi(m[2])
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d bytes", m[1], bytes)
		total += bytes
	}
	if total == 0 || total > maxInit {
		t.Errorf("the packages allocate %d bytes when initialised, more than 0 and at most %d were expected:\n%s", total, maxInit,
			strings.Join(initLine.FindAllString(s.Stderr.String(), -1), "\n"))
	}
}
