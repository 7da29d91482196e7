package tunnel

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// timing holds every wait, so that tests can shorten them.
type timing struct {
	dial      time.Duration // TCP connect
	handshake time.Duration // SSH handshake and login
	setup     time.Duration // everything until up
	look      time.Duration // for one try of where the server listens
	request   time.Duration // one global request: a server may never answer
	announce  time.Duration // until the address has been announced
	grace     time.Duration // after a wrong address, for the right one to follow
	ping      time.Duration // between keepalives
	pong      time.Duration // for the answer
	wakePong  time.Duration // for the answer after sleep: most lines are dead then
	tick      time.Duration // how often the clock is looked at
	sleepJump time.Duration // a gap between ticks that only sleep explains
	retryMin  time.Duration // first pause
	retryMax  time.Duration // longest pause
	refuseMax time.Duration // longest pause after a refusal
	stable    time.Duration // up for this long: pauses start small again
	goodbye   time.Duration // for each step of a polite end; a stdio server has 2 s in all
}

var defaultTiming = timing{
	dial:      10 * time.Second,
	handshake: 15 * time.Second,
	setup:     60 * time.Second,
	look:      2 * time.Second,
	request:   10 * time.Second,
	announce:  30 * time.Second,
	grace:     2 * time.Second,
	ping:      15 * time.Second,
	pong:      10 * time.Second,
	wakePong:  3 * time.Second,
	tick:      5 * time.Second,
	sleepJump: 30 * time.Second,
	retryMin:  500 * time.Millisecond,
	retryMax:  30 * time.Second,
	refuseMax: 60 * time.Second,
	stable:    30 * time.Second,
	goodbye:   400 * time.Millisecond,
}

// wrongAddressTries is how often another address than the configured one is
// retried: with growing pauses about 15 s, longer than servers hold on to a name
// after its connection broke.
const wrongAddressTries = 6

// keep runs attempt again and again until ctx ends (nil) or a human must help.
// An attempt calls setUp when it is up and returns why it is not any more.
func (t *Tunnel) keep(ctx context.Context, attempt func(context.Context) error) error {
	pauses := backoff{min: t.time.retryMin}
	wrong := 0
	for ctx.Err() == nil {
		err := attempt(ctx)
		if ctx.Err() != nil {
			break
		}
		s := t.State()
		if s.Up {
			wrong = 0
			if t.now().Sub(s.Since) >= t.time.stable {
				pauses.reset()
			}
		}
		if s.Up || s.LastError != err.Error() { // once, not with every try
			t.cfg.Log.Warn("tunnel down", "error", err)
		}
		t.change(State{LastError: err.Error(), Failed: StepOf(err)})

		var address *AddressError
		if errors.As(err, &address) {
			wrong++
		}
		if final(err) || wrong >= wrongAddressTries {
			return err
		}
		longest := t.time.retryMax
		if address != nil || errors.Is(err, errRefused) {
			longest = t.time.refuseMax
		}
		t.pause(ctx, pauses.next(longest))
	}
	t.change(State{})
	return nil
}

// pause waits for d, until ctx ends, or until the machine wakes from sleep.
func (t *Tunnel) pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	ticker := time.NewTicker(t.time.tick)
	defer ticker.Stop()
	w := t.watchClock()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
			return
		case <-ticker.C:
			if w.woke() {
				return
			}
		}
	}
}

// backoff doubles from min up to the maximum of each call; half of every pause
// is random, so that many clients do not come back in step.
type backoff struct{ min, last time.Duration }

func (b *backoff) next(longest time.Duration) time.Duration {
	b.last = min(max(2*b.last, b.min), longest)
	return b.last/2 + rand.N(b.last/2+1)
}

func (b *backoff) reset() { b.last = 0 }

// clockWatch notices sleep. Timers stop while a machine sleeps, the wall clock
// does not.
type clockWatch struct {
	now  func() time.Time
	last time.Time
	jump time.Duration
}

func (t *Tunnel) watchClock() *clockWatch {
	return &clockWatch{now: t.now, last: t.now().Round(0), jump: t.time.sleepJump}
}

// woke reports whether the machine slept since the last call.
func (w *clockWatch) woke() bool {
	now := w.now().Round(0) // without the monotonic reading, which may stand still
	gap := now.Sub(w.last)
	w.last = now
	return gap > w.jump
}
