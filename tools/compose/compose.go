package compose

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strings"

	"kakaotalk-mcp/tools/ask"
	"kakaotalk-mcp/tools/bubble"
	"kakaotalk-mcp/tools/kakao"
)

const (
	// maxPartsFriends and MaxPartsMe bound how many bubbles one message may become.
	maxPartsFriends = 5
	MaxPartsMe      = 20
	// maxMessage bounds the input before any work is spent on it, in bytes.
	maxMessage = 400 << 10
	// bulky is the size of a message, in bytes, of which only maxBulky are worked on
	// at once: cutting and compressing takes many times its memory.
	bulky    = 32 << 10
	maxBulky = 4
	// MaxTemplateArgs bounds template_args as JSON, in bytes: far above what a
	// bubble shows, below what the request may hold.
	MaxTemplateArgs = 32 << 10
)

// Content is what is to be sent, as the caller gave it.
type Content struct {
	Message      string            `json:"message,omitempty"`
	Link         string            `json:"link,omitempty"`
	Button       string            `json:"button,omitempty"`
	Image        string            `json:"image,omitempty"`
	Title        string            `json:"title,omitempty"`
	Template     json.RawMessage   `json:"template,omitempty"`
	TemplateID   int64             `json:"template_id,omitempty"`
	TemplateArgs map[string]string `json:"template_args,omitempty"`
}

// The journal's numbers of the first bubble, by the way a long text travels: the
// first page link is not the first of several numbered parts.
const (
	FirstPart   = 0
	FirstPage   = 1000
	FirstStored = 2000
)

// MaxBubbles is above what any message becomes, cards and templates included.
const MaxBubbles = MaxPartsMe + 2

// PictureAddress stands for the address that a picture of this computer has once it
// is uploaded: after the person agreed, just before the message goes out.
const PictureAddress = "https://k.kakaocdn.net/picture-of-this-computer"

// Digest is what was asked for, to the letter but for the order in which a template's
// fields were written. An answer is good for that only, and earlier versions told
// messages by it.
func (c Content) Digest() string {
	if len(c.Template) > 0 {
		d := json.NewDecoder(bytes.NewReader(c.Template))
		d.UseNumber() // no digit of a number may get lost
		var v any
		if d.Decode(&v) == nil {
			c.Template, _ = json.Marshal(v) // map keys come out sorted
		}
	}
	raw, _ := json.Marshal(c) // plain strings and numbers
	sum := sha256.Sum256(raw)
	return string(sum[:])
}

// Ways a message travels, as told in results.
const (
	deliveryText  = "text"
	DeliveryParts = "parts"
)

// Plan is a checked message, ready to go out bubble by bubble.
type Plan struct {
	Delivery   string
	Bubbles    []kakao.Message
	Shown      Shown   // what the human is asked about
	seen       []piece // what tells it from another message
	DeadLink   bool    // a link that KakaoTalk will not open is part of it
	DeadPhoto  bool    // so is a picture that leads to its own address
	LinkInText bool    // such a link went into the text instead of a button
	Travels    string  // how long text travels, for people; "" for what fits
	First      int     // the journal's number of the first bubble, see FirstPart
	Tunnel     string  // the state of a tunnel that would have carried it, were it connected
	Unproven   bool    // nobody has seen its page open from KakaoTalk yet
	// Prepare, when set, makes the bubbles just before they go out.
	Prepare func(context.Context) (Plan, error)
	Discard func(context.Context) // removes the stored page, once there is one
}

// framed puts bubbles around the plan's own.
func (p Plan) framed(before, after []kakao.Message) Plan {
	p.Bubbles = slices.Concat(before, p.Bubbles, after)
	if inner := p.Prepare; inner != nil {
		p.Prepare = func(ctx context.Context) (Plan, error) {
			ready, err := inner(ctx)
			return ready.framed(before, after), err
		}
	}
	return p
}

// room is how many bubbles a message may become, and whether others see them.
type room struct {
	bubbles int
	friends bool
	tunnel  func() (up bool, state string) // waits; called only where there are Pages
}

// less is the room that is left beside a bubble that is taken.
func (r room) less() room { r.bubbles--; return r }

