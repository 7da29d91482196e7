package kakao

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	page    = Link{WebURL: "https://a.example/", MobileWebURL: "https://a.example/"}
	content = Content{Title: "제목", Link: page}
)

func TestMarshal(t *testing.T) {
	const linkJSON = `{"web_url":"https://a.example/","mobile_web_url":"https://a.example/"}`
	const contentJSON = `{"title":"제목","link":` + linkJSON + `}`
	tests := []struct {
		template Template
		want     string
	}{
		{Text{Text: "a & b", Link: Link{WebURL: "https://a.example/?a=1&b=2"}, Buttons: []Button{{"열기", page}}},
			`{"object_type":"text","text":"a & b","link":{"web_url":"https://a.example/?a=1&b=2"},"buttons":[{"title":"열기","link":` + linkJSON + `}]}`},
		{Text{Text: "a", Buttons: []Button{}}, `{"object_type":"text","text":"a","link":{},"buttons":[]}`},
		{Text{Text: "a", Link: page, Buttons: []Button{}}, `{"object_type":"text","text":"a","link":` + linkJSON + `,"buttons":[]}`},
		{Text{Text: "a", Link: page}, `{"object_type":"text","text":"a","link":` + linkJSON + `}`},
		{Feed{
			Content:     Content{Description: "설명", ImageURL: "https://i.example/a.png", ImageWidth: new(640), ImageHeight: new(480), Link: Link{AndroidParams: "a=1&b=2", IOSParams: "a=1"}},
			ItemContent: &ItemContent{ProfileText: "p", Items: []Item{{"값", "1원"}}, Sum: "합계", SumOp: "1원"},
			Social:      &Social{LikeCount: new(0), ViewCount: new(3)},
			ButtonTitle: "보기",
		}, `{"object_type":"feed","content":{"description":"설명","image_url":"https://i.example/a.png","image_width":640,"image_height":480,"link":{"android_execution_params":"a=1&b=2","ios_execution_params":"a=1"}},` +
			`"item_content":{"profile_text":"p","items":[{"item":"값","item_op":"1원"}],"sum":"합계","sum_op":"1원"},"social":{"like_count":0,"view_count":3},"button_title":"보기"}`},
		{List{HeaderTitle: "오늘", HeaderLink: &page, Contents: []Content{content, content}},
			`{"object_type":"list","header_title":"오늘","header_link":` + linkJSON + `,"contents":[` + contentJSON + `,` + contentJSON + `]}`},
		{Location{Address: "제주 첨단로 242", AddressTitle: "카카오", Content: content},
			`{"object_type":"location","address":"제주 첨단로 242","address_title":"카카오","content":` + contentJSON + `}`},
		{Commerce{Content: content, Commerce: Price{RegularPrice: 0, DiscountPrice: new(0), DiscountRate: new(100), CurrencyUnitPosition: new(1)}},
			`{"object_type":"commerce","content":` + contentJSON + `,"commerce":{"regular_price":0,"discount_price":0,"discount_rate":100,"currency_unit_position":1}}`},
		{Calendar{IDType: "event", ID: "e1", Content: content},
			`{"object_type":"calendar","id_type":"event","id":"e1","content":` + contentJSON + `}`},
	}
	for _, tt := range tests {
		t.Run(tt.template.ObjectType(), func(t *testing.T) {
			got, err := marshal(tt.template)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, string(got)); diff != "" {
				t.Errorf("JSON (-want +got):\n%s", diff)
			}
			back, err := ParseTemplate(got)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.template, back); diff != "" {
				t.Errorf("parsed again (-want +got):\n%s", diff)
			}
			if indented, err := json.MarshalIndent(tt.template, "", " "); err != nil || !json.Valid(indented) {
				t.Errorf("json.MarshalIndent: %s, %v", indented, err)
			}
		})
	}
}

