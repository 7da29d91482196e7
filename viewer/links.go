package viewer

import (
	"cmp"
	"errors"
	"fmt"
	"hash/fnv"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// URLBudget is the longest link in characters. Kakao names no limit; programs
// on Windows that open a link through the shell fail above about 2,080.
const URLBudget = 2000

// TestMarker begins the fragment of a test link; the rest may be any characters of
// base64url. It moves with the newest format: a page that shows the digits reads that
// format. Pages that read the first one only answered to "t".
const TestMarker = "u"

// maxPages keeps a page mark at six characters or fewer.
const maxPages = 99

// link opens text on the page at pageURL, which is used as it is: absolute http or
// https, without a fragment. fits tells whether it is within URLBudget. Errors are
// those of Encode.
func (p *packer) link(pageURL, text string) (link string, fits bool, err error) {
	if err := checkPageURL(pageURL); err != nil {
		return "", false, err
	}
	fragment, err := p.encode(text)
	if err != nil {
		return "", false, err
	}
	link = pageURL + "#" + fragment
	return link, len(link) <= URLBudget, nil
}

// Pages says how text becomes links.
type Pages struct {
	URL string // of the page: absolute http or https, without a fragment
	// Format is the newest that the page reads; zero means the newest there is.
	Format Format
	// Cut returns where to cut text so that at most limit bytes stand before; 0 if
	// nothing fits.
	Cut func(text string, limit int) int
}

// Links spreads text over as few links as its cuts allow, at most most, each
// within URLBudget. Joined, the pages are the text without the white space at its
// end. Several links carry a mark that the page shows as "2 / 5쪽". Text that needs
// more links is ErrTooLong.
func (p Pages) Links(text string, most int) ([]string, error) {
	packer := newPacker(cmp.Or(p.Format, newest))
	text = strings.TrimRight(text, " \t\r\n")
	link, fits, err := packer.link(p.URL, text)
	if err != nil {
		return nil, err
	}
	if fits && most > 0 {
		return []string{link}, nil
	}
	most = min(most, maxPages)
	budget := URLBudget - len(p.URL) - len("#") - len(pageMark(most, most))
	var fragments []string
	for rest := text; rest != ""; {
		if len(fragments) >= most {
			return nil, fmt.Errorf("cutting text into pages: %w", ErrTooLong)
		}
		fragment, size, err := p.fill(rest, budget, packer)
		if err != nil {
			return nil, err
		}
		fragments, rest = append(fragments, fragment), rest[size:]
	}
	links := make([]string, len(fragments))
	for i, fragment := range fragments {
		links[i] = p.URL + "#" + fragment + pageMark(i+1, len(fragments))
	}
	return links, nil
}

// fill packs the beginning of text that fits the budget and ends well.
func (p Pages) fill(text string, budget int, packer *packer) (fragment string, size int, err error) {
	const (
		firstGuess = 4 << 10 // bytes; what a link usually holds
		precision  = 48      // bytes; the cut moves back to a border anyway
	)
	fits := func(n int) bool {
		fragment, err = packer.encode(text[:n])
		return err == nil && len(fragment) <= budget
	}
	low, high := 0, min(firstGuess, len(text))
	for fits(runeStart(text, high)) {
		low = runeStart(text, high)
		if low == len(text) {
			return fragment, low, nil
		}
		high = min(2*high, len(text))
	}
	for high-low > precision {
		middle := runeStart(text, (low+high)/2)
		if fits(middle) {
			low = middle
		} else {
			high = middle
		}
	}
	// A shorter piece may, rarely, pack a little worse: then cut again.
	for size = p.Cut(text, low); size > 0; size = p.Cut(text, size-1) {
		if fits(size) {
			return fragment, size, nil
		}
	}
	return "", 0, errors.New("cutting text into pages: page address leaves no room")
}

// runeStart moves n, at most len(s), back to the beginning of a rune.
func runeStart(s string, n int) int {
	for n > 0 && n < len(s) && !utf8.RuneStart(s[n]) {
		n--
	}
	return n
}

func checkPageURL(pageURL string) error {
	u, err := url.Parse(pageURL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.Contains(pageURL, "#") {
		return errors.New("making a link: page address must be an absolute http or https address without #")
	}
	return nil
}

// pageMark stands behind the payload of page n of m. A dot is no character of
// base64url and, unlike '~' or ';', survives programs that detect links.
func pageMark(page, pages int) string {
	return "." + strconv.Itoa(page) + "." + strconv.Itoa(pages)
}

// TestDigits are the four digits that the page shows for a test link, made
// from its whole fragment, with or without '#', so that a link cut on the way
// shows others. They are FNV-1a, 32 bit, modulo 10,000.
func TestDigits(fragment string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(strings.TrimPrefix(fragment, "#")))
	return fmt.Sprintf("%04d", h.Sum32()%10000)
}
