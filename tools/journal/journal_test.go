package journal

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gofrs/flock"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const window = 10 * time.Minute

// noon of a Korean day
var noon = time.Date(2026, 3, 2, 3, 0, 0, 0, time.UTC)

// clock is the time of a test's journals.
type clock struct{ time.Time }

func open(t testing.TB, c *clock, dir string) *Journal {
	t.Helper()
	return Open(dir, func() time.Time { return c.Time })
}

func home(t testing.TB) string { return filepath.Join(t.TempDir(), "home") }

func items(receivers ...string) []Item {
	list := make([]Item, len(receivers))
	for i, r := range receivers {
		list[i] = Item{Account: "1", Receiver: r, Content: "hello"}
	}
	return list
}

func look(t testing.TB, j *Journal, list []Item) []Status {
	t.Helper()
	got, err := j.Look(t.Context(), list, window)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func begin(t testing.TB, j *Journal, list []Item, force bool) Claim {
	t.Helper()
	c, err := j.Begin(t.Context(), list, window, force)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.end)
	return c
}

// end lets go of what the claim holds, as the end of its process does.
func (c Claim) end() {
	if c.held != nil {
		c.held.Release()
	}
}

func send(t testing.TB, j *Journal, list []Item, outcomes ...Outcome) Claim {
	t.Helper()
	c := begin(t, j, list, false)
	if err := j.Finish(t.Context(), c, outcomes); err != nil {
		t.Fatal(err)
	}
	return c
}

func equal(t testing.TB, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Claim{})); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestSendOnce(t *testing.T) {
	c := &clock{noon}
	dir := home(t)
	first, other := open(t, c, dir), open(t, c, dir)
	list := items("a", "b", "c", Me)
	equal(t, "before", make([]Status, 4), look(t, first, list))
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("looking made the home: %v", err)
	}

	claim := begin(t, first, list, false)
	equal(t, "claim", Claim{Status: make([]Status, 4), Granted: []bool{true, true, true, true}}, claim)
	at := time.Unix(0, noon.UnixNano())
	flying := []Status{{InFlight, at, false}, {InFlight, at, false}, {InFlight, at, false}, {InFlight, at, false}}
	equal(t, "in flight", flying, look(t, other, list))
	equal(t, "second claim", Claim{Status: flying, Granted: make([]bool, 4)}, begin(t, other, list, false))

	if err := first.Finish(t.Context(), claim, []Outcome{Delivered, Refused, Uncertain, Delivered}); err != nil {
		t.Fatal(err)
	}
	after := []Status{{Sent, at, false}, {}, {Unknown, at, false}, {Sent, at, false}}
	for _, j := range []*Journal{first, other, open(t, c, dir)} {
		equal(t, "finished", after, look(t, j, list))
	}
	equal(t, "only the missing one", []bool{false, true, false, false}, begin(t, other, list, false).Granted)

	c.Time = noon.Add(window - 1)
	equal(t, "end of the window", Status{Sent, at, false}, look(t, first, list)[0])
	c.Time = noon.Add(window)
	equal(t, "after the window", make([]Status, 4), look(t, first, list))
}

func TestItemsDiffer(t *testing.T) {
	j := open(t, &clock{noon}, home(t))
	send(t, j, []Item{{"1", "a", "x", 1}}, Delivered)
	for _, item := range []Item{{"2", "a", "x", 1}, {"1", "b", "x", 1}, {"1", "a", "y", 1}, {"1", "a", "x", 2}, {"1a", "", "x", 1}, {"1", "ax", "", 1}} {
		if got := look(t, j, []Item{item})[0].State; got != Fresh {
			t.Errorf("%v is in state %d", item, got)
		}
	}
}

