package messenger

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// work makes calls until the time is over.
func (s *soaking) work(p *program, rng *rand.Rand) {
	for time.Now().Before(s.end) {
		s.step(p, rng)
		time.Sleep(time.Duration(rng.IntN(12_000)) * time.Millisecond) // fake: how busy a client is
	}
}

func (s *soaking) step(p *program, rng *rand.Rand) {
	switch n := rng.IntN(100); {
	case n < 30:
		s.post(p, s.compose(rng, true, 1, 1))
	case n < 50:
		s.post(p, s.compose(rng, false, 1, 1))
	case n < 58:
		s.post(p, s.compose(rng, false, 2+rng.IntN(3), 1))
	case n < 63:
		s.post(p, s.compose(rng, true, 1, 2+rng.IntN(8)))
	case n < 66:
		s.post(p, s.compose(rng, false, 1+rng.IntN(2), 2))
	case n < 72:
		s.together(s.compose(rng, rng.IntN(2) == 0, 1+rng.IntN(2), 1+2*rng.IntN(2)))
	case n < 84:
		if m, ok := s.earlier(rng, false); ok {
			s.post(p, m)
		}
	case n < 88:
		if m, ok := s.earlier(rng, true); ok {
			m.r.Resend = true
			s.send(s.t.Context(), p, m)
		}
	case n < 94:
		s.cancelled(p, rng)
	default:
		p.enter()
		defer p.leave()
		_, err := p.m.Search(s.t.Context(), SearchRequest{Query: "홍길동", Limit: 10}, Nobody{})
		if err != nil && s.troubles.Since(time.Now().Add(-time.Minute)) == "" {
			s.t.Errorf("search: %v", err)
		}
	}
}

// together sends m from all programs at the same moment.
func (s *soaking) together(m posted) {
	var calls sync.WaitGroup
	for _, p := range s.programs {
		calls.Go(func() { s.post(p, m) })
	}
	calls.Wait()
}

// post sends m and lets others repeat it, also while it is on its way.
func (s *soaking) post(p *program, m posted) {
	s.mu.Lock()
	at := len(s.recent)
	s.recent = append(s.recent, m)
	s.mu.Unlock()
	out := s.send(s.t.Context(), p, m)
	s.mu.Lock()
	s.recent[at].sent = out.Status == StatusSent
	s.mu.Unlock()
}

// earlier picks one of the newest messages; done: one of a single part that was
// told as sent.
func (s *soaking) earlier(rng *rand.Rand, done bool) (posted, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range 10 {
		newest := min(20, len(s.recent))
		if newest == 0 {
			break
		}
		if m := s.recent[len(s.recent)-1-rng.IntN(newest)]; !done || m.sent && m.parts == 1 && len(m.to) == 1 {
			return m, true
		}
	}
	return posted{}, false
}

// cancelled sends a message whose caller loses patience.
func (s *soaking) cancelled(p *program, rng *rand.Rand) {
	ctx, cancel := context.WithCancel(s.t.Context())
	stop := time.AfterFunc(time.Duration(rng.IntN(1500))*time.Millisecond, cancel)
	defer stop.Stop()
	s.send(ctx, p, s.compose(rng, rng.IntN(2) == 0, 1, 1+rng.IntN(3)))
}

// repeat sends a message, and the same again from other programs just before and
// just after the window within which it counts as a repeat.
func (s *soaking) repeat(rng *rand.Rand, toMe bool) {
	const near = 20 * time.Second // longer than any call
	window := windowFriends
	if toMe {
		window = windowMe
	}
	for time.Now().Add(window + near).Before(s.end) {
		m := s.compose(rng, toMe, 1, 1)
		began, truly := s.now(), time.Now()
		out := s.send(s.t.Context(), s.programs[rng.IntN(soakPrograms)], m)
		ended := s.now()
		if out.Status != StatusSent {
			time.Sleep(5 * time.Second)
			continue
		}
		for _, wait := range []time.Duration{window - near, 2 * near} {
			time.Sleep(wait)
			asked := s.now()
			out := s.send(s.t.Context(), s.programs[rng.IntN(soakPrograms)], m)
			answered := s.now()
			// By the clock, which may have jumped meanwhile, also during a call.
			// Set back, it may hold a repeat back for longer, but need not.
			within := later(asked, answered).Sub(sooner(began, ended)) < window && time.Since(truly) < window
			after := sooner(asked, answered).Sub(later(began, ended)) >= window
			switch {
			case within && out.Status == StatusSent:
				s.t.Errorf("seed %d: sent again %v after it was sent", s.seed, time.Since(truly))
			case after && out.Status == StatusAlreadySent:
				s.t.Errorf("seed %d: held back as a repeat %v after it was sent", s.seed, asked.Sub(ended))
			case within && out.Status == StatusAlreadySent:
				s.repeats.held.Add(1)
			case after && out.Status == StatusSent:
				s.repeats.again.Add(1)
			}
			if out.Status == StatusSent {
				break // a new window has begun
			}
		}
	}
}

func sooner(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
