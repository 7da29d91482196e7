package leaktest

import (
	"bufio"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// Trace is what programs did: what they started, wrote and named.
type Trace struct {
	Executions []Execution
	Streams    []*Stream
	Names      []Name
}

// Execution is one program that was started, or that somebody tried to start.
type Execution struct {
	By   string // name of the program that started it, at most 15 bytes; empty without -Y
	Path string
	Args []string // with the name of the program as the first
	Env  []string // NAME=value each
}

// Stream is all that the processes of one name wrote to one place.
type Stream struct {
	By   string
	FD   int
	To   string // a path, that of a renamed file's new name, or such as pipe:[12]
	Text []byte
	Cut  bool // one write was longer than -s: not all of it is in Text
}

// Name is the path of a file or folder that a program made, renamed or linked, as
// the program gave it.
type Name struct{ By, Path string }

var (
	// call begins a line that tells of one: process, its name, the system call.
	call = regexp.MustCompile(`^\d+(?:<(.*?)>)? +(\w+)\(`)
	// descriptor is a file descriptor with what it stands for.
	descriptor = regexp.MustCompile(`^(\d+)<((?:\\.|[^>\\])*)>`)
)

// ReadTrace reads what `strace -f -Y -y -v -s N` has written: execve and execveat,
// write, writev and pwrite64, mkdirat, openat where it makes a file, and the calls
// that rename and link.
func ReadTrace(r io.Reader) (*Trace, error) {
	t, streams := &Trace{}, map[string]*Stream{}
	in := bufio.NewReader(r)
	for {
		line, err := in.ReadString('\n')
		if err != nil && err != io.EOF {
			return nil, err
		}
		if m := call.FindStringSubmatch(line); m != nil {
			t.add(streams, m[1], m[2], line[len(m[0]):])
		}
		if err == io.EOF {
			return t, nil
		}
	}
}

// add takes down one call; rest is the line from its arguments on.
func (t *Trace) add(streams map[string]*Stream, by, call, rest string) {
	switch call {
	case "execve", "execveat":
		t.Executions = append(t.Executions, execution(by, rest))
	case "write", "writev", "pwrite64":
		d := descriptor.FindStringSubmatch(rest)
		if d == nil {
			return
		}
		place := by + "\x00" + d[0]
		s := streams[place]
		if s == nil {
			s = &Stream{By: by, To: unescaped(d[2])}
			s.FD, _ = strconv.Atoi(d[1]) // digits
			streams[place], t.Streams = s, append(t.Streams, s)
		}
		each(rest[len(d[0]):], func(_ int, text string, cut bool) {
			s.Text = append(s.Text, text...)
			s.Cut = s.Cut || cut
		})
	case "openat", "mkdirat", "renameat", "renameat2", "linkat", "symlinkat":
		var paths []string
		if call != "openat" || strings.Contains(rest, "O_CREAT") {
			each(rest, func(_ int, path string, _ bool) { paths = append(paths, path) })
		}
		for _, path := range paths {
			t.Names = append(t.Names, Name{by, path})
		}
		// What is written to a name of the moment is the file's. A call that was interrupted
		// in the trace tells its end elsewhere, so that a failed one counts, too.
		if strings.HasPrefix(call, "rename") && len(paths) == 2 {
			for _, s := range t.Streams {
				if s.By == by && s.To == paths[0] {
					s.To = paths[1]
				}
			}
		}
	}
}

// execution reads "path", [arguments], [environment].
func execution(by, line string) Execution {
	e := Execution{By: by}
	each(line, func(list int, text string, _ bool) {
		switch list {
		case 0:
			e.Path = text
		case 1:
			e.Args = append(e.Args, text)
		default:
			e.Env = append(e.Env, text)
		}
	})
	return e
}

// each calls found for every text in quotation marks, with the number of lists
// that have begun before it and whether strace has cut it.
func each(line string, found func(list int, text string, cut bool)) {
	list := 0
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '[':
			list++
		case '"':
			end := i + 1
			for end < len(line) && line[end] != '"' {
				if line[end] == '\\' {
					end++
				}
				end++
			}
			end = min(end, len(line))
			found(list, unescaped(line[i+1:end]), strings.HasPrefix(line[end:], `"...`))
			i = end
		}
	}
}

// unescaped undoes strace's way of writing bytes: the escapes of C for control
// characters, and up to three octal digits.
func unescaped(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			b.WriteByte(text[i])
			continue
		}
		i++
		digits := 0
		for digits < 3 && i+digits < len(text) && '0' <= text[i+digits] && text[i+digits] <= '7' {
			digits++
		}
		switch special := strings.IndexByte("ntrvf", text[i]); {
		case digits > 0:
			n, _ := strconv.ParseUint(text[i:i+digits], 8, 16) // octal digits only
			b.WriteByte(byte(n))
			i += digits - 1
		case special >= 0:
			b.WriteByte("\n\t\r\v\f"[special])
		default:
			b.WriteByte(text[i])
		}
	}
	return b.String()
}