func TestMark(t *testing.T) {
	dir := home(t)
	j := open(t, &clock{noon}, dir)
	mark := func(j *Journal, receiver string) string {
		t.Helper()
		m, err := j.Mark(t.Context(), items(receiver)[0])
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	if got := mark(j, "a"); got != "" {
		t.Errorf("before anything: %q", got)
	}
	send(t, j, items("b"), Delivered)
	if a, b := mark(j, "a"), mark(j, "b"); a == "" || a == b || a != mark(open(t, &clock{noon}, dir), "a") {
		t.Errorf("marks %q and %q", a, b)
	}
	other := open(t, &clock{noon}, home(t))
	send(t, other, items("b"), Delivered)
	if mark(other, "a") == mark(j, "a") {
		t.Error("two keys make the same mark")
	}
}

func TestForce(t *testing.T) {
	c := &clock{noon}
	j := open(t, c, home(t))
	send(t, j, items("a"), Delivered)
	claim := begin(t, j, items("a", "a"), true)
	equal(t, "granted", []bool{true, true}, claim.Granted)
	if err := j.Finish(t.Context(), claim, []Outcome{Refused, Refused}); err != nil {
		t.Fatal(err)
	}
	if got := look(t, j, items("a"))[0].State; got != Sent {
		t.Errorf("a refused repetition leaves state %d, want the first one's", got)
	}
}

func TestSameItemTwiceInOneCall(t *testing.T) {
	j := open(t, &clock{noon}, home(t))
	equal(t, "granted", []bool{true, false}, begin(t, j, items("a", "a"), false).Granted)
}

func TestClockSetBack(t *testing.T) {
	c := &clock{noon}
	dir := home(t)
	j := open(t, c, dir)
	send(t, j, items("a"), Delivered)
	c.Time = noon.Add(-48 * time.Hour)
	now := time.Unix(0, c.UnixNano())
	equal(t, "future entry", []Status{{Sent, now, false}}, look(t, j, items("a")))
	u, err := j.Used(t.Context(), "1")
	if err != nil || u.Today != 1 || u.BestDay != 0 {
		t.Errorf("usage %+v, %v", u, err)
	}
	if err := j.rewriteForTest(t); err != nil {
		t.Fatal(err)
	}
	c.Time = c.Add(window)
	equal(t, "after rewriting, it ages", make([]Status, 1), look(t, j, items("a")))
}

// rewriteForTest rewrites under the lock, as write does.
func (j *Journal) rewriteForTest(t testing.TB) error {
	return j.write(t.Context(), func(key) ([]record, error) { return nil, j.rewrite() })
}

func TestFinish(t *testing.T) {
	j := open(t, &clock{noon}, home(t))
	claim := begin(t, j, items("a"), false)
	if err := j.Finish(t.Context(), claim, nil); err == nil {
		t.Error("finished without an outcome")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := j.Finish(ctx, claim, []Outcome{Delivered}); err != nil {
		t.Errorf("finishing after cancelling: %v", err)
	}
	if got := look(t, j, items("a"))[0].State; got != Sent {
		t.Errorf("state %d", got)
	}
	if _, err := j.Begin(ctx, items("b"), window, false); !errors.Is(err, context.Canceled) {
		t.Errorf("begun after cancelling: %v", err)
	}
	if _, err := j.Begin(t.Context(), make([]Item, maxItems+1), window, false); err == nil {
		t.Error("begun too many items")
	}
}

func TestGoroutines(t *testing.T) {
	dir := home(t)
	shared := Open(dir, time.Now)
	var granted [20]int
	var mu sync.Mutex
	var wg sync.WaitGroup
	for g := range 8 {
		j := shared
		if g%2 == 0 {
			j = Open(dir, time.Now)
		}
		wg.Go(func() {
			for i := range granted {
				c, err := j.Begin(t.Context(), []Item{{"1", "a", "x", i}}, window, false)
				if err != nil {
					t.Error(err)
					return
				}
				defer c.end()
				if c.Granted[0] {
					mu.Lock()
					granted[i]++
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	for i, n := range granted {
		if n != 1 {
			t.Errorf("item %d was granted %d times", i, n)
		}
	}
}

func TestBusy(t *testing.T) {
	dir := home(t)
	send(t, Open(dir, time.Now), items("a"), Delivered)
	l := flock.New(filepath.Join(dir, lockName))
	if err := l.Lock(); err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	synctest.Test(t, func(t *testing.T) {
		j := Open(dir, time.Now)
		if _, err := j.Begin(t.Context(), items("b"), window, false); !errors.Is(err, ErrBusy) {
			t.Errorf("begun while another process holds the lock: %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), lockWait/2)
		defer cancel()
		if _, err := j.Begin(ctx, items("b"), window, false); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("begun after the deadline: %v", err)
		}
	})
}
