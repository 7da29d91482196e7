package messenger

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/tools/ask"
)

// TestFiveParallelSends: one page, five questions, five results.
func TestFiveParallelSends(t *testing.T) {
	r := reader{t, make(chan string, 9)}
	var looked atomic.Int64 // seconds that the person took
	desk := ask.NewDesk(r.open, func() time.Time { return time.Now().Add(time.Duration(looked.Load()) * time.Second) })
	t.Cleanup(desk.Close)
	w := loggedIn(t, func(c *Config) { c.Confirm, c.Desk = ConfirmFriends, desk })
	names := []string{"친구하나", "친구둘", "친구셋", "친구넷", "친구다섯"}
	for _, n := range names {
		w.Friend(n)
	}
	w.call(toolSearch, `{"query":"친구"}`)
	var calls sync.WaitGroup
	for _, n := range names {
		calls.Go(func() {
			a, err := w.try(t.Context(), Nobody{}, toolSend, fmt.Sprintf(`{"to":[%q],"message":"안녕 %s"}`, n, n))
			if err != nil || a.str("status") != StatusSent {
				t.Errorf("%s: %v %s", n, err, a.Text)
			}
		})
	}
	address := <-r.opened
	for len(idField.FindAllString(r.get(address), -1)) < 5 && t.Context().Err() == nil {
	}
	for range names {
		looked.Add(1)
		r.press(address, "once")
	}
	calls.Wait()
	got := w.Arrived()
	slices.Sort(got)
	var want []string
	for _, n := range names {
		want = append(want, n+": 안녕 "+n)
	}
	slices.Sort(want)
	if !slices.Equal(got, want) || len(r.opened) != 0 {
		t.Errorf("arrived %q, %d more tabs", got, len(r.opened))
	}
}

// TestParallelResends: the same message is asked about once at a time, also where it is
// to go out again.
func TestParallelResends(t *testing.T) {
	t.Parallel()
	w := loggedIn(t, asking)
	w.want(w.asked(answering(ask.Once), toolSend, `{"to":["홍길동"],"message":"안녕"}`), StatusSent, "", "")
	p := &slow{person: answering(ask.Once), answer: make(chan struct{})}
	answers := make(chan answer, 5)
	for _, message := range []string{`"안녕"`, `"안녕"`, `"안\u200b녕"`, `"안녕\u3164"`, `" 안녕 "`} {
		go func() {
			a, err := w.try(t.Context(), p, toolSend, `{"to":["홍길동"],"resend":true,"message":`+message+`}`)
			if err != nil {
				t.Error(err)
			}
			answers <- a
		}()
	}
	for range 4 {
		w.want(<-answers, StatusNotSent, "confirmation_open", problem.AfterUser)
	}
	close(p.answer)
	w.want(<-answers, StatusSent, "", "")
	if len(p.asked) != 1 {
		t.Errorf("asked %d times", len(p.asked))
	}
	if list := w.Arrived(); len(list) != 2 {
		t.Errorf("arrived: %q", list)
	}
}

// slow answers when it is told to.
type slow struct {
	*person
	answer chan struct{}
}

func (s *slow) Ask(ctx context.Context, q ask.Question) (ask.Answer, error) {
	a, err := s.person.Ask(ctx, q)
	<-s.answer
	return a, err
}
