package ask

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"
)

const (
	// life is how long a question stays open, and how long an answer that came
	// after its call is kept.
	life = 10 * time.Minute
	// joinFor is how long a call waits for a question that another call has asked.
	joinFor = 2500 * time.Millisecond
	// again is how soon a question that nobody waits for is shown anew: the form may
	// be gone with the call, and the page's tab may have been closed.
	again = time.Minute
)

// Desk is where all calls of one process ask. Its methods may be called at the same
// time.
type Desk struct {
	browser func(address string) error
	now     func() time.Time
	joinFor time.Duration

	showing sync.Mutex // held while the page is put in front of the person

	mu      sync.Mutex
	open    map[string]*question // by key
	kept    map[string]*question // answered after their call had ended
	page    *page                // nil while nobody is asked there
	pressed time.Time            // a button there, or when a press was answered with what is to be answered next
	idle    *time.Timer          // ends the page
	ending  context.Context      // over when the program ends
	end     context.CancelFunc
}

// NewDesk returns a desk whose page is shown by browser, which returns an error if
// it cannot; nil: there is no browser. Nothing is opened before somebody is asked.
func NewDesk(browser func(address string) error, now func() time.Time) *Desk {
	if now == nil {
		now = time.Now
	}
	d := &Desk{browser: browser, now: now, joinFor: joinFor, open: map[string]*question{}, kept: map[string]*question{}}
	d.ending, d.end = context.WithCancel(context.Background())
	return d
}

// Close ends every question and the page: whoever waits gets ErrEnding.
func (d *Desk) Close() {
	d.end()
	d.mu.Lock()
	p := d.page
	if d.page = nil; p != nil {
		d.idle.Stop()
	}
	d.mu.Unlock()
	if p != nil {
		p.close()
	}
}

// Way is how a call can reach the person.
type Way struct {
	// Form shows the question, which comes without its file's content, and returns the
	// person's answer, ErrCannotAsk, ErrUnseen or ErrSuspended. Its context outlives the call, and its answer counts then too.
	Form func(ctx context.Context, q Question) (Answer, error)
	// Page: where Form cannot ask or was not seen, the page does.
	Page bool
	// Cuts: Form would show the beginning of the question only, so the page is tried
	// first.
	Cuts bool
}

// question is one that was asked.
type question struct {
	Question
	id    string // on the page
	until time.Time

	waiting  bool // a call waits for the answer
	onPage   bool
	answered chan struct{} // closed with answer
	answer   Answer
	outcome  string        // what became of it, for the person
	told     chan struct{} // closed with outcome
}

// Agreement is a person's answer, and who told it what became of it.
type Agreement struct {
	Answer
	d *Desk
	q *question
}

// Done tells the person, who may be looking at the page, what became of it.
func (a *Agreement) Done(outcome string) {
	a.d.mu.Lock()
	defer a.d.mu.Unlock()
	if a.q.outcome == "" {
		close(a.q.told)
	}
	a.q.outcome = outcome
}

// Return gives an agreement back that could not be used in time: the same question
// is not asked again within ten minutes.
func (a *Agreement) Return() {
	a.d.mu.Lock()
	defer a.d.mu.Unlock()
	a.q.until = a.d.now().Add(life)
	a.d.kept[a.q.Key] = a.q
}

// Ask asks the person and waits for the answer, for ten minutes at most: then nobody
// can give it any more. The same question that is open already is joined for a moment
// and then answered with ErrOpen. Every answer is returned to one call only, with the Key that it was given for.
func (d *Desk) Ask(ctx context.Context, q Question, way Way) (*Agreement, error) {
	d.mu.Lock()
	d.forget()
	if given := d.takeKept(q.Key); given != nil {
		d.mu.Unlock()
		return given, nil
	}
	if asked := d.alike(q); asked != nil {
		d.mu.Unlock()
		return d.join(ctx, asked, q.Key)
	}
	asked := &question{Question: q, id: newID(), until: d.now().Add(life), waiting: true, answered: make(chan struct{}), told: make(chan struct{})}
	d.open[q.Key] = asked
	d.mu.Unlock()

	ctx, cancel := context.WithTimeout(ctx, life)
	defer cancel()
	err := ErrCannotAsk
	if way.Page && way.Cuts {
		err = d.byPage(ctx, asked)
		way.Page = false
	}
	if errors.Is(err, ErrCannotAsk) {
		d.mu.Lock()
		d.open[q.Key] = asked // the page may have given it up
		d.mu.Unlock()
		err = d.byForm(ctx, asked, way)
	}
	if way.Page && (errors.Is(err, ErrCannotAsk) || errors.Is(err, ErrUnseen)) {
		err = d.byPage(ctx, asked)
	}
	if err != nil {
		return nil, err
	}
	return &Agreement{asked.answer, d, asked}, nil
}

