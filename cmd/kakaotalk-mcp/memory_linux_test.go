package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"
)

// idleAfter is when a server that has answered tools/list counts as idle.
const idleAfter = 2 * time.Second

// memory is what an idle process occupies, in KiB.
type memory struct {
	resident int // what ps and top show: RSS, shared pages of files included
	private  int // what ends with the process and nobody else has: Activity Monitor's memory
}

// idleMemory are medians over processes that all wait at the same time, which
// changes nothing about what each of them occupies.
func idleMemory(t testing.TB, pairs int) (ours, theirs memory) {
	t.Helper()
	var list, bareList []*server
	for range pairs {
		b, _ := begin(t, bare(t))
		s, _ := begin(t, program(t), "serve")
		list, bareList = append(list, s), append(bareList, b)
	}
	<-time.After(idleAfter)
	return occupied(t, list), occupied(t, bareList)
}

var memoryLine = regexp.MustCompile(`(?m)^(VmRSS|RssAnon):\s+(\d+) kB$`)

func occupied(t testing.TB, list []*server) memory {
	t.Helper()
	found := map[string][]int{}
	for _, s := range list {
		status, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(s.cmd.Process.Pid), "status"))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range memoryLine.FindAllStringSubmatch(string(status), -1) {
			kib, _ := strconv.Atoi(m[2])
			found[m[1]] = append(found[m[1]], kib)
		}
		s.end()
	}
	if len(found["VmRSS"]) != len(list) || len(found["RssAnon"]) != len(list) {
		t.Fatalf("no memory of %d processes: %v", len(list), found)
	}
	return memory{median(found["VmRSS"]), median(found["RssAnon"])}
}

// idleFigures compare idle processes, in the kind of memory in which we look worse:
// the bare server does not give back the pages of its file that only its start
// needed, so that RSS alone would flatter.
func idleFigures(t testing.TB) figure {
	return ratio("idle memory, of a bare server's", maxMemory, weightPairs, func(pairs int) (float64, string) {
		ours, theirs := idleMemory(t, pairs)
		resident, private := float64(ours.resident)/float64(theirs.resident), float64(ours.private)/float64(theirs.private)
		return max(resident, private), fmt.Sprintf("RSS %.2f ×, %.1f / %.1f MB; private %.2f ×, %.1f / %.1f MB",
			resident, mib(ours.resident), mib(theirs.resident), private, mib(ours.private), mib(theirs.private))
	})
}

func mib(kib int) float64 { return float64(kib) / 1024 }
