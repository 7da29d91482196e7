package messenger

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"kakaotalk-mcp/tools/ask"
	"kakaotalk-mcp/tools/compose"
)

// The tools whose calls are played.
const (
	toolToMe   = "send_message_to_me"
	toolSend   = "send_message"
	toolSearch = "search_kakao_friends"
)

// answer is what comes of a call, as a program reads it.
type answer struct {
	Text    string
	IsError bool
	Result  map[string]any
}

func (a answer) str(name string) string { s, _ := a.Result[name].(string); return s }

func (a answer) names(name string) []string {
	out := []string{}
	list, _ := a.Result[name].([]any)
	for _, e := range list {
		m, _ := e.(map[string]any)
		s, _ := m["name"].(string)
		out = append(out, s)
	}
	return out
}

// call carries out what a tool's arguments ask for, where nobody can be asked.
func (w *world) call(tool, arguments string) answer {
	w.T.Helper()
	return w.asked(Nobody{}, tool, arguments)
}

// asked is call with a person.
func (w *world) asked(h Human, tool, arguments string) answer {
	w.T.Helper()
	a, err := w.try(w.T.Context(), h, tool, arguments)
	if err != nil {
		w.T.Fatal(err)
	}
	return a
}

func (w *world) try(ctx context.Context, h Human, tool, arguments string) (answer, error) {
	var given struct {
		To     any    `json:"to"`
		UUID   string `json:"uuid"`
		Resend bool   `json:"resend"`
		Query  string `json:"query"`
		Limit  int    `json:"limit"`
		Offset int    `json:"offset"`
		compose.Content
	}
	d := json.NewDecoder(strings.NewReader(arguments))
	d.DisallowUnknownFields()
	if err := d.Decode(&given); err != nil {
		return answer{}, fmt.Errorf("%s: %w", arguments, err)
	}
	if tool == toolSearch {
		if given.Limit == 0 {
			given.Limit = 10
		}
		out, err := w.m.Search(ctx, SearchRequest{given.Query, given.Limit, given.Offset}, h)
		if err != nil {
			refused := w.m.SearchRefused(err)
			return told(refused, refused.Text(), true)
		}
		return told(out, out.Text(), false)
	}
	r := SendRequest{ToMe: tool == toolToMe, UUID: given.UUID, Resend: given.Resend, Content: given.Content}
	switch to := given.To.(type) {
	case string:
		r.To = []string{to}
	case []any:
		for _, word := range to {
			r.To = append(r.To, fmt.Sprint(word))
		}
	}
	out, err := w.m.Send(ctx, r, h)
	if err != nil {
		return answer{}, err
	}
	return told(out, out.Text(), out.IsError())
}

func told(result any, text string, failed bool) (answer, error) {
	raw, err := json.Marshal(result)
	if err != nil {
		return answer{}, err
	}
	a := answer{Text: text, IsError: failed}
	if err := json.Unmarshal(raw, &a.Result); err != nil {
		return a, err
	}
	if next := a.str("next_step"); failed && (a.str("reason") == "" || next == "" || a.str("retry") == "" || strings.Count(text, next) != 1) {
		return a, fmt.Errorf("an error without reason, next step or retry: %s", raw)
	}
	return a, nil
}

// person is somebody who is asked and gives the same answer each time.
type person struct {
	Nobody
	verdict ask.Verdict
	choose  int // which of several, from 1
	mu      sync.Mutex
	asked   []ask.Question
}

func answering(v ask.Verdict) *person { return &person{verdict: v} }

// Ask implements Human.
func (p *person) Ask(_ context.Context, q ask.Question) (ask.Answer, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, q)
	a := ask.Answer{Verdict: p.verdict}
	if p.choose > 0 && len(q.Choose) >= p.choose {
		a.To = q.Choose[p.choose-1].UUID
	}
	return a, nil
}

// questions are the texts of what was asked.
func (p *person) questions() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := []string{}
	for _, q := range p.asked {
		list = append(list, q.Text())
	}
	return list
}
