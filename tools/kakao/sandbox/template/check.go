// Package template is what Kakao's message templates may hold, and what a receiver
// sees of them: the line in the list of chats, the buttons and the bubble. Kakao docs:
// Message template > Components. It knows neither people nor deliveries.
package template

import (
	"math"
	"unicode/utf16"

	"kakaotalk-mcp/tools/kakao/sandbox/fields"
)

// maxText is counted in UTF-16 units: the strictest reading of "200 characters".
const maxText = 200

// Cut cuts a text above Kakao's 200 UTF-16 units, never inside a surrogate pair, and
// tells whether it did.
func Cut(text string) (string, bool) {
	units := 0
	for i, r := range text {
		units += utf16.RuneLen(r)
		if units > maxText {
			return text[:i], true
		}
	}
	return text, false
}

// checker looks at the parts of a template.
type checker struct{ fields.Checker }

// Check returns the first fault of a default template, "" if Kakao would take it.
func Check(t map[string]any) string {
	c := &checker{}
	kind, _ := t["object_type"].(string)
	maxButtons := 2
	switch kind {
	case "text":
		c.Text(t, "text", true)
		c.link(t, "link", true)
	case "feed":
		c.content(t["content"])
		c.itemContent(t["item_content"])
		c.social(t["social"])
	case "list":
		c.Text(t, "header_title", true)
		c.link(t, "header_link", false)
		contents, _ := t["contents"].([]any)
		c.FailIf(len(contents) < 2 || len(contents) > 3, "contents must have 2 or 3 entries.")
		for _, content := range contents {
			c.content(content)
		}
	case "location":
		c.Text(t, "address", true)
		c.Text(t, "address_title", false)
		c.content(t["content"])
		c.social(t["social"])
	case "commerce":
		c.content(t["content"])
		c.commerce(t["commerce"])
	case "calendar":
		maxButtons = 1
		id, _ := t["id_type"].(string)
		c.FailIf(id != "event" && id != "calendar", "id_type must be event or calendar.")
		c.Text(t, "id", true)
		c.content(t["content"])
	default:
		c.FailIf(true, "object_type is unknown.")
	}
	c.Text(t, "button_title", false)
	c.buttons(t["buttons"], maxButtons)
	return c.Fault
}

func (c *checker) link(m map[string]any, name string, required bool) {
	v, present := m[name]
	link, isObject := v.(map[string]any)
	c.FailIf(required && !present, name+" is required.")
	c.FailIf(present && !isObject, name+" must be an object.")
	for _, field := range []string{"web_url", "mobile_web_url", "android_execution_params", "ios_execution_params"} {
		c.Text(link, field, false)
	}
}

func (c *checker) content(v any) {
	content, ok := v.(map[string]any)
	c.FailIf(!ok, "content is required.")
	filled := false
	for _, field := range []string{"title", "description", "image_url"} {
		c.Text(content, field, false)
		s, _ := content[field].(string)
		filled = filled || s != ""
	}
	c.FailIf(!filled, "content needs title, description or image_url.")
	c.Number(content, "image_width", false, math.MaxInt32)
	c.Number(content, "image_height", false, math.MaxInt32)
	c.link(content, "link", true)
}

func (c *checker) itemContent(v any) {
	if v == nil {
		return
	}
	m, ok := v.(map[string]any)
	c.FailIf(!ok, "item_content must be an object.")
	list, isList := m["items"].([]any)
	c.FailIf(m["items"] != nil && !isList || len(list) > 5, "items must have at most 5 entries.")
	for _, entry := range list {
		pair, _ := entry.(map[string]any)
		c.Text(pair, "item", true)
		c.Text(pair, "item_op", true)
	}
}

func (c *checker) social(v any) {
	if v == nil {
		return
	}
	m, ok := v.(map[string]any)
	c.FailIf(!ok, "social must be an object.")
	for _, field := range socialFields {
		c.Number(m, field.name, false, math.MaxInt32)
	}
}

func (c *checker) commerce(v any) {
	m, ok := v.(map[string]any)
	c.FailIf(!ok, "commerce is required.")
	c.Number(m, "regular_price", true, math.MaxInt32)
	c.Number(m, "discount_price", false, math.MaxInt32)
	c.Number(m, "fixed_discount_price", false, math.MaxInt32)
	c.Number(m, "discount_rate", false, 100)
	c.Number(m, "currency_unit_position", false, 1)
	c.Text(m, "product_name", false)
	c.Text(m, "currency_unit", false)
}

func (c *checker) buttons(v any, most int) {
	if v == nil {
		return
	}
	list, ok := v.([]any)
	c.FailIf(!ok || len(list) > most, "buttons must be an array within the limit of this type.")
	for _, entry := range list {
		button, _ := entry.(map[string]any)
		c.Text(button, "title", true)
		c.link(button, "link", true)
	}
}

var socialFields = []struct{ name, label, english string }{
	{"like_count", "좋아요", "Likes"}, {"comment_count", "댓글", "Comments"}, {"shared_count", "공유", "Shares"},
	{"view_count", "조회", "Views"}, {"subscriber_count", "구독", "Subscribers"},
}
