package sandbox_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/tools/kakao/sandbox/template"
)

func link(u string) object { return object{"web_url": u, "mobile_web_url": u} }

// content is a valid content object.
func content() object { return object{"title": "제목", "link": link("https://example.com")} }

func TestTemplates(t *testing.T) {
	button := object{"title": "보기", "link": link("https://example.com")}
	text := func(pairs ...any) object {
		o := object{"object_type": "text", "text": "hi", "link": object{}}
		for i := 0; i < len(pairs); i += 2 {
			if o[pairs[i].(string)] = pairs[i+1]; pairs[i+1] == nil {
				delete(o, pairs[i].(string))
			}
		}
		return o
	}
	w := start(t)
	token := w.full("")
	for name, c := range map[string]struct {
		template object
		ok       bool
	}{
		"text":                        {text(), true},
		"two buttons":                 {text("buttons", []any{button, button}), true},
		"three buttons":               {text("buttons", []any{button, button, button}), false},
		"button without a title":      {text("buttons", []any{object{"link": object{}}}), false},
		"button without a link":       {text("buttons", []any{object{"title": "x"}}), false},
		"buttons is no array":         {text("buttons", "x"), false},
		"button title is no text":     {text("button_title", 1), false},
		"no text":                     {text("text", nil), false},
		"blank text":                  {text("text", " \n"), false},
		"text is a number":            {text("text", 1), false},
		"no link":                     {text("link", nil), false},
		"link is a string":            {text("link", "https://example.com"), false},
		"200 units":                   {text("text", strings.Repeat("가", 200)), true},
		"201 units":                   {text("text", strings.Repeat("가", 201)), false},
		"101 emoji are 202 units":     {text("text", strings.Repeat("🌸", 101)), false},
		"unknown type":                {text("object_type", "video"), false},
		"no type":                     {text("object_type", nil), false},
		"feed":                        {object{"object_type": "feed", "content": content(), "social": object{"like_count": 3}}, true},
		"feed without content":        {object{"object_type": "feed"}, false},
		"feed with empty content":     {object{"object_type": "feed", "content": object{"link": object{}}}, false},
		"feed with six items":         {object{"object_type": "feed", "content": content(), "item_content": object{"items": []any{object{"item": "a", "item_op": "b"}, object{"item": "a", "item_op": "b"}, object{"item": "a", "item_op": "b"}, object{"item": "a", "item_op": "b"}, object{"item": "a", "item_op": "b"}, object{"item": "a", "item_op": "b"}}}}, false},
		"feed with a negative count":  {object{"object_type": "feed", "content": content(), "social": object{"like_count": -1}}, false},
		"list":                        {object{"object_type": "list", "header_title": "h", "contents": []any{content(), content()}}, true},
		"list of one":                 {object{"object_type": "list", "header_title": "h", "contents": []any{content()}}, false},
		"list of four":                {object{"object_type": "list", "header_title": "h", "contents": []any{content(), content(), content(), content()}}, false},
		"list without a header":       {object{"object_type": "list", "contents": []any{content(), content()}}, false},
		"location":                    {object{"object_type": "location", "address": "판교역로 166", "content": content()}, true},
		"location without an address": {object{"object_type": "location", "content": content()}, false},
		"commerce":                    {object{"object_type": "commerce", "content": content(), "commerce": object{"regular_price": 1000, "discount_rate": 10}}, true},
		"commerce without a price":    {object{"object_type": "commerce", "content": content(), "commerce": object{}}, false},
		"commerce with half a Won":    {object{"object_type": "commerce", "content": content(), "commerce": object{"regular_price": 0.5}}, false},
		"commerce with 101 percent":   {object{"object_type": "commerce", "content": content(), "commerce": object{"regular_price": 1, "discount_rate": 101}}, false},
		"calendar":                    {object{"object_type": "calendar", "id_type": "event", "id": "1", "content": content(), "buttons": []any{button}}, true},
		"calendar with two buttons":   {object{"object_type": "calendar", "id_type": "event", "id": "1", "content": content(), "buttons": []any{button, button}}, false},
		"calendar of another kind":    {object{"object_type": "calendar", "id_type": "day", "id": "1", "content": content()}, false},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(w.Deliveries())
			status, body := w.post(token, memoPath, url.Values{"template_object": {jsonText(t, c.template)}})
			if c.ok {
				want(t, status, body, 200, 0)
			} else {
				want(t, status, body, 400, -2)
			}
			if n := len(w.Deliveries()) - before; (n == 1) != c.ok {
				t.Errorf("%d messages arrived", n)
			}
		})
	}
}

