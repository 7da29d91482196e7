package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	// maxBinary is the promised size of a plain build, in bytes.
	maxBinary = 20_000_000
	// weightRuns is how often each program is started; odd, so that there is a median.
	weightRuns = 15
)

func TestBinaryIsSmall(t *testing.T) {
	info, err := os.Stat(program(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes", info.Size())
	if info.Size() >= maxBinary {
		t.Errorf("the program has %d bytes, promised are less than %d", info.Size(), maxBinary)
	}
}

// start starts a server and returns the time until its tools/list was answered
// and then its resident memory in KiB (0 where that cannot be told).
func weigh(t testing.TB, path string, args ...string) (time.Duration, int) {
	t.Helper()
	env := bareEnv(t)
	begin := time.Now()
	s := launch(t, exec.Command(path, args...), env)
	s.initialize(map[string]any{})
	s.ask("tools/list", map[string]any{})
	took := time.Since(begin)
	memory := 0
	if raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(s.cmd.Process.Pid), "status")); err == nil {
		for line := range strings.Lines(string(raw)) {
			if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
				memory, _ = strconv.Atoi(strings.Fields(rest)[0])
			}
		}
	}
	s.end()
	return took, memory
}

func median[T int | time.Duration](list []T) T {
	slices.Sort(list)
	return list[len(list)/2]
}

// BenchmarkStart compares start-up and idle memory with those of a server that
// does nothing but offer three tools, in alternating runs.
func BenchmarkStart(b *testing.B) {
	bare := filepath.Join(b.TempDir(), exeName("bare"))
	if err := goBuild(bare, "./testdata/bare"); err != nil {
		b.Fatal(err)
	}
	ours := program(b)
	weigh(b, bare) // both into the page cache
	weigh(b, ours, "serve")
	for b.Loop() {
		var times, bareTimes []time.Duration
		var sizes, bareSizes []int
		for range weightRuns {
			took, memory := weigh(b, bare)
			bareTimes, bareSizes = append(bareTimes, took), append(bareSizes, memory)
			took, memory = weigh(b, ours, "serve")
			times, sizes = append(times, took), append(sizes, memory)
		}
		b.ReportMetric(float64(median(times))/1e6, "ms")
		b.ReportMetric(float64(median(bareTimes))/1e6, "bare-ms")
		b.ReportMetric(float64(median(times))/float64(median(bareTimes)), "start-ratio")
		if runtime.GOOS == "linux" {
			b.ReportMetric(float64(median(sizes)), "KiB")
			b.ReportMetric(float64(median(bareSizes)), "bare-KiB")
			b.ReportMetric(float64(median(sizes))/float64(median(bareSizes)), "memory-ratio")
		}
	}
}
