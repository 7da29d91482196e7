// Package bubble fits text into KakaoTalk's speech bubbles: measuring, cutting into numbered parts, shortening, and
// telling whether there is anything to read at all.
//
// It owns text only: no wording of its own apart from the number of a part and the ellipsis, no messages, no network.
// It imports the standard library, clipperhouse/uax29 and x/text.
package bubble

import (
	"errors"
	"iter"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
)

// Limit is the longest text of a bubble in UTF-16 units. Kakao documents 200 characters without saying how they are
// counted; no usual way of counting finds more than there are UTF-16 units. (Kakao docs: message template, text)
const Limit = 200

// Errors of Check.
var (
	ErrBlank       = errors.New("text has nothing to read")
	ErrInvalidUTF8 = errors.New("text is not valid UTF-8")
)

// Len returns the length of s in UTF-16 units. Each byte that is not UTF-8 counts as one.
func Len(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// Ink returns the UTF-16 units of what is visible in s. Parts leaves none of it out.
func Ink(s string) (units int) {
	for _, r := range s {
		if !invisible(r) {
			units += utf16.RuneLen(r)
		}
	}
	return units
}

// Check returns ErrInvalidUTF8, ErrBlank when text holds only white space, control and invisible characters, or nil.
func Check(text string) error {
	if !utf8.ValidString(text) {
		return ErrInvalidUTF8
	}
	if blank(text) {
		return ErrBlank
	}
	return nil
}

// Broken reports text that lost characters on its way: Go's JSON decoder puts U+FFFD where the bytes were not UTF-8.
func Broken(text string) bool {
	return !utf8.ValidString(text) || strings.ContainsRune(text, utf8.RuneError)
}

// Korean tells whether text has Hangul in it.
func Korean(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Hangul, r) && !invisible(r) })
}

func blank(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !invisible(r) })
}

// invisible tells whether r alone leaves no ink: white space, controls, formats, fillers and variation selectors.
func invisible(r rune) bool {
	if plain(r) { // spares the tables
		return r == ' '
	}
	return r == 0x2800 || unicode.IsSpace(r) || // Braille blank
		unicode.In(r, unicode.Cc, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) ||
		unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r) // Arabic number signs are seen
}

// plain tells whether r is printable ASCII or a Hangul syllable: nearly all text, and between two of these there is
// always a grapheme border.
func plain(r rune) bool { return r >= ' ' && r < 0x7F || r >= 0xAC00 && r <= 0xD7A3 }

// atom is a piece of text that is never cut.
type atom struct {
	at    int // byte offset
	text  string
	units int
	blank bool
}

// atoms yields the grapheme clusters of text. One that is longer than max units is taken apart into code points, so
// that every atom fits somewhere.
func atoms(text string, max int) iter.Seq[atom] {
	return func(yield func(atom) bool) {
		rest, at := text, 0
		for rest != "" {
			r, size := utf8.DecodeRuneInString(rest)
			next, _ := utf8.DecodeRuneInString(rest[size:])
			if plain(r) && (plain(next) || next == '\n') { // several times faster than the general way
				if !yield(atom{at, rest[:size], 1, r == ' '}) {
					return
				}
				rest, at = rest[size:], at+size
				continue
			}
			var cluster string
			cluster, rest = firstGrapheme(rest)
			if units := Len(cluster); units <= max {
				if !yield(atom{at, cluster, units, blank(cluster)}) {
					return
				}
				at += len(cluster)
				continue
			}
			for cluster != "" {
				r, size := utf8.DecodeRuneInString(cluster)
				if !yield(atom{at, cluster[:size], utf16.RuneLen(r), invisible(r)}) {
					return
				}
				cluster, at = cluster[size:], at+size
			}
		}
	}
}

// firstGrapheme splits text, which is not empty, behind its first grapheme cluster.
func firstGrapheme(text string) (cluster, rest string) {
	clusters := graphemes.FromString(text)
	clusters.Next()
	return clusters.Value(), text[clusters.End():]
}
