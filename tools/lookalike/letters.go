// Package lookalike tells what only looks like something else: letters of a name that
// are those of another alphabet, and hosts of addresses that lead elsewhere. It knows
// texts only, and the words for them.
package lookalike

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"kakaotalk-mcp/auth/ground/wording"
)

// alphabet is one whose letters can be taken for those of another. Hangul, Han, kana
// and other scripts that stand beside Latin in names as they are have no such letters.
type alphabet struct {
	letters *unicode.RangeTable
	ko, en  string
	// latin are those of its letters that look like Latin ones; a name of nothing else is
	// not what it looks like. "": nobody writes names in it today, each letter is one.
	latin string
}

var alphabets = sync.OnceValue(func() []alphabet {
	return []alphabet{
		{unicode.Latin, "로마자", "Latin", " "},
		{unicode.Cyrillic, "키릴 문자", "Cyrillic", "АВЕЅІЈКМНОРСТУХЗЬабгеорсухѕіјүһӏԁԛԜԝѵѴҮҺӀԌ"},
		{unicode.Greek, "그리스 문자", "Greek", "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαγινορσυϲϳϹͿϜ"},
		{unicode.Armenian, "아르메니아 문자", "Armenian", "ՍՏՕագզհոռսցքօ"},
		{unicode.Cherokee, "체로키 문자", "Cherokee", ""},
		{unicode.Coptic, "콥트 문자", "Coptic", ""},
		{unicode.Lisu, "리수 문자", "Lisu", ""},
		{unicode.Canadian_Aboriginal, "캐나다 원주민 문자", "Canadian Aboriginal", ""},
		{unicode.Tifinagh, "티피나그 문자", "Tifinagh", ""},
		{unicode.Gothic, "고트 문자", "Gothic", ""},
		{unicode.Old_Italic, "고대 이탈리아 문자", "Old Italic", ""},
		{unicode.Deseret, "데저렛 문자", "Deseret", ""},
		{unicode.Osage, "오세이지 문자", "Osage", ""},
		{unicode.Warang_Citi, "와랑 크시티 문자", "Warang Citi", ""},
		{unicode.Carian, "카리아 문자", "Carian", ""},
		{unicode.Lycian, "리키아 문자", "Lycian", ""},
		{unicode.Elbasan, "엘바산 문자", "Elbasan", ""},
		{unicode.Runic, "룬 문자", "Runic", ""},
		{unicode.Miao, "먀오 문자", "Miao", ""},
	}
})

// maxAlikes is how many letters of a name are pointed out.
const maxAlikes = 5

// Letters names what is not what it looks like in a name: letters of another
// alphabet than most of it is written in, or that all look like Latin ones, of another
// script within a Latin word, and other shapes of letters and digits, such as full-width
// ones. "" for nearly all names.
func Letters(l wording.Lang, name string) string {
	if !strings.ContainsFunc(name, func(r rune) bool { return r > unicode.MaxASCII && !unicode.Is(unicode.Hangul, r) }) {
		return ""
	}
	list := alphabets()
	letters := make([][]rune, len(list)) // by alphabet
	var shapes, strange []rune
	for word := range strings.FieldsSeq(name) {
		latin := strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(unicode.Latin, r) })
		for _, r := range word {
			if r < unicode.MaxLatin1 && !unicode.IsLetter(r) || unicode.Is(unicode.Hangul, r) {
				continue
			}
			if isShape(r) {
				shapes = append(shapes, r)
			} else if i := slices.IndexFunc(list, func(a alphabet) bool { return unicode.Is(a.letters, r) }); i >= 0 {
				letters[i] = append(letters[i], r)
			} else if latin && unicode.In(r, unicode.L, unicode.Mc) && !unicode.In(r, unicode.Common, unicode.Han, unicode.Hiragana, unicode.Katakana) {
				strange = append(strange, r) // ഠ within a Latin word
			}
		}
	}
	most := 0
	for i := range letters {
		if len(letters[i]) > len(letters[most]) {
			most = i
		}
	}
	var found []string
	point := func(runes []rune, what string) {
		for _, r := range runes {
			if text := fmt.Sprintf("%c(%s)", r, what); !slices.Contains(found, text) {
				found = append(found, text)
			}
		}
	}
	point(shapes, l.Say("다른 모양", "another shape"))
	point(strange, l.Say("다른 문자", "another script"))
	for i, a := range list {
		if i != most || !strings.ContainsFunc(string(letters[i]), func(r rune) bool { return a.latin != "" && !strings.ContainsRune(a.latin, r) }) {
			point(letters[i], l.Say(a.ko, a.en))
		}
	}
	if len(found) == 0 {
		return ""
	}
	return l.Say("비슷하게 생긴 다른 글자: ", "look-alike letters: ") + strings.Join(found[:min(len(found), maxAlikes)], ", ")
}

// isShape reports another shape of a letter or digit: full-width, mathematical,
// phonetic, dotless, a Roman number, a digit of another script.
func isShape(r rune) bool {
	switch {
	case r <= unicode.MaxLatin1:
		return false
	case unicode.Is(unicode.Latin, r) && (r >= 0x250 && r < 0x1E00 || r >= 0x2C60 && r < 0xFB00 || strings.ContainsRune("ıȷƄƍƖƦƧƷƼƽǀǁȜȢȣẝỿ", r)):
		return true // phonetic ones and small capitals, which have no plain form
	case unicode.IsDigit(r), r >= 0x2E80 && r <= 0x2FDF: // radicals, which look like the ideographs they are parts of
		return true
	case !unicode.IsLetter(r) && !unicode.Is(unicode.Nl, r):
		return false
	}
	plain := norm.NFKC.String(string(r))
	return plain != string(r) && !strings.ContainsFunc(plain, func(r rune) bool {
		return !unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic) && !unicode.IsDigit(r)
	})
}
