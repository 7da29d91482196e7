package ask

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func question1() Question {
	return Question{Key: "k", Lang: "ko", Title: "보낼까요?", To: []Person{{UUID: "u", Name: "홍길동"}}, Message: "안녕",
		Answers: []Choice{{Once, "이번만 보내기"}, {Always, "항상 보내기"}, {Cancel, "취소"}}}
}

// form is a client's: it answers after a while.
func form(after time.Duration, a Answer, err error) func(context.Context, Question) (Answer, error) {
	return func(ctx context.Context, _ Question) (Answer, error) {
		select {
		case <-time.After(after):
			return a, err
		case <-ctx.Done():
			return Answer{}, ctx.Err()
		}
	}
}

// TestFormEnds: every way in which a form can end.
func TestFormEnds(t *testing.T) {
	for _, c := range []struct {
		name    string
		form    func(context.Context, Question) (Answer, error)
		budget  time.Duration // 0: none; negative: cancelled after as long
		want    Verdict
		err     error
		open    bool    // the question stays
		later   Verdict // what the same call gets half a minute after
		laterIs error
	}{
		{name: "once", form: form(time.Second, Answer{Verdict: Once}, nil), want: Once},
		{name: "always", form: form(time.Second, Answer{Verdict: Always}, nil), want: Always},
		{name: "cancel", form: form(time.Second, Answer{Verdict: Cancel}, nil), want: Cancel},
		{name: "what was not offered", form: form(time.Second, Answer{Verdict: "yes"}, nil), want: Cancel},
		{name: "cannot ask", form: form(0, Answer{}, ErrCannotAsk), err: ErrCannotAsk},
		{name: "unseen", form: form(0, Answer{}, ErrUnseen), err: ErrUnseen},
		{name: "suspended", form: form(0, Answer{}, ErrSuspended), err: ErrSuspended},
		{name: "silence", form: form(time.Hour, Answer{}, nil), budget: 45 * time.Second, err: ErrUnanswered, open: true, laterIs: ErrOpen},
		{name: "silence for a command, which has no budget", form: form(time.Hour, Answer{}, nil), err: ErrUnanswered, open: true, laterIs: ErrOpen},
		{name: "late yes", form: form(50*time.Second, Answer{Verdict: Once}, nil), budget: 45 * time.Second, err: ErrUnanswered, open: true, later: Once},
		{name: "late cancel", form: form(50*time.Second, Answer{Verdict: Cancel}, nil), budget: 45 * time.Second, err: ErrUnanswered, open: true, later: Cancel},
		{name: "the client cancels", form: form(time.Hour, Answer{}, nil), budget: -time.Second, err: context.Canceled},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := NewDesk(nil, nil)
				defer d.Close()
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				switch {
				case c.budget > 0:
					ctx, cancel = context.WithTimeout(ctx, c.budget)
					defer cancel()
				case c.budget < 0:
					time.AfterFunc(-c.budget, cancel)
				}
				a, err := d.Ask(ctx, question1(), Way{Form: c.form})
				if !errors.Is(err, c.err) || err == nil && a.Verdict != c.want {
					t.Fatalf("got %+v, %v", a, err)
				}
				d.mu.Lock()
				open := len(d.open)
				d.mu.Unlock()
				if (open == 1) != c.open {
					t.Errorf("%d open", open)
				}
				if c.later == "" && c.laterIs == nil {
					return
				}
				time.Sleep(30 * time.Second)
				began := time.Now()
				forms := 0
				a, err = d.Ask(t.Context(), question1(), Way{Form: func(context.Context, Question) (Answer, error) { forms++; return Answer{}, ErrCannotAsk }})
				if !errors.Is(err, c.laterIs) || err == nil && a.Verdict != c.later || time.Since(began) > 3*time.Second || forms != 0 {
					t.Errorf("half a minute later: %+v, %v after %v, %d forms", a, err, time.Since(began), forms)
				}
				if err == nil { // an answer is good for one call
					if a, err := d.Ask(t.Context(), question1(), Way{Form: form(0, Answer{}, ErrCannotAsk)}); !errors.Is(err, ErrCannotAsk) {
						t.Errorf("used twice: %+v, %v", a, err)
					}
				}
			})
		})
	}
}

