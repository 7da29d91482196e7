//go:build linux

package soak

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// growth is what a process holds.
type growth struct{ files, sockets, threads, kilobytes int }

func (g growth) String() string {
	return fmt.Sprintf("%d files, %d sockets, %d threads, %d kB", g.files, g.sockets, g.threads, g.kilobytes)
}

// measure looks at the server of x.
func (x *seat) measure() (g growth) {
	proc := filepath.Join("/proc", strconv.Itoa(x.srv.Cmd.Process.Pid))
	open, err := os.ReadDir(filepath.Join(proc, "fd"))
	if err != nil {
		x.s.Errorf("measuring: %v", err)
	}
	for _, f := range open {
		if to, _ := os.Readlink(filepath.Join(proc, "fd", f.Name())); strings.HasPrefix(to, "socket:") {
			g.sockets++
		} else {
			g.files++
		}
	}
	status, err := os.ReadFile(filepath.Join(proc, "status"))
	if err != nil {
		x.s.Errorf("measuring: %v", err)
	}
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(line, ":")
		n, _ := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")))
		switch name {
		case "Threads":
			g.threads = n
		case "VmRSS":
			g.kilobytes = n
		}
	}
	return g
}

const (
	// idleSockets is what connection pools may keep: eight to the API, two to the
	// login host, one to the session bus.
	idleSockets = 11
	// slackMemory is what a journal full to the brim takes (10,000 entries), and
	// what the collector has not come around to.
	slackMemory = 12 << 10
	slackOthers = 3 // goroutines that come and go

	toRest = 10 * time.Second // until files of calls that nobody awaited are closed
)

// notGrown compares a server that lived through it all with itself, early and late
// under load, and at rest with a new one that has made the same calls.
func (s *soak) notGrown(early, late growth) {
	old, fresh := s.seats[0], &seat{s: s}
	fresh.start()
	s.firstCalls(fresh)
	var was, is growth
	for deadline := time.Now().Add(toRest); ; s.wait(10 * time.Millisecond) {
		was, is = fresh.measure(), old.measure()
		if is.files <= was.files || time.Now().After(deadline) {
			break
		}
	}
	s.Logf("a server that lived through it: early %v; late %v; at rest %v; a new one %v", early, late, is, was)
	if is.files > was.files {
		s.Errorf("open files: %d, a new server has %d", is.files, was.files)
	}
	if is.sockets > was.sockets+idleSockets {
		s.Errorf("sockets: %d, a new server has %d", is.sockets, was.sockets)
	}
	if late.threads > 2*early.threads+4 {
		s.Errorf("threads: %d, early on %d", late.threads, early.threads)
	}
	if late.kilobytes > early.kilobytes*3/2+slackMemory {
		s.Errorf("memory: %d kB, early on %d kB", late.kilobytes, early.kilobytes)
	}
	had, has := fresh.goroutines(), old.goroutines()
	s.Logf("goroutines beside connections: %d, a new server has %d", total(has), total(had))
	if total(has) > total(had)+slackOthers {
		s.Errorf("goroutines beside connections:\n%v\na new server has\n%v", has, had)
	}
}

var (
	goroutine = regexp.MustCompile(`(?m)^goroutine [1-9]\d* `)
	createdBy = regexp.MustCompile(`(?m)^created by (\S+)`)
)

// goroutines ends the server by SIGQUIT and counts the goroutines of its last words by
// who started them, without those of connections, which the sockets stand for.
func (x *seat) goroutines() map[string]int {
	_ = syscall.Kill(x.srv.Cmd.Process.Pid, syscall.SIGQUIT)
	x.srv.Exit()
	_, dump, ok := strings.Cut(x.srv.Stderr.String(), "SIGQUIT: quit")
	if !ok {
		x.s.Fatal("no stack dump")
	}
	count := map[string]int{}
	for _, part := range goroutine.Split(dump, -1)[1:] {
		if strings.Contains(part, "net/http.(*persistConn)") {
			continue
		}
		by := "main"
		if m := createdBy.FindStringSubmatch(part); m != nil {
			by = m[1]
		}
		count[by]++
	}
	return count
}

func total(count map[string]int) (n int) {
	for _, c := range count {
		n += c
	}
	return n
}
