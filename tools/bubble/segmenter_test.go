package bubble

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/chromedp/chromedp"

	"kakaotalk-mcp/auth/ground/chromiumtest"
)

// conjoining are the scripts whose consonants join around a virama (UAX #29, rule
// GB9c), each with the virama that joins.
var conjoining = map[string]struct {
	table  *unicode.RangeTable
	virama rune
}{
	"Devanagari": {unicode.Devanagari, 0x94d}, "Bengali": {unicode.Bengali, 0x9cd}, "Gujarati": {unicode.Gujarati, 0xacd},
	"Oriya": {unicode.Oriya, 0xb4d}, "Telugu": {unicode.Telugu, 0xc4d}, "Malayalam": {unicode.Malayalam, 0xd4d},
	// and two whose virama shows, for the other side
	"Tamil": {unicode.Tamil, 0xbcd}, "Sinhala": {unicode.Sinhala, 0xdca},
}

// generate makes a text of letters and signs of a script with many viramas, joiners and spaces.
func generate(rnd *rand.Rand, table *unicode.RangeTable, virama rune) string {
	var letters []rune
	for _, r := range table.R16 {
		for c := rune(r.Lo); c <= rune(r.Hi); c += rune(r.Stride) {
			if unicode.IsLetter(c) || unicode.IsMark(c) {
				letters = append(letters, c)
			}
		}
	}
	var b strings.Builder
	for range 8 + rnd.IntN(24) {
		switch rnd.IntN(8) {
		case 0, 1, 2:
			b.WriteRune(virama)
		case 3:
			b.WriteRune([]rune{0x200c, 0x200d, ' ', 'a'}[rnd.IntN(4)])
		default:
			b.WriteRune(letters[rnd.IntN(len(letters))])
		}
	}
	return b.String()
}

func TestMain(m *testing.M) { os.Exit(chromiumtest.Run(m)) }

// TestBordersAreThoseOfBrowsers compares where an atom ends with Chromium's Intl.Segmenter.
func TestBordersAreThoseOfBrowsers(t *testing.T) {
	ctx := chromiumtest.Tab(t)

	rnd := rand.New(rand.NewPCG(15, 1))
	var texts []string
	for _, script := range conjoining {
		for range 400 {
			texts = append(texts, generate(rnd, script.table, script.virama))
		}
	}
	list, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	// Ends of the clusters, in UTF-16 units.
	want, err := chromedp.Run(ctx, chromedp.Evaluate[[][]int](`{
		const s = new Intl.Segmenter('en', {granularity: 'grapheme'});
		`+string(list)+`.map(t => [...s.segment(t)].map(c => c.index + c.segment.length))
	}`))
	if err != nil {
		t.Fatal(err)
	}
	for i, text := range texts {
		var got []int
		units := 0
		for a := range atoms(text, 1<<10) {
			units += a.units
			got = append(got, units)
		}
		if !slices.Equal(got, want[i]) {
			t.Errorf("%+q: borders %v, in Chromium %v", text, got, want[i])
		}
	}
}

// TestPartsKeepConjuncts: the vowel of a conjunct must not stand alone in the next bubble.
func TestPartsKeepConjuncts(t *testing.T) {
	word := "स्त्री" // one grapheme: three consonants, two viramas, a vowel
	parts, err := Parts(strings.Repeat(word, 40), 40, 20)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range parts {
		_, body, _ := strings.Cut(part, "\n")
		if strings.ReplaceAll(body, word, "") != "" {
			t.Errorf("%q is cut inside a letter", part)
		}
	}
}
