package compose

import (
	"net/url"
	"slices"
	"strings"
	"unicode"

	"kakaotalk-mcp/tools/ask"
	"kakaotalk-mcp/tools/bubble"
	"kakaotalk-mcp/tools/lookalike"
)

// Shown is a message as KakaoTalk will show it, for the person who is asked.
type Shown struct {
	Text     string
	Pictures []string // addresses
	Buttons  []ask.Button
}

// below puts another one under s.
func (s Shown) below(o Shown) Shown {
	return Shown{strings.TrimSpace(s.Text + "\n" + o.Text), slices.Concat(s.Pictures, o.Pictures), slices.Concat(s.Buttons, o.Buttons)}
}

// Revealed leaves nothing that the person could not see or would take for
// something else.
func (s Shown) Revealed() Shown {
	out := Shown{Text: lookalike.Hosts(bubble.Reveal(strings.TrimSpace(s.Text)))}
	for _, p := range s.Pictures {
		out.Pictures = append(out.Pictures, lookalike.Hosts(bubble.Reveal(p)))
	}
	for _, b := range s.Buttons {
		out.Buttons = append(out.Buttons, ask.Button{Label: bubble.Reveal(b.Label), URL: lookalike.Hosts(bubble.Reveal(b.URL))})
	}
	return out
}

// Carriers are addresses of pictures and links that tell a third party something as
// soon as KakaoTalk, or a tap, fetches them: not registered, and with a query. What a
// template of Kakao's console puts into an address can be a part of one.
func (m *Maker) Carriers(c Content) []string {
	candidates := []string{c.Image, c.Link}
	texts, _ := templateContents(c.Template)
	candidates = append(candidates, texts...)
	var out []string
	for _, v := range c.TemplateArgs {
		candidates = append(candidates, v)
		part := strings.TrimSpace(v)
		if _, query, _ := strings.Cut(part, "?"); query != "" && !strings.ContainsFunc(part, unicode.IsSpace) && !m.opens(part) {
			out = append(out, part)
		}
	}
	for _, a := range candidates {
		a = strings.TrimSpace(a)
		u, err := url.Parse(a)
		if err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.RawQuery != "" && !m.opens(a) {
			out = append(out, a)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