func TestLenientCutsLongText(t *testing.T) {
	w := start(t)
	w.SetStrict(false)
	// The 200th unit is the first half of an emoji, which must not be torn.
	status, body := w.post(w.full(""), memoPath, url.Values{"template_object": {textTemplate(t, strings.Repeat("가", 199)+"🌸나")}})
	want(t, status, body, 200, 0)
	d := w.Deliveries()[0]
	if d.Text != strings.Repeat("가", 199) || !d.Truncated {
		t.Errorf("text of %d bytes, truncated %t", len(d.Text), d.Truncated)
	}
}

func TestButtons(t *testing.T) {
	w := start(t)
	token := w.full("")
	b := func(title, u string) object { return object{"title": title, "link": link(u)} }
	for name, c := range map[string]struct {
		template object
		want     []template.Button
	}{
		"no link, no button": {object{"link": object{}, "buttons": []any{}}, []template.Button{}},
		"no link, not asked": {object{"link": object{}}, []template.Button{{Title: "자세히 보기", Dead: true}}},
		"none wanted":        {object{"link": link("https://example.com"), "buttons": []any{}}, []template.Button{}},
		"app only":           {object{"link": object{"ios_execution_params": "a=1"}}, []template.Button{}},
		"default button":     {object{"link": link("https://example.com/a?b#c")}, []template.Button{{Title: "자세히 보기", URL: "https://example.com/a?b#c"}}},
		"named button":       {object{"link": link("https://example.com"), "button_title": "보기"}, []template.Button{{Title: "보기", URL: "https://example.com"}}},
		"buttons win": {object{"link": link("https://example.com"), "button_title": "x", "buttons": []any{b("1", "https://example.com/1"), b("2", "https://example.com/2")}},
			[]template.Button{{Title: "1", URL: "https://example.com/1"}, {Title: "2", URL: "https://example.com/2"}}},
		"own port is the scheme's": {object{"link": link("https://EXAMPLE.com:443/")}, []template.Button{{Title: "자세히 보기", URL: "https://EXAMPLE.com:443/"}}},
		"other host":               {object{"link": link("https://other.example")}, []template.Button{{Title: "자세히 보기", URL: "https://other.example", Dead: true}}},
		"other scheme":             {object{"link": link("http://example.com")}, []template.Button{{Title: "자세히 보기", URL: "http://example.com", Dead: true}}},
		"other port":               {object{"link": link("https://example.com:8443")}, []template.Button{{Title: "자세히 보기", URL: "https://example.com:8443", Dead: true}}},
		"sub-domain":               {object{"link": link("https://www.example.com")}, []template.Button{{Title: "자세히 보기", URL: "https://www.example.com", Dead: true}}},
		"no web address":           {object{"link": link("javascript:alert(1)")}, []template.Button{{Title: "자세히 보기", URL: "javascript:alert(1)", Dead: true}}},
		"mobile address is dead": {object{"link": object{"mobile_web_url": "https://other.example", "web_url": "https://example.com"}},
			[]template.Button{{Title: "자세히 보기", URL: "https://example.com"}}},
	} {
		t.Run(name, func(t *testing.T) {
			c.template["object_type"], c.template["text"] = "text", "hi"
			status, body := w.post(token, memoPath, url.Values{"template_object": {jsonText(t, c.template)}})
			want(t, status, body, 200, 0)
			all := w.Deliveries()
			if diff := cmp.Diff(c.want, all[len(all)-1].Buttons); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
