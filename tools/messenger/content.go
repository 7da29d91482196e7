package messenger

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"kakaotalk-mcp/tools/ask"
	"kakaotalk-mcp/tools/bubble"
)

// shown is a message as KakaoTalk will show it, for the person who is asked.
type shown struct {
	text     string
	pictures []string // addresses
	buttons  []ask.Button
}

// below puts another one under s.
func (s shown) below(o shown) shown {
	return shown{strings.TrimSpace(s.text + "\n" + o.text), slices.Concat(s.pictures, o.pictures), slices.Concat(s.buttons, o.buttons)}
}

// revealed leaves nothing that the person could not see or would take for
// something else.
func (s shown) revealed() shown {
	out := shown{text: revealHosts(bubble.Reveal(strings.TrimSpace(s.text)))}
	for _, p := range s.pictures {
		out.pictures = append(out.pictures, revealHosts(bubble.Reveal(p)))
	}
	for _, b := range s.buttons {
		out.buttons = append(out.buttons, ask.Button{Label: bubble.Reveal(b.Label), URL: revealHosts(bubble.Reveal(b.URL))})
	}
	return out
}

var (
	// addresses are http(s) addresses up to the end of the host, and names of hosts
	// that KakaoTalk makes links of without one.
	addresses = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)https?://[^\s/?#<>"]+|[\p{L}\p{N}.-]+\.[a-z]{2,}`)
	})
)

// revealHosts puts the real host behind every address that leads elsewhere than it
// looks: letters of another alphabet, or something before an @.
func revealHosts(text string) string {
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

// carriers are addresses of pictures and links that tell a third party something as
// soon as KakaoTalk, or a tap, fetches them: not registered, and with a query.
func (m *Messenger) carriers(c Content) []string {
	candidates := []string{c.Image, c.Link}
	var template any
	if json.Unmarshal(c.Template, &template) == nil {
		candidates = append(candidates, stringsIn(template)...)
	}
	for _, v := range c.TemplateArgs {
		candidates = append(candidates, v)
	}
	var out []string
	for _, a := range candidates {
		u, err := url.Parse(strings.TrimSpace(a))
		if err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.RawQuery != "" && !m.opens(a) && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	slices.Sort(out)
	return out
}

func stringsIn(v any) (list []string) {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		for _, e := range v {
			list = append(list, stringsIn(e)...)
		}
	case map[string]any:
		for _, e := range v {
			list = append(list, stringsIn(e)...)
		}
	}
	return list
}
