//go:build linux

package soak

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/bubble"
	"kakaotalk-mcp/tools/kakao/sandbox"
	"kakaotalk-mcp/tools/kakao/sandbox/ledgertest"
)

// note is a message.
type note struct {
	marker, text string
	names, to    []string // receivers; to has "" for oneself
	parts        int
	resend       bool
	sent         bool // told so, by a call that is over
}

func (m note) arguments() map[string]any {
	a := map[string]any{"message": m.text}
	if m.to[0] != "" {
		a["to"] = m.names
	}
	if m.resend {
		a["resend"] = true
	}
	return a
}

// compose makes a message, to oneself or to n friends, of several parts if sentences
// are many.
func (s *soak) compose(rng *rand.Rand, toMe bool, n, sentences int) note {
	m := note{marker: ledgertest.Marker(s.numbers.Add(1)), to: []string{""}}
	if !toMe {
		m.to = nil
		for _, i := range rng.Perm(len(s.friends))[:n] {
			m.names, m.to = append(m.names, s.friends[i].name), append(m.to, s.friends[i].uuid)
		}
	}
	// A marker in every sentence, so that no part is without one.
	m.text = strings.TrimSpace(strings.Repeat("오늘 회의에서 정한 내용을 정리해 드려요 "+m.marker+". ", sentences))
	parts, err := bubble.Parts(m.text, bubble.Limit, 20)
	if err != nil {
		s.Error(err)
	}
	m.parts = len(parts)
	return m
}

// work makes calls until the clients stop.
func (s *soak) work(x *seat, rng *rand.Rand) {
	pace := max(30*time.Millisecond, *soakLength*soakSeats*soakWorkers/soakCalls)
	for {
		select {
		case <-s.over:
			return
		case <-time.After(time.Duration(rng.Int64N(int64(2 * pace)))): // how busy a client is
		}
		s.step(x, rng)
	}
}

func (s *soak) step(x *seat, rng *rand.Rand) {
	ctx := context.Background()
	switch n := rng.IntN(100); {
	case n < 32:
		s.post(ctx, x, s.compose(rng, true, 1, 1))
	case n < 52:
		s.post(ctx, x, s.compose(rng, false, 1, 1))
	case n < 58:
		s.post(ctx, x, s.compose(rng, false, 2+rng.IntN(3), 1))
	case n < 63:
		s.post(ctx, x, s.compose(rng, rng.IntN(2) == 0, 1+rng.IntN(2), 8+rng.IntN(12)))
	case n < 68:
		s.together(ctx, s.compose(rng, rng.IntN(2) == 0, 1+rng.IntN(2), 1+8*rng.IntN(2)))
	case n < 80:
		if m, ok := s.earlier(rng, false); ok {
			s.post(ctx, x, m)
		}
	case n < 84:
		if m, ok := s.earlier(rng, true); ok {
			m.resend = true
			s.send(ctx, x, m)
		}
	case n < 88:
		ctx, cancel := context.WithTimeout(ctx, time.Duration(rng.IntN(15))*time.Millisecond)
		defer cancel()
		s.post(ctx, x, s.compose(rng, rng.IntN(2) == 0, 1, 1+rng.IntN(12)))
	case n < 93:
		s.bad(x, rng)
	default:
		x.call(ctx, e2etest.ToolSearch, map[string]any{"query": []string{"홍길동", "ㅎㄱㄷ", "지민", ""}[rng.IntN(4)]})
	}
}

// together sends m from all clients at the same moment.
func (s *soak) together(ctx context.Context, m note) {
	var calls sync.WaitGroup
	for _, x := range s.seats {
		calls.Go(func() { s.post(ctx, x, m) })
	}
	calls.Wait()
}

// post sends m and lets others repeat it, also while it is on its way.
func (s *soak) post(ctx context.Context, x *seat, m note) {
	s.mu.Lock()
	at := len(s.recent)
	s.recent = append(s.recent, m)
	s.mu.Unlock()
	told := s.send(ctx, x, m)
	s.mu.Lock()
	s.recent[at].sent = told == "sent"
	s.mu.Unlock()
}

// earlier picks one of the newest messages; done: one of a single part and receiver
// that was told as sent.
func (s *soak) earlier(rng *rand.Rand, done bool) (note, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	newest := min(30, len(s.recent))
	for range min(10, newest) {
		if m := s.recent[len(s.recent)-1-rng.IntN(newest)]; !done || m.sent && m.parts == 1 && len(m.to) == 1 {
			return m, true
		}
	}
	return note{}, false
}

// oneOfEach brings about, without chance, what the rest of the run is to be full of.
func (s *soak) oneOfEach() {
	ctx, rng, x, y := context.Background(), s.random(105), s.seats[0], s.seats[2]
	m := s.compose(rng, true, 1, 1)
	tell := func(want string) {
		s.Helper()
		if told := s.send(ctx, x, m); told != want {
			s.Errorf("told %s, want %s", told, want)
		}
	}
	s.troubles.During("cut after", func() {
		s.kakao.SetFaults(sandbox.Faults{FailPath: "/v2/api/talk/memo", Cut: "after"})
		tell("unknown")
		s.kakao.SetFaults(sandbox.Faults{})
	})
	tell("unknown")
	m.resend = true
	tell("sent")
	m.resend = false
	tell("already_sent") // the newest one counts
	s.troubles.During("killed", func() {
		s.kakao.SetFaults(sandbox.Faults{Latency: e2etest.Patience})
		done := make(chan struct{})
		go func() {
			defer close(done)
			s.send(ctx, y, s.compose(rng, true, 1, 1))
		}()
		y.busy()
		y.replace(func(srv *e2etest.Server) { _ = srv.Cmd.Process.Kill() })
		<-done
		s.kakao.SetFaults(sandbox.Faults{})
	})
}

// bad makes a call that must be refused.
func (s *soak) bad(x *seat, rng *rand.Rand) {
	marker := ledgertest.Marker(s.numbers.Add(1))
	arguments := []map[string]any{
		{"message": " ", "to": []string{"홍길동"}},
		{"message": marker, "to": []string{"아무도 아님 " + marker}},
		{"message": marker, "to": []string{"1", "2", "3", "4", "5", "6"}},
		{"message": marker, "uuid": "AAAA-" + marker + "-AAAAAAAAA"},
		{"message": marker + strings.Repeat(" 길어요", 5000), "to": []string{"홍길동"}},
		{"message": marker, "to": []string{"홍길동"}, "bcc": "x"},
	}[rng.IntN(6)]
	r, answered, _ := x.call(context.Background(), e2etest.ToolSend, arguments)
	if answered && (!r.IsError || fmt.Sprint(r.Structured["status"]) != "not_sent") {
		s.Errorf("bad input: %v %s", r.Structured["status"], r.Text())
	}
}
