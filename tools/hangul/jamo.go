package hangul

import "strings"

// The arithmetic of precomposed syllables is that of the Unicode Standard, section 3.12.
const (
	firstSyllable = 0xAC00
	lastSyllable  = 0xD7A3
	vowelCount    = 21
	finalCount    = 28
)

// Jamo as compatibility letters, in the order of the syllable block. finals[0] stands for no final.
var (
	initials = []rune("ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ")
	vowels   = []rune("ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ")
	finals   = []rune(" ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
)

// compound lists the letters that a two-set (두벌식) keyboard makes with two key strokes. ㄲ and ㅆ are one stroke.
var compound = map[rune][2]rune{
	'ㄳ': {'ㄱ', 'ㅅ'}, 'ㄵ': {'ㄴ', 'ㅈ'}, 'ㄶ': {'ㄴ', 'ㅎ'}, 'ㄺ': {'ㄹ', 'ㄱ'}, 'ㄻ': {'ㄹ', 'ㅁ'}, 'ㄼ': {'ㄹ', 'ㅂ'},
	'ㄽ': {'ㄹ', 'ㅅ'}, 'ㄾ': {'ㄹ', 'ㅌ'}, 'ㄿ': {'ㄹ', 'ㅍ'}, 'ㅀ': {'ㄹ', 'ㅎ'}, 'ㅄ': {'ㅂ', 'ㅅ'},
	'ㅘ': {'ㅗ', 'ㅏ'}, 'ㅙ': {'ㅗ', 'ㅐ'}, 'ㅚ': {'ㅗ', 'ㅣ'}, 'ㅝ': {'ㅜ', 'ㅓ'}, 'ㅞ': {'ㅜ', 'ㅔ'}, 'ㅟ': {'ㅜ', 'ㅣ'}, 'ㅢ': {'ㅡ', 'ㅣ'},
}

func isSyllable(r rune) bool { return r >= firstSyllable && r <= lastSyllable }

// split takes a precomposed syllable apart; final is 0 when there is none.
func split(r rune) (initial, vowel, final rune) {
	i := int(r - firstSyllable)
	initial = initials[i/(vowelCount*finalCount)]
	vowel = vowels[i/finalCount%vowelCount]
	if f := i % finalCount; f > 0 {
		final = finals[f]
	}
	return initial, vowel, final
}

// initialOf returns the first letter of a syllable, 0 for anything else.
func initialOf(r rune) rune {
	if !isSyllable(r) {
		return 0
	}
	return initials[int(r-firstSyllable)/(vowelCount*finalCount)]
}

// compatJamo writes a conjoining jamo that stands alone as a compatibility letter; archaic ones stay as they are.
func compatJamo(r rune) rune {
	switch {
	case r >= 0x1100 && r <= 0x1112:
		return initials[r-0x1100]
	case r >= 0x1161 && r <= 0x1175:
		return vowels[r-0x1161]
	case r >= 0x11A8 && r <= 0x11C2:
		return finals[r-0x11A8+1]
	}
	return r
}

// fullWidthJamo maps the half-width jamo block, which has holes between its groups of vowels.
func fullWidthJamo(r rune) rune {
	switch {
	case r <= 0xFFBE:
		return r - 0xFFA1 + 'ㄱ'
	case r >= 0xFFC2 && r <= 0xFFC7:
		return r - 0xFFC2 + 'ㅏ'
	case r >= 0xFFCA && r <= 0xFFCF:
		return r - 0xFFCA + 'ㅕ'
	case r >= 0xFFD2 && r <= 0xFFD7:
		return r - 0xFFD2 + 'ㅛ'
	case r >= 0xFFDA:
		return r - 0xFFDA + 'ㅡ'
	}
	return r
}

// spread writes compound consonants as two letters: an input method shows the initials ㄱㅅ as ㄳ.
func spread(s string) string {
	var b strings.Builder
	for _, r := range s {
		if two, ok := compound[r]; ok && r <= 'ㅎ' {
			b.WriteRune(two[0])
			b.WriteRune(two[1])
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
