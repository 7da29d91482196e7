package bubble

import (
	"math"
	"strings"
	"unicode"
)

const ellipsis = "…"

// dangling are marks that look wrong before an ellipsis.
const dangling = ".,:;·…-–—/([{<「『《〈“‘、。，"

// Beginning returns the first words of text in at most limit UTF-16 units. Text that fits comes back unchanged, or
// without the white space around it; else the result ends with … right behind a word, or behind a grapheme where the
// last word fills more than half of it.
func Beginning(text string, limit int) string {
	if Len(text) <= limit {
		return text
	}
	if blank(text) {
		return ""
	}
	for a := range atoms(text, math.MaxInt) { // not by rune: a mark can stand on a space
		if !a.blank {
			text = strings.TrimRightFunc(text[a.at:], unicode.IsSpace)
			break
		}
	}
	if Len(text) <= limit {
		return text
	}
	room := limit - Len(ellipsis)
	if room < 0 {
		return ""
	}
	var list []atom // with one more than fits: it tells what stands behind the cut
	for a := range atoms(text, math.MaxInt) {
		list = append(list, a)
		if room -= a.units; room < 0 {
			break
		}
	}
	return text[:list[lastWord(list)].at] + ellipsis
}

// lastWord returns where to cut, at the latest before the last atom.
func lastWord(list []atom) int {
	end := len(list) - 1
	for i := end; i > len(list)/2; i-- {
		if list[i].blank {
			end = i
			break
		}
	}
	for end > 0 && list[end-1].blank {
		end--
	}
	tidy := end
	for tidy > 0 && (list[tidy-1].blank || strings.Contains(dangling, list[tidy-1].text)) {
		tidy--
	}
	if tidy == 0 {
		return end // a text of nothing else
	}
	return tidy
}

// longestGrapheme is the size in bytes up to which Clean shows a grapheme: a family of four with skin colours has 41.
const longestGrapheme = 64

// Clean returns a stranger's text, such as a nickname, for display in one line of at most max graphemes. Control
// characters, bidi controls, tags and other invisible characters are taken out (joiners and variation selectors of
// emoji stay), runs of white space and of blank letters become one space, and what is cut off leaves an ellipsis. A
// grapheme under a heap of marks loses the marks. The result is empty when there is nothing to see.
func Clean(s string, max int) string {
	rest := strip(s)
	var kept []string
	for rest != "" && len(kept) <= max {
		var cluster string
		cluster, rest = firstGrapheme(rest)
		if len(cluster) > longestGrapheme {
			cluster = string([]rune(cluster)[:1])
		}
		kept = append(kept, cluster)
	}
	if len(kept) <= max {
		return spaced(kept)
	}
	if max < 1 {
		return ""
	}
	return spaced(kept[:max-1]) + ellipsis
}

// spaced joins graphemes with no white space to spare: a space that lost its marks is one more.
func spaced(graphemes []string) string {
	return strings.Join(strings.Fields(strings.Join(graphemes, "")), " ")
}

// strip removes what Clean does not show and trims.
func strip(s string) string {
	var b strings.Builder
	var previous rune // the last one written
	gap := false
	list := []rune(strings.ToValidUTF8(s, ""))
	for i, r := range list {
		switch {
		case invisible(r) && !gap && changes(list, i):
		case unicode.IsSpace(r) || isFiller(r):
			gap = true
			continue
		case invisible(r):
			continue
		}
		if gap && previous != 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		previous, gap = r, false
	}
	return b.String()
}

func isFiller(r rune) bool { return r == 0x115F || r == 0x1160 || isBlankLetter(r) }
