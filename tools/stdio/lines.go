package stdio

import (
	"bufio"
	"bytes"
	"io"
)

const (
	// maxLine bounds one message. The largest honest one, a long text with its template, is
	// under 100 KiB; without a limit 100 MB took mcp-go 12 s and 400 MB of memory.
	maxLine = 4 << 20
	// readBuffer is what a pipe holds on Linux, so that what a client wrote at once is seen at once.
	readBuffer = 64 << 10
	// keepBuffer is how much of a grown buffer is kept for the next line.
	keepBuffer = 64 << 10
)

var utf8BOM = []byte("\xef\xbb\xbf")

// lines cuts a stream into trimmed lines of at most maxLine bytes.
type lines struct {
	in    *bufio.Reader
	buf   []byte
	first bool
}

func newLines(in io.Reader) *lines {
	return &lines{in: bufio.NewReaderSize(in, readBuffer), first: true}
}

// arrived tells whether another whole line can be had without waiting.
func (l *lines) arrived() bool {
	waiting, _ := l.in.Peek(l.in.Buffered()) // cannot fail: that much is there
	return bytes.IndexByte(waiting, '\n') >= 0
}

// next returns the next line without its line end; it may be blank and is valid until the
// next call. A line beyond maxLine is skipped without being kept, and tooLong is set. The
// last line needs no newline: it comes together with the error, which is io.EOF at the end.
func (l *lines) next() (line []byte, tooLong bool, err error) {
	if cap(l.buf) > keepBuffer {
		l.buf = nil
	}
	l.buf = l.buf[:0]
	for {
		part, err := l.in.ReadSlice('\n')
		if !tooLong && len(l.buf)+len(part) > maxLine {
			tooLong, l.buf = true, nil
		}
		if !tooLong {
			l.buf = append(l.buf, part...)
		}
		if err == bufio.ErrBufferFull {
			continue
		}
		return l.trim(), tooLong, err
	}
}

func (l *lines) trim() []byte {
	line := l.buf
	if l.first {
		line = bytes.TrimPrefix(line, utf8BOM)
		l.first = false
	}
	return bytes.Trim(line, " \t\r\n")
}
