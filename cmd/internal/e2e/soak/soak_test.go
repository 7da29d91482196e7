//go:build linux

package soak

import (
	"context"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/kakao/sandbox"
	"kakaotalk-mcp/tools/kakao/sandbox/ledgertest"
)

var (
	soakLength = flag.Duration("soak", 4*time.Second, "length of each soak test; every fault happens at least once in any case")
	soakSeed   = flag.Uint64("soak.seed", 0, "seed of the soak tests; 0: another one each time")
)

const (
	soakSeats   = 4 // clients, each with its server; the first two live through the run
	soakWorkers = 2 // calls at once of each client
	soakCalls   = 6000
)

// TestSoak lets four clients make mixed calls for a while, each with a server of its
// own, on one home and one Kakao, while everything goes wrong in turn: see
// networkFaults and machineFaults. Then it compares what the clients were told with
// what is in the chat rooms, looks whether the home still works, and whether the
// servers that lived through it have grown.
//
//	go test ./cmd/internal/e2e/soak -v -soak 3m -soak.seed 7
func TestSoak(t *testing.T) {
	seed := *soakSeed
	if seed == 0 {
		seed = rand.Uint64N(1_000_000) + 1
	}
	e2etest.Program(t)
	t.Run("file", func(t *testing.T) {
		t.Parallel()
		newSoak(t, seed).run()
	})
	t.Run("keychain", func(t *testing.T) {
		t.Parallel()
		s := newSoak(t, seed)
		s.startKeyring()
		s.run()
	})
}

// soak is one run.
type soak struct {
	*testing.T
	seed    uint64
	kakao   *sandbox.Sandbox
	env     []string
	home    *scarceHome
	header  string // of the journal at the beginning
	keyring int    // process id, 0 for the file store
	friends []friend
	seats   []*seat
	book    ledgertest.Ledger
	numbers atomic.Int64  // messages so far
	ended   atomic.Int64  // sends so far
	over    chan struct{} // closed when the clients stop
	calm    chan struct{} // closed when all is done

	mu       sync.Mutex
	recent   []note
	troubles ledgertest.Troubles
}

type friend struct{ name, uuid string }

func newSoak(t *testing.T, seed uint64) *soak {
	kakao, settings := e2etest.NewKakao(t)
	kakao.UpdateApp(func(a *sandbox.App) { a.Permission = true })
	s := &soak{T: t, seed: seed, kakao: kakao, over: make(chan struct{}), calm: make(chan struct{})}
	s.home = newScarceHome(t)
	// The person does not need the browser to be told: see person.
	s.env = e2etest.BareEnv(t, append(settings, "KAKAOTALK_MCP_HOME="+s.home.dir, "KAKAO_CONFIRM=never", "KAKAO_LANG=ko", "BROWSER=true")...)
	for _, p := range kakao.People() {
		if slices.Contains([]string{"홍길동", "정서연", "강도윤", "조예준", "윤서윤"}, p.Nickname) {
			s.friends = append(s.friends, friend{p.Nickname, kakao.UUID(p.ID)})
		}
	}
	s.fillJournal()
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("to repeat: -run %s -soak %v -soak.seed %d", t.Name(), *soakLength, seed)
		}
	})
	return s
}

func (s *soak) random(n int) *rand.Rand { return rand.New(rand.NewPCG(s.seed, uint64(n))) }

