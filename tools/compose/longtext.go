package compose

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/tools/bubble"
	"kakaotalk-mcp/tools/kakao"
)

const (
	deliveryPage   = "page"   // in the links of a static page
	deliveryStored = "stored" // on this computer, behind the tunnel
)

// Pages keeps long text readable behind links. Nothing leaves the computer
// before the message that holds the link does.
type Pages interface {
	// Page returns links that hold text together, at most max, for a static
	// page; none when there is no such page or the text does not fit.
	Page(text string, max int) []string
	// Up reports whether stored text can be read from outside at the moment.
	Up() bool
	// Await is Up after waiting up to atMost for a tunnel that may be starting, with
	// its state in a sentence for the owner; "" where no tunnel is configured.
	Await(ctx context.Context, atMost time.Duration) (up bool, state string)
	// Limit is how much text Store takes, in bytes.
	Limit() int
	// Store keeps text encrypted and returns its link, when that ends, and what
	// removes it again.
	Store(ctx context.Context, text string) (link string, expires time.Time, discard func(context.Context), err error)
	// Proven reports whether a person has seen a link of this kind ("page" or
	// "stored") open from KakaoTalk.
	Proven(delivery string) bool
}

// long chooses how text that does not fit a bubble travels: links of a static
// page, a stored page while the tunnel is up, numbered parts. To friends an
// address nobody has seen open is used only if parts cannot carry the text.
func (m *Maker) long(text string, link kakao.Link, button string, space room) (Plan, error) {
	parts, fits := inBubbles(text, space.bubbles)
	if pages := m.cfg.Pages; pages != nil {
		trusted := func(kind string) bool { return !space.friends || !fits || pages.Proven(kind) }
		if links := pages.Page(text, 2*min(space.bubbles, maxPartsFriends)); len(links) > 0 && trusted(deliveryPage) {
			if len(links) > 1 && link != (kakao.Link{}) { // its buttons are taken: the address goes below the text
				withLink := text + "\n" + link.WebURL
				if more := pages.Page(withLink, 2*min(space.bubbles, maxPartsFriends)); len(more) > 0 {
					p := m.paged(withLink, more, kakao.Link{}, "")
					p.LinkInText = true
					return p, nil
				}
			}
			return m.paged(text, links, link, button), nil
		}
		if len(text) <= pages.Limit() && trusted(deliveryStored) {
			up, state := space.tunnel()
			switch {
			case up:
				return m.stored(text, parts, link, button), nil
			case state != "" && !fits:
				return Plan{}, m.tunnelDown(state)
			case state != "":
				return m.withoutTunnel(text, parts, link, button, state), nil
			}
		}
	}
	if !fits {
		return Plan{}, m.tooLong(space)
	}
	return m.inParts(text, parts, link, button), nil
}

// inBubbles cuts text into at most n bubbles. What can never fit is not cut first, which
// takes a hundred times its memory.
func inBubbles(text string, n int) (parts []string, fits bool) {
	n = max(n, 1)
	if bubble.Ink(text) > n*bubble.Limit {
		return nil, false
	}
	parts, err := bubble.Parts(text, bubble.Limit, n)
	return parts, err == nil
}

// tunnelWait is how long a message that needs the tunnel waits for it: a server
// connects it 2 s after its start.
const tunnelWait = 5 * time.Second

// tunnel waits for the tunnel once, however often a message asks for it.
func (m *Maker) tunnel(ctx context.Context) func() (up bool, state string) {
	return sync.OnceValues(func() (bool, string) { return m.cfg.Pages.Await(ctx, tunnelWait) })
}

// tunnelDown refuses what only the tunnel can carry.
func (m *Maker) tunnelDown(state string) error {
	return &Unsendable{problem.Problem{Reason: "tunnel_down", Retry: problem.Later,
		What: m.say("메시지가 길어서 터널이 연결되어 있어야 보낼 수 있어요. ", "The message is so long that only the tunnel can carry it. ") + state,
		Next: fmt.Sprintf(m.say("터널이 연결된 다음 다시 시도해 주세요. 연결 상태는 %s로 확인할 수 있어요.", "Try again once the tunnel is connected; %s shows its state."), m.command("doctor"))}}
}

// withoutTunnel sends in parts what the tunnel would have carried, and says so.
func (m *Maker) withoutTunnel(text string, parts []string, link kakao.Link, button, state string) Plan {
	p := m.inParts(text, parts, link, button)
	p.Tunnel = state
	return p
}

// tooLong names the most that can be sent at the moment.
func (m *Maker) tooLong(space room) error {
	ko := fmt.Sprintf("메시지가 너무 길어요. 나눠서 보내도 %d개까지인데 더 필요해요.", space.bubbles)
	en := fmt.Sprintf("The message is too long: it does not fit %d parts.", space.bubbles)
	if pages := m.cfg.Pages; pages != nil && pages.Up() {
		size, letters := pages.Limit()>>10, pages.Limit()/hangulBytes/1000*1000
		ko = fmt.Sprintf("메시지가 너무 길어요. 링크로 보여 줄 수 있는 내용은 %dKB(한글 약 %d자)까지예요.", size, letters)
		en = fmt.Sprintf("The message is too long: a link can show at most %d KB (about %d Korean characters).", size, letters)
	}
	return m.bad("too_long", ko, en, "내용을 줄이거나 여러 번으로 나눠 요청해 주세요.", "Shorten it, or send it in several requests.")
}

// hangulBytes is what a syllable takes in UTF-8.
const hangulBytes = 3

