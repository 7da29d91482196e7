package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"kakaotalk-mcp/auth/ground/private"
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
func (d *Doctor) checkCopies(ctx context.Context) Finding {
	list, err := copies(ctx, d.Env.Executable)
	if err != nil {
		return d.skip("실행 중인 프로그램의 목록을 볼 수 없어서 확인하지 못했어요.", "Not checked: running programs cannot be listed here.")
	}
	var same, other []string
	for _, p := range list {
		if p.path == "" || p.path == d.Env.Executable {
			same = append(same, strconv.Itoa(p.pid))
		} else {
			other = append(other, p.String())
		}
	}
	switch {
	case len(other) > 0:
		return d.problem(Warn, d.Lang.Sayf("다른 위치에 있거나 업데이트하기 전의 kakaotalk-mcp가 실행 중이에요: %s", "Copies of kakaotalk-mcp in another location, or from before an update, are running: %s", strings.Join(other, ", ")),
			d.Lang.Say("그 프로그램을 시작한 AI 클라이언트를 완전히 종료했다가 다시 열어 주세요.", "Quit the AI client that started it completely and open it again."))
	case len(same) > 0:
		return d.pass("이 프로그램만 실행 중이에요. 프로세스 수: %d (pid %s)", "Only this program is running. Processes: %d (pid %s)", len(same), strings.Join(same, ", "))
	}
	return d.pass("다른 위치에서 실행 중인 kakaotalk-mcp가 없어요.", "No kakaotalk-mcp is running from another location.")
}

// lockNames are the locks in home, with what their holder does.
var lockNames = []struct{ file, ko, en string }{
	{"login.lock", "로그인", "login"},
	{"refresh.lock", "토큰 갱신", "token refresh"},
	{"journal.lock", "전송 기록", "send journal"},
	{"upload.lock", "사진 올리기", "picture upload"},
	{"tunnel.lock", "터널", "tunnel"},
}

// checkLocks tells who holds a lock now. Holding one is no fault; a login that
// waits is explained by it.
func (d *Doctor) checkLocks(context.Context) Finding {
	var held []string
	for _, l := range lockNames {
		path := filepath.Join(d.Settings.Home, l.file)
		if f, err := os.Open(path); err == nil {
			f.Close()
		} else if !errors.Is(err, fs.ErrNotExist) {
			return d.skip("잠금 파일을 열 수 없어서 확인하지 못했어요. 저장된 파일의 점검 결과를 먼저 봐 주세요.", "Not checked: a lock file cannot be opened. See the result for the saved files first.")
		}
		if !private.Held(path) {
			continue
		}
		what := d.Lang.Say(l.ko, l.en)
		if p, ok := lockHolder(path); ok {
			what += ": " + p.String()
		}
		held = append(held, what)
	}
	if len(held) == 0 {
		return d.pass("진행 중인 작업이 없어요.", "Nothing is in progress.")
	}
	return d.pass("진행 중인 작업: %s", "In progress: %s", strings.Join(held, ", "))
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
