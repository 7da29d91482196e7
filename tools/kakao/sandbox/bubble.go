package sandbox

import (
	"maps"
	"slices"
	"strconv"
)

func (s *Sandbox) newBubble(d Delivery) bubble {
	b := bubble{Kind: "template", Buttons: d.Buttons, Preview: d.Text, At: d.At, Truncated: d.Truncated}
	if d.Template == nil {
		b.Title = s.say("템플릿 ", "Template ") + strconv.FormatInt(d.TemplateID, 10)
		b.Preview = b.Title
		for _, name := range slices.Sorted(maps.Keys(d.TemplateArgs)) {
			b.Rows = append(b.Rows, [2]string{name, d.TemplateArgs[name]})
		}
		return b
	}
	t := d.Template
	b.Kind = str(t, "object_type")
	if b.Kind == "text" {
		b.Text = d.Text
		return b
	}
	content := object(t, "content")
	b.Image, b.Picture = str(content, "image_url") != "", s.ownPicture(str(content, "image_url"))
	b.Title, b.Description = str(content, "title"), str(content, "description")
	switch b.Kind {
	case "list":
		b.Title = str(t, "header_title")
		contents, _ := t["contents"].([]any)
		for _, entry := range contents {
			m, _ := entry.(map[string]any)
			b.Entries = append(b.Entries, [2]string{str(m, "title"), str(m, "description")})
		}
	case "location":
		b.Note = "📍 " + str(t, "address_title") + " " + str(t, "address")
	case "calendar":
		b.Note = s.say("📅 톡캘린더 일정", "📅 Talk Calendar event")
	case "commerce":
		b.Rows = s.priceRows(object(t, "commerce"))
	}
	if m := object(t, "item_content"); m != nil {
		b.Rows = append(b.Rows, itemRows(m)...)
	}
	for _, f := range socialFields {
		if n, ok := integer(object(t, "social"), f.name); ok {
			b.Rows = append(b.Rows, [2]string{s.say(f.label, f.english), n})
		}
	}
	return b
}

func (s *Sandbox) priceRows(m map[string]any) [][2]string {
	unit := str(m, "currency_unit")
	if unit == "" {
		unit = "원"
	}
	price := func(n string) string {
		if before, _ := integer(m, "currency_unit_position"); before == "1" {
			return unit + n
		}
		return n + unit
	}
	var rows [][2]string
	if name := str(m, "product_name"); name != "" {
		rows = append(rows, [2]string{s.say("상품", "Product"), name})
	}
	for _, f := range []struct{ name, label, english string }{
		{"regular_price", "정가", "Price"}, {"discount_price", "할인가", "Reduced price"},
	} {
		if n, ok := integer(m, f.name); ok {
			rows = append(rows, [2]string{s.say(f.label, f.english), price(n)})
		}
	}
	if n, ok := integer(m, "discount_rate"); ok {
		rows = append(rows, [2]string{s.say("할인율", "Discount"), n + "%"})
	}
	return rows
}

func itemRows(m map[string]any) [][2]string {
	var rows [][2]string
	list, _ := m["items"].([]any)
	for _, entry := range list {
		pair, _ := entry.(map[string]any)
		rows = append(rows, [2]string{str(pair, "item"), str(pair, "item_op")})
	}
	if sum := str(m, "sum"); sum != "" {
		rows = append(rows, [2]string{sum, str(m, "sum_op")})
	}
	return rows
}
