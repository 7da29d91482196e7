package ask

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kakaotalk-mcp/auth/ground/wording"
)

// visitor is a browser that opens the page and a person who presses in it.
type visitor struct {
	t      *testing.T
	d      *Desk
	opened chan string
	http   http.Client
	ahead  atomic.Int64 // how far the desk's clock is ahead
}

func newVisitor(t *testing.T) *visitor {
	v := &visitor{t: t, opened: make(chan string, 10)}
	v.d = NewDesk(func(address string) error { v.opened <- address; return nil },
		func() time.Time { return time.Now().Add(time.Duration(v.ahead.Load())) })
	t.Cleanup(v.d.Close)
	v.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return v
}

// look lets the person look at the page for as long as an answer takes.
func (v *visitor) look() { v.ahead.Add(int64(reading)) }

var byPage = Way{Form: form(0, Answer{}, ErrCannotAsk), Page: true}

type answered struct {
	a   *Agreement
	err error
}

// ask puts a question and returns where its end arrives.
func (v *visitor) ask(ctx context.Context, q Question) <-chan answered {
	end := make(chan answered, 1)
	go func() {
		a, err := v.d.Ask(ctx, q, byPage)
		if err == nil {
			a.Done("보냈어요: " + string(a.Verdict))
		}
		end <- answered{a, err}
	}()
	return end
}

func (v *visitor) get(address string) (status int, body string, h http.Header) {
	v.t.Helper()
	res, err := v.http.Get(address)
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return res.StatusCode, string(raw), res.Header
}

// post presses a button; change may spoil the request.
func (v *visitor) post(address string, form url.Values, change func(*http.Request)) (status int, body string) {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "http://"+r.URL.Host)
	if change != nil {
		change(r)
	}
	res, err := v.http.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return res.StatusCode, string(raw)
}

var idField = regexp.MustCompile(`name="id" value="([A-Z2-7]+)"`)

func ids(body string) (found []string) {
	for _, m := range idField.FindAllStringSubmatch(body, -1) {
		found = append(found, m[1])
	}
	return found
}

func press(id string, v Verdict) url.Values {
	return url.Values{"id": {id}, "answer": {string(v)}}
}

func TestPageAnswers(t *testing.T) {
	for _, verdict := range []Verdict{Once, Always, Cancel} {
		t.Run(string(verdict), func(t *testing.T) {
			t.Parallel()
			v := newVisitor(t)
			end := v.ask(t.Context(), question1())
			address := <-v.opened
			_, body, _ := v.get(address)
			id := ids(body)
			if len(id) != 1 || !strings.Contains(body, "안녕") || !strings.Contains(body, "&#34;홍길동&#34;") {
				t.Fatalf("the page: %s", body)
			}
			if status, _ := v.post(address, press(id[0], verdict), nil); status != http.StatusOK {
				t.Errorf("status %d", status)
			}
			if got := <-end; got.err != nil || got.a.Verdict != verdict {
				t.Errorf("got %+v", got)
			}
			if _, body, _ := v.get(address); !strings.Contains(body, "보냈어요: "+string(verdict)) || len(ids(body)) != 0 {
				t.Errorf("after the press: %s", body)
			}
			for _, again := range []Verdict{Once, Cancel} {
				if status, body := v.post(address, press(id[0], again), nil); status != http.StatusConflict || !strings.Contains(body, "이미 답한") {
					t.Errorf("a second press: %d %s", status, body)
				}
			}
		})
	}
}

// TestSeveralAtOnce: one page, five questions, five answers.
func TestSeveralAtOnce(t *testing.T) {
	v := newVisitor(t)
	ends := map[string]<-chan answered{}
	for i := range 5 {
		q := question1()
		q.Key, q.Message = fmt.Sprint(i), fmt.Sprint("메시지 ", i)
		ends[q.Message] = v.ask(t.Context(), q)
	}
	address := <-v.opened
	var list []string
	for len(list) < 5 { // they arrive in their own time
		_, body, _ := v.get(address)
		list = ids(body)
	}
	for i, id := range list {
		_, body, _ := v.get(address)
		_, rest, _ := strings.Cut(body, `value="`+id+`"`)
		message := regexp.MustCompile(`메시지 \d`).FindString(rest)
		verdict := []Verdict{Once, Cancel, Always, Once, Cancel}[i]
		v.look()
		v.post(address, press(id, verdict), nil)
		if got := <-ends[message]; got.err != nil || got.a.Verdict != verdict {
			t.Errorf("%s: %+v", message, got)
		}
	}
	if n := len(v.opened); n != 0 {
		t.Errorf("%d more tabs", n)
	}
}