// alike is the open question that q would put a second time, nil if there is none.
func (d *Desk) alike(q Question) *question {
	if asked := d.open[q.Key]; asked != nil || q.Same == "" {
		return asked
	}
	for _, asked := range d.open {
		if asked.Same == q.Same {
			return asked
		}
	}
	return nil
}

// forget drops what is over. Nothing has to be done at that very time, so nothing
// wakes the program up.
func (d *Desk) forget() {
	over := func(_ string, q *question) bool { return !d.now().Before(q.until) }
	maps.DeleteFunc(d.open, over)
	maps.DeleteFunc(d.kept, over)
}

// takeKept spends an answer that came late.
func (d *Desk) takeKept(key string) *Agreement {
	q := d.kept[key]
	if q == nil {
		return nil
	}
	delete(d.kept, key)
	return &Agreement{q.answer, d, q}
}

// Agreed are the people of agreements that no call has used yet.
func (d *Desk) Agreed() (people []Person) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.forget()
	for _, q := range d.kept {
		if q.answer.Verdict == Cancel {
			continue
		}
		people = append(people, q.To...)
		for _, p := range q.Choose {
			if p.UUID == q.answer.To {
				people = append(people, p)
			}
		}
	}
	return people
}

// join waits a moment for what another call has asked. A yes is good for key only.
func (d *Desk) join(ctx context.Context, q *question, key string) (*Agreement, error) {
	d.mu.Lock()
	reopen := q.onPage && !q.waiting && d.page != nil && d.now().Sub(d.page.opened) >= again
	d.mu.Unlock()
	if reopen {
		_ = d.show() // it was shown before; the question stays open in any case
	}
	moment := time.NewTimer(d.joinFor)
	defer moment.Stop()
	select {
	case <-q.answered:
	case <-moment.C:
		return nil, ErrOpen
	case <-ctx.Done():
		return nil, overdue(ctx)
	case <-d.ending.Done():
		return nil, ErrEnding
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if given := d.takeKept(key); given != nil {
		return given, nil
	}
	if q.answer.Verdict == Cancel {
		return &Agreement{q.answer, d, q}, nil
	}
	return nil, ErrOpen
}

// byForm asks in the client or on the terminal.
func (d *Desk) byForm(ctx context.Context, q *question, way Way) error {
	failed := make(chan error, 1)
	longer, cancel := context.WithTimeout(context.WithoutCancel(ctx), life+time.Second) // the call ends first
	stop := context.AfterFunc(d.ending, cancel)
	d.mu.Lock() // an earlier call's form may be answered at this moment
	asked := q.Question
	d.mu.Unlock()
	asked.File.Data = nil
	go func() {
		defer cancel()
		defer stop()
		a, err := way.Form(longer, asked)
		if err == nil && !q.offers(a) {
			a = Answer{Verdict: Cancel} // not what was offered: no yes
		}
		if err != nil {
			failed <- err
			return
		}
		d.settle(q, a)
	}()
	select {
	case err := <-failed:
		if ctx.Err() != nil {
			break // its time was up, too
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		if !way.Page || !errors.Is(err, ErrCannotAsk) && !errors.Is(err, ErrUnseen) {
			delete(d.open, q.Key) // a suspended one is the client's from now on
		}
		return err
	case <-q.answered:
		return nil
	case <-ctx.Done():
	case <-d.ending.Done():
	}
	d.mu.Lock()
	q.File.Data = nil // it is not going to be on the page
	d.mu.Unlock()
	return d.leave(ctx, q)
}

// settle closes a question with an answer, once.
func (d *Desk) settle(q *question, a Answer) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	select {
	case <-q.answered:
		return false
	default:
	}
	if newer := d.open[q.Key]; newer != nil {
		q = newer // the form of an earlier call, still on the screen, asks the same
	}
	q.answer, q.File.Data = a, nil
	delete(d.open, q.Key)
	if !q.waiting {
		q.until = d.now().Add(life)
		d.kept[q.Key] = q
	}
	close(q.answered)
	return true
}

// leave is a call that waits no longer. An answer of this very moment is kept, and
// so is a later one; the page stays open for it, a form perhaps.
func (d *Desk) leave(ctx context.Context, q *question) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	q.waiting = false
	switch {
	case q.isAnswered():
		q.until = d.now().Add(life)
		d.kept[q.Key] = q
	case q.onPage:
	case errors.Is(ctx.Err(), context.Canceled): // the client took its form away
		delete(d.open, q.Key)
	default:
		q.until = d.now().Add(again)
	}
	if d.ending.Err() != nil {
		return ErrEnding
	}
	return overdue(ctx)
}

// overdue tells a call whose time is up from one that was cancelled.
func overdue(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return ErrUnanswered
	}
	return ctx.Err()
}