// Without a link there is nothing for a button to open.
func TestNoButtonWithoutLink(t *testing.T) {
	for want, text := range map[string]Text{
		`{"object_type":"text","text":"a","link":{},"buttons":[]}`:                     {Text: "a"},
		`{"object_type":"text","text":"a","link":{}}`:                                  {Text: "a", DefaultButton: true},
		`{"object_type":"text","text":"a","link":{"ios_execution_params":"a=1"}}`:      {Text: "a", Link: Link{IOSParams: "a=1"}},
		`{"object_type":"text","text":"a","link":{},"button_title":"보기","buttons":[]}`: {Text: "a", ButtonTitle: "보기"},
	} {
		if got, err := marshal(text); err != nil || string(got) != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
	if _, err := ParseTemplate(json.RawMessage(`{"object_type":"text","text":"a","link":{},"-":true}`)); err == nil {
		t.Error("a field of the program can be set from outside")
	}
}

func TestValidate(t *testing.T) {
	button := Button{"열기", page}
	items := func(n int) []Item {
		list := make([]Item, n)
		for i := range list {
			list[i] = Item{"이름", "값"}
		}
		return list
	}
	feed := func(ic ItemContent) Template { return Feed{Content: content, ItemContent: &ic} }
	price := func(p Price) Template { return Commerce{Content: content, Commerce: p} }
	n := strings.Repeat
	tests := []struct {
		name     string
		template Template
		want     *FieldError // nil: valid
	}{
		{"200 units", Text{Text: n("가", 200)}, nil},
		{"201 units", Text{Text: n("가", 201)}, &FieldError{"text", TooLong, 200}},
		{"100 emoji", Text{Text: n("😀", 100)}, nil},
		{"200 units and a half emoji more", Text{Text: n("a", 199) + "😀"}, &FieldError{"text", TooLong, 200}},
		{"blank", Text{Text: " \n\u3164\u200b"}, &FieldError{"text", Required, 0}},
		{"broken text", Text{Text: "a\xff"}, &FieldError{"text", InvalidUTF8, 0}},
		{"two buttons", Text{Text: "a", Buttons: []Button{button, button}}, nil},
		{"three buttons", Text{Text: "a", Buttons: []Button{button, button, button}}, &FieldError{"buttons", TooMany, 2}},
		{"button without title", Text{Text: "a", Buttons: []Button{button, {" ", page}}}, &FieldError{"buttons[1].title", Required, 0}},
		{"button without link", Text{Text: "a", Buttons: []Button{{"열기", Link{}}}}, &FieldError{"buttons[0].link", Required, 0}},
		{"long button title", Text{Text: "a", ButtonTitle: n("a", 1001)}, &FieldError{"button_title", TooLong, 1000}},
		{"bad link", Text{Text: "a", Link: Link{MobileWebURL: "a.example"}}, &FieldError{"link.mobile_web_url", BadURL, 0}},
		{"bad parameters", Text{Text: "a", Link: Link{IOSParams: "a=\n"}}, &FieldError{"link.ios_execution_params", BadValue, 0}},
		{"link of 2000", Text{Text: "a", Link: Link{WebURL: "https://a.example/#" + n("x", 2000-19)}}, nil},
		{"link of 2001", Text{Text: "a", Link: Link{WebURL: "https://a.example/#" + n("x", 2001-19)}}, &FieldError{"link.web_url", TooLong, 2000}},

		{"content of an image only", Feed{Content: Content{ImageURL: "http://i.example/a", Link: page}}, nil},
		{"empty content", Feed{Content: Content{Link: page}}, &FieldError{"content.title", Required, 0}},
		{"content without link", Feed{Content: Content{Title: "a"}}, &FieldError{"content.link", Required, 0}},
		{"local image", Feed{Content: Content{ImageURL: "http://localhost/a.png", Link: page}}, &FieldError{"content.image_url", BadURL, 0}},
		{"small image", Feed{Content: Content{Title: "a", ImageWidth: new(199), Link: page}}, &FieldError{"content.image_width", BadValue, 200}},
		{"negative count", Feed{Content: content, Social: &Social{SharedCount: new(-1)}}, &FieldError{"social.shared_count", BadValue, 0}},

		{"fullest items", feed(ItemContent{n("a", 16), "https://i.example/a", n("a", 24), "https://i.example/b", n("a", 14), items(5), n("a", 6), n("a", 11)}), nil},
		{"profile text", feed(ItemContent{ProfileText: n("a", 17)}), &FieldError{"item_content.profile_text", TooLong, 16}},
		{"profile image", feed(ItemContent{ProfileImageURL: "ftp://i.example"}), &FieldError{"item_content.profile_image_url", BadURL, 0}},
		{"title image text", feed(ItemContent{TitleImageText: n("a", 25)}), &FieldError{"item_content.title_image_text", TooLong, 24}},
		{"title image", feed(ItemContent{TitleImageURL: "//i.example"}), &FieldError{"item_content.title_image_url", BadURL, 0}},
		{"title image category", feed(ItemContent{TitleImageCategory: n("a", 15)}), &FieldError{"item_content.title_image_category", TooLong, 14}},
		{"six items", feed(ItemContent{Items: items(6)}), &FieldError{"item_content.items", TooMany, 5}},
		{"item name", feed(ItemContent{Items: []Item{{n("a", 7), "b"}}}), &FieldError{"item_content.items[0].item", TooLong, 6}},
		{"item value", feed(ItemContent{Items: []Item{{"a", "b"}, {"a", n("b", 15)}}}), &FieldError{"item_content.items[1].item_op", TooLong, 14}},
		{"item without value", feed(ItemContent{Items: []Item{{Item: "a"}}}), &FieldError{"item_content.items[0].item_op", Required, 0}},
		{"sum name", feed(ItemContent{Sum: n("a", 7)}), &FieldError{"item_content.sum", TooLong, 6}},
		{"sum value", feed(ItemContent{SumOp: n("a", 12)}), &FieldError{"item_content.sum_op", TooLong, 11}},

		{"three contents", List{HeaderTitle: n("가", 200), Contents: []Content{content, content, content}}, nil},
		{"no header", List{Contents: []Content{content, content}}, &FieldError{"header_title", Required, 0}},
		{"long header", List{HeaderTitle: n("가", 201), Contents: []Content{content, content}}, &FieldError{"header_title", TooLong, 200}},
		{"bad header link", List{HeaderTitle: "a", HeaderLink: &Link{WebURL: "x"}, Contents: []Content{content, content}}, &FieldError{"header_link.web_url", BadURL, 0}},
		{"one content", List{HeaderTitle: "a", Contents: []Content{content}}, &FieldError{"contents", TooFew, 2}},
		{"four contents", List{HeaderTitle: "a", Contents: []Content{content, content, content, content}}, &FieldError{"contents", TooMany, 3}},
		{"bad link inside a list", List{HeaderTitle: "a", Contents: []Content{content, {Title: "a", Link: Link{WebURL: "x"}}}}, &FieldError{"contents[1].link.web_url", BadURL, 0}},

		{"no address", Location{Content: content}, &FieldError{"address", Required, 0}},
		{"location without content", Location{Address: "a"}, &FieldError{"content.title", Required, 0}},

		{"fixed discount", price(Price{RegularPrice: 10, DiscountPrice: new(5), FixedDiscountPrice: new(5)}), nil},
		{"negative price", price(Price{RegularPrice: -1}), &FieldError{"commerce.regular_price", BadValue, 0}},
		{"negative discount price", price(Price{DiscountPrice: new(-1)}), &FieldError{"commerce.discount_price", BadValue, 0}},
		{"rate of 101", price(Price{DiscountRate: new(101)}), &FieldError{"commerce.discount_rate", BadValue, 100}},
		{"rate and fixed", price(Price{DiscountRate: new(0), FixedDiscountPrice: new(0)}), &FieldError{"commerce.fixed_discount_price", Conflict, 0}},
		{"position 2", price(Price{CurrencyUnitPosition: new(2)}), &FieldError{"commerce.currency_unit_position", BadValue, 1}},

		{"calendar", Calendar{IDType: "calendar", ID: "c", Content: content, Buttons: []Button{button}}, nil},
		{"two calendar buttons", Calendar{IDType: "calendar", ID: "c", Content: content, Buttons: []Button{button, button}}, &FieldError{"buttons", TooMany, 1}},
		{"no id type", Calendar{ID: "c", Content: content}, &FieldError{"id_type", Required, 0}},
		{"other id type", Calendar{IDType: "Event", ID: "c", Content: content}, &FieldError{"id_type", BadValue, 0}},
		{"no id", Calendar{IDType: "event", Content: content}, &FieldError{"id", Required, 0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var want error
			if tt.want != nil {
				want = tt.want
			}
			if diff := cmp.Diff(want, tt.template.Validate()); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

func TestURLs(t *testing.T) {
	tests := []struct {
		url         string
		link, image bool
	}{
		{"https://a.example/b?c=d&e=%20#f", true, true},
		{"HTTP://A.EXAMPLE:8080", true, true},
		{"https://ko.example/위키/카카오", true, true},
		{"https://한국.example", true, true},
		{"https://8.8.8.8/a.png", true, true},
		{"https://[2001:4860:4860::8888]/", true, true},
		{"http://localhost:5173/", true, false},
		{"http://printer/", true, false},
		{"http://nas.local/", true, false},
		{"http://127.0.0.1/", true, false},
		{"http://10.0.0.1/", true, false},
		{"http://192.168.0.1/", true, false},
		{"http://169.254.169.254/", true, false},
		{"http://100.64.0.1/", true, false},
		{"http://0.0.0.0/", true, false},
		{"http://[::1]/", true, false},
		{"http://[fd00::1]/", true, false},
		{"http://[::ffff:127.0.0.1]/", true, false},
		{"http://127.1/", true, false},
		{"http://2130706433/", true, false},
		{"http://0x7f.0x1/", true, false},
		{"http://localhost./", true, false},
		{"a.example", false, false},
		{"/path", false, false},
		{"//a.example", false, false},
		{"https://", false, false},
		{"https:a.example", false, false},
		{"https:///path", false, false},
		{"ftp://a.example", false, false},
		{"javascript:alert(1)", false, false},
		{"kakaotalk://web/openExternal", false, false},
		{"https://user@a.example", false, false},
		{"https://user:pass@a.example", false, false},
		{"https://a.example/a b", false, false},
		{"https://a.example/\n", false, false},
		{"https://a.example/\u202e", false, false},
		{"https://a.example/\u200b", false, false},
		{`https://a.example\@b.example`, false, false},
		{"https://a.example:0", false, false},
		{"https://a.example:65536", false, false},
		{"https://a.example:x", false, false},
		{`https://a".example`, false, false},
		{"https://a<b>.example", false, false},
		{"https://a.example/%zz", false, false},
	}
	for _, tt := range tests {
		var link, image check
		link.url("u", tt.url)
		image.image("u", tt.url)
		if got := link.first == nil; got != tt.link {
			t.Errorf("%q as a link: %v, want %v", tt.url, got, tt.link)
		}
		if got := image.first == nil; got != tt.image {
			t.Errorf("%q as an image: %v, want %v", tt.url, got, tt.image)
		}
	}
}

func TestFieldErrorText(t *testing.T) {
	tests := []struct {
		err  *FieldError
		want string
	}{
		{&FieldError{"contents[1].link.web_url", BadURL, 0}, "contents[1].link.web_url: bad URL"},
		{&FieldError{"text", TooLong, 200}, "text: too long (limit 200)"},
		{&FieldError{"", Syntax, 0}, "template: not one JSON value"},
	}
	for _, tt := range tests {
		if got := tt.err.Error(); got != tt.want {
			t.Errorf("Error() = %q, want %q", got, tt.want)
		}
	}
}
