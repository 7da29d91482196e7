package bubble

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Reveal returns text with a � in place of every character that leaves no ink: controls, bidi controls, tags, fillers,
// blank letters, variation selectors and the like. What changes the character before it stays, one each time, and so do
// spaces, tabs and line breaks (\r\n becomes \n). It is for showing people exactly what they are asked about.
func Reveal(text string) string {
	var b strings.Builder
	list := []rune(strings.ReplaceAll(text, "\r\n", "\n"))
	for i, r := range list {
		if invisible(r) && !isSpacing(r) && !changes(list, i) {
			r = unicode.ReplacementChar
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Seen returns text without the characters that Reveal would show as a �, but for blank letters: those take room.
func Seen(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return invisible(r) && !isSpacing(r) }) {
		return text // as nearly all do
	}
	list := []rune(text)
	var b strings.Builder
	b.Grow(len(text))
	for i, r := range list {
		if !invisible(r) || isSpacing(r) || r == '\r' || isBlankLetter(r) || changes(list, i) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Words returns what tells a reader one text from another: no invisible character at all, one space for every run of
// white space and blank letters between two others, and letters composed (NFC).
func Words(text string) string {
	var b strings.Builder
	gap := false
	for _, r := range text {
		switch {
		case unicode.IsSpace(r) || isBlankLetter(r):
			gap = b.Len() > 0
			continue
		case invisible(r):
			continue
		case gap:
			b.WriteByte(' ')
			gap = false
		}
		b.WriteRune(r)
	}
	return norm.NFC.String(b.String())
}

// isBlankLetter reports letters that show as a gap.
func isBlankLetter(r rune) bool { return r == 0x2800 || r == 0x3164 || r == 0xFFA0 }

func isSpacing(r rune) bool {
	return r == '\n' || r == '\t' || unicode.Is(unicode.Zs, r)
}

// changes tells whether the invisible character at i means something after the one before it: a selector or a joiner of
// emoji, or a joiner inside a word of a script that has them.
func changes(list []rune, i int) bool {
	if i == 0 {
		return false
	}
	before, next := list[i-1], rune(0)
	if i+1 < len(list) {
		next = list[i+1]
	}
	switch list[i] {
	case '\uFE0E', '\uFE0F':
		return takesSelector(before)
	case '\u200D':
		if unicode.Is(unicode.So, next) && (before == '\uFE0F' || isEmoji(before)) {
			return true
		}
		fallthrough
	case '\u200C':
		return unicode.In(before, joining...) && unicode.In(next, joining...)
	}
	return false
}

func isEmoji(r rune) bool { return unicode.In(r, unicode.So, unicode.Sk) } // Sk: skin colours

func takesSelector(r rune) bool {
	return isEmoji(r) || unicode.Is(unicode.Sm, r) || strings.ContainsRune("#*0123456789‼⁉〰〽", r)
}

// joining are scripts in which a joiner shapes a word.
var joining = []*unicode.RangeTable{unicode.Arabic, unicode.Syriac, unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi,
	unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Khmer}
