package messenger

import (
	"encoding/json"
	"strings"
	"testing"

	"kakaotalk-mcp/tools/kakao"
)

// TestLinkHostTricks: only the exact registered origin counts as one that opens;
// a link to any other is shown in the text, where it can be read.
func TestLinkHostTricks(t *testing.T) {
	w := loggedIn(t, func(c *Config) { c.LinkHosts = []string{"https://example.com", "http://example.com:8080"} })
	for link, opens := range map[string]bool{
		"https://example.com/a": true, "https://EXAMPLE.com:443": true, "http://example.com:8080/x#y": true,
		"https://example.com.evil.example": false, "https://evil.example/https://example.com": false, "https://evil.example#example.com": false, "https://example.com.": false,
		"https://www.example.com": false, "http://example.com": false, "https://example.com:8443": false, "https://example.com:08443": false, "http://example.com:8080.evil.example": false,
		"https://xn--exmple-cua.com": false, "https://ex\u00e4mple.com": false, "https://\u0435xample.com": false, "https://example\uff0ecom": false, "https://example\u3002com": false, "https://evil.example?.example.com": false,
	} {
		if got := w.m.opens(link); got != opens {
			t.Errorf("%s opens: %v", link, got)
		}
		p, err := w.m.compose(t.Context(), Content{Message: "안녕", Link: link}, true)
		if err != nil {
			continue // refused altogether
		}
		b := p.bubbles[0].Template.(kakao.Text)
		if opens != (b.Link.WebURL == link) || !opens && !strings.Contains(b.Text, link) {
			t.Errorf("%s: button %q, text %q", link, b.Link.WebURL, b.Text)
		}
	}
}

// TestNoTemplateHidesALink: in whatever field of a template an address is, the
// question shows it and the result says whether it opens.
func TestNoTemplateHidesALink(t *testing.T) {
	w := loggedIn(t)
	const evil = "https://evil.example/pay"
	link := `{"web_url":"` + evil + `"}`
	for name, template := range map[string]string{
		"text":          `{"object_type":"text","text":"a","link":` + link + `}`,
		"mobile":        `{"object_type":"text","text":"a","link":{"web_url":"https://example.com/","mobile_web_url":"` + evil + `"}}`,
		"button":        `{"object_type":"text","text":"a","link":{},"buttons":[{"title":"b","link":` + link + `}]}`,
		"feed":          `{"object_type":"feed","content":{"title":"a","image_url":"https://k.example/a.png","link":` + link + `}}`,
		"second button": `{"object_type":"feed","content":{"title":"a","image_url":"https://k.example/a.png","link":{"web_url":"https://example.com"}},"buttons":[{"title":"b","link":{"web_url":"https://example.com"}},{"title":"c","link":` + link + `}]}`,
		"list header":   `{"object_type":"list","header_title":"a","header_link":` + link + `,"contents":[{"title":"a","image_url":"https://k.example/a.png","link":{"web_url":"https://example.com"}},{"title":"b","image_url":"https://k.example/a.png","link":{"web_url":"https://example.com"}}]}`,
		"list entry":    `{"object_type":"list","header_title":"a","header_link":{"web_url":"https://example.com"},"contents":[{"title":"a","image_url":"https://k.example/a.png","link":{"web_url":"https://example.com"}},{"title":"b","image_url":"https://k.example/a.png","link":` + link + `}]}`,
		"escaped":       `{"object_type":"text","text":"a","link":{"w\u0065b_url":"https:\/\/evil.ex\u0061mple\/pay"}}`,
	} {
		p, err := w.m.compose(t.Context(), Content{Template: json.RawMessage(template)}, true)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !strings.Contains(p.shown.all(), evil) || !p.deadLink {
			t.Errorf("%s: shown %q, dead %v", name, p.shown, p.deadLink)
		}
	}
	p, err := w.m.compose(t.Context(), Content{TemplateID: 7, TemplateArgs: map[string]string{"url": evil, "to": "b"}}, true)
	if err != nil || !strings.Contains(p.shown.all(), evil) {
		t.Errorf("arguments: %q, %v", p.shown, err)
	}
}
