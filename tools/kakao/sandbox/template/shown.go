package template

import (
	"slices"

	"kakaotalk-mcp/tools/kakao/sandbox/fields"
)

// Say chooses one of two texts by the language of the pages.
type Say func(ko, en string) string

// Button is a button as the receiver sees it.
type Button struct {
	Title string `json:"title"`
	URL   string `json:"url"`
	Dead  bool   `json:"dead"` // its domain is not registered: tapping does nothing
}

// Text is the line by which a chat list shows the message.
func Text(t map[string]any, say Say) string {
	content := fields.Object(t, "content")
	for _, text := range []string{
		fields.Text(t, "text"), fields.Text(t, "header_title"), fields.Text(content, "title"), fields.Text(content, "description"), fields.Text(t, "address"),
	} {
		if text != "" {
			return text
		}
	}
	return say("사진", "Picture")
}

// Buttons are the buttons as they appear: those given (none for an empty list), else
// the default one if its link can be used. A text without link gets the default button
// too, which opens nothing: some say that KakaoTalk does so, and it is the harder reading.
// opens tells whether the domain of an address is registered.
func Buttons(t map[string]any, opens func(address string) bool) []Button {
	shown := []Button{}
	if list, ok := t["buttons"].([]any); ok {
		for _, v := range list {
			entry, _ := v.(map[string]any)
			if b, ok := button(fields.Text(entry, "title"), fields.Object(entry, "link"), opens); ok {
				shown = append(shown, b)
			}
		}
		return shown
	}
	title := fields.Text(t, "button_title")
	if title == "" {
		title = "자세히 보기" // KakaoTalk's own label
	}
	link := fields.Object(t, "link")
	switch t["object_type"] {
	case "list":
		link = fields.Object(t, "header_link")
	case "text":
	default:
		link = fields.Object(fields.Object(t, "content"), "link")
	}
	b, ok := button(title, link, opens)
	if !ok && t["object_type"] == "text" && fields.Text(link, "android_execution_params")+fields.Text(link, "ios_execution_params") == "" {
		b, ok = Button{Title: title, Dead: true}, true
	}
	if ok {
		shown = append(shown, b)
	}
	return shown
}

// button picks the address a phone opens: the mobile one, else the other. One with a
// registered domain is preferred; without any the button is dead.
func button(title string, link map[string]any, opens func(address string) bool) (Button, bool) {
	urls := slices.DeleteFunc([]string{fields.Text(link, "mobile_web_url"), fields.Text(link, "web_url")}, func(u string) bool { return u == "" })
	if len(urls) == 0 {
		return Button{}, false
	}
	for _, u := range urls {
		if opens(u) {
			return Button{Title: title, URL: u}, true
		}
	}
	return Button{Title: title, URL: urls[0], Dead: true}, true
}
