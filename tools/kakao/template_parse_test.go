package kakao

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseTemplate(t *testing.T) {
	got, err := ParseTemplate(json.RawMessage(` {"buttons":[{"link":{"web_url":"https://a.example/"},"title":"\uc5f4\uae30"}],
		"link" : { } , "text":"a\u0026\ud83d\ude00\ufffd", "object_type":"text"} ` + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := Text{Text: "a&😀\uFFFD", Buttons: []Button{{"열기", Link{WebURL: "https://a.example/"}}}}
	if diff := cmp.Diff(Template(want), got); diff != "" {
		t.Errorf("template (-want +got):\n%s", diff)
	}
}

func TestParseTemplateRefuses(t *testing.T) {
	const (
		link     = `{"web_url":"https://a.example/"}`
		content  = `{"title":"a","link":` + link + `}`
		commerce = `{"object_type":"commerce","content":` + content + `,"commerce":`
	)
	tests := []struct {
		name, raw string
		want      FieldError
	}{
		{"nothing", ``, FieldError{"", Syntax, 0}},
		{"half", `{"object_type":"text"`, FieldError{"", Syntax, 0}},
		{"trailing data", `{"object_type":"text","text":"a","link":{}} {}`, FieldError{"", Syntax, 0}},
		{"invalid UTF-8", "{\"object_type\":\"text\",\"text\":\"\xff\",\"link\":{}}", FieldError{"", InvalidUTF8, 0}},
		{"half an emoji", `{"object_type":"text","text":"\ud83d","link":{}}`, FieldError{"text", InvalidUTF8, 0}},
		{"huge", `"` + strings.Repeat("a", maxTemplate) + `"`, FieldError{"", TooLong, maxTemplate}},
		{"array", `[]`, FieldError{"", WrongType, 0}},
		{"string", `"{}"`, FieldError{"", WrongType, 0}},
		{"null", `null`, FieldError{"", WrongType, 0}},
		{"no type", `{"text":"a"}`, FieldError{"object_type", Required, 0}},
		{"type of another type", `{"object_type":["text"]}`, FieldError{"object_type", WrongType, 0}},
		{"null type", `{"object_type":null}`, FieldError{"object_type", WrongType, 0}},
		{"other type", `{"object_type":"Text"}`, FieldError{"object_type", BadValue, 0}},
		{"type twice", `{"object_type":"text","object_type":"text"}`, FieldError{"object_type", Duplicate, 0}},
		{"unknown field", `{"object_type":"text","text":"a","link":{},"titel":"b"}`, FieldError{"titel", Unknown, 0}},
		{"other case", `{"object_type":"text","Text":"a","link":{}}`, FieldError{"Text", Unknown, 0}},
		{"strange field", `{"object_type":"text","a\nb` + strings.Repeat("c", 60) + `":1}`, FieldError{"a?b" + strings.Repeat("c", 37), Unknown, 0}},
		{"type inside", `{"object_type":"feed","content":{"object_type":"x"}}`, FieldError{"content.object_type", Unknown, 0}},
		{"field twice", `{"object_type":"text","text":"a","link":{},"text":"a"}`, FieldError{"text", Duplicate, 0}},
		{"field twice inside", `{"object_type":"text","text":"a","link":{"web_url":"https://a.example","web_url":""}}`, FieldError{"link.web_url", Duplicate, 0}},
		{"no text", `{"object_type":"text","link":{}}`, FieldError{"text", Required, 0}},
		{"no link", `{"object_type":"text","text":"a"}`, FieldError{"link", Required, 0}},
		{"number for text", `{"object_type":"text","text":1,"link":{}}`, FieldError{"text", WrongType, 0}},
		{"null for text", `{"object_type":"text","text":null,"link":{}}`, FieldError{"text", WrongType, 0}},
		{"null for an optional field", `{"object_type":"text","text":"a","link":{},"buttons":null}`, FieldError{"buttons", WrongType, 0}},
		{"object for a list", `{"object_type":"text","text":"a","link":{},"buttons":{}}`, FieldError{"buttons", WrongType, 0}},
		{"string for a link", `{"object_type":"text","text":"a","link":"https://a.example"}`, FieldError{"link", WrongType, 0}},
		{"wrong entry", `{"object_type":"list","header_title":"a","contents":[` + content + `,7]}`, FieldError{"contents[1]", WrongType, 0}},
		{"bad link of an entry", `{"object_type":"list","header_title":"a","contents":[` + content + `,{"title":"a","link":{"web_url":"x"}}]}`, FieldError{"contents[1].link.web_url", BadURL, 0}},
		{"string for a number", `{"object_type":"feed","content":` + content + `,"social":{"like_count":"1"}}`, FieldError{"social.like_count", WrongType, 0}},
		{"fraction", commerce + `{"regular_price":1.5}}`, FieldError{"commerce.regular_price", WrongType, 0}},
		{"number out of range", commerce + `{"regular_price":99999999999999999999}}`, FieldError{"commerce.regular_price", WrongType, 0}},
		{"no price", commerce + `{}}`, FieldError{"commerce.regular_price", Required, 0}},
		{"conflict", commerce + `{"regular_price":1,"discount_rate":1,"fixed_discount_price":1}}`, FieldError{"commerce.fixed_discount_price", Conflict, 0}},
		{"too deep", `{"object_type":"text","text":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `}`, FieldError{"text", WrongType, 0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseTemplate(json.RawMessage(tt.raw))
			if diff := cmp.Diff(error(&tt.want), err); diff != "" || got != nil {
				t.Errorf("template %v, error (-want +got):\n%s", got, diff)
			}
		})
	}
}

// A template that passes marshals to JSON that parses to the same template.
func FuzzParseTemplate(f *testing.F) {
	const content = `{"title":"a","image_url":"https://i.example/a","image_width":200,"link":{"web_url":"https://a.example/"}}`
	for _, seed := range []string{
		`{"object_type":"text","text":"a\ud83d\ude00","link":{},"button_title":"b","buttons":[{"title":"c","link":{"web_url":"https://a.example/?a&b"}}]}`,
		`{"object_type":"feed","content":` + content + `,"item_content":{"items":[{"item":"a","item_op":"b"}],"sum":"c"},"social":{"like_count":0}}`,
		`{"object_type":"list","header_title":"a","header_link":{},"contents":[` + content + `,` + content + `]}`,
		`{"object_type":"location","address":"a","content":` + content + `}`,
		`{"object_type":"commerce","content":` + content + `,"commerce":{"regular_price":1,"discount_rate":0,"currency_unit_position":1}}`,
		`{"object_type":"calendar","id_type":"event","id":"a","content":` + content + `}`,
		` {"object_type":"text","text":"\ufffd","text":null} `,
		`{"object_type":"text","text":"\ud800","link":[]}`,
		`{"object_type":"text","text":"a","link":{}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		template, err := ParseTemplate(raw)
		if err != nil {
			if _, ok := errors.AsType[*FieldError](err); !ok || template != nil {
				t.Fatalf("template %v, error %T", template, err)
			}
			return
		}
		again, err := marshal(template)
		if err != nil {
			t.Fatal(err)
		}
		if text, ok := template.(Text); ok && text.Buttons == nil && text.Link == (Link{}) {
			text.Buttons = []Button{} // TestNoButtonWithoutLink
			template = text
		}
		back, err := ParseTemplate(again)
		if err != nil || !reflect.DeepEqual(back, template) {
			t.Fatalf("%s: parsed %#v, then %#v, %v", again, template, back, err)
		}
	})
}
