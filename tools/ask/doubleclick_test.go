package ask

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestSecondClickOfADouble: the next question comes up where the last one was, and a
// press that arrives before anybody could have read it decides nothing, nor does the
// one after, on the page that came back.
func TestSecondClickOfADouble(t *testing.T) {
	for _, verdict := range []Verdict{Once, Always, Cancel} {
		v := newVisitor(t)
		now := time.Now()
		v.d.now = func() time.Time { return now.Add(time.Duration(v.ahead.Load())) }
		first, second := question1(), question1()
		second.Key = "second"
		v.ask(t.Context(), first)
		address := <-v.opened
		end := v.ask(t.Context(), second)
		var list []string
		for len(list) < 2 {
			_, body, _ := v.get(address)
			list = ids(body)
		}
		v.look() // at the first one
		if status, body := v.post(address, press(list[0], verdict), nil); status != http.StatusOK || len(ids(body)) != 1 {
			t.Errorf("%s: the first: %d %s", verdict, status, body)
		}
		for _, gap := range []time.Duration{46 * time.Millisecond, reading - 47*time.Millisecond} {
			v.ahead.Add(int64(gap))
			if status, body := v.post(address, press(list[1], verdict), nil); status != http.StatusTooManyRequests || len(ids(body)) != 1 || ids(body)[0] != list[1] {
				t.Errorf("%s after %s: %d %s", verdict, gap, status, body)
			}
			select {
			case got := <-end:
				t.Fatalf("%s after %s was an answer: %+v", verdict, gap, got)
			default:
			}
		}
		v.look()
		if status, _ := v.post(address, press(list[1], verdict), nil); status != http.StatusOK {
			t.Errorf("%s, after reading: %d", verdict, status)
		}
		if got := <-end; got.err != nil || got.a.Verdict != verdict {
			t.Errorf("%s, after reading: %+v", verdict, got)
		}
	}
}

// TestSecondClickMeetsALaterQuestion: a question that is asked after a press can come up
// where that one was, in the same tab or another, and takes no answer until the person
// can have read it either.
func TestSecondClickMeetsALaterQuestion(t *testing.T) {
	for _, verdict := range []Verdict{Once, Always, Cancel} {
		for _, gap := range []time.Duration{0, 46 * time.Millisecond, reading - time.Millisecond} {
			v := newVisitor(t)
			now := time.Now()
			v.d.now = func() time.Time { return now.Add(time.Duration(v.ahead.Load())) }
			v.ask(t.Context(), question1())
			address := <-v.opened
			_, body, _ := v.get(address)
			first := ids(body)[0]
			if status, _ := v.post(address, press(first, verdict), nil); status != http.StatusOK {
				t.Fatalf("%s: a press before which there was none: %d", verdict, status)
			}
			second := question1()
			second.Key = "second"
			end := v.ask(t.Context(), second)
			<-v.opened
			v.ahead.Add(int64(gap))
			_, body, _ = v.get(address)
			id := ids(body)[0]
			if !strings.Contains(body, `<main class="next">`) {
				t.Errorf("%s after %s: the page itself does not stop a press", verdict, gap)
			}
			if status, body := v.post(address, press(id, verdict), nil); status != http.StatusTooManyRequests || len(ids(body)) != 1 {
				t.Errorf("%s after %s: %d %s", verdict, gap, status, body)
			}
			if status, _ := v.post(address, press(first, verdict), nil); status != http.StatusConflict {
				t.Errorf("%s after %s: the first one again: %d", verdict, gap, status)
			}
			select {
			case got := <-end:
				t.Fatalf("%s after %s was an answer: %+v", verdict, gap, got)
			default:
			}
			v.look()
			if _, body, _ := v.get(address); strings.Contains(body, `class="next"`) {
				t.Errorf("%s: the page stops a press that is taken", verdict)
			}
			if status, _ := v.post(address, press(id, verdict), nil); status != http.StatusOK {
				t.Errorf("%s, after reading: %d", verdict, status)
			}
			if got := <-end; got.err != nil || got.a.Verdict != verdict {
				t.Errorf("%s, after reading: %+v", verdict, got)
			}
		}
	}
}

// TestPressesAtOneMoment: of the presses of two questions, one decides.
func TestPressesAtOneMoment(t *testing.T) {
	v := newVisitor(t)
	now := time.Now()
	v.d.now = func() time.Time { return now }
	for i := range 2 {
		q := question1()
		q.Key = fmt.Sprint(i)
		v.ask(t.Context(), q)
	}
	address := <-v.opened
	var list []string
	for len(list) < 2 {
		_, body, _ := v.get(address)
		list = ids(body)
	}
	status := make(chan int, 2)
	for _, id := range list {
		go func() { s, _ := v.post(address, press(id, Once), nil); status <- s }()
	}
	if a, b := <-status, <-status; min(a, b) != http.StatusOK || max(a, b) != http.StatusTooManyRequests {
		t.Errorf("%d and %d", a, b)
	}
}
