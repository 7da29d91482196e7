package terminal

import (
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/sys/windows"
)

// input reads a console itself: os.File takes a read that Ctrl-C broke off for the end
// of the input, at which a message that is being typed would be sent.
func input(f *os.File) io.Reader {
	handle := windows.Handle(f.Fd())
	var mode uint32
	if windows.GetConsoleMode(handle, &mode) != nil {
		return f
	}
	return &console{read: func(units []uint16) (int, error) {
		var n uint32
		err := windows.ReadConsole(handle, &units[0], uint32(len(units)), &n, nil)
		return int(n), err
	}}
}

// console is text in UTF-8 of a console. Ctrl-Z ends it, and the line in which it is.
type console struct {
	read  func(units []uint16) (int, error) // UTF-16; none without an error after Ctrl-C
	half  []uint16                          // of a letter whose rest comes with the next read
	ended bool                              // after what was read last
}

// brokenOffPause is between reads that brought nothing: the signal, which comes by
// another way, ends the waiting.
const brokenOffPause = 10 * time.Millisecond

func (c *console) Read(p []byte) (int, error) {
	if c.ended {
		c.ended = false
		return 0, io.EOF
	}
	units := make([]uint16, len(p)/utf8.UTFMax)
	kept := copy(units, c.half)
	n, err := c.read(units[kept:])
	if err != nil {
		return 0, err
	}
	if n == 0 {
		time.Sleep(brokenOffPause)
		return 0, nil
	}
	units, c.half = units[:kept+n], nil
	if last := len(units) - 1; units[last]&0xfc00 == 0xd800 {
		units, c.half = units[:last], units[last:]
	}
	text, _, ended := strings.Cut(string(utf16.Decode(units)), "\x1a")
	if ended && text == "" {
		return 0, io.EOF
	}
	c.ended = ended
	return copy(p, text), nil
}
