package ask

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	// maxForm bounds what is posted, in bytes.
	maxForm = 4 << 10
	// outcomeWait is how long a press waits to tell what became of the message.
	outcomeWait = 25 * time.Second
	// reading is how long after a press no other one decides, on whatever question: it
	// would be the second click of a double one. As in page.css.
	reading = time.Second
	// pageLife is how long the page tells what became of the last question.
	pageLife = life + time.Minute
	// closeWait is how long the answer to a press may take at the program's end.
	closeWait = 300 * time.Millisecond
	// maxShown is how many questions the page shows at most; the oldest ones go.
	maxShown = 50
	// maxFiles bounds the pictures that the page can show at one time, in bytes; the
	// oldest questions go.
	maxFiles = 40_000_000
)

// page is where the person answers in the browser: one address for all questions.
type page struct {
	d      *Desk
	host   string // host:port, exactly
	path   string
	server *http.Server

	// Under the desk's lock:
	opened time.Time   // in the browser, last
	shown  []*question // in the order they were asked
}

func newID() string { return rand.Text() }

// byPage asks in the browser.
func (d *Desk) byPage(ctx context.Context, q *question) error {
	put := make(chan error, 1)
	go func() { put <- d.put(q) }() // the person may answer before the launcher is done
	for {
		select {
		case err := <-put:
			if err != nil {
				return fmt.Errorf("%w: %w", ErrCannotAsk, err)
			}
		case <-q.answered:
			return nil
		case <-ctx.Done():
			return d.leave(ctx, q)
		case <-d.ending.Done():
			return d.leave(ctx, q)
		}
	}
}

// withdraw takes a question back that could not be shown because of err, if there is
// one, and returns it; somebody may have answered all the same.
func (d *Desk) withdraw(q *question, err error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err == nil || q.isAnswered() {
		return nil
	}
	delete(d.open, q.Key)
	if d.page != nil {
		d.page.shown = slices.DeleteFunc(d.page.shown, func(o *question) bool { return o == q })
	}
	return err
}

// put puts a question onto the page and the page in front of the person, unless it
// is there already because of another question.
func (d *Desk) put(q *question) error {
	d.showing.Lock() // one after the other: the second one finds the page open
	defer d.showing.Unlock()
	d.mu.Lock()
	err := d.start()
	if err != nil {
		d.mu.Unlock()
		return d.withdraw(q, err)
	}
	there := slices.ContainsFunc(d.page.shown, func(o *question) bool { return o.waiting && !o.isAnswered() })
	q.onPage = true
	d.page.shown = append(d.page.shown, q)
	d.makeRoom()
	if d.idle == nil {
		d.idle = time.AfterFunc(pageLife, d.closeIdle)
	}
	d.idle.Reset(pageLife)
	d.mu.Unlock()
	if there {
		return nil
	}
	return d.withdraw(q, d.show())
}

// makeRoom takes the oldest questions off a page that holds too many, or too large
// ones. The desk is locked.
func (d *Desk) makeRoom() {
	size := 0
	for i, q := range slices.Backward(d.page.shown) {
		if !d.now().Before(q.until) {
			q.File.Data = nil
		}
		if size += len(q.File.Data); size <= maxFiles && len(d.page.shown)-i <= maxShown {
			continue
		}
		for _, old := range d.page.shown[:i+1] {
			if d.open[old.Key] == old {
				delete(d.open, old.Key) // who asks again is shown it again
			}
		}
		d.page.shown = slices.Delete(d.page.shown, 0, i+1)
		return
	}
}

// closeIdle ends a page on which nothing can be answered any more.
func (d *Desk) closeIdle() {
	d.mu.Lock()
	d.forget()
	p := d.page
	for _, q := range d.open {
		if q.onPage {
			d.idle.Reset(pageLife)
			p = nil
		}
	}
	if p != nil {
		d.page = nil
	}
	d.mu.Unlock()
	if p != nil {
		p.close()
	}
}

// show opens the page in the browser.
func (d *Desk) show() error {
	if d.browser == nil {
		return errNoBrowser
	}
	d.mu.Lock()
	if d.page == nil {
		d.mu.Unlock()
		return ErrEnding
	}
	address := "http://" + d.page.host + d.page.path
	d.page.opened = d.now()
	d.mu.Unlock()
	return d.browser(address)
}

// start makes the page reachable. The desk is locked.
func (d *Desk) start() error {
	switch {
	case d.browser == nil:
		return errNoBrowser
	case d.ending.Err() != nil:
		return ErrEnding
	case d.page != nil:
		return nil
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listening for the page: %w", err)
	}
	p := &page{d: d, host: listener.Addr().String(), path: "/" + newID()}
	p.server = &http.Server{Handler: p, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 20 * time.Second, MaxHeaderBytes: 64 << 10}
	d.page = p
	go p.server.Serve(listener) //nolint:errcheck // close ends it
	return nil
}

