package chat

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/clipperhouse/displaywidth"
)

// maxLine bounds one request, in bytes: a message of the longest kind fits often.
const maxLine = 64 << 10

// editor is one line of input, perhaps wrapped over several rows of the screen.
// Its unit is the grapheme cluster: a Hangul syllable is one, composed or not.
type editor struct {
	prompt      string
	left, right string // of the cursor
	row         int    // of the cursor, when drawn last

	past  []string // earlier lines
	at    int      // which of them is shown; len(past): none
	draft string   // what was typed before looking at them
}

// start begins a new line.
func (e *editor) start(prompt string) {
	e.prompt, e.left, e.right, e.row, e.at, e.draft = prompt, "", "", 0, len(e.past), ""
}

func (e *editor) text() string { return e.left + e.right }

func (e *editor) set(text string) { e.left, e.right = text, "" }

// maxPast is how many lines can be called back.
const maxPast = 200

// remember makes a line one that can be called back. It is kept in memory only.
func (e *editor) remember(line string) {
	if line == "" || len(e.past) > 0 && e.past[len(e.past)-1] == line {
		return
	}
	if len(e.past) == maxPast {
		e.past = e.past[1:]
	}
	e.past = append(e.past, line)
}

// press carries out a key that changes the line or moves in it.
func (e *editor) press(k key) {
	switch k.code {
	case keyText:
		if len(e.left)+len(e.right) < maxLine {
			e.left += string(k.r)
		}
	case keyBackspace:
		e.left = e.left[:len(e.left)-len(lastCluster(e.left))]
	case keyDelete, keyQuit:
		e.right = e.right[len(firstCluster(e.right)):]
	case keyLeft:
		e.move(-len(lastCluster(e.left)))
	case keyRight:
		e.move(len(firstCluster(e.right)))
	case keyWordLeft:
		e.move(-wordBefore(e.left))
	case keyWordRight:
		e.move(wordAfter(e.right))
	case keyHome:
		e.move(-len(e.left))
	case keyEnd:
		e.move(len(e.right))
	case keyKillWord:
		e.left = e.left[:len(e.left)-wordBefore(e.left)]
	case keyKillStart:
		e.left = ""
	case keyKillEnd:
		e.right = ""
	case keyUp:
		e.recall(-1)
	case keyDown:
		e.recall(1)
	}
}

func (e *editor) move(by int) {
	all, at := e.text(), len(e.left)+by
	e.left, e.right = all[:at], all[at:]
}

func (e *editor) recall(step int) {
	to := e.at + step
	if to < 0 || to > len(e.past) {
		return
	}
	if e.at == len(e.past) {
		e.draft = e.text()
	}
	e.at = to
	if to == len(e.past) {
		e.set(e.draft)
	} else {
		e.set(e.past[to])
	}
}

func firstCluster(s string) string {
	clusters := displaywidth.StringGraphemes(s)
	clusters.Next()
	return clusters.Value()
}

// lastCluster has to begin at the front of the row: clusters are not defined backwards.
func lastCluster(s string) string {
	s = s[strings.LastIndexByte(s[:max(0, len(s)-1)], '\n')+1:]
	last := ""
	for clusters := displaywidth.StringGraphemes(s); clusters.Next(); {
		last = clusters.Value()
	}
	return last
}

// wordBefore is the length in bytes of the last word of s with the spaces behind it.
func wordBefore(s string) int {
	end := strings.TrimRightFunc(s, unicode.IsSpace)
	return len(s) - len(strings.TrimRightFunc(end, func(r rune) bool { return !unicode.IsSpace(r) }))
}

// wordAfter is the length in bytes of the first word of s with the spaces before it.
func wordAfter(s string) int {
	rest := strings.TrimLeftFunc(s, unicode.IsSpace)
	return len(s) - len(strings.TrimLeftFunc(rest, func(r rune) bool { return !unicode.IsSpace(r) }))
}

// layout breaks text into rows of a terminal, as wide as the terminal draws it,
// and finds the place of the cursor, which is a byte offset in text. It breaks
// rows itself: terminals differ in what they do behind the last column.
func layout(text string, cursor, width int) (rows []string, row, col int) {
	var b strings.Builder
	wide, offset := 0, 0
	end := func() {
		rows = append(rows, b.String())
		b.Reset()
		wide = 0
	}
	for clusters := displaywidth.StringGraphemes(text); clusters.Next(); {
		cluster, w := clusters.Value(), clusters.Width()
		if wide+w > width {
			end()
		}
		if offset == cursor {
			row, col = len(rows), min(wide, width-1) // before a line break there may be no room
		}
		offset += len(cluster)
		if cluster == "\n" {
			end()
			continue
		}
		b.WriteString(cluster)
		wide += w
	}
	if cursor == len(text) && wide == width {
		end() // the cursor stands behind the last column
	}
	if cursor == len(text) {
		row, col = len(rows), wide
	}
	end()
	return rows, row, col
}

// draw returns what shows the line in place of what was drawn last. Of a line
// higher than the screen it shows the rows around the cursor.
func (e *editor) draw(width, height int) string {
	rows, row, col := layout(e.prompt+e.text(), len(e.prompt)+len(e.left), width)
	if len(rows) > height {
		first := min(max(0, row-height+1), len(rows)-height)
		rows, row = rows[first:first+height], row-first
	}
	var b strings.Builder
	b.WriteString(e.erase())
	b.WriteString(strings.Join(rows, "\r\n"))
	if up := len(rows) - 1 - row; up > 0 {
		fmt.Fprintf(&b, "\x1b[%dA", up)
	}
	b.WriteByte('\r')
	if col > 0 {
		fmt.Fprintf(&b, "\x1b[%dC", col)
	}
	e.row = row
	return b.String()
}

// erase returns what takes the line off the screen.
func (e *editor) erase() string {
	up := ""
	if e.row > 0 {
		up = fmt.Sprintf("\x1b[%dA", e.row)
	}
	e.row = 0
	return up + "\r\x1b[J"
}