// Compose checks c completely and turns it into bubbles. Nothing has been sent
// when it refuses.
func (m *Maker) Compose(ctx context.Context, c Content, toFriends bool) (Plan, error) {
	space := room{MaxPartsMe, false, m.tunnel(ctx)}
	if toFriends {
		space = room{maxPartsFriends, true, m.tunnel(ctx)}
	}
	if len(c.Message) > bulky {
		select {
		case m.bulk <- struct{}{}:
			defer func() { <-m.bulk }()
		case <-ctx.Done():
			return Plan{}, ctx.Err()
		}
	}
	if err := m.checkContent(c, space); err != nil {
		return Plan{}, err
	}
	var p Plan
	var err error
	switch {
	case len(c.Template) > 0:
		p, err = m.ownTemplate(c.Template)
	case c.TemplateID != 0:
		p = m.consoleTemplate(c)
	case c.Image != "" || c.Title != "":
		return m.card(c, space)
	default:
		return m.text(c.Message, c.Link, c.Button, space)
	}
	if err != nil || c.Message == "" {
		return p, err
	}
	before, err := m.text(c.Message, "", "", space.less())
	if err != nil {
		return Plan{}, err
	}
	before = before.framed(nil, p.Bubbles)
	before.Shown = before.Shown.below(p.Shown)
	before.seen = slices.Concat(before.seen, p.seen)
	before.DeadLink = p.DeadLink
	return before, nil
}

// checkContent refuses what is wrong whatever becomes of the message.
func (m *Maker) checkContent(c Content, space room) error {
	custom := len(c.Template) > 0 || c.TemplateID != 0
	switch {
	case len(c.Template) > 0 && c.TemplateID != 0:
		return m.bad("bad_content", "template과 template_id가 함께 들어 있어요.", "Both template and template_id were given.",
			"둘 중 하나만 넣어 다시 보내 주세요.", "Send it again with only one of them.")
	case custom && (c.Link != "" || c.Button != "" || c.Image != "" || c.Title != ""):
		return m.bad("bad_content", "template에는 link, button, image, title을 따로 붙일 수 없어요.", "link, button, image and title cannot be used with template.",
			"템플릿 안에 넣거나 빼고 다시 보내 주세요.", "Put them inside the template, or leave them out, and send it again.")
	case c.TemplateID < 0 || c.TemplateID == 0 && len(c.TemplateArgs) > 0:
		return m.bad("bad_content", "template_args만 있고 template_id가 없어요.", "template_args needs a template_id.",
			"template_id를 함께 넣어 다시 보내 주세요.", "Give the template_id as well and send it again.")
	case c.Button != "" && c.Link == "":
		return m.bad("bad_content", "버튼을 눌렀을 때 열 주소("+m.Argument("link")+")가 없어요.", "The button has no address to open ("+m.Argument("link")+").",
			m.Argument("link")+"와 "+m.Argument("button")+"을 함께 넣거나 둘 다 빼고 다시 보내 주세요.", "Give both "+m.Argument("link")+" and "+m.Argument("button")+", or neither, and send it again.")
	case !custom || c.Message != "":
		if err := m.checkText(c.Message, space); err != nil {
			return err
		}
	}
	for _, f := range []struct{ name, text string }{{m.Argument("button"), c.Button}, {m.Argument("title"), c.Title}} {
		if f.text != "" && (bubble.Check(f.text) != nil || strings.ContainsAny(f.text, "\r\n\t") || bubble.Broken(f.text)) {
			return m.bad("bad_content", "비어 있거나 여러 줄이거나 글자가 깨진 값이에요: "+f.name+".", f.name+" is blank, has several lines or broken characters.",
				"보이는 글자를 한 줄로 넣어 다시 보내 주세요.", "Send it again with one line of visible text.")
		}
	}
	if c.Link != "" && checkURL(c.Link) != nil {
		return m.bad("bad_link", m.Argument("link")+"의 주소가 올바르지 않아요.", m.Argument("link")+" is not a valid http(s) address.",
			"http:// 또는 https://로 시작하는 올바른 주소를 넣어 다시 보내 주세요.", "Send it again with a valid http:// or https:// address.")
	}
	if c.Image != "" && checkURL(c.Image) != nil {
		return m.badImage()
	}
	return m.checkArgs(c.TemplateArgs)
}

// Argument names what the reader gave: an argument of a tool or an option.
func (m *Maker) Argument(name string) string {
	if m.cfg.Typed {
		return "--" + name
	}
	return name
}

func (m *Maker) checkText(text string, space room) error {
	switch {
	case len(text) > maxMessage:
		return m.tooLong(space)
	case bubble.Broken(text):
		return m.brokenText("메시지", "The message")
	case bubble.Check(text) != nil:
		return m.bad("empty_message", "보낼 내용이 비어 있어요.", "The message is empty.", "보이는 글자를 넣어 다시 보내 주세요.", "Send it again with visible text.")
	}
	return nil
}

