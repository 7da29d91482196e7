package compose

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"kakaotalk-mcp/tools/bubble"
	"kakaotalk-mcp/tools/kakao"
)

const (
	// feedLines and feedLineUnits are about what a feed shows of title and
	// description together (Kakao docs: message template, feed); longer text also
	// goes as a bubble.
	feedLines     = 4
	feedLineUnits = 18
	// maxTitleLines keeps a title from being cut off.
	maxTitleLines = 2
)

// card makes a picture or title card. What does not fit its lines, and a link
// that KakaoTalk would not open, goes as bubbles after it.
func (m *Maker) card(c Content, space room) (Plan, error) {
	if lines(c.Title) > maxTitleLines {
		return Plan{}, m.bad("bad_content", m.Argument("title")+"이 너무 길어요. 두 줄(약 36자)까지 사용할 수 있어요.", m.Argument("title")+" is too long. It can have two lines, about 36 characters.",
			"제목을 줄이거나 메시지 내용에 넣어 다시 보내 주세요.", "Shorten it, or put it into the message, and send it again.")
	}
	opens := c.Link != "" && m.opens(c.Link)
	if c.Image == "" && !opens {
		return m.text(c.Title+"\n\n"+c.Message, c.Link, c.Button, space)
	}
	// A feed needs a link (Kakao docs: message template, feed). Without a usable one
	// the picture itself is honest, though its host is hardly ever registered.
	target := c.Image
	if opens {
		target = c.Link
	}
	link := kakao.Link{WebURL: target, MobileWebURL: target}
	f := kakao.Feed{Content: kakao.Content{Title: c.Title, ImageURL: c.Image, Link: link}}
	p := Plan{Delivery: deliveryText, Shown: Shown{Text: c.Title}, DeadPhoto: !m.opens(target)}
	if opens {
		f.ButtonTitle = c.Button
	}
	whole := (opens || c.Link == "") && lines(c.Title)+lines(strings.TrimSpace(bubble.Seen(c.Message))) <= feedLines
	if whole {
		f.Content.Description = c.Message
		p.Shown.Text += "\n" + c.Message
	}
	p.Bubbles, p.seen = []kakao.Message{{Template: f}}, []piece{pieceIn(f)}
	if c.Image != "" && c.Image != PictureAddress {
		p.Shown.Pictures = []string{c.Image}
	}
	if opens {
		p.Shown.Buttons = shownButton(link, c.Button)
	}
	if !whole {
		below := ""
		if !opens {
			below = c.Link
		}
		rest, err := m.text(c.Message, below, c.Button, space.less())
		if err != nil {
			return Plan{}, err
		}
		rest = rest.framed(p.Bubbles, nil)
		rest.DeadPhoto = p.DeadPhoto
		rest.Shown = p.Shown.below(rest.Shown)
		rest.seen = slices.Concat(p.seen, rest.seen)
		p = rest
	}
	return p, validate(p.Bubbles[:1])
}

// ownTemplate takes a whole template object as it is, after checking it.
func (m *Maker) ownTemplate(raw json.RawMessage) (Plan, error) {
	t, err := kakao.ParseTemplate(raw)
	if field, ok := errors.AsType[*kakao.FieldError](err); ok && field.Path != "" && field.Path != "object_type" && saysNothing(raw) {
		return Plan{}, m.bad("bad_content", "template에 object_type 말고는 아무 내용도 없어요.", "template has nothing but its object_type.",
			"내용을 넣어 다시 보내 주세요. 내용을 넣었다면 AI 클라이언트가 빼고 보낸 거예요. template 대신 title, message, image, link, button에 나눠 넣어 다시 보내 주세요.",
			"Send it again with its content. If you gave that, the client left it out: use title, message, image, link and button instead of template.")
	}
	if err != nil {
		return Plan{}, err
	}
	texts, links := templateContents(raw)
	return Plan{Delivery: deliveryText, Bubbles: []kakao.Message{{Template: t}}, seen: []piece{pieceIn(t)},
		Shown:    Shown{Text: fmt.Sprintf(m.say("템플릿 %s:", "Template %s:"), t.ObjectType()) + "\n" + strings.Join(texts, "\n")},
		DeadLink: slices.ContainsFunc(links, func(u string) bool { return !m.opens(u) })}, nil
}

// saysNothing reports a template, which is JSON, of nothing but its kind.
func saysNothing(raw json.RawMessage) bool {
	texts, _ := templateContents(raw)
	return len(texts) == 0
}

// consoleTemplate names a template made in Kakao's console; its text is not ours
// to see, its variables are.
func (m *Maker) consoleTemplate(c Content) Plan {
	text := fmt.Sprintf(m.say("템플릿 %d번", "Template %d"), c.TemplateID)
	oneLine := strings.NewReplacer("\r\n", " ⏎ ", "\n", " ⏎ ", "\r", " ⏎ ") // a value does not look like another variable
	if len(c.TemplateArgs) == 0 {
		text += m.say("(변수 없음)", " (no variables)")
	}
	for _, name := range slices.Sorted(maps.Keys(c.TemplateArgs)) {
		text += "\n" + oneLine.Replace(name) + ": " + oneLine.Replace(c.TemplateArgs[name])
	}
	args, _ := json.Marshal(c.TemplateArgs) // strings
	return Plan{Delivery: deliveryText, Shown: Shown{Text: text}, seen: []piece{{Kind: strconv.FormatInt(c.TemplateID, 10), Text: jsonWords(args)}},
		Bubbles: []kakao.Message{{TemplateID: c.TemplateID, TemplateArgs: c.TemplateArgs}}}
}

// templateContents collects every text and number of a template in the order
// they were written, each once, and the addresses a tap could open.
func templateContents(raw json.RawMessage) (texts, links []string) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var walk func(key string)
	walk = func(key string) {
		token, err := d.Token()
		if err != nil {
			return
		}
		switch v := token.(type) {
		case json.Delim:
			for d.More() {
				inner := ""
				if v == '{' {
					name, _ := d.Token()
					inner, _ = name.(string)
				}
				walk(inner)
			}
			_, _ = d.Token() // the closing one
		case json.Number:
			texts = append(texts, key+": "+v.String())
		case string:
			if (key == "web_url" || key == "mobile_web_url") && v != "" {
				links = append(links, v)
			}
			if key != "object_type" && !slices.Contains(texts, v) {
				texts = append(texts, v)
			}
		}
	}
	walk("")
	return texts, links
}

// opens reports whether KakaoTalk opens a link: only registered web domains do,
// and scheme, host and port all count (Kakao docs: product links, web domain).
func (m *Maker) opens(link string) bool {
	return slices.Contains(m.cfg.LinkHosts, origin(link))
}

// origin returns scheme://host[:port] in lower case, without a default port.
func origin(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	host := strings.ToLower(u.Host)
	switch u.Scheme {
	case "https":
		host = strings.TrimSuffix(host, ":443")
	case "http":
		host = strings.TrimSuffix(host, ":80")
	}
	return u.Scheme + "://" + host
}

func checkURL(link string) error {
	l := kakao.Link{WebURL: link, MobileWebURL: link}
	return kakao.Text{Text: "-", Link: l}.Validate()
}

// lines estimates how many lines a feed needs for text.
func lines(text string) int {
	n := 0
	for l := range strings.Lines(text) {
		n += 1 + max(kakao.UnitLen(strings.TrimRight(l, "\r\n"))-1, 0)/feedLineUnits
	}
	return n
}
