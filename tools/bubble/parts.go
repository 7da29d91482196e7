package bubble

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ErrTooLong reports how many parts the text needs, which is more than were allowed; for text over 1 MiB at least how
// many.
type ErrTooLong struct{ Needed int }

func (e ErrTooLong) Error() string { return fmt.Sprintf("text needs %d parts", e.Needed) }

// smallestLimit leaves room for "(10000/10000)\n" and an emoji.
const smallestLimit = 20

// longestText in bytes is cut at all: far beyond any number of bubbles somebody reads, and done in a fraction of a second.
const longestText = 1 << 20

// share is how full a part must be, in percent, before a border is preferred over a later one. Words may be cut off
// earlier: an address or another long word is better moved to the next part than broken.
type share struct{ border, word int }

// shares are tried in turn until the text fits: fuller parts read worse.
var shares = []share{{50, 25}, {75, 50}, {90, 80}, {100, 100}}

func (s share) of(k border) int {
	if k == word {
		return s.word
	}
	return s.border
}

// Parts cuts text into at most max parts of at most limit UTF-16 units (20 or more). A text that fits into one comes
// back unchanged, or without the white space around it; otherwise each part begins with its number, "(1/3)" and a line
// feed. Cuts are made, best first, after paragraphs, sentences, lines, words and graphemes; only a single grapheme
// longer than a part is cut at code points. White space and other invisible characters around a cut are dropped, except the indentation of
// a line; everything else is in exactly one part, in order, and no part is blank.
//
// Errors are those of Check, and ErrTooLong.
func Parts(text string, limit, max int) ([]string, error) {
	if err := Check(text); err != nil {
		return nil, err
	}
	if limit < smallestLimit || max < 1 {
		return nil, errors.New("limit or number of parts is too small")
	}
	if Len(text) <= limit {
		return []string{text}, nil
	}
	if Len(strings.TrimSpace(text)) <= limit {
		if whole := newCutter(text, limit).all(share{}); len(whole) == 1 {
			return whole, nil
		}
	}
	if len(text) > longestText {
		return nil, ErrTooLong{Len(text)/limit + 1}
	}
	bodies := cut(text, limit, max)
	if len(bodies) > max {
		return nil, ErrTooLong{len(bodies)}
	}
	if len(bodies) == 1 { // the rest was invisible
		return bodies, nil
	}
	for i, body := range bodies {
		bodies[i] = fmt.Sprintf("(%d/%d)\n%s", i+1, len(bodies), body)
	}
	return bodies, nil
}

// cut returns the parts without numbers, but with room for them; more than max only when it cannot be helped.
func cut(text string, limit, max int) []string {
	for digits := 1; ; digits++ {
		c := newCutter(text, limit-len("(/)\n")-2*digits)
		var bodies []string
		for _, share := range shares {
			if bodies = c.all(share); len(bodies) <= max {
				break
			}
		}
		if len(strconv.Itoa(len(bodies))) <= digits {
			return bodies
		}
	}
}

// pageShare is that of Cut, whose pieces are far longer than a bubble.
var pageShare = share{60, 50}

// beyond is how much text behind a limit is looked at, in bytes: it tells what kind of border stands there.
const beyond = 256

// Cut returns where to cut text so that at most limit bytes stand before, at a border as Parts chooses them among the
// last that are full enough. White space behind the border stays before the cut as far as it fits. It is 0 only if not
// even one code point fits.
func Cut(text string, limit int) int {
	if len(text) <= limit {
		return len(text)
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	if limit <= 0 {
		return 0
	}
	c := newCutter(text[:min(len(text), limit+beyond)], Len(text[:limit]))
	end := c.end(0, pageShare)
	if end == 0 {
		return limit // nothing but white space
	}
	at, next := 0, c.skip(end)
	for i := 0; i < next; i++ {
		behind := c.list[i].at + len(c.list[i].text)
		if behind > limit {
			break
		}
		at = behind
	}
	return at
}

type cutter struct {
	text  string
	list  []atom
	kinds []border
	room  int // units of a part
}

func newCutter(text string, room int) *cutter {
	list := slices.Collect(atoms(text, room))
	return &cutter{text, list, borders(list), room}
}

func (c *cutter) all(least share) []string {
	var bodies []string
	start := c.skip(0)
	for start < len(c.list) {
		end := c.end(start, least)
		if end == start { // the indentation leaves no room for what it indents
			start = c.ink(start)
			end = c.end(start, least)
		}
		last := c.list[end-1]
		bodies = append(bodies, c.text[c.list[start].at:last.at+len(last.text)])
		start = c.skip(end)
	}
	return bodies
}

// end returns the best cut after start: the last border of the best kind behind which the part is full enough. It is
// start when nothing visible fits.
func (c *cutter) end(start int, least share) int {
	best, kind, units := start, grapheme, 0
	for i := start; i < len(c.list); i++ {
		if units += c.list[i].units; units > c.room {
			return best
		}
		if c.list[i].blank {
			continue
		}
		at := i + 1
		if c.ink(at) == len(c.list) {
			return at
		}
		k := c.kinds[at]
		if units*100 < c.room*least.of(k) {
			k = grapheme // too early: better than nothing
		}
		if k >= kind {
			best, kind = at, k
		}
	}
	return best
}

// skip returns where the part after a cut at i begins: behind blank lines, but before the indentation of a line.
func (c *cutter) skip(i int) int {
	ink, begin := c.ink(i), i
	for k := i; k < ink; k++ {
		if strings.ContainsAny(c.list[k].text, lineEnds) {
			begin = k + 1
		}
	}
	if begin == i && i > 0 || ink == len(c.list) {
		return ink // no line ended here: spaces between words, or nothing to come
	}
	return begin
}

// ink returns the first visible atom at or after i.
func (c *cutter) ink(i int) int {
	for i < len(c.list) && c.list[i].blank {
		i++
	}
	return i
}
