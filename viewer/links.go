package viewer

import (
	"errors"
	"fmt"
	"hash/fnv"
	"net/url"
	"strconv"
	"strings"
)

// URLBudget is the longest link in characters. Kakao names no limit; programs
// on Windows that open a link through the shell fail above about 2,080.
const URLBudget = 2000

// TestMarker begins the fragment of a test link; the rest may be any
// characters of base64url.
const TestMarker = "t"

// maxPages keeps a page mark at six characters or fewer.
const maxPages = 99

// FragmentURL is the link that opens text on the page at pageURL, which is
// used as it is: absolute http or https, without a fragment. fits tells
// whether the link is within URLBudget. Errors are those of Encode.
func FragmentURL(pageURL, text string) (link string, fits bool, err error) {
	if err := checkPageURL(pageURL); err != nil {
		return "", false, err
	}
	payload, err := Encode(text)
	if err != nil {
		return "", false, err
	}
	link = pageURL + "#" + Version + payload
	return link, len(link) <= URLBudget, nil
}

// PageLinks spreads text over as few links as its borders allow, at most
// maxLinks, each within URLBudget: cut behind a paragraph, a sentence or a
// word, else between two letters. Joined, the pages are the text without the
// white space at its end. Several links carry a mark that the page shows as
// "2 / 5쪽". Text that needs more links is ErrTooLong.
func PageLinks(pageURL, text string, maxLinks int) ([]string, error) {
	text = strings.TrimRight(text, " \t\r\n")
	link, fits, err := FragmentURL(pageURL, text)
	if err != nil {
		return nil, err
	}
	if fits && maxLinks > 0 {
		return []string{link}, nil
	}
	maxLinks = min(maxLinks, maxPages)
	budget := URLBudget - len(pageURL) - len("#"+Version) - len(pageMark(maxLinks, maxLinks))
	var payloads []string
	for rest := text; rest != ""; {
		if len(payloads) >= maxLinks {
			return nil, fmt.Errorf("cutting text into pages: %w", ErrTooLong)
		}
		payload, size, err := fillPage(rest, budget)
		if err != nil {
			return nil, err
		}
		payloads, rest = append(payloads, payload), rest[size:]
	}
	links := make([]string, len(payloads))
	for i, p := range payloads {
		links[i] = pageURL + "#" + Version + p + pageMark(i+1, len(payloads))
	}
	return links, nil
}

// fillPage packs the beginning of text that fits the budget and ends well.
func fillPage(text string, budget int) (payload string, size int, err error) {
	const (
		firstGuess = 4 << 10 // bytes; what a link usually holds
		precision  = 48      // bytes; the cut moves back to a border anyway
	)
	fits := func(n int) bool {
		payload, err = Encode(text[:n])
		return err == nil && len(payload) <= budget
	}
	low, high := 0, min(firstGuess, len(text))
	for fits(runeStart(text, high)) {
		low = runeStart(text, high)
		if low == len(text) {
			return payload, low, nil
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
	for size = goodCut(text, low); size > 0; size = goodCut(text, size-1) {
		if fits(size) {
			return payload, size, nil
		}
	}
	return "", 0, errors.New("cutting text into pages: page address leaves no room")
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

// validMark reports whether mark, without its first dot, is one of pageMark.
func validMark(mark string) bool {
	n, m, _ := strings.Cut(mark, ".")
	page, err1 := strconv.Atoi(n)
	pages, err2 := strconv.Atoi(m)
	return err1 == nil && err2 == nil && 1 <= page && page <= pages && pages <= maxPages &&
		"."+mark == pageMark(page, pages)
}

// TestDigits are the four digits that the page shows for a test link, made
// from its whole fragment, with or without '#', so that a link cut on the way
// shows others. They are FNV-1a, 32 bit, modulo 10,000.
func TestDigits(fragment string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(strings.TrimPrefix(fragment, "#")))
	return fmt.Sprintf("%04d", h.Sum32()%10000)
}