// close ends the page; a press that is being answered gets its answer.
func (p *page) close() {
	ctx, cancel := context.WithTimeout(context.Background(), closeWait)
	defer cancel()
	if p.server.Shutdown(ctx) != nil {
		_ = p.server.Close()
	}
}

func (q *question) isAnswered() bool {
	select {
	case <-q.answered:
		return true
	default:
		return false
	}
}

// ServeHTTP implements http.Handler. Only the very address that was opened is
// answered, and only its own form is taken: another page in the same browser can
// neither read, frame nor press it.
func (p *page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.protect(w)
	file := p.file(r)
	switch {
	case r.Host != p.host || r.URL.Path != p.path && file.Data == nil || r.URL.RawQuery != "":
		http.Error(w, "404", http.StatusNotFound)
	case r.Method == http.MethodGet && file.Data != nil:
		w.Header().Set("Content-Type", file.Type)
		_, _ = w.Write(file.Data) // its reader may be gone
	case r.Method == http.MethodGet:
		p.write(w, r, http.StatusOK, remark{})
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", "GET, POST")
		http.Error(w, "405", http.StatusMethodNotAllowed)
	case r.Header.Get("Origin") != "http://"+p.host || foreign(r.Header.Get("Sec-Fetch-Site")):
		http.Error(w, "403", http.StatusForbidden)
	default:
		p.press(w, r)
	}
}

// foreign reports what a browser says of a form that is not this page's own.
func foreign(site string) bool { return site != "" && site != "same-origin" && site != "none" }

// file is the picture that r asks for, which lies below the page's address by the id
// of its question.
func (p *page) file(r *http.Request) File {
	id, below := strings.CutPrefix(r.URL.Path, p.path+"/")
	if !below || r.Method != http.MethodGet || foreign(r.Header.Get("Sec-Fetch-Site")) {
		return File{}
	}
	p.d.mu.Lock()
	defer p.d.mu.Unlock()
	for _, q := range p.shown {
		if q.id == id {
			return q.File
		}
	}
	return File{}
}

// press takes an answer, once, and shows what came of it.
func (p *page) press(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if r.ParseForm() != nil {
		http.Error(w, "400", http.StatusBadRequest)
		return
	}
	early := p.tooEarly()
	q := p.find(r.PostForm.Get("id"))
	a := Answer{Verdict(r.PostForm.Get("answer")), r.PostForm.Get("to")}
	switch {
	case q == nil:
		p.write(w, r, http.StatusNotFound, closedAlready)
		return
	case !q.offers(a):
		p.write(w, r, http.StatusBadRequest, chooseFirst)
		return
	case early && !q.isAnswered():
		p.write(w, r, http.StatusTooManyRequests, remark{})
		return
	case a.Verdict == Cancel:
		a.To = ""
	}
	if !p.d.settle(q, a) {
		p.write(w, r, http.StatusConflict, answeredAlready)
		return
	}
	if p.awaited(q) {
		t := time.NewTimer(outcomeWait)
		defer t.Stop()
		select {
		case <-q.told:
		case <-t.C:
		case <-r.Context().Done():
		}
	}
	p.write(w, r, http.StatusOK, remark{}) // no redirect: the program may end with its command
}

// tooEarly reports whether the last press was so recent that what the page says now
// cannot have been read; else it notes this one. One that is too early does not begin the
// time anew: the page that answers it covers its buttons for as long.
func (p *page) tooEarly() bool {
	p.d.mu.Lock()
	defer p.d.mu.Unlock()
	now := p.d.now()
	if now.Sub(p.d.pressed) < reading {
		return true
	}
	p.d.pressed = now
	return false
}

// awaited reports whether a call waits for q's answer and will tell what came of it.
func (p *page) awaited(q *question) bool {
	p.d.mu.Lock()
	defer p.d.mu.Unlock()
	return q.waiting
}

// find returns a question of the page that is still open or was answered.
func (p *page) find(id string) *question {
	p.d.mu.Lock()
	defer p.d.mu.Unlock()
	for _, q := range p.shown {
		if q.id == id && (q.isAnswered() || p.d.now().Before(q.until)) {
			return q
		}
	}
	return nil
}

func (p *page) protect(w http.ResponseWriter) {
	h := w.Header()
	for name, value := range map[string]string{
		"Content-Type":                 "text/html; charset=utf-8",
		"Cache-Control":                "no-store",
		"Content-Security-Policy":      p.policy(),
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Referrer-Policy":              "same-origin", // no-referrer would make the form's Origin null
		"X-Content-Type-Options":       "nosniff",
		"X-Frame-Options":              "DENY",
	} {
		h.Set(name, value)
	}
}
