//go:build !linux

package doctor

import (
	"context"
	"path/filepath"
	"runtime"
	"strconv"
)

// copies lists the other processes that run a program of this name.
func copies(ctx context.Context, executable string) ([]process, error) {
	name := filepath.Base(executable)
	if runtime.GOOS == "windows" {
		out, err := output(ctx, "tasklist", "/FO", "CSV", "/NH", "/FI", "IMAGENAME eq "+name)
		if err != nil {
			return nil, err
		}
		return tasks(out)
	}
	out, err := output(ctx, "ps", "-axo", "pid=,comm=")
	if err != nil {
		return nil, err
	}
	return psNamed(out, name)
}

// lockHolder cannot be told here.
func lockHolder(string) (process, bool) { return process{}, false }

// portHolder finds the process that listens on a TCP port of this computer.
func portHolder(ctx context.Context, port string) (process, bool) {
	if runtime.GOOS == "windows" {
		return windowsPortHolder(ctx, port)
	}
	out, _ := output(ctx, "lsof", "-nP", "-iTCP:"+port, "-sTCP:LISTEN", "-Fpc")
	return lsofFirst(out)
}

func windowsPortHolder(ctx context.Context, port string) (process, bool) {
	out, _ := output(ctx, "netstat", "-ano") // -p TCP leaves out IPv6
	pid := netstatListener(out, port)
	if pid == 0 {
		return process{}, false
	}
	table, _ := output(ctx, "tasklist", "/FO", "CSV", "/NH", "/FI", "PID eq "+strconv.Itoa(pid))
	return process{pid: pid, path: taskName(table)}, true
}
