package main

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

// bare returns the path of the server that does nothing but offer three tools.
func bare(t testing.TB) string { return e2etest.BareServer(t) }

// begin starts a server and returns it with the time until its tools/list was answered.
func begin(t testing.TB, path string, args ...string) (*server, time.Duration) {
	t.Helper()
	env := bareEnv(t)
	start := time.Now()
	s := launch(t, exec.Command(path, args...), env)
	s.initialize(map[string]any{})
	s.ask("tools/list", map[string]any{})
	return s, time.Since(start)
}

// startTimes are medians over alternating runs of both programs.
func startTimes(t testing.TB, pairs int) (ours, theirs time.Duration) {
	t.Helper()
	var list, bareList []time.Duration
	for i := range pairs + 1 {
		b, bareTook := begin(t, bare(t))
		b.end()
		s, took := begin(t, program(t), "serve")
		s.end()
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
	s := launch(t, exec.Command(program(t), "version"), bareEnv(t, "GODEBUG=inittrace=1"))
	if code := s.exit(); code != exitOK {
		t.Fatalf("exit code %d", code)
	}
	total := 0
	for _, m := range initLine.FindAllStringSubmatch(s.stderr.String(), -1) {
		bytes, err := strconv.Atoi(m[2])
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d bytes", m[1], bytes)
		total += bytes
	}
	if total == 0 || total > maxInit {
		t.Errorf("the packages allocate %d bytes when initialised, more than 0 and at most %d were expected:\n%s", total, maxInit,
			strings.Join(initLine.FindAllString(s.stderr.String(), -1), "\n"))
	}
}