func (m *Maker) brokenText(ko, en string) error {
	return m.bad("broken_text", ko+"에 깨진 글자가 있어요(UTF-8이 아니에요).", en+" has broken characters (not UTF-8).",
		"원문을 확인해서 UTF-8로 다시 보내 주세요.", "Check the original text and send it again as UTF-8.")
}

func (m *Maker) badImage() error {
	return m.bad("bad_image", m.Argument("image")+"에 사진을 나타내는 주소나 경로가 없어요.", m.Argument("image")+" is neither an address nor a path of a picture.",
		"공개된 http(s) 주소나 이 컴퓨터에 있는 사진의 전체 경로를 넣어 다시 보내 주세요.", "Send it again with a public http(s) address or the full path of a picture on this computer.")
}

func (m *Maker) checkArgs(args map[string]string) error {
	if raw, _ := json.Marshal(args); len(raw) > MaxTemplateArgs {
		return m.bad("too_long", "template_args가 너무 길어요. 32KB까지 사용할 수 있어요.", "template_args is too long: at most 32 KB.",
			"내용을 줄여 다시 보내 주세요.", "Shorten it and send it again.")
	}
	for name, value := range args {
		if bubble.Broken(name) || bubble.Broken(value) {
			return m.brokenText("template_args", "template_args")
		}
	}
	return nil
}

// text makes plain bubbles. A link gets a button if it opens; else it goes into
// the text, where it can be copied; a dead button is the last resort. What nobody
// sees makes no text long, and does not travel with one that is.
func (m *Maker) text(text, link, button string, space room) (Plan, error) {
	if bubble.Len(text) > bubble.Limit {
		text = bubble.Seen(text)
	}
	p := Plan{Delivery: deliveryText}
	var target kakao.Link
	var buttons []ask.Button // as they are where everything fits
	whole := text
	if link != "" {
		longer, fits := withAddress(text, link, space.bubbles)
		if whole = longer; m.opens(link) {
			whole, buttons = text, []ask.Button{{Label: cmp.Or(button, kakaosLabel), URL: link}}
		}
		if !fits && !m.opens(link) {
			if behind, err := m.long(longer, kakao.Link{}, "", space); err == nil && behind.First != FirstPart {
				behind.LinkInText, behind.Shown, behind.seen = true, Shown{Text: longer}, []piece{longPiece(longer, nil)}
				return behind, validate(behind.Bubbles)
			}
		}
		switch {
		case m.opens(link), !fits:
			target = kakao.Link{WebURL: link, MobileWebURL: link}
			p.DeadLink = !m.opens(link)
		default:
			text, button, p.LinkInText = longer, "", true
		}
	}
	if bubble.Check(text) != nil {
		return Plan{}, m.checkText(text, space)
	}
	if bubble.Len(text) <= bubble.Limit {
		p.Bubbles = []kakao.Message{{Template: kakao.Text{Text: text, Link: target, ButtonTitle: button}}}
	} else {
		long, err := m.long(text, target, button, space)
		if err != nil {
			return Plan{}, err
		}
		long.DeadLink, long.LinkInText = p.DeadLink, p.LinkInText
		p = long
	}
	p.Shown, p.seen = Shown{Text: text, Buttons: shownButton(target, button)}, []piece{longPiece(whole, buttons)}
	return p, validate(p.Bubbles)
}

// withAddress puts link below text, unless it stands there already, and reports
// whether it stays in one piece.
func withAddress(text, link string, limit int) (string, bool) {
	if !slices.Contains(strings.Fields(text), link) {
		text += "\n" + link
	}
	parts, fits := inBubbles(text, limit)
	return text, fits && slices.ContainsFunc(parts, func(p string) bool { return slices.Contains(strings.Fields(p), link) })
}

// kakaosLabel is what KakaoTalk writes on a button without a label.
const kakaosLabel = "자세히 보기"

// shownButton is a button as the person is asked about it, none without a link.
func shownButton(link kakao.Link, label string) []ask.Button {
	if link == (kakao.Link{}) {
		return nil
	}
	return []ask.Button{{Label: cmp.Or(label, kakaosLabel), URL: link.WebURL}}
}

func validate(bubbles []kakao.Message) error {
	for _, b := range bubbles {
		if err := b.Template.Validate(); err != nil {
			return err
		}
	}
	return nil
}
