package viewer

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

const samplePage = "https://example.github.io/talk/"

// fragmentURL is a link of the newest format.
func fragmentURL(pageURL, text string) (link string, fits bool, err error) {
	return newPacker(newest).link(pageURL, text)
}

func TestFragmentURL(t *testing.T) {
	link, fits, err := fragmentURL(samplePage, "안녕하세요")
	if err != nil || !fits || !strings.HasPrefix(link, samplePage+"#2") {
		t.Errorf("%q, %v, %v", link, fits, err)
	}
	long, fits, err := fragmentURL(samplePage, longText(t, 5000))
	if err != nil || fits || len(long) <= URLBudget {
		t.Errorf("5,000 characters: fits %v in %d, %v", fits, len(long), err)
	}
	for _, page := range []string{"", "talk", "ftp://x.kr/", "https://", "https://x.kr/#", "https://x.kr/#1abc", "javascript:alert(1)", "https://x .kr"} {
		if _, _, err := fragmentURL(page, "글"); err == nil {
			t.Errorf("page address %q accepted", page)
		}
	}
}

func TestLinks(t *testing.T) {
	cluster := "a" + strings.Repeat("\u0301", 3000)
	cases := []struct {
		name, text string
		atLeast    int
	}{
		{"short", "안녕하세요", 1},
		{"4,000 characters", longText(t, 4000), 3},
		{"12,000 characters", longText(t, 12_000), 8},
		{"repetitive", strings.Repeat("ㅋ", 50_000), 1},
		{"no space", strings.ReplaceAll(strings.ReplaceAll(longText(t, 5000), " ", ""), "\n", ""), 3},
		{"emoji", strings.Repeat("👨‍👩‍👧‍👦🇰🇷👋🏻❤️", 40) + longText(t, 3000), 2},
		{"one cluster", cluster + longText(t, 2000), 2},
		{"white space behind", "안녕하세요 \n\n", 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			links, err := Pages{URL: samplePage, Cut: atSpaces}.Links(c.text, 20)
			if err != nil || len(links) < c.atLeast {
				t.Fatalf("%d links, %v", len(links), err)
			}
			var joined strings.Builder
			for i, link := range links {
				if len(link) > URLBudget {
					t.Errorf("link %d has %d characters", i+1, len(link))
				}
				fragment := strings.TrimPrefix(link, samplePage+"#")
				if mark := fmt.Sprintf(".%d.%d", i+1, len(links)); strings.HasSuffix(fragment, mark) != (len(links) > 1) {
					t.Errorf("link %d has a wrong mark", i+1)
				}
				page, err := decodeLink(fragment)
				if err != nil || strings.TrimSpace(page) == "" {
					t.Errorf("page %d: %q, %v", i+1, page, err)
				}
				joined.WriteString(page)
			}
			if joined.String() != strings.TrimRight(c.text, " \n") {
				t.Error("joined pages are not the text")
			}
		})
	}
}

func TestLinksRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		page, text string
		max        int
		want       error
	}{
		"more links than allowed": {samplePage, longText(t, 5000), 2, ErrTooLong},
		"none allowed":            {samplePage, "글", 0, ErrTooLong},
		"blank":                   {samplePage, " \n", 5, nil},
		"no room":                 {"https://x.kr/" + strings.Repeat("a", URLBudget), "글", 5, nil},
	} {
		links, err := Pages{URL: c.page, Cut: atSpaces}.Links(c.text, c.max)
		if err == nil || links != nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %d links, %v", name, len(links), err)
		}
	}
}

// Pages that read the first format only still get links that they can read.
func TestLinksForAnOldPage(t *testing.T) {
	p := Pages{URL: samplePage, Format: Format1, Cut: atSpaces}
	for _, text := range []string{"안녕하세요", longText(t, 4000)} {
		links, err := p.Links(text, 20)
		if err != nil {
			t.Fatal(err)
		}
		var joined strings.Builder
		for _, link := range links {
			fragment, ok := strings.CutPrefix(link, samplePage+"#")
			page, err := decodeLink(fragment)
			if !ok || err != nil || fragment[0] != '1' || len(link) > URLBudget {
				t.Errorf("%.60s…: %v", link, err)
			}
			joined.WriteString(page)
		}
		if joined.String() != strings.TrimRight(text, " \n") {
			t.Error("joined pages are not the text")
		}
	}
}

// atSpaces cuts behind a space or line break, else between two letters.
func atSpaces(text string, limit int) int {
	if limit >= len(text) {
		return len(text)
	}
	limit = runeStart(text, max(limit, 0))
	if n := strings.LastIndexAny(text[:limit], " \n"); n > limit/2 {
		return n + 1
	}
	return limit
}

func TestTestDigits(t *testing.T) {
	for fragment, want := range map[string]string{"": "6261", "t": "1267", "tAz09-_": "1915"} {
		if got := TestDigits(fragment); got != want {
			t.Errorf("TestDigits(%q) = %s, want %s", fragment, got, want)
		}
	}
	if TestDigits("#tabc") != TestDigits("tabc") {
		t.Error("'#' changes the digits")
	}
	if TestDigits("tabc") == TestDigits("tab") {
		t.Error("a cut link shows the same digits")
	}
}
