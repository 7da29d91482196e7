package sandbox

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
)

// object returns a field that is an object, nil otherwise.
func object(m map[string]any, name string) map[string]any {
	o, _ := m[name].(map[string]any)
	return o
}

func str(m map[string]any, name string) string {
	s, _ := m[name].(string)
	return s
}

// shownText is the line by which a chat list shows the message.
func (s *Sandbox) shownText(t map[string]any) string {
	content := object(t, "content")
	for _, text := range []string{
		str(t, "text"), str(t, "header_title"), str(content, "title"), str(content, "description"), str(t, "address"),
	} {
		if text != "" {
			return text
		}
	}
	return s.say("사진", "Picture")
}

// shownButtons are the buttons as they appear: those given (none for an empty list), else
// the default one if its link can be used. A text without link gets the default button
// too, which opens nothing: some say that KakaoTalk does so, and it is the harder reading.
func (s *Sandbox) shownButtons(t map[string]any) []Button {
	shown := []Button{}
	if list, ok := t["buttons"].([]any); ok {
		for _, entry := range list {
			button, _ := entry.(map[string]any)
			if b, ok := s.button(str(button, "title"), object(button, "link")); ok {
				shown = append(shown, b)
			}
		}
		return shown
	}
	title := str(t, "button_title")
	if title == "" {
		title = "자세히 보기" // KakaoTalk's own label
	}
	link := object(t, "link")
	switch t["object_type"] {
	case "list":
		link = object(t, "header_link")
	case "text":
	default:
		link = object(object(t, "content"), "link")
	}
	b, ok := s.button(title, link)
	if !ok && t["object_type"] == "text" && str(link, "android_execution_params")+str(link, "ios_execution_params") == "" {
		b, ok = Button{Title: title, Dead: true}, true
	}
	if ok {
		shown = append(shown, b)
	}
	return shown
}

// button picks the address a phone opens: the mobile one, else the other. One with a
// registered domain is preferred; without any the button is dead.
func (s *Sandbox) button(title string, link map[string]any) (Button, bool) {
	urls := slices.DeleteFunc([]string{str(link, "mobile_web_url"), str(link, "web_url")}, func(u string) bool { return u == "" })
	if len(urls) == 0 {
		return Button{}, false
	}
	for _, u := range urls {
		if s.registered(u) {
			return Button{Title: title, URL: u}, true
		}
	}
	return Button{Title: title, URL: urls[0], Dead: true}, true
}

// registered tells whether scheme, host and port are a web domain of the app.
func (s *Sandbox) registered(address string) bool {
	origin := originOf(address)
	return origin != "" && !s.faults.NoDomains &&
		slices.ContainsFunc(s.app.WebDomains, func(d string) bool { return originOf(d) == origin })
}

// originOf returns scheme://host[:port] without the scheme's own port, "" if address is no web address.
func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	host := strings.ToLower(u.Host)
	if u.Port() == map[string]string{"http": "80", "https": "443"}[u.Scheme] {
		host = strings.TrimSuffix(host, ":"+u.Port())
	}
	return u.Scheme + "://" + host
}

// integer shows a number of a template.
func integer(m map[string]any, name string) (string, bool) {
	if _, ok := m[name].(float64); !ok {
		return "", false
	}
	b, err := json.Marshal(m[name])
	return string(b), err == nil
}
