package messenger

import (
	"encoding/json"
	"strings"
	"testing"

	"kakaotalk-mcp/tools/compose"
)

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
		p, err := w.m.maker.Compose(t.Context(), compose.Content{Template: json.RawMessage(template)}, true)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !strings.Contains(all(p.Shown), evil) || !p.DeadLink {
			t.Errorf("%s: shown %q, dead %v", name, p.Shown, p.DeadLink)
		}
	}
	p, err := w.m.maker.Compose(t.Context(), compose.Content{TemplateID: 7, TemplateArgs: map[string]string{"url": evil, "to": "b"}}, true)
	if err != nil || !strings.Contains(all(p.Shown), evil) {
		t.Errorf("arguments: %q, %v", p.Shown, err)
	}
}
