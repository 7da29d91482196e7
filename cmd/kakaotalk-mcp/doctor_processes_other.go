//go:build !linux

package main

import (
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// copies lists the other processes that run a program of this name.
func copies(ctx context.Context, executable string) ([]process, error) {
	name := filepath.Base(executable)
	if runtime.GOOS == "windows" {
		out, err := output(ctx, "tasklist", "/FO", "CSV", "/NH", "/FI", "IMAGENAME eq "+name)
		return tasks(out), err
	}
	out, err := output(ctx, "ps", "-axo", "pid=,comm=")
	var list []process
	for line := range strings.Lines(out) {
		number, path, _ := strings.Cut(strings.TrimSpace(line), " ")
		path = strings.TrimSpace(path)
		if pid, err := strconv.Atoi(number); err == nil && pid != os.Getpid() && filepath.Base(path) == name {
			list = append(list, process{pid, path})
		}
	}
	return list, err
}

// tasks reads tasklist's table. It has no paths.
func tasks(table string) []process {
	rows, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil {
		return nil // "INFO: No tasks are running"
	}
	var list []process
	for _, row := range rows {
		if len(row) < 2 {
			continue
		}
		if pid, err := strconv.Atoi(row[1]); err == nil && pid != os.Getpid() {
			list = append(list, process{pid: pid})
		}
	}
	return list
}

// lockHolder cannot be told here.
func lockHolder(string) (process, bool) { return process{}, false }

// portHolder finds the process that listens on a TCP port of this computer.
func portHolder(ctx context.Context, port string) (process, bool) {
	if runtime.GOOS == "windows" {
		return windowsPortHolder(ctx, port)
	}
	out, _ := output(ctx, "lsof", "-nP", "-iTCP:"+port, "-sTCP:LISTEN", "-Fpc")
	var p process
	for line := range strings.Lines(out) {
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, "p") && p.pid == 0:
			p.pid, _ = strconv.Atoi(line[1:])
		case strings.HasPrefix(line, "c") && p.path == "":
			p.path = line[1:]
		}
	}
	return p, p.pid > 0
}

func windowsPortHolder(ctx context.Context, port string) (process, bool) {
	out, _ := output(ctx, "netstat", "-ano", "-p", "TCP")
	for line := range strings.Lines(out) {
		// TCP  127.0.0.1:17654  0.0.0.0:0  LISTENING  1234; the state is translated.
		words := strings.Fields(line)
		if len(words) != 5 || !strings.HasSuffix(words[1], ":"+port) || !strings.HasSuffix(words[2], ":0") {
			continue
		}
		pid, err := strconv.Atoi(words[4])
		if err != nil {
			continue
		}
		p := process{pid: pid}
		table, _ := output(ctx, "tasklist", "/FO", "CSV", "/NH", "/FI", "PID eq "+words[4])
		if name, _, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(table), `"`), `"`); ok {
			p.path = name
		}
		return p, true
	}
	return process{}, false
}
