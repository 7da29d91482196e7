package loopback

import (
	"cmp"
	"crypto/rand"
	_ "embed"
	"html"
	"io"
	"net/http"
	"strings"
)

// Page is what the person in front of the browser sees: a mark for success or
// failure, a title and paragraphs of plain text. Text of strangers, such as a
// provider's error, is safe anywhere in it.
type Page struct {
	Status int    // HTTP status; 200 is success, 0 stands for 400
	Lang   string // language of the texts, such as "ko"
	Title  string
	Body   []string
}

// Pages are the texts for everything but the outcome, in the owner's language.
type Pages struct {
	Lang string
	// AlreadyUsed goes above the outcome's own paragraphs when the callback comes
	// a second time.
	AlreadyUsed []string
	InProgress  Text // the first callback is still being completed
	WrongState  Text // not of this login: an old tab, or a damaged address
	NotFound    Text // no page of ours
}

// Text is a title with paragraphs.
type Text struct {
	Title string
	Body  []string
}

func (p Pages) page(status int, t Text) Page {
	return Page{Status: status, Lang: p.Lang, Title: t.Title, Body: t.Body}
}

//go:embed page.html
var pageHTML string

// The marks above the title. The page is filled in here, not by html/template:
// linking that keeps every method of every type, megabytes of the program.
const (
	goodMark = `<path d="m7.5 12.5 3 3 6-6.5"/>`
	badMark  = `<path d="M12 7v6m0 3.6v.1"/>`
)

// Write answers a request with the page and its headers. It is also how another
// server of this program shows the end of a login.
func (p Page) Write(w http.ResponseWriter) {
	nonce := rand.Text()
	class, mark := "", badMark
	if p.Status == http.StatusOK {
		class, mark = "ok", goodMark
	}
	var body strings.Builder
	for _, text := range p.Body {
		body.WriteString("<p>" + html.EscapeString(text) + "</p>\n")
	}
	page := strings.NewReplacer("{{lang}}", html.EscapeString(p.Lang), "{{title}}", html.EscapeString(p.Title),
		"{{nonce}}", nonce, "{{class}}", class, "{{mark}}", mark, "{{body}}", body.String()).Replace(pageHTML)
	h := w.Header()
	setHeaders(h)
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'nonce-"+nonce+
		"'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	w.WriteHeader(cmp.Or(p.Status, http.StatusBadRequest))
	io.WriteString(w, page) // a browser that went away is no failure of the login
}

// setHeaders keeps the address, which holds the code, out of other places.
func setHeaders(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Robots-Tag", "noindex")
}
