package viewer

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// goodCut returns where to cut text so that at most limit bytes stand before:
// behind the last paragraph, sentence or word of the last third, in this order
// of liking, else between two letters.
func goodCut(text string, limit int) int {
	if limit >= len(text) {
		return len(text)
	}
	if limit <= 0 {
		return 0
	}
	head := text[:runeStart(text, limit)]
	from := runeStart(head, len(head)*2/3)
	for _, find := range []func(string) int{paragraphEnd, sentenceEnd, wordEnd} {
		if n := find(head[from:]); n > 0 {
			return from + n
		}
	}
	for n := len(head); n > 0; n = runeStart(text, n-1) {
		if letterBorder(text, n) {
			return n
		}
	}
	return len(head) // one endless cluster: only rune borders are left
}

func paragraphEnd(s string) int { return strings.LastIndexByte(s, '\n') + 1 }

// sentenceEnd looks for a full stop with white space behind it, so that
// neither "3.5" nor an address is cut.
func sentenceEnd(s string) int {
	for n := wordEnd(s); n > 0; n = wordEnd(s[:n-1]) {
		if word := strings.TrimRight(s[:n-1], `"'”’)]」』`); word != "" {
			if last, _ := utf8.DecodeLastRuneInString(word); strings.ContainsRune(".!?…。！？", last) {
				return n
			}
		}
	}
	return 0
}

func wordEnd(s string) int { return strings.LastIndexAny(s, " \t") + 1 }

// runeStart moves n, at most len(s), back to the beginning of a rune.
func runeStart(s string, n int) int {
	for n > 0 && n < len(s) && !utf8.RuneStart(s[n]) {
		n--
	}
	return n
}

// letterBorder reports whether a reader would see a whole letter on both sides
// of n: no combining mark, joined emoji, flag, half Hangul syllable or CR LF
// is torn. It is the part of UAX #29 that messages meet.
func letterBorder(text string, n int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:n])
	after, _ := utf8.DecodeRuneInString(text[n:])
	switch {
	case unicode.In(after, unicode.M) || after == joiner || before == joiner:
		return false
	case 0x1F3FB <= after && after <= 0x1F3FF, 0xE0020 <= after && after <= 0xE007F: // skin tones, tags
		return false
	case 0x1160 <= after && after <= 0x11FF: // vowels and finals of a decomposed syllable
		return false
	case before == '\r' && after == '\n':
		return false
	case regional(before) && regional(after):
		count := 0
		for s := text[:n]; s != ""; count++ {
			r, size := utf8.DecodeLastRuneInString(s)
			if !regional(r) {
				break
			}
			s = s[:len(s)-size]
		}
		return count%2 == 0
	}
	return true
}

const joiner = '\u200d'

// regional letters stand in pairs for a flag.
func regional(r rune) bool { return 0x1F1E6 <= r && r <= 0x1F1FF }
