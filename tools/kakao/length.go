package kakao

import (
	"strings"
	"unicode"
	"unicode/utf16"
)

// UnitLen returns the length of s in UTF-16 code units. Kakao does not say how
// it counts its limits; no other usual count of the same text is larger than
// this one, bytes aside.
func UnitLen(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// fillers are characters that count as letters or symbols but draw nothing:
// Hangul fillers and the empty braille pattern.
const fillers = "\u115F\u1160\u3164\uFFA0\u2800"

// blank reports whether s shows nothing: spaces, control and formatting
// characters, fillers.
func blank(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsGraphic(r) && !unicode.IsSpace(r) && !unicode.IsMark(r) && !strings.ContainsRune(fillers, r)
	})
}
