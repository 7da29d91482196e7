package doctor

import (
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// What macOS' and Windows' own programs print about processes. It is read here,
// on every system, so that it is tested on every system.

// errSilent: a table that leaves out the process that asked tells nothing.
var errSilent = errors.New("the list of processes is incomplete")

// psNamed reads `ps -axo pid=,comm=`: the other processes whose program has this
// name. Paths may hold blanks.
func psNamed(table, name string) (list []process, err error) {
	err = errSilent
	for line := range strings.Lines(table) {
		number, path, _ := strings.Cut(strings.TrimSpace(line), " ")
		path = strings.TrimSpace(path)
		switch pid, wrong := strconv.Atoi(number); {
		case wrong != nil || filepath.Base(path) != name:
		case pid == os.Getpid():
			err = nil
		default:
			list = append(list, process{pid, path})
		}
	}
	return list, err
}

// lsofFirst reads the first process of `lsof -Fpc`.
func lsofFirst(table string) (p process, ok bool) {
	for line := range strings.Lines(table) {
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, "p") && p.pid == 0:
			p.pid, _ = strconv.Atoi(line[1:])
		case strings.HasPrefix(line, "c") && p.path == "":
			p.path = line[1:]
		}
	}
	return p, p.pid > 0
}

// tasks reads `tasklist /FO CSV /NH`, which has no paths: the other processes.
func tasks(table string) (list []process, err error) {
	err = errSilent
	rows, _ := csv.NewReader(strings.NewReader(table)).ReadAll() // none of "INFO: No tasks are running"
	for _, row := range rows {
		if len(row) < 2 {
			continue
		}
		switch pid, wrong := strconv.Atoi(row[1]); {
		case wrong != nil:
		case pid == os.Getpid():
			err = nil
		default:
			list = append(list, process{pid: pid})
		}
	}
	return list, err
}

// taskName is the first program's name in the same table.
func taskName(table string) string {
	name, _, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(table), `"`), `"`)
	if !ok {
		return ""
	}
	return name
}

// netstatListener reads `netstat -ano`: who listens on a TCP port; 0 for nobody.
func netstatListener(table, port string) (pid int) {
	for line := range strings.Lines(table) {
		// TCP  127.0.0.1:17654  0.0.0.0:0  LISTENING  1234; the state is translated.
		words := strings.Fields(line)
		if len(words) != 5 || !strings.HasSuffix(words[1], ":"+port) || !strings.HasSuffix(words[2], ":0") {
			continue
		}
		if pid, err := strconv.Atoi(words[4]); err == nil {
			return pid
		}
	}
	return 0
}
