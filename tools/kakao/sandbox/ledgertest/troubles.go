package ledgertest

import (
	"sync"
	"time"
)

// Troubles remembers what went wrong and when. Its methods may be called at the
// same time.
type Troubles struct {
	mu   sync.Mutex
	list []lasting
}

type lasting struct {
	name string
	to   time.Time // zero while it lasts
}

// During notes a trouble while do makes it last.
func (t *Troubles) During(name string, do func()) {
	t.mu.Lock()
	at := len(t.list)
	t.list = append(t.list, lasting{name: name})
	t.mu.Unlock()
	do()
	t.mu.Lock()
	t.list[at].to = time.Now()
	t.mu.Unlock()
}

// Since names what went wrong at any time since began; "" is nothing.
func (t *Troubles) Since(began time.Time) (names string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, x := range t.list {
		if x.to.IsZero() || !x.to.Before(began) {
			names += x.name + "; "
		}
	}
	return names
}

// String tells how often each trouble came.
func (t *Troubles) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	count := map[string]int{}
	for _, x := range t.list {
		count[x.name]++
	}
	return counts(count)
}
