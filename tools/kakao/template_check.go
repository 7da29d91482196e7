package kakao

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// check collects the first broken rule.
type check struct{ first *FieldError }

func (c *check) fail(path string, rule Rule, limit int) {
	if c.first == nil {
		c.first = &FieldError{Path: path, Rule: rule, Limit: limit}
	}
}

// result keeps a nil *FieldError from becoming a non-nil error.
func (c *check) result() error {
	if c.first == nil {
		return nil
	}
	return c.first
}

// text checks a text of at most limit UTF-16 units.
func (c *check) text(path, s string, limit int, required bool) {
	switch {
	case !utf8.ValidString(s):
		c.fail(path, InvalidUTF8, 0)
	case required && blank(s):
		c.fail(path, Required, 0)
	case UnitLen(s) > limit:
		c.fail(path, TooLong, limit)
	}
}

// count checks the length of a list.
func (c *check) count(path string, n, least, most int) {
	switch {
	case n < least:
		c.fail(path, TooFew, least)
	case n > most:
		c.fail(path, TooMany, most)
	}
}

// between checks a number.
func (c *check) between(path string, v, least, most int) {
	switch {
	case v < least:
		c.fail(path, BadValue, least)
	case v > most:
		c.fail(path, BadValue, most)
	}
}

// optional is between for a number that may be absent.
func (c *check) optional(path string, v *int, least, most int) {
	if v != nil {
		c.between(path, *v, least, most)
	}
}

func (c *check) buttons(title string, buttons []Button, most int) {
	c.text("button_title", title, maxPlain, false)
	c.count("buttons", len(buttons), 0, most)
	for i, b := range buttons {
		at := index("buttons", i)
		c.text(at+".title", b.Title, maxPlain, true)
		b.Link.checkSet(c, at+".link")
	}
}

// params checks execution parameters of an app link.
func (c *check) params(path, s string) {
	c.text(path, s, maxURL, false)
	if strings.ContainsFunc(s, unicode.IsControl) {
		c.fail(path, BadValue, 0)
	}
}

// url checks a link; empty is none. Loopback hosts pass: people register them
// as web domains and open them in KakaoTalk for PC.
func (c *check) url(path, s string) {
	if s == "" {
		return
	}
	c.text(path, s, maxURL, false)
	if _, ok := webHost(s); !ok {
		c.fail(path, BadURL, 0)
	}
}

// image checks the URL of an image, which Kakao's servers must reach.
func (c *check) image(path, s string) {
	if s == "" {
		return
	}
	c.text(path, s, maxURL, false)
	if host, ok := webHost(s); !ok || !publicLooking(host) {
		c.fail(path, BadURL, 0)
	}
}

// webHost returns the host of an absolute http(s) URL. Refused are characters
// that let a URL look like another one: spaces, control and invisible
// characters, backslashes, userinfo.
func webHost(s string) (host string, ok bool) {
	odd := func(r rune) bool { return !unicode.IsGraphic(r) || unicode.IsSpace(r) || r == '\\' }
	if strings.ContainsFunc(s, odd) {
		return "", false
	}
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.User != nil || u.Hostname() == "" {
		return "", false
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return "", false
		}
	}
	foreign := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-._:", r)
	}
	return u.Hostname(), !strings.ContainsFunc(u.Hostname(), foreign) // url.Parse lets quotes and brackets pass
}

// publicLooking reports whether host can be a public one, without asking DNS.
func publicLooking(host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		addr = addr.Unmap()
		return addr.IsGlobalUnicast() && !addr.IsPrivate() && !sharedSpace.Contains(addr)
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	dot := strings.LastIndexByte(host, '.')
	if dot <= 0 {
		return false // a name of the local network, or a number such as 2130706433
	}
	switch top := host[dot+1:]; top {
	case "", "localhost", "local", "internal", "lan", "home", "test", "invalid":
		return false
	default:
		return top[0] < '0' || top[0] > '9' // no top-level domain begins with a digit, short IPv4 forms do
	}
}

// sharedSpace is carrier-grade NAT (RFC 6598), which netip does not call private.
var sharedSpace = netip.MustParsePrefix("100.64.0.0/10")
