package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"kakaotalk-mcp/tools/bubble"
)

// process is a program that runs now.
type process struct {
	pid  int
	path string // of the program, or as much as the system tells
}

// maxShownPath is how many characters of a program's path are shown.
const maxShownPath = 200

func (p process) String() string {
	if p.path == "" {
		return fmt.Sprintf("pid %d", p.pid)
	}
	// Whoever started the program chose its name: no escape sequence of theirs is shown.
	return fmt.Sprintf("%s (pid %d)", bubble.Clean(p.path, maxShownPath), p.pid)
}

// checkCopies looks for this program running elsewhere. That is as it should be,
// one copy for each client, unless one is of another version's file.
func (a *app) checkCopies(ctx context.Context) finding {
	list, err := copies(ctx, a.sys.executable)
	if err != nil {
		return a.skip("이 시스템에서는 실행 중인 프로그램을 볼 수 없어요.", "Running programs cannot be listed here.")
	}
	var same, other []string
	for _, p := range list {
		if p.path == "" || p.path == a.sys.executable {
			same = append(same, strconv.Itoa(p.pid))
		} else {
			other = append(other, p.String())
		}
	}
	switch {
	case len(other) > 0:
		return a.problem(warn, fmt.Sprintf(a.say("다른 위치에 있거나 업데이트하기 전의 프로그램이 실행 중이에요: %s", "Copies from another place or from before an update are running: %s"), strings.Join(other, ", ")),
			a.say("그 프로그램을 시작한 AI 클라이언트를 완전히 종료했다가 다시 열어 주세요.", "Quit the AI client that started it completely and open it again."))
	case len(same) > 0:
		return a.pass("클라이언트가 실행한 같은 프로그램이 %d개 있어요 (pid %s).", "%d copies of this program are running for clients (pid %s).", len(same), strings.Join(same, ", "))
	}
	return a.pass("실행 중인 다른 복사본이 없어요.", "No other copy is running.")
}

// lockNames are the locks in home, with what their holder does.
var lockNames = []struct{ file, ko, en string }{
	{"login.lock", "로그인", "login"},
	{"refresh.lock", "토큰 갱신", "token refresh"},
	{"journal.lock", "전송 기록", "send journal"},
	{"tunnel.lock", "터널", "tunnel"},
}

// checkLocks tells who holds a lock now. Holding one is no fault; a login that
// waits for ever is explained by it.
func (a *app) checkLocks(context.Context) finding {
	var held []string
	for _, l := range lockNames {
		path := filepath.Join(a.settings.home, l.file)
		if !isHeld(path) {
			continue
		}
		what := a.say(l.ko, l.en)
		if p, ok := lockHolder(path); ok {
			what += ": " + p.String()
		}
		held = append(held, what)
	}
	if len(held) == 0 {
		return a.pass("진행 중인 작업이 없어요.", "Nothing is under way.")
	}
	return a.pass("지금 진행 중인 작업: %s", "Under way now: %s", strings.Join(held, ", "))
}

// isHeld reports whether a process has the lock. A shared lock for an instant
// disturbs only somebody who tries just then, and they try again.
func isHeld(path string) bool {
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
		return false // asking must not make files
	}
	lock := flock.New(path)
	free, err := lock.TryRLock()
	if free {
		_ = lock.Unlock()
	}
	return !free && err == nil
}

// output runs one of the system's own programs; a check's time bounds it.
func output(ctx context.Context, program string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	return string(out), err
}

// reservedRange returns the range of ports that Windows keeps for itself and that
// holds port, "" if none does.
func reservedRange(ctx context.Context, port string) string {
	if runtime.GOOS != "windows" {
		return ""
	}
	out, _ := output(ctx, "netsh", "interface", "ipv4", "show", "excludedportrange", "protocol=tcp")
	return rangeWith(out, port)
}

// rangeWith finds port in netsh's table of first and last ports.
func rangeWith(table, port string) string {
	n, err := strconv.Atoi(port)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(table) {
		words := strings.Fields(line)
		if len(words) < 2 {
			continue
		}
		first, err1 := strconv.Atoi(words[0])
		last, err2 := strconv.Atoi(words[1])
		if err1 == nil && err2 == nil && first <= n && n <= last {
			return words[0] + "-" + words[1]
		}
	}
	return ""
}
