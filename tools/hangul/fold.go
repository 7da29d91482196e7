package hangul

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold returns the form in which names are compared: NFC, case folded, full-width Latin and half-width or conjoining
// jamo written as their ordinary forms (ᄀ and ﾡ become ㄱ), and without white space, quotation marks, control and
// invisible format characters, so that a name as it is displayed finds the name as it is stored. The result is empty for
// blank text.
func Fold(s string) string { return fold(s, foldRune) }

// Letters is Fold, but for case every letter stays the one that was written: Ａ is not a.
func Letters(s string) string { return fold(s, unicode.ToLower) }

func fold(s string, of func(rune) rune) string {
	kept := func(r rune) rune {
		if !isSyllable(r) && dropped(r) {
			return -1
		}
		return of(r)
	}
	// Dropping spaces can bring a letter and a combining mark together, hence the second normalisation.
	return norm.NFC.String(strings.Map(kept, norm.NFC.String(s)))
}

func foldRune(r rune) rune {
	switch {
	case isSyllable(r), r == 'ı', r == 'İ': // Unicode folds neither to i without a language
		return r
	case r >= 0xFF01 && r <= 0xFF5E: // full-width ASCII
		r -= 0xFF01 - '!'
	case r >= 0x1100 && r <= 0x11FF:
		return compatJamo(r)
	case r >= 0xFFA1 && r <= 0xFFDC:
		return fullWidthJamo(r)
	}
	// Upper first: ſ, ς and the Kelvin sign have lower-case partners only by way of their capitals.
	return unicode.ToLower(unicode.ToUpper(r))
}

// dropped tells which characters do not take part in comparing: nobody types them on purpose. Among the ignorable ones
// are the Hangul fillers, which make popular blank nicknames. Quotation marks stand around names wherever they are shown,
// and those within are shown as others.
func dropped(r rune) bool {
	return r == 0x2800 || unicode.IsSpace(r) || // Braille blank
		unicode.In(r, unicode.Cc, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector, unicode.Quotation_Mark) ||
		strings.ContainsRune("`´ʹʺʻʼʽˮ′″‴‵‶‷❛❜❝❞", r) // used as such
}

// TrimHonorific removes one trailing 님 or 씨 and the white space around it. The result is in NFC when something was
// removed; a name that consists of nothing else comes back unchanged. Some names really end so (햇님): look for the
// untrimmed name first.
func TrimHonorific(s string) string {
	t := strings.TrimRightFunc(norm.NFC.String(s), unicode.IsSpace)
	for _, title := range []string{"님", "씨"} {
		name, ok := strings.CutSuffix(t, title)
		if !ok {
			continue
		}
		if name = strings.TrimRightFunc(name, unicode.IsSpace); Fold(name) != "" {
			return name
		}
	}
	return s
}

// Forms returns the word and what is left of it when the honorifics at its end go, one after the other, and then the @ before
// it, all folded: a person who says one of them may mean any. The last form, without all of that, is the bare one.
func Forms(word string) []string {
	word = Fold(word)
	forms := []string{word}
	for {
		bare := TrimHonorific(word)
		if bare == word {
			break
		}
		word, forms = bare, append(forms, bare)
	}
	if name, called := strings.CutPrefix(word, "@"); called && name != "" {
		return append(forms, Forms(name)...)
	}
	return forms
}

// Bare is the last of a word's Forms.
func Bare(word string) string {
	forms := Forms(word)
	return forms[len(forms)-1]
}