// TestLatePress: the call is over, the press still counts, once.
func TestLatePress(t *testing.T) {
	v := newVisitor(t)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	end := v.ask(ctx, question1())
	address := <-v.opened
	if got := <-end; !errors.Is(got.err, ErrUnanswered) {
		t.Fatalf("got %+v", got)
	}
	v.d.joinFor = time.Millisecond
	if _, err := v.d.Ask(t.Context(), question1(), byPage); !errors.Is(err, ErrOpen) {
		t.Errorf("the same again: %v", err)
	}
	_, body, _ := v.get(address)
	v.post(address, press(ids(body)[0], Once), nil)
	if _, body, _ := v.get(address); !strings.Contains(body, "10분 안에") {
		t.Errorf("after the press: %s", body)
	}
	got := <-v.ask(t.Context(), question1())
	if got.err != nil || got.a.Verdict != Once {
		t.Errorf("got %+v", got)
	}
	if _, body, _ := v.get(address); !strings.Contains(body, "보냈어요: once") {
		t.Errorf("after the send: %s", body)
	}
	if n := len(v.opened); n != 0 {
		t.Errorf("%d more tabs", n)
	}
}

// TestPageSpeaksOfNoMessage: what it says by itself fits every question.
func TestPageSpeaksOfNoMessage(t *testing.T) {
	for _, c := range []struct {
		verdict Verdict
		waiting bool
		ko, en  string
	}{{Cancel, true, "취소했어요", "Cancelled"}, {Cancel, false, "취소했어요", "Cancelled"}, {Once, true, "처리하고", "In progress"}, {Always, false, "10분 안에", "within ten minutes"}} {
		for lang, want := range map[wording.Lang]string{wording.Korean: c.ko, wording.English: c.en} {
			q := &question{Question: Question{Lang: lang, Title: "?"}, answer: Answer{Verdict: c.verdict}, waiting: c.waiting}
			if text := q.result(); !strings.Contains(text, want) || regexp.MustCompile("메시지|보내|message|[Ss]en[dt]").MatchString(text) {
				t.Errorf("%s, waiting %v: %s", c.verdict, c.waiting, text)
			}
		}
	}
}

// TestLostTabComesBack: a tab that was closed comes back with the same question,
// not sooner than a minute after.
func TestLostTabComesBack(t *testing.T) {
	var mu sync.Mutex
	now := time.Now()
	v := newVisitor(t)
	v.d.now = func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	v.d.joinFor = time.Millisecond
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	<-v.ask(ctx, question1())
	first := <-v.opened
	if _, err := v.d.Ask(t.Context(), question1(), byPage); !errors.Is(err, ErrOpen) || len(v.opened) != 0 {
		t.Errorf("at once: %v, %d tabs", err, len(v.opened))
	}
	mu.Lock()
	now = now.Add(again)
	mu.Unlock()
	if _, err := v.d.Ask(t.Context(), question1(), byPage); !errors.Is(err, ErrOpen) || len(v.opened) != 1 || <-v.opened != first {
		t.Errorf("a minute later: %v", err)
	}
}