// inParts makes numbered bubbles, the button on the last.
func (m *Maker) inParts(text string, parts []string, link kakao.Link, button string) Plan {
	p := Plan{Delivery: DeliveryParts, Shown: Shown{Text: text}, Travels: fmt.Sprintf(m.say("(%d개로 나눠서)", "(in %d parts)"), len(parts))}
	for i, part := range parts {
		t := kakao.Text{Text: part}
		if i == len(parts)-1 {
			t.Link, t.ButtonTitle = link, button
		}
		p.Bubbles = append(p.Bubbles, kakao.Message{Template: t})
	}
	return p
}

// paged puts the beginning into the bubble and the whole behind links.
func (m *Maker) paged(text string, links []string, link kakao.Link, button string) Plan {
	p := Plan{Delivery: deliveryPage, Shown: Shown{Text: text}, First: FirstPage,
		Travels: m.say("전체 내용은 링크로 볼 수 있어요. 이 링크는 만료되지 않고, 링크를 아는 사람은 누구나 읽을 수 있어요.", "The full text opens from a link. The link never expires, and anyone who has it can read the text.")}
	if len(links) == 1 {
		p.Bubbles = []kakao.Message{{Template: behind(text, links[0], link, button)}}
	} else {
		p.Bubbles = spread(text, links)
	}
	p.Unproven = !m.cfg.Pages.Proven(deliveryPage)
	return p
}

// stored is paged with one link that exists only once the message is sent.
// Should storing fail by then, the text goes in parts if they can carry it.
func (m *Maker) stored(text string, parts []string, link kakao.Link, button string) Plan {
	p := Plan{Delivery: deliveryStored, Shown: Shown{Text: text}, First: FirstStored, Unproven: !m.cfg.Pages.Proven(deliveryStored),
		Bubbles: []kakao.Message{{Template: behind(text, "https://stored.invalid/", link, button)}}} // only counted and checked
	p.Prepare = func(ctx context.Context) (Plan, error) {
		address, expires, discard, err := m.cfg.Pages.Store(ctx, text)
		var up bool
		var state string
		if err != nil {
			up, state = m.cfg.Pages.Await(ctx, 0)
		}
		switch {
		case err == nil:
		case len(parts) > 0:
			m.cfg.Log.Warn("text not stored, sending it in parts", "err", err)
			if up {
				state = ""
			}
			return m.withoutTunnel(text, parts, link, button, state), nil
		case !up && state != "":
			return Plan{}, m.tunnelDown(state)
		default:
			m.cfg.Log.Error("text not stored", "err", err)
			return Plan{}, &problem.Problem{Reason: "page_unavailable", Retry: problem.Later,
				What: m.say("메시지 페이지를 준비하지 못했어요.", "The message page could not be created."),
				Next: m.say("터널 상태를 확인하거나 내용을 줄여서 다시 보내 주세요.", "Check the tunnel or shorten the text, then send it again.")}
		}
		p.Bubbles, p.Discard = []kakao.Message{{Template: behind(text, address, link, button)}}, discard
		p.Travels = fmt.Sprintf(m.say("전체 내용은 링크로 볼 수 있어요. %s까지, 이 프로그램이 실행되는 동안 볼 수 있어요.", "The full text opens from a link until %s, while this program is running."), expires.Local().Format("2006-01-02"))
		return p, nil
	}
	p.Travels = m.say("전체 내용은 링크로 볼 수 있어요.", "The full text opens from a link.")
	return p
}

// inItsLanguage chooses words that the readers of text see.
func inItsLanguage(text, ko, en string) string {
	if bubble.Korean(text) {
		return ko
	}
	return en
}

// behind is a bubble with the beginning of text and a button to the whole.
func behind(text, address string, link kakao.Link, button string) kakao.Text {
	whole := kakao.Link{WebURL: address, MobileWebURL: address}
	t := kakao.Text{Text: bubble.Beginning(text, bubble.Limit), Link: whole, ButtonTitle: inItsLanguage(text, "전체 보기", "Read all")}
	if link != (kakao.Link{}) {
		if button == "" {
			button = inItsLanguage(text, "링크 열기", "Open link")
		}
		t.Buttons = []kakao.Button{{Title: t.ButtonTitle, Link: whole}, {Title: button, Link: link}}
		t.ButtonTitle = ""
	}
	return t
}

// spread puts several pages on bubbles, two buttons on each.
func spread(text string, links []string) []kakao.Message {
	var out []kakao.Message
	for i := 0; i < len(links); i += 2 {
		t := kakao.Text{Text: bubble.Beginning(text, bubble.Limit)}
		if i > 0 {
			t.Text = fmt.Sprintf(inItsLanguage(text, "이어지는 내용 (%d/%d쪽부터)", "Continued (from page %d of %d)"), i+1, len(links))
		}
		for k := i; k < min(i+2, len(links)); k++ {
			l := kakao.Link{WebURL: links[k], MobileWebURL: links[k]}
			t.Buttons = append(t.Buttons, kakao.Button{Title: fmt.Sprintf(inItsLanguage(text, "%d쪽 보기", "Page %d"), k+1), Link: l})
		}
		t.Link = t.Buttons[0].Link
		out = append(out, kakao.Message{Template: t})
	}
	return out
}

// UnprovenHint is added to results whose link nobody has seen open yet.
func (m *Maker) UnprovenHint() string {
	return strings.TrimSpace(fmt.Sprintf(m.say("이 주소가 카카오톡에서 열리는지 아직 확인하지 않았어요(%s).", "This address has not been tested in KakaoTalk yet (%s)."), m.command("doctor --send-test-link")))
}
