package sandbox

import (
	"math"
	"strings"
	"unicode/utf16"
)

// maxText is counted in UTF-16 units: the strictest reading of "200 characters".
const maxText = 200

// cutText cuts above maxText, never inside a surrogate pair.
func cutText(text string) (string, bool) {
	units := 0
	for i, r := range text {
		units += utf16.RuneLen(r)
		if units > maxText {
			return text[:i], true
		}
	}
	return text, false
}

// checker collects the first fault of a template.
type checker struct{ fault string }

func (c *checker) failIf(bad bool, msg string) {
	if bad && c.fault == "" {
		c.fault = msg
	}
}

// checkTemplate returns the first fault of a default template, "" if Kakao would take it.
func checkTemplate(t map[string]any) string {
	c := &checker{}
	kind, _ := t["object_type"].(string)
	maxButtons := 2
	switch kind {
	case "text":
		c.text(t, "text", true)
		c.link(t, "link", true)
	case "feed":
		c.content(t["content"])
		c.itemContent(t["item_content"])
		c.social(t["social"])
	case "list":
		c.text(t, "header_title", true)
		c.link(t, "header_link", false)
		contents, _ := t["contents"].([]any)
		c.failIf(len(contents) < 2 || len(contents) > 3, "contents must have 2 or 3 entries.")
		for _, content := range contents {
			c.content(content)
		}
	case "location":
		c.text(t, "address", true)
		c.text(t, "address_title", false)
		c.content(t["content"])
		c.social(t["social"])
	case "commerce":
		c.content(t["content"])
		c.commerce(t["commerce"])
	case "calendar":
		maxButtons = 1
		id, _ := t["id_type"].(string)
		c.failIf(id != "event" && id != "calendar", "id_type must be event or calendar.")
		c.text(t, "id", true)
		c.content(t["content"])
	default:
		c.failIf(true, "object_type is unknown.")
	}
	c.text(t, "button_title", false)
	c.buttons(t["buttons"], maxButtons)
	return c.fault
}

// text checks a string field; a required one must not be blank.
func (c *checker) text(m map[string]any, name string, required bool) {
	v, present := m[name]
	s, isText := v.(string)
	c.failIf(present && !isText, name+" must be a string.")
	c.failIf(required && strings.TrimSpace(s) == "", name+" is required.")
}

func (c *checker) link(m map[string]any, name string, required bool) {
	v, present := m[name]
	link, isObject := v.(map[string]any)
	c.failIf(required && !present, name+" is required.")
	c.failIf(present && !isObject, name+" must be an object.")
	for _, field := range []string{"web_url", "mobile_web_url", "android_execution_params", "ios_execution_params"} {
		c.text(link, field, false)
	}
}

func (c *checker) content(v any) {
	content, ok := v.(map[string]any)
	c.failIf(!ok, "content is required.")
	filled := false
	for _, field := range []string{"title", "description", "image_url"} {
		c.text(content, field, false)
		s, _ := content[field].(string)
		filled = filled || s != ""
	}
	c.failIf(!filled, "content needs title, description or image_url.")
	c.number(content, "image_width", false, math.MaxInt32)
	c.number(content, "image_height", false, math.MaxInt32)
	c.link(content, "link", true)
}

// number checks an integer field from 0 to high.
func (c *checker) number(m map[string]any, name string, required bool, high float64) {
	v, present := m[name]
	n, isNumber := v.(float64)
	c.failIf(required && !present, name+" is required.")
	c.failIf(present && (!isNumber || n != math.Trunc(n) || n < 0 || n > high), name+" is not an integer in range.")
}

func (c *checker) itemContent(v any) {
	if v == nil {
		return
	}
	m, ok := v.(map[string]any)
	c.failIf(!ok, "item_content must be an object.")
	list, isList := m["items"].([]any)
	c.failIf(m["items"] != nil && !isList || len(list) > 5, "items must have at most 5 entries.")
	for _, entry := range list {
		pair, _ := entry.(map[string]any)
		c.text(pair, "item", true)
		c.text(pair, "item_op", true)
	}
}

func (c *checker) social(v any) {
	if v == nil {
		return
	}
	m, ok := v.(map[string]any)
	c.failIf(!ok, "social must be an object.")
	for _, field := range socialFields {
		c.number(m, field.name, false, math.MaxInt32)
	}
}

func (c *checker) commerce(v any) {
	m, ok := v.(map[string]any)
	c.failIf(!ok, "commerce is required.")
	c.number(m, "regular_price", true, math.MaxInt32)
	c.number(m, "discount_price", false, math.MaxInt32)
	c.number(m, "fixed_discount_price", false, math.MaxInt32)
	c.number(m, "discount_rate", false, 100)
	c.number(m, "currency_unit_position", false, 1)
	c.text(m, "product_name", false)
	c.text(m, "currency_unit", false)
}

func (c *checker) buttons(v any, most int) {
	if v == nil {
		return
	}
	list, ok := v.([]any)
	c.failIf(!ok || len(list) > most, "buttons must be an array within the limit of this type.")
	for _, entry := range list {
		button, _ := entry.(map[string]any)
		c.text(button, "title", true)
		c.link(button, "link", true)
	}
}

var socialFields = []struct{ name, label, english string }{
	{"like_count", "좋아요", "Likes"}, {"comment_count", "댓글", "Comments"}, {"shared_count", "공유", "Shares"},
	{"view_count", "조회", "Views"}, {"subscriber_count", "구독", "Subscribers"},
}