// TestPageRefusesOthers: another page of the same browser, a rebound name, a
// guessed address; nothing of them is an answer.
func TestPageRefusesOthers(t *testing.T) {
	v := newVisitor(t)
	ctx, cancel := context.WithCancel(t.Context())
	end := v.ask(ctx, question1())
	address := <-v.opened
	_, body, h := v.get(address)
	id := ids(body)[0]
	for name, want := range map[string]string{"Cache-Control": "no-store", "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin"} {
		if h.Get(name) != want {
			t.Errorf("%s: %q", name, h.Get(name))
		}
	}
	if csp := h.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || !strings.Contains(csp, "img-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") {
		t.Errorf("policy: %s", csp)
	}
	if strings.Contains(body, "<script") || len(regexp.MustCompile(`(?i)(src|href|url\()`).FindAllString(body, -1)) != 0 {
		t.Errorf("the page loads something: %s", body)
	}
	origin := func(o string) func(*http.Request) { return func(r *http.Request) { r.Header.Set("Origin", o) } }
	for name, change := range map[string]func(*http.Request){
		"another port": origin("http://127.0.0.1:1"),
		"localhost": func(r *http.Request) {
			r.Header.Set("Origin", strings.Replace("http://"+r.URL.Host, "127.0.0.1", "localhost", 1))
		},
		"null":          origin("null"),
		"no origin":     func(r *http.Request) { r.Header.Del("Origin") },
		"a site":        origin("https://evil.example"),
		"same site":     func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") },
		"cross site":    func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"rebound host":  func(r *http.Request) { r.Host = "evil.example" },
		"host, no port": func(r *http.Request) { r.Host = "127.0.0.1" },
		"other path":    func(r *http.Request) { r.URL.Path = "/" },
		"with a query":  func(r *http.Request) { r.URL.RawQuery = "answer=once" },
		"put":           func(r *http.Request) { r.Method = http.MethodPut },
		"too much": func(r *http.Request) {
			r.Body = io.NopCloser(strings.NewReader(strings.Repeat("a", 2*maxForm)))
			r.ContentLength = 2 * maxForm
		},
	} {
		if status, body := v.post(address, press(id, Once), change); status < 400 || strings.Contains(body, "홍길동") {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	for _, form := range []url.Values{press("AAAA", Once), press(id, "yes"), {"id": {id}}, {"answer": {"once"}}} {
		if status, _ := v.post(address, form, nil); status < 400 {
			t.Errorf("%v was taken", form)
		}
	}
	cancel()
	if got := <-end; got.err == nil {
		t.Errorf("something was taken for an answer: %+v", got)
	}
}

// TestChoosing: where a name fits several, nobody is chosen by default.
func TestChoosing(t *testing.T) {
	v := newVisitor(t)
	q := question1()
	q.To, q.Word, q.Choose = nil, "김지민", []Person{{UUID: "u1", Name: "김지민", Detail: "uuid …0001", Picture: "https://k.kakaocdn.example/a.jpg"}, {UUID: "u2", Name: "김지민"}}
	end := v.ask(t.Context(), q)
	address := <-v.opened
	_, body, h := v.get(address)
	id := ids(body)[0]
	if !strings.Contains(h.Get("Content-Security-Policy"), "img-src https://k.kakaocdn.example;") || strings.Contains(body, "checked") {
		t.Errorf("%s\n%s", h.Get("Content-Security-Policy"), body)
	}
	for _, to := range []string{"", "u3", "u1 "} {
		if status, body := v.post(address, url.Values{"id": {id}, "answer": {"once"}, "to": {to}}, nil); status != http.StatusBadRequest || !strings.Contains(body, "골라 주세요") {
			t.Errorf("%q: %d", to, status)
		}
	}
	v.look()
	v.post(address, url.Values{"id": {id}, "answer": {"once"}, "to": {"u2"}}, nil)
	if got := <-end; got.err != nil || got.a.Answer != (Answer{Once, "u2"}) {
		t.Errorf("got %+v", got)
	}
}

// TestNoBrowser: nothing is open where nobody can see it.
func TestNoBrowser(t *testing.T) {
	for name, browser := range map[string]func(string) error{"none": nil, "a broken one": func(string) error { return errors.New("no display") }} {
		d := NewDesk(browser, nil)
		_, err := d.Ask(t.Context(), question1(), byPage)
		if !errors.Is(err, ErrCannotAsk) || len(d.open) != 0 {
			t.Errorf("%s: %v, %d open", name, err, len(d.open))
		}
		if _, err = d.Ask(t.Context(), question1(), byPage); !errors.Is(err, ErrCannotAsk) {
			t.Errorf("%s, again: %v", name, err)
		}
		d.Close()
	}
}

// TestUnseenFormThenPage: what refused in no time was no person.
func TestUnseenFormThenPage(t *testing.T) {
	v := newVisitor(t)
	if _, err := v.d.Ask(t.Context(), question1(), Way{Form: form(0, Answer{}, ErrUnseen)}); !errors.Is(err, ErrUnseen) || len(v.opened) != 0 {
		t.Errorf("without a page: %v", err)
	}
	end := make(chan error, 1)
	go func() {
		a, err := v.d.Ask(t.Context(), question1(), Way{Form: form(0, Answer{}, ErrUnseen), Page: true})
		if err == nil {
			a.Done("취소했어요.")
		}
		end <- err
	}()
	address := <-v.opened
	_, body, _ := v.get(address)
	v.post(address, press(ids(body)[0], Cancel), nil)
	if err := <-end; err != nil {
		t.Error(err)
	}
}

// TestPageBeforeAFormThatCuts: what the form would not show whole is read on the page,
// and in the form where no page can be shown.
func TestPageBeforeAFormThatCuts(t *testing.T) {
	v := newVisitor(t)
	end := make(chan answered, 1)
	go func() {
		a, err := v.d.Ask(t.Context(), question1(), Way{Form: form(0, Answer{Verdict: Once}, nil), Page: true, Cuts: true})
		if err == nil {
			a.Done("취소했어요.")
		}
		end <- answered{a, err}
	}()
	address := <-v.opened
	_, body, _ := v.get(address)
	v.post(address, press(ids(body)[0], Cancel), nil)
	if got := <-end; got.err != nil || got.a.Verdict != Cancel {
		t.Errorf("on the page: %+v", got)
	}
	for name, d := range map[string]*Desk{"no browser": NewDesk(nil, nil), "the page is switched off": v.d} {
		a, err := d.Ask(t.Context(), question1(), Way{Form: form(0, Answer{Verdict: Once}, nil), Page: d != v.d, Cuts: true})
		if err != nil || a.Verdict != Once || len(d.open)+len(v.opened) != 0 {
			t.Errorf("%s: %+v, %v, %d open", name, a, err, len(d.open))
		}
	}
	d := NewDesk(nil, nil)
	if _, err := d.Ask(t.Context(), question1(), Way{Form: form(0, Answer{}, ErrSuspended), Page: true, Cuts: true}); !errors.Is(err, ErrSuspended) || len(d.open) != 0 {
		t.Errorf("a form that is the client's from now on: %v, %d open", err, len(d.open))
	}
}

// TestPageEscapes: nothing of a message or a name is markup.
func TestPageEscapes(t *testing.T) {
	v := newVisitor(t)
	const evil = `<script>alert(1)</script>"'><img src=x onerror=y>&amp;`
	q := question1()
	q.Title, q.Program, q.Word, q.Remark, q.Message, q.Travels = evil, evil, evil, evil, evil, evil
	q.To = []Person{{UUID: evil, Name: evil, Profile: evil + "2", Detail: evil, Picture: "javascript:" + evil}}
	q.Choose = []Person{{UUID: evil, Name: evil, Picture: `https://a.example/" onerror="x`}}
	q.Pictures, q.Buttons = []string{evil}, []Button{{evil, evil}}
	q.Answers[0].Label = evil
	v.ask(t.Context(), q)
	_, body, h := v.get(<-v.opened)
	if strings.Contains(body, "<script") || strings.Contains(body, "<img src=x") || strings.Contains(body, `onerror="x`) || strings.Contains(body, "javascript:") {
		t.Errorf("markup came through: %s", body)
	}
	if strings.ContainsAny(h.Get("Content-Security-Policy"), "\"<>") {
		t.Errorf("policy: %s", h.Get("Content-Security-Policy"))
	}
}

// TestEnds: the program ends while somebody looks at the page.
func TestEnds(t *testing.T) {
	v := newVisitor(t)
	end := v.ask(t.Context(), question1())
	<-v.opened
	v.d.Close()
	if got := <-end; !errors.Is(got.err, ErrEnding) {
		t.Errorf("got %+v", got)
	}
}
