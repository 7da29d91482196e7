package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

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

// Tell writes a line for people, folded as [Tell] does.
func (p *Printer) Tell(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if out, ok := p.W.(*os.File); ok {
		text = folded(out, text)
	}
	p.Line("%s", text)
}

// WriteJSON prints v for programs, without HTML escapes.
func WriteJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// Wrap fills paragraphs, which blank lines divide, so that no line is wider than
// width columns, of which Hangul takes two. A single wider word stays whole, and so
// does a command between backticks: half of it, pasted, is another one.
func Wrap(text string, width int) string {
	var b strings.Builder
	for i, paragraph := range strings.Split(text, "\n\n") {
		if i > 0 {
			b.WriteString("\n\n")
		}
		column := 0
		for _, word := range words(paragraph) {
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

// words are what lines are not broken in.
func words(text string) []string {
	inside := false
	return strings.FieldsFunc(text, func(r rune) bool {
		if r == '`' {
			inside = !inside
		}
		return unicode.IsSpace(r) && !inside
	})
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

// Tell writes lines for people, folded; each keeps its indentation. A line that is
// nothing but a command between backticks stays whole and is shown without them.
func Tell(out *os.File, text string) { fmt.Fprintln(out, folded(out, text)) }

// folded is what Tell writes, without the end of its last line.
func folded(out *os.File, text string) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		body := strings.TrimLeft(line, " ")
		indent := len(line) - len(body)
		if command, ok := strings.CutPrefix(body, "`"); ok && strings.IndexByte(command, '`') == len(command)-1 {
			body = strings.TrimSuffix(command, "`")
		} else {
			body = Fold(out, body, indent)
		}
		lines = append(lines, strings.Repeat(" ", indent)+body)
	}
	return strings.Join(lines, "\n")
}

// Columns is how many columns of out a text may take: those of its terminal, but no
// more than atMost.
func Columns(out io.Writer, atMost int) int {
	file, ok := out.(*os.File)
	if !ok {
		return atMost
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil || width < narrow {
		return atMost
	}
	return min(width, atMost)
}
