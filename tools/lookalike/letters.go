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
}

var alphabets = sync.OnceValue(func() []alphabet {
	return []alphabet{
		{unicode.Latin, "로마자", "Latin"},
		{unicode.Cyrillic, "키릴 문자", "Cyrillic"},
		{unicode.Greek, "그리스 문자", "Greek"},
		{unicode.Armenian, "아르메니아 문자", "Armenian"},
		{unicode.Cherokee, "체로키 문자", "Cherokee"},
		{unicode.Coptic, "콥트 문자", "Coptic"},
		{unicode.Lisu, "리수 문자", "Lisu"},
		{unicode.Canadian_Aboriginal, "캐나다 원주민 문자", "Canadian Aboriginal"},
		{unicode.Tifinagh, "티피나그 문자", "Tifinagh"},
		{unicode.Gothic, "고트 문자", "Gothic"},
		{unicode.Old_Italic, "고대 이탈리아 문자", "Old Italic"},
	}
})

// maxAlikes is how many letters of a name are pointed out.
const maxAlikes = 5

// Letters names what is not what it looks like in a name: letters of another
// alphabet than most of it is written in, and other shapes of Latin letters and of
// digits, such as full-width ones. "" for nearly all names.
func Letters(l wording.Lang, name string) string {
	if !strings.ContainsFunc(name, func(r rune) bool { return r > unicode.MaxASCII && !unicode.Is(unicode.Hangul, r) }) {
		return ""
	}
	list := alphabets()
	letters := make([][]rune, len(list)) // by alphabet
	var shapes []rune
	for _, r := range name {
		if r < unicode.MaxLatin1 && !unicode.IsLetter(r) || unicode.Is(unicode.Hangul, r) {
			continue
		}
		if isShape(r) {
			shapes = append(shapes, r)
			continue
		}
		if i := slices.IndexFunc(list, func(a alphabet) bool { return unicode.Is(a.letters, r) }); i >= 0 {
			letters[i] = append(letters[i], r)
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
	for i, a := range list {
		if i != most {
			point(letters[i], l.Say(a.ko, a.en))
		}
	}
	if len(found) == 0 {
		return ""
	}
	return l.Say("비슷하게 생긴 다른 글자: ", "look-alike letters: ") + strings.Join(found[:min(len(found), maxAlikes)], ", ")
}

// isShape reports another shape of an ASCII letter or digit: full-width, mathematical,
// phonetic.
func isShape(r rune) bool {
	if r <= unicode.MaxLatin1 {
		return false
	}
	if unicode.Is(unicode.Latin, r) && (r >= 0x250 && r < 0x1E00 || r >= 0x2C60 && r < 0xFB00) {
		return true // phonetic ones and small capitals, which have no plain form
	}
	plain := norm.NFKC.String(string(r))
	return (unicode.IsLetter(r) || unicode.IsDigit(r)) && len(plain) == 1
}
