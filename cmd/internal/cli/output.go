package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/clipperhouse/displaywidth"
	"golang.org/x/term"
)

// Printer writes lines and keeps the first error, so that a full disk behind a
// pipe is not taken for success.
type Printer struct {
	W   io.Writer
	Err error
}

// Line writes one line, formatted as [fmt.Sprintf] does.
func (p *Printer) Line(format string, args ...any) {
	if p.Err == nil {
		_, p.Err = fmt.Fprintf(p.W, format+"\n", args...)
	}
}

// WriteJSON prints v for programs, without HTML escapes.
func WriteJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// Wrap fills paragraphs, which blank lines divide, so that no line is wider than
// width columns, of which Hangul takes two; a single wider word stays whole.
func Wrap(text string, width int) string {
	var b strings.Builder
	for i, paragraph := range strings.Split(text, "\n\n") {
		if i > 0 {
			b.WriteString("\n\n")
		}
		column := 0
		for _, word := range strings.Fields(paragraph) {
			w := displaywidth.String(word)
			switch {
			case column == 0:
			case column+1+w > width:
				b.WriteByte('\n')
				column = 0
			default:
				b.WriteByte(' ')
				column++
			}
			b.WriteString(word)
			column += w
		}
	}
	return b.String()
}

// Pad fills text up to width columns, of which Hangul takes two.
func Pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-displaywidth.String(text)))
}

// narrow is the least width in which text is folded.
const narrow = 20

// Fold breaks a line between words where out's terminal would break it anywhere.
// The line and those that follow begin in column indent. What goes to no terminal
// stays as it is.
func Fold(out *os.File, line string, indent int) string {
	width, _, err := term.GetSize(int(out.Fd()))
	if err != nil || width-indent < narrow {
		return line
	}
	return strings.ReplaceAll(Wrap(line, width-indent-1), "\n", "\n"+strings.Repeat(" ", indent))
}

// Tell writes lines for people, folded; each keeps its indentation.
func Tell(out *os.File, text string) {
	for line := range strings.Lines(text + "\n") {
		body := strings.TrimLeft(line, " ")
		indent := line[:len(line)-len(body)]
		fmt.Fprintln(out, indent+Fold(out, strings.TrimRight(body, "\n"), len(indent)))
	}
}