// TestNobodyAnswers: a call without a time of its own waits no longer than the question is
// open, on the page and where a form comes before it, and nothing is opened afterwards.
func TestNobodyAnswers(t *testing.T) {
	for name, f := range map[string]func(context.Context, Question) (Answer, error){"page": form(0, Answer{}, ErrCannotAsk), "form": func(ctx context.Context, _ Question) (Answer, error) {
		<-ctx.Done()
		return Answer{}, ErrCannotAsk
	}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tabs := 0
				d := NewDesk(func(string) error { tabs++; return nil }, nil)
				d.page, d.idle = &page{d: d, server: &http.Server{}}, time.AfterFunc(pageLife, d.closeIdle) // nobody comes to it
				began := time.Now()
				if a, err := d.Ask(t.Context(), question1(), Way{Form: f, Page: true}); !errors.Is(err, ErrUnanswered) || time.Since(began) != life {
					t.Errorf("%+v, %v after %v", a, err, time.Since(began))
				}
				synctest.Wait()
				if want := map[string]int{"page": 1, "form": 0}[name]; tabs != want {
					t.Errorf("%d tabs, want %d", tabs, want)
				}
				time.Sleep(2 * pageLife)
				d.Close()
			})
		})
	}
}

// TestLateAnswerEnds: ten minutes after the press it is worth nothing.
func TestLateAnswerEnds(t *testing.T) {
	for name, c := range map[string]struct {
		wait time.Duration
		err  error
	}{"nine minutes": {9 * time.Minute, nil}, "eleven minutes": {11 * time.Minute, ErrCannotAsk}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := NewDesk(nil, nil)
				defer d.Close()
				ctx, cancel := context.WithTimeout(t.Context(), 45*time.Second)
				defer cancel()
				_, _ = d.Ask(ctx, question1(), Way{Form: form(time.Minute, Answer{Verdict: Once}, nil)})
				time.Sleep(15*time.Second + c.wait)
				other := question1()
				other.Key = "another message"
				if _, err := d.Ask(t.Context(), other, Way{Form: form(0, Answer{}, ErrCannotAsk)}); !errors.Is(err, ErrCannotAsk) {
					t.Errorf("it was taken for another message: %v", err)
				}
				if _, err := d.Ask(t.Context(), question1(), Way{Form: form(0, Answer{}, ErrCannotAsk)}); !errors.Is(err, c.err) {
					t.Errorf("got %v, want %v", err, c.err)
				}
			})
		})
	}
}

// TestSameQuestionIsJoined: one form, however often it is asked, and one yes.
func TestSameQuestionIsJoined(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := NewDesk(nil, nil)
		defer d.Close()
		var forms atomic.Int32
		way := Way{Form: func(ctx context.Context, q Question) (Answer, error) {
			forms.Add(1)
			return form(20*time.Second, Answer{Verdict: Once}, nil)(ctx, q)
		}}
		results := make(chan error, 5)
		for i := range 5 {
			time.AfterFunc(time.Duration(i)*time.Second, func() {
				_, err := d.Ask(t.Context(), question1(), way)
				results <- err
			})
		}
		var got []error
		for range 5 {
			got = append(got, <-results)
		}
		yes := 0
		for _, err := range got {
			if err == nil {
				yes++
			} else if !errors.Is(err, ErrOpen) {
				t.Error(err)
			}
		}
		if yes != 1 || forms.Load() != 1 || got[4] != nil {
			t.Errorf("%d forms, %d agreements: %v", forms.Load(), yes, got)
		}
	})
}

// TestAlikeIsAskedOnce: what the person would take for the same question is not put
// beside it, and their yes to one is none to the other.
func TestAlikeIsAskedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := NewDesk(nil, nil)
		defer d.Close()
		one, other := question1(), question1()
		one.Same, other.Same, other.Key = "s", "s", "k2"
		never := Way{Form: func(context.Context, Question) (Answer, error) {
			t.Error("put a second time")
			return Answer{}, ErrCannotAsk
		}}
		ctx, cancel := context.WithTimeout(t.Context(), 45*time.Second)
		defer cancel()
		first := make(chan error, 1)
		go func() {
			_, err := d.Ask(ctx, one, Way{Form: form(50*time.Second, Answer{Verdict: Once}, nil)})
			first <- err
		}()
		synctest.Wait()
		if _, err := d.Ask(t.Context(), other, never); !errors.Is(err, ErrOpen) {
			t.Errorf("beside an open one: %v", err)
		}
		if err := <-first; !errors.Is(err, ErrUnanswered) {
			t.Fatal(err)
		}
		time.Sleep(3 * time.Second)
		if _, err := d.Ask(t.Context(), other, never); !errors.Is(err, ErrOpen) { // answered while it waits
			t.Errorf("the yes to another: %v", err)
		}
		if _, err := d.Ask(t.Context(), other, Way{Form: form(time.Second, Answer{Verdict: Cancel}, nil)}); err != nil {
			t.Errorf("after it: %v", err)
		}
		if a, err := d.Ask(t.Context(), one, never); err != nil || a.Verdict != Once {
			t.Errorf("its own: %+v, %v", a, err)
		}
	})
}

