package template

import (
	"time"

	"kakaotalk-mcp/tools/kakao/sandbox/fields"
)

// Bubble is a message, flattened so that the page draws every type alike.
type Bubble struct {
	Kind        string      `json:"kind"`
	Text        string      `json:"text,omitempty"`
	Image       bool        `json:"image,omitempty"`   // there is a picture
	Picture     string      `json:"picture,omitempty"` // where, if it was uploaded here; others are not loaded
	Title       string      `json:"title,omitempty"`
	Description string      `json:"description,omitempty"`
	Note        string      `json:"note,omitempty"`
	Rows        [][2]string `json:"rows,omitempty"`
	Entries     [][2]string `json:"entries,omitempty"` // title and description of a list's entries
	Buttons     []Button    `json:"buttons"`
	Preview     string      `json:"preview"`
	At          time.Time   `json:"at"`
	Truncated   bool        `json:"truncated,omitempty"`
	Start       *time.Time  `json:"start,omitempty"` // of a reminder's event
	AllDay      bool        `json:"all_day,omitempty"`
}

// Draw fills a bubble of a template; own returns where the page finds a picture that
// was uploaded, "" for any other address.
func (b *Bubble) Draw(t map[string]any, say Say, own func(address string) string) {
	content := fields.Object(t, "content")
	b.Image, b.Picture = fields.Text(content, "image_url") != "", own(fields.Text(content, "image_url"))
	b.Title, b.Description = fields.Text(content, "title"), fields.Text(content, "description")
	switch b.Kind {
	case "list":
		b.Title = fields.Text(t, "header_title")
		contents, _ := t["contents"].([]any)
		for _, entry := range contents {
			m, _ := entry.(map[string]any)
			b.Entries = append(b.Entries, [2]string{fields.Text(m, "title"), fields.Text(m, "description")})
		}
	case "location":
		b.Note = "📍 " + fields.Text(t, "address_title") + " " + fields.Text(t, "address")
	case "calendar":
		b.Note = say("📅 톡캘린더 일정", "📅 Talk Calendar event")
	case "commerce":
		b.Rows = priceRows(fields.Object(t, "commerce"), say)
	}
	if m := fields.Object(t, "item_content"); m != nil {
		b.Rows = append(b.Rows, itemRows(m)...)
	}
	for _, f := range socialFields {
		if n, ok := fields.Number(fields.Object(t, "social"), f.name); ok {
			b.Rows = append(b.Rows, [2]string{say(f.label, f.english), n})
		}
	}
}

func priceRows(m map[string]any, say Say) [][2]string {
	unit := fields.Text(m, "currency_unit")
	if unit == "" {
		unit = "원"
	}
	price := func(n string) string {
		if before, _ := fields.Number(m, "currency_unit_position"); before == "1" {
			return unit + n
		}
		return n + unit
	}
	var rows [][2]string
	if name := fields.Text(m, "product_name"); name != "" {
		rows = append(rows, [2]string{say("상품", "Product"), name})
	}
	for _, f := range []struct{ name, label, english string }{
		{"regular_price", "정가", "Price"}, {"discount_price", "할인가", "Reduced price"},
	} {
		if n, ok := fields.Number(m, f.name); ok {
			rows = append(rows, [2]string{say(f.label, f.english), price(n)})
		}
	}
	if n, ok := fields.Number(m, "discount_rate"); ok {
		rows = append(rows, [2]string{say("할인율", "Discount"), n + "%"})
	}
	return rows
}

func itemRows(m map[string]any) [][2]string {
	var rows [][2]string
	list, _ := m["items"].([]any)
	for _, entry := range list {
		pair, _ := entry.(map[string]any)
		rows = append(rows, [2]string{fields.Text(pair, "item"), fields.Text(pair, "item_op")})
	}
	if sum := fields.Text(m, "sum"); sum != "" {
		rows = append(rows, [2]string{sum, fields.Text(m, "sum_op")})
	}
	return rows
}
