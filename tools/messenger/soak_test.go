package messenger

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"kakaotalk-mcp/tools/kakao/sandbox/ledgertest"
)

var (
	soakSeed = flag.Uint64("soak.seed", 0, "seed of the compressed soak; 0: another one each time")
	soakRuns = flag.Int("soak.runs", 1, "how many seeds, counted up")
)

const (
	soakTime     = 30 * time.Minute
	soakPrograms = 4
	soakWorkers  = 2 // at once in each program
)

// TestSoakCompressed runs four programs on one home for half an hour of fake time:
// mixed calls, faults of Kakao and the network, expiring tokens, clocks that jump,
// restarts. Then it compares what was told with what is in the rooms.
//
// The programs are Messengers with sessions of their own in one process: locks and
// files are real, and a system call that returns lets synctest's clock go on, only
// sockets are not (see pipes). Killing and stopping programs is for the real soak.
// The login's clock does not jump: package auth tests that. The same seed brings
// the same faults and calls, but not the same order of what happens at once.
//
//	go test ./tools -run TestSoakCompressed -v -soak.seed 1 -soak.runs 20
func TestSoakCompressed(t *testing.T) {
	first := *soakSeed
	if first == 0 {
		first = rand.Uint64N(1_000_000) + 1
	}
	busy, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	taken := strconv.Itoa(busy.Addr().(*net.TCPAddr).Port)
	for seed := first; seed < first+uint64(*soakRuns); seed++ {
		t.Run(fmt.Sprintf("soak.seed=%d", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { soak(t, seed, taken) })
		})
	}
}

// soaking is one run.
type soaking struct {
	*computer
	seed     uint64
	book     ledgertest.Ledger
	programs []*program
	cutter   *Messenger // tells how many parts a text becomes
	friends  []friendOf
	end      time.Time
	numbers  atomic.Int64
	repeats  struct{ held, again atomic.Int64 } // answers of the repeaters

	mu       sync.Mutex
	recent   []posted
	troubles ledgertest.Troubles
}

type friendOf struct{ name, uuid string }

// posted is a message that was sent, to be sent again.
type posted struct {
	marker string
	r      SendRequest
	to     []string
	parts  int
	sent   bool // told so, by a call that is over
}

func soak(t *testing.T, seed uint64, taken string) {
	// The program's day turns over in the middle.
	time.Sleep(14*time.Hour + 45*time.Minute) // fake time begins at nine in Korea
	s := &soaking{computer: newComputer(t, taken), seed: seed, end: time.Now().Add(soakTime), cutter: New(Config{Lang: "ko"})}
	for _, p := range s.kakao.People() {
		if slices.Contains([]string{"홍길동", "정서연", "강도윤", "조예준", "윤서윤"}, p.Nickname) {
			s.friends = append(s.friends, friendOf{p.Nickname, s.kakao.UUID(p.ID)})
		}
	}
	for range soakPrograms {
		p := newProgram()
		s.start(p)
		s.programs = append(s.programs, p)
	}
	var working sync.WaitGroup
	for i, p := range s.programs {
		for w := range soakWorkers {
			rng := s.random(i*soakWorkers + w)
			working.Go(func() { s.work(p, rng) })
		}
	}
	working.Go(func() { s.breakThings(s.random(100)) })
	working.Go(func() { s.repeat(s.random(101), true) })
	working.Go(func() { s.repeat(s.random(102), false) })
	working.Wait()
	s.endWell()
}

func (s *soaking) random(n int) *rand.Rand { return rand.New(rand.NewPCG(s.seed, uint64(n))) }

// endWell checks that everything works once nothing is wrong any more, that all
// programs read the same journal, and that the book is in order.
func (s *soaking) endWell() {
	time.Sleep(time.Hour) // fake; clocks that were set back catch up, entries grow old
	s.kakao.ResetQuota()
	rng := s.random(103)
	used := map[int]bool{}
	for i, p := range s.programs {
		for _, toMe := range []bool{true, false} {
			out := s.send(s.t.Context(), p, s.compose(rng, toMe, 1, 1))
			if out.Status != StatusSent {
				s.t.Errorf("program %d at the end: %s %s", i, out.Status, out.Reason)
			}
		}
	}
	for _, p := range s.programs {
		q, err := p.m.Quota(s.t.Context(), p.session.Account())
		if err != nil {
			s.t.Error(err)
		}
		used[q.Used] = true
		p.end()
	}
	if s.journalHeader() == s.header {
		s.t.Error("the journal was never rewritten")
	}
	if len(used) != 1 {
		s.t.Errorf("programs of one home count differently: %v", used)
	}
	for _, d := range s.kakao.Deliveries() {
		to := s.kakao.UUID(d.To)
		if d.To == d.From {
			to = ""
		}
		s.book.Arrived(to, d.Text)
	}
	r := s.book.Check()
	summary := fmt.Sprintf("seed %d: %s\nrepeats within the window %d, after it %d, faults: %s", s.seed, r,
		s.repeats.held.Load(), s.repeats.again.Load(), &s.troubles)
	s.t.Log(summary)
	for _, w := range r.Wrong[:min(len(r.Wrong), 5)] {
		s.t.Error(w)
	}
	if r.Status[StatusSent] < 500 || r.Status[StatusAlreadySent] == 0 || r.Status[StatusUnknown] == 0 || r.Status[StatusNotSent] == 0 ||
		r.Repeated == 0 || s.repeats.held.Load() < 3 || s.repeats.again.Load() < 3 {
		s.t.Error("too little happened")
	}
}

// send carries out one call and enters it in the book.
func (s *soaking) send(ctx context.Context, p *program, m posted) SendResult {
	p.enter()
	defer p.leave()
	c := ledgertest.Call{Message: m.marker, To: m.to, Parts: m.parts, Resend: m.r.Resend, Window: windowFriends, Began: time.Now()}
	if m.r.ToMe {
		c.Window = windowMe
	}
	c.Ahead[0] = time.Duration(s.ahead.Load())
	out, err := p.m.Send(ctx, m.r, Nobody{})
	if err != nil {
		s.t.Errorf("an error besides the result: %v", err)
	}
	c.Ended, c.Ahead[1] = time.Now(), time.Duration(s.ahead.Load())
	c.Answer, c.Trouble = wire(s.t, out), s.troubles.Since(c.Began)
	s.book.Add(c)
	if out.Reason == "port_in_use" {
		s.t.Errorf("seed %d: a login was needed", s.seed)
	}
	return out
}

// compose makes a message in about so many parts, to oneself or to n friends.
func (s *soaking) compose(rng *rand.Rand, toMe bool, n, parts int) posted {
	m := posted{marker: ledgertest.Marker(s.numbers.Add(1)), r: SendRequest{ToMe: toMe}, to: []string{""}, parts: 1}
	if !toMe {
		m.to = nil
		for _, i := range rng.Perm(len(s.friends))[:n] {
			m.r.To, m.to = append(m.r.To, s.friends[i].name), append(m.to, s.friends[i].uuid)
		}
	}
	m.r.Message = "잘 지내요? " + m.marker
	if parts > 1 {
		// A marker in every sentence, so that no part is without one.
		m.r.Message = strings.Repeat("오늘 회의에서 정한 내용을 정리해 드려요 "+m.marker+". ", parts*4)
		p, err := s.cutter.maker.Compose(s.t.Context(), m.r.Content, !toMe)
		if err != nil {
			s.t.Error(err)
		}
		m.parts = len(p.Bubbles)
	}
	return m
}
