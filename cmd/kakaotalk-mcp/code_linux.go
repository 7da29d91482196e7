package main

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// releaseCode takes out of this process the pages of the program's file that only
// its start needed: Linux maps a file 64 KB at a time, and initialising some hundred
// packages runs through nearly all of it once. The pages stay in the page cache, and
// what is needed again comes from there. Mappings that can be written to, or that
// have pages of their own (relocations, a debugger's breakpoints), are left alone.
func releaseCode() {
	file, err := os.Open("/proc/self/smaps")
	if err != nil {
		return
	}
	defer file.Close()
	var start, end uint64 // of a mapping to release
	unchanged := false
	for lines := bufio.NewScanner(file); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) < 2 {
			continue
		}
		if from, to, begins := strings.Cut(fields[0], "-"); begins { // addresses access offset device inode path
			start, end = 0, 0
			if len(fields) > 5 && strings.HasPrefix(fields[5], "/") && strings.HasPrefix(fields[1], "r-") {
				start, _ = strconv.ParseUint(from, 16, 64)
				end, _ = strconv.ParseUint(to, 16, 64)
			}
		} else if fields[0] == "Anonymous:" {
			unchanged = fields[1] == "0"
		} else if fields[0] == "Swap:" && fields[1] == "0" && unchanged && end > start {
			// An error leaves everything as it was, which is good enough.
			_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, uintptr(start), uintptr(end-start), syscall.MADV_DONTNEED)
		}
	}
}
