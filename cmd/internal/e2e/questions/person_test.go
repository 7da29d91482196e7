package questions

import (
	"context"
	"io"
	"net/http"
	"regexp"
	"testing"

	"kakaotalk-mcp/tools/ask"
)

// person is asked at a desk, and told where their browser would open the page.
type person struct {
	t      *testing.T
	d      *ask.Desk
	opened chan string
}

func newPerson(t *testing.T) *person {
	p := &person{t: t, opened: make(chan string, 10)}
	p.d = ask.NewDesk(func(address string) error { p.opened <- address; return nil }, nil)
	t.Cleanup(p.d.Close)
	return p
}

type answered struct {
	a   *ask.Agreement
	err error
}

// ask puts a question on the page and returns where its end arrives.
func (p *person) ask(ctx context.Context, q ask.Question) <-chan answered {
	end := make(chan answered, 1)
	go func() {
		noForm := func(context.Context, ask.Question) (ask.Answer, error) { return ask.Answer{}, ask.ErrCannotAsk }
		a, err := p.d.Ask(ctx, q, ask.Way{Form: noForm, Page: true})
		if err == nil {
			a.Done("보냈어요: " + string(a.Verdict))
		}
		end <- answered{a, err}
	}()
	return end
}

var idField = regexp.MustCompile(`name="id" value="([A-Z2-7]+)"`)

// ids are those of the questions that are open on the page.
func (p *person) ids(address string) (found []string) {
	p.t.Helper()
	res, err := http.Get(address)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, m := range idField.FindAllSubmatch(body, -1) {
		found = append(found, string(m[1]))
	}
	return found
}

// short is a question about a message of one word.
func short() ask.Question {
	return ask.Question{Key: "k", Lang: "ko", Title: "보낼까요?", To: []ask.Person{{UUID: "u", Name: "홍길동"}}, Message: "안녕",
		Answers: []ask.Choice{{Verdict: ask.Once, Label: "이번만 보내기"}, {Verdict: ask.Always, Label: "항상 보내기"}, {Verdict: ask.Cancel, Label: "취소"}}}
}
