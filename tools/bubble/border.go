package bubble

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// border says how good a place between two atoms is for a cut.
type border int

const (
	grapheme border = iota
	word
	line
	sentence
	paragraph
)

const lineEnds = "\n\r\v\f\u0085\u2028\u2029"

// borders returns for every i the kind of border before list[i]. A border counts where the ink ends: between the last
// visible atom and the white space that follows it.
func borders(list []atom) []border {
	kinds := make([]border, len(list)+1)
	lines, space := 0, false // of the blank run that begins at i
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].blank {
			space = true
			if strings.ContainsAny(list[i].text, lineEnds) {
				lines++
			}
			continue
		}
		kinds[i+1] = kind(list, i+1, lines, space)
		lines, space = 0, false
	}
	return kinds
}

func kind(list []atom, i, lines int, space bool) border {
	switch {
	case lines > 1:
		return paragraph
	case endsSentence(list[:i], list[i:], space):
		return sentence
	case lines == 1:
		return line
	case space:
		return word
	}
	return grapheme
}

const closers = `"'”’)]}」』》〉`

// maxClosers is how many closing quotes in a row may stand behind an end mark. More are no quotation, and looking
// back over all of them each time takes the square of their number.
const maxClosers = 8

// endsSentence looks for an end mark, with or without a closing quote. Without white space after it, only marks that
// stand nowhere else and the Korean 다. 요. 죠. before another Hangul letter are trusted: 3.14 and a.b are no ends.
func endsSentence(before, after []atom, space bool) bool {
	i := len(before) - 1
	for i > 0 && len(before)-i <= maxClosers && strings.Contains(closers, before[i].text) {
		i--
	}
	if !space && len(after) > 0 && strings.Contains(closers+"?!…。！？.", after[0].text) {
		return false // the end mark goes on
	}
	var previous, next rune
	if i > 0 {
		previous, _ = utf8.DecodeLastRuneInString(before[i-1].text)
	}
	if len(after) > 0 {
		next, _ = utf8.DecodeRuneInString(after[0].text)
	}
	switch before[i].text {
	case "。", "！", "？", "…":
		return true
	case "?", "!":
		return space || unicode.Is(unicode.Hangul, next)
	case ".":
		if space {
			return !unicode.IsDigit(previous) // "1. Milk" is a list
		}
		return strings.ContainsRune("다요죠", previous) && unicode.Is(unicode.Hangul, next)
	}
	return false
}
