package messenger

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"kakaotalk-mcp/tools/ask"
)

// patience is a context whose time is over when over is closed.
type patience struct {
	context.Context
	over <-chan struct{}
}

func (p patience) Done() <-chan struct{} { return p.over }

func (p patience) Err() error {
	select {
	case <-p.over:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

// formed is a client with forms whose person does one thing.
type formed struct {
	Nobody
	does string // once, always, cancel, silence, late, unseen
	put  func() // runs when the question is in front of the person, or nil
	over <-chan struct{}
	mu   sync.Mutex
	seen []ask.Question
}

// Ask implements Human.
func (f *formed) Ask(ctx context.Context, q ask.Question) (ask.Answer, error) {
	f.mu.Lock()
	f.seen = append(f.seen, q)
	f.mu.Unlock()
	if f.does == "unseen" {
		return ask.Answer{}, ask.ErrUnseen
	}
	if f.put != nil {
		f.put()
	}
	switch f.does {
	case "silence":
		<-ctx.Done()
		return ask.Answer{}, ctx.Err()
	case "late":
		<-f.over
		return ask.Answer{Verdict: ask.Once, To: first(q)}, nil
	case "closed":
		return ask.Answer{Verdict: ask.Cancel}, nil
	}
	return ask.Answer{Verdict: ask.Verdict(f.does), To: first(q)}, nil
}

func first(q ask.Question) string {
	if len(q.Choose) == 0 {
		return ""
	}
	return q.Choose[0].UUID
}

// reader is a person in front of the page.
type reader struct {
	t      *testing.T
	opened chan string
}

func (r reader) open(address string) error { r.opened <- address; return nil }

var (
	idField = regexp.MustCompile(`name="id" value="([^"]+)"`)
	toField = regexp.MustCompile(`name="to" value="([^"]+)"`)
)

// press answers the one question that is open.
func (r reader) press(address, verdict string) (page string) {
	body := r.get(address)
	form := url.Values{"answer": {verdict}}
	if m := idField.FindStringSubmatch(body); m != nil {
		form.Set("id", m[1])
	}
	if m := toField.FindStringSubmatch(body); m != nil {
		form.Set("to", m[1])
	}
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		r.t.Error(err)
		return ""
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", "http://"+req.URL.Host)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Error(err)
		return ""
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		r.t.Errorf("pressing %s: %s %v", verdict, res.Status, err)
	}
	return string(raw)
}

func (r reader) get(address string) string {
	res, err := http.Get(address)
	if err != nil {
		r.t.Error(err)
		return ""
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		r.t.Error(err)
	}
	return string(raw)
}
