package doctor

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// copies lists the other processes that run a program of this name.
func copies(_ context.Context, executable string) ([]process, error) {
	links, err := filepath.Glob("/proc/[0-9]*/exe")
	if err != nil {
		return nil, err
	}
	var list []process
	for _, link := range links {
		path, err := os.Readlink(link) // of other users' processes it cannot be read
		if err != nil || filepath.Base(strings.TrimSuffix(path, " (deleted)")) != filepath.Base(executable) {
			continue
		}
		if pid := pidOf(link); pid != os.Getpid() {
			list = append(list, process{pid, path})
		}
	}
	return list, nil
}

// pidOf is the number in /proc/NUMBER/…
func pidOf(path string) int {
	pid, _ := strconv.Atoi(strings.Split(path, "/")[2])
	return pid
}

func named(pid int) process {
	path, _ := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
	return process{pid, path}
}

// lockHolder finds the process that holds a lock on the file (proc_locks(5)).
func lockHolder(path string) (process, bool) {
	var st syscall.Stat_t
	if syscall.Stat(path, &st) != nil {
		return process{}, false
	}
	suffix := fmt.Sprintf(":%d", st.Ino)
	f, err := os.Open("/proc/locks")
	if err != nil {
		return process{}, false
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		// 1: FLOCK ADVISORY WRITE 1234 fd:01:5678 0 EOF
		words := strings.Fields(lines.Text())
		if len(words) < 6 || words[1] == "->" || !strings.HasSuffix(words[5], suffix) {
			continue
		}
		if pid, err := strconv.Atoi(words[4]); err == nil && pid > 0 {
			return named(pid), true
		}
	}
	return process{}, false
}

// portHolder finds the process that listens on a TCP port of this computer.
func portHolder(_ context.Context, port string) (process, bool) {
	sockets := listening(port)
	if len(sockets) == 0 {
		return process{}, false
	}
	links, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	for _, link := range links {
		if target, err := os.Readlink(link); err == nil && sockets[target] {
			return named(pidOf(link)), true
		}
	}
	return process{}, false
}

// listening returns the sockets in state LISTEN on the port, as links in fd name
// them (proc_net_tcp(5)).
func listening(port string) map[string]bool {
	n, err := strconv.Atoi(port)
	if err != nil {
		return nil
	}
	sockets := map[string]bool{}
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		raw, _ := os.ReadFile(table)
		for line := range strings.Lines(string(raw)) {
			words := strings.Fields(line)
			if len(words) > 9 && words[3] == "0A" && strings.HasSuffix(words[1], fmt.Sprintf(":%04X", n)) {
				sockets["socket:["+words[9]+"]"] = true
			}
		}
	}
	return sockets
}