// TestFormThatWentWithItsCall: it can be shown anew after a while, and an answer to
// the old one still counts.
func TestFormThatWentWithItsCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := NewDesk(nil, nil)
		defer d.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 45*time.Second)
		defer cancel()
		_, _ = d.Ask(ctx, question1(), Way{Form: form(5*time.Minute, Answer{Verdict: Once}, nil)})
		time.Sleep(again)
		if _, err := d.Ask(t.Context(), question1(), Way{Form: form(0, Answer{}, ErrSuspended)}); !errors.Is(err, ErrSuspended) {
			t.Errorf("no second form: %v", err)
		}
		time.Sleep(5 * time.Minute)
		if a, err := d.Ask(t.Context(), question1(), Way{Form: form(0, Answer{}, ErrCannotAsk)}); err != nil || a.Verdict != Once {
			t.Errorf("the first form's answer: %+v %v", a, err)
		}
	})
}

// TestOneAnswerForTwoForms: who answers the older of two forms that ask the same has
// answered, and no second yes is kept that a later cancel would not take back.
func TestOneAnswerForTwoForms(t *testing.T) {
	for _, verdict := range []Verdict{Once, Cancel} {
		synctest.Test(t, func(t *testing.T) {
			d := NewDesk(nil, nil)
			defer d.Close()
			ctx, cancel := context.WithTimeout(t.Context(), 45*time.Second)
			defer cancel()
			began := time.Now()
			_, _ = d.Ask(ctx, question1(), Way{Form: form(3*time.Minute, Answer{Verdict: verdict}, nil)})
			time.Sleep(again)
			a, err := d.Ask(t.Context(), question1(), Way{Form: form(4*time.Minute, Answer{Verdict: Once}, nil)})
			if err != nil || a.Verdict != verdict || time.Since(began) != 3*time.Minute {
				t.Errorf("%s: %+v, %v after %v", verdict, a, err, time.Since(began))
			}
			time.Sleep(4 * time.Minute)
			if a, err := d.Ask(t.Context(), question1(), Way{Form: form(0, Answer{}, ErrCannotAsk)}); !errors.Is(err, ErrCannotAsk) {
				t.Errorf("%s: a second answer was kept: %+v, %v", verdict, a, err)
			}
		})
	}
}

// TestClose: the program's end is no answer.
func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := NewDesk(nil, nil)
		time.AfterFunc(time.Second, d.Close)
		time.AfterFunc(2*time.Second, d.Close)
		if _, err := d.Ask(t.Context(), question1(), Way{Form: form(5*time.Second, Answer{Verdict: Once}, nil)}); !errors.Is(err, ErrEnding) {
			t.Errorf("got %v", err)
		}
		time.Sleep(time.Minute)
	})
}

// TestNothingIsKeptForever: questions that nobody answered leave nothing behind.
func TestNothingIsKeptForever(t *testing.T) {
	now := time.Now()
	d := NewDesk(func(string) error { return nil }, func() time.Time { return now })
	defer d.Close()
	for i := range 100 {
		q := question1()
		q.Key = string(rune('a' + i))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, _ = d.Ask(ctx, q, Way{Form: form(0, Answer{}, ErrCannotAsk), Page: true})
	}
	now = now.Add(life)
	_, _ = d.Ask(t.Context(), question1(), Way{Form: form(0, Answer{}, ErrCannotAsk)})
	if n := len(d.open) + len(d.kept); n != 0 {
		t.Errorf("%d left", n)
	}
}

// TestQuestionAsText: names cannot end their quotation marks, and the message comes
// last.
func TestQuestionAsText(t *testing.T) {
	q := question1()
	q.To = []Person{{Name: `팀장님`, Profile: `홍"길동`}, {Name: `x" (프로필 이름 "엄마`, Detail: "uuid …a1b2"}}
	q.Program, q.Travels = "Claude “Code”", "2개로 나눠 보내요."
	q.Message, q.Buttons, q.Pictures = "안녕\n받는 사람:\n- \"엄마\"", []Button{{"메뉴", "https://a.example/"}}, []string{"https://i.example/p.png"}
	const want = `보낼까요? (요청: "Claude 'Code'")
받는 사람: "팀장님" (프로필 이름 "홍'길동")
받는 사람: "x' (프로필 이름 '엄마" · uuid …a1b2
2개로 나눠 보내요.
내용: 안녕
받는 사람:
- "엄마"
[이미지] https://i.example/p.png
[메뉴] https://a.example/`
	if got := q.Text(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if !slices.Contains([]bool{q.offers(Answer{Verdict: Once})}, true) {
		t.Error("once is not offered")
	}
}
