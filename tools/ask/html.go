package ask

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"kakaotalk-mcp/auth/ground/wording"
)

//go:embed page.css
var css string

func cssHash() string {
	sum := sha256.Sum256([]byte(css))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// policy lets the page load nothing but the pictures of people to choose from, and
// its own of a file that would be sent.
func (p *page) policy() string {
	p.d.mu.Lock()
	defer p.d.mu.Unlock()
	var hosts []string
	for _, q := range p.shown {
		if q.File.Data != nil && !slices.Contains(hosts, "'self'") {
			hosts = append(hosts, "'self'")
		}
		for _, person := range slices.Concat(q.To, q.Choose) {
			if u, err := url.Parse(person.Picture); err == nil && u.Scheme == "https" && !slices.Contains(hosts, "https://"+u.Host) {
				hosts = append(hosts, "https://"+u.Host)
			}
		}
	}
	pictures := "'none'"
	if len(hosts) > 0 {
		pictures = strings.Join(hosts, " ")
	}
	return "default-src 'none'; style-src 'sha256-" + cssHash() + "'; img-src " + pictures + "; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
}

// remark is what the page says of a press that was not taken.
type remark struct{ ko, en string }

var (
	closedAlready   = remark{"시간이 지나서 닫힌 요청이에요.", "This request has expired."}
	answeredAlready = remark{"이미 답한 요청이에요.", "This request was answered already."}
	chooseFirst     = remark{"보낼 친구를 골라 주세요.", "Choose a friend first."}
)

// write answers r with all questions: those that wait for an answer, then what became
// of the others.
func (p *page) write(w http.ResponseWriter, r *http.Request, status int, why remark) {
	p.d.mu.Lock()
	now := p.d.now()
	var open, done []*question
	for _, q := range p.shown {
		switch {
		case q.isAnswered():
			done = append(done, q)
		case now.Before(q.until):
			open = append(open, q)
		}
	}
	next := len(open) > 0 && (r.Method == http.MethodPost || now.Sub(p.d.pressed) < reading)
	if next && r.Method == http.MethodPost && status != http.StatusTooManyRequests {
		p.d.pressed = now
	}
	lang := wording.Korean
	if n := len(p.shown); n > 0 {
		lang = p.shown[n-1].Lang
	}
	var b strings.Builder
	b.WriteString(head(lang, len(open), next))
	if why != (remark{}) {
		fmt.Fprintf(&b, `<p class="remark" role="alert">%s</p>`, lang.Say(why.ko, why.en))
	}
	for i, q := range open {
		b.WriteString(q.form(p.path, i == 0))
	}
	for _, q := range slices.Backward(done) {
		b.WriteString(q.result())
	}
	if len(open)+len(done) == 0 {
		fmt.Fprintf(&b, `<p>%s</p>`, lang.Say("지금은 확인할 메시지가 없어요.", "There is nothing to confirm right now."))
	}
	p.d.mu.Unlock()
	b.WriteString("</main></body></html>")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(b.String())) // its reader may be gone
}

// head begins the page. next: it comes where another may just have been pressed.
func head(l wording.Lang, open int, next bool) string {
	class := ""
	if next {
		class = ` class="next"`
	}
	title := l.Say("카카오톡 메시지 확인", "Confirm KakaoTalk messages")
	if open == 0 {
		title = l.Say("확인을 마쳤어요", "All confirmed")
	}
	return fmt.Sprintf(`<!doctype html><html lang="%s"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">`+
		`<meta name="color-scheme" content="light dark"><title>%[2]s</title><style>%[3]s</style></head><body><main%[4]s><h1>%[2]s</h1>`, l, title, css, class)
}