func (s *soak) run() {
	var others sync.WaitGroup
	stopped := sync.OnceFunc(func() { close(s.calm); others.Wait() })
	defer stopped()
	others.Go(s.person)
	for i := range soakSeats {
		x := &seat{s: s, urls: i%2 == 1}
		x.start()
		s.seats = append(s.seats, x)
	}
	s.firstCalls(s.seats[0])
	s.oneOfEach()
	began := time.Now()
	var clients, trouble sync.WaitGroup
	for i, x := range s.seats {
		for w := range soakWorkers {
			rng := s.random(i*soakWorkers + w)
			clients.Go(func() { s.work(x, rng) })
		}
	}
	var early growth
	trouble.Go(func() { s.breakThings(s.random(100), s.networkFaults(s.random(101)), began) })
	trouble.Go(func() { s.breakThings(s.random(102), s.machineFaults(s.random(103)), began) })
	trouble.Go(func() { s.wait(*soakLength / 3); early = s.seats[0].measure() })
	trouble.Wait()
	late := s.seats[0].measure()
	close(s.over)
	clients.Wait()
	took := time.Since(began)
	s.endWell()
	s.notGrown(early, late)
	for _, x := range s.seats {
		x.srv.End()
	}
	stopped()
	s.compare(took)
}

// wait lets time pass.
func (s *soak) wait(d time.Duration) {
	select {
	case <-time.After(d):
	case <-s.calm:
	}
}

// firstCalls log in and read the friends; a keychain may need a moment to appear.
func (s *soak) firstCalls(x *seat) {
	s.sendUntilDone(x, true)
	s.sendUntilDone(x, false)
	x.call(context.Background(), e2etest.ToolSearch, map[string]any{"query": "홍길동"})
}

// sendUntilDone sends until a message is told as sent: a login may be under way, and
// what refused a fresh token is believed to be the app for a minute.
func (s *soak) sendUntilDone(x *seat, toMe bool) {
	s.Helper()
	rng := s.random(int(s.numbers.Load()))
	var told string
	for deadline := time.Now().Add(2 * e2etest.Patience); time.Now().Before(deadline); {
		if told = s.send(context.Background(), x, s.compose(rng, toMe, 1, 1)); told == "sent" {
			return
		}
		s.wait(100 * time.Millisecond)
	}
	s.Fatalf("nothing can be sent: %s", told)
}

// endWell: nothing is wrong any more, and the same home works for everybody.
func (s *soak) endWell() {
	s.kakao.SetFaults(sandbox.Faults{})
	s.kakao.ResetQuota()
	for _, x := range s.seats {
		s.sendUntilDone(x, true)
		s.sendUntilDone(x, false)
	}
	// Everybody reads the same journal.
	m := s.compose(s.random(104), false, 1, 1)
	for i, x := range s.seats {
		want := "already_sent"
		if i == 0 {
			want = "sent"
		}
		if told := s.send(context.Background(), x, m); told != want {
			s.Errorf("client %d, at the end: %s, want %s", i, told, want)
		}
	}
	if s.journalHeader() == s.header {
		s.Error("the journal was never rewritten")
	}
	out, errText, code := s.runProgram("status", "--json")
	var report struct {
		Login struct {
			LoggedIn bool `json:"logged_in"`
		} `json:"login"`
	}
	if err := json.Unmarshal([]byte(out), &report); code != e2etest.ExitOK || err != nil || !report.Login.LoggedIn {
		s.Errorf("status afterwards: exit code %d, %v\n%s%s", code, err, out, errText)
	}
}

// compare closes the book. No process is left that could still send.
func (s *soak) compare(took time.Duration) {
	for _, d := range s.kakao.Deliveries() {
		to := s.kakao.UUID(d.To)
		if d.To == d.From {
			to = ""
		}
		s.book.Arrived(to, d.Text)
	}
	r := s.book.Check()
	s.Logf("seed %d, %v: %s\nfaults: %s", s.seed, took.Round(time.Second), r, &s.troubles)
	for _, w := range r.Wrong[:min(len(r.Wrong), 8)] {
		s.Error(w)
	}
	for _, status := range []string{"sent", "already_sent", "unknown", "not_sent"} {
		if r.Status[status] == 0 {
			s.Errorf("nothing was ever told as %s", status)
		}
	}
	if r.Unanswered == 0 || r.Repeated == 0 || r.Status["sent"] < 20 {
		s.Error("too little happened")
	}
	if r.Arrived > 15_000 {
		s.Error("too much happened: the sandbox does not remember more messages")
	}
}
