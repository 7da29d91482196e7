package main

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"
)

// narrow is the least width in which text is folded.
const narrow = 20

// folded breaks a line between words where out's terminal would break it
// anywhere. The line and those that follow begin in column indent. What goes to
// no terminal stays as it is.
func folded(out *os.File, line string, indent int) string {
	width, _, err := term.GetSize(int(out.Fd()))
	if err != nil || width-indent < narrow {
		return line
	}
	return strings.ReplaceAll(wrap(line, width-indent-1), "\n", "\n"+strings.Repeat(" ", indent))
}

// tell writes lines for people, folded; each keeps its indentation.
func tell(out *os.File, text string) {
	for line := range strings.Lines(text + "\n") {
		body := strings.TrimLeft(line, " ")
		indent := line[:len(line)-len(body)]
		fmt.Fprintln(out, indent+folded(out, strings.TrimRight(body, "\n"), len(indent)))
	}
}