// form is one question. Cancel comes first, so that it has the focus and is what
// the Enter key presses. What is long scrolls between the title and the buttons, so
// that all three are in sight.
func (q *question) form(path string, first bool) string {
	l, id := q.Lang, html.EscapeString(q.id)
	var b strings.Builder
	fmt.Fprintf(&b, `<form method="post" action="" aria-labelledby="t%s"><h2 id="t%s">%s</h2><input type="hidden" name="id" value="%s">`+
		`<div class="content" role="group" tabindex="0" aria-labelledby="t%s">`, id, id, html.EscapeString(q.title()), id, id)
	if len(q.To) > 0 {
		fmt.Fprintf(&b, `<h3>%s</h3><ul class="people">`, l.Say("받는 사람", "Recipients"))
		for _, p := range q.To {
			b.WriteString("<li>" + p.html(l) + "</li>")
		}
		b.WriteString("</ul>")
	}
	if len(q.Choose) > 0 {
		fmt.Fprintf(&b, `<fieldset><legend>%s</legend>`, html.EscapeString(q.chooseLine()))
		for i, p := range q.Choose {
			fmt.Fprintf(&b, `<label><input type="radio" name="to" value="%s" required>%s</label>`, html.EscapeString(q.Choose[i].UUID), p.html(l))
		}
		b.WriteString("</fieldset>")
	}
	if q.Remark != "" {
		fmt.Fprintf(&b, `<p class="remark">%s</p>`, html.EscapeString(q.Remark))
	}
	lines := []string{q.fileLine(), q.Travels}
	if q.Program != "" {
		lines = append(lines, l.Sayf("요청한 프로그램: %s", "Requested by: %s", Quoted(q.Program)))
	}
	for _, line := range lines {
		if line != "" {
			fmt.Fprintf(&b, `<p class="small">%s</p>`, html.EscapeString(line))
		}
	}
	b.WriteString(q.bubble(path))
	b.WriteString(`</div><div class="answers">`)
	for i, c := range slices.Backward(q.Answers) { // Cancel is the last of them
		extra := ""
		if c.Verdict == Cancel {
			extra = " formnovalidate"
			if first {
				extra += " autofocus"
			}
		}
		fmt.Fprintf(&b, `<button name="answer" value="%s" class="%s"%s>%s</button>`, c.Verdict, buttonClass(i, c), extra, html.EscapeString(c.Label))
	}
	b.WriteString("</div></form>")
	return b.String()
}

func buttonClass(i int, c Choice) string {
	switch {
	case c.Verdict == Cancel:
		return "cancel"
	case i == 0:
		return "main"
	}
	return "other"
}

// bubble shows the message as the chat will. path is the page's.
func (q *question) bubble(path string) string {
	if q.content() == "" && q.File.Name == "" {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<h3>%s</h3><div class="chat"><div class="bubble">`, q.Lang.Say("보낼 내용", "Message"))
	if q.File.Data != nil {
		fmt.Fprintf(&b, `<img class="file" src="%s/%s" alt="%s">`, path, html.EscapeString(q.id), q.Lang.Say("보낼 사진", "The picture to send"))
	}
	for _, p := range q.Pictures {
		fmt.Fprintf(&b, `<p class="address">%s%s</p>`, q.Lang.Say("이미지: ", "Image: "), html.EscapeString(p))
	}
	if q.Message != "" {
		fmt.Fprintf(&b, `<p class="text">%s</p>`, html.EscapeString(q.Message))
	}
	for _, button := range q.Buttons {
		fmt.Fprintf(&b, `<p class="button">%s<span class="address">%s</span></p>`, html.EscapeString(button.Label), html.EscapeString(button.URL))
	}
	b.WriteString("</div></div>")
	return b.String()
}

func (p Person) html(l wording.Lang) string {
	picture := ""
	if u, err := url.Parse(p.Picture); err == nil && u.Scheme == "https" {
		picture = fmt.Sprintf(`<img src="%s" alt="" width="40" height="40">`, html.EscapeString(p.Picture))
	}
	return picture + "<span>" + html.EscapeString(p.Label(l)) + "</span>"
}

// result says what became of a question that was answered, which need not be about a
// message: reminders and standing permissions are asked about, too.
func (q *question) result() string {
	l := q.Lang
	text := q.outcome
	switch {
	case text != "":
	case q.answer.Verdict == Cancel:
		text = l.Say("취소했어요.", "Cancelled.")
	case q.waiting:
		text = l.Say("처리하고 있어요. 잠시 후 이 페이지를 새로 고쳐 주세요.", "In progress. Reload this page in a moment.")
	default:
		text = l.Say("동의했어요. 프로그램이 10분 안에 같은 내용을 다시 요청하면 바로 처리해요.",
			"You agreed. It is carried out as soon as the program asks for the same again within ten minutes.")
	}
	var names []string
	for _, p := range q.To {
		names = append(names, Quoted(p.Name))
	}
	heading := q.title()
	if len(names) > 0 {
		heading = strings.Join(names, ", ")
	}
	return fmt.Sprintf(`<section class="done" role="status"><h2>%s</h2><p>%s</p></section>`, html.EscapeString(heading), html.EscapeString(text))
}
