package lookalike

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode"
)

// addresses are http(s) addresses up to the end of the host, and names of hosts that
// KakaoTalk makes links of without one.
var addresses = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)https?://[^\s/?#<>"]+|[\p{L}\p{N}.-]+\.[a-z]{2,}`)
})

// Hosts puts the real host behind every address that leads elsewhere than it
// looks: letters of another alphabet, or something before an @.
func Hosts(text string) string {
	return addresses().ReplaceAllStringFunc(text, func(address string) string {
		if host := realHost(address); host != "" {
			return address + " [" + host + "]"
		}
		return address
	})
}

// maxHost bounds the name of a host, in bytes, far above what DNS takes: the time
// that encoding takes grows with its square.
const maxHost = 1 << 10

// realHost is the host of an address that does not look like it, else "".
func realHost(address string) string {
	_, authority, full := strings.Cut(address, "://")
	if !full {
		authority = address
	}
	host, _, _ := strings.Cut(authority[strings.LastIndexByte(authority, '@')+1:], ":")
	host = strings.TrimRight(host, ".,;!')")
	if len(host) > maxHost {
		return "" // nothing opens it
	}
	if isASCII(host) && !strings.Contains(authority, "@") || !full && !strings.ContainsFunc(host, looksLatin) {
		return ""
	}
	if strings.ContainsFunc(host, noLetter) {
		return strconv.QuoteToASCII(host)
	}
	return asciiHost(host)
}

// noLetter reports what no host's name has.
func noLetter(r rune) bool {
	return r > unicode.MaxASCII && !unicode.In(r, unicode.L, unicode.M, unicode.N) && r != '。' && r != '｡'
}

// looksLatin reports letters that can be taken for Latin ones.
func looksLatin(r rune) bool {
	return r > unicode.MaxASCII && unicode.IsLetter(r) && !unicode.In(r, unicode.Hangul, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}
