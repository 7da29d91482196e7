package viewer

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// rate is a token bucket: burst requests at once, then perSecond.
type rate struct {
	perSecond, burst float64
}

// The limits protect the owner's computer and line; ids need no protection
// from guessing. Opening a message takes two requests.
var (
	visitorRate = rate{10, 60}
	// Visitors can be told apart: one of them cannot use this up.
	manyVisitorsRate = rate{4000, 4000}
	// They cannot: everybody shares it.
	sharedRate = rate{100, 300}
)

// maxVisitors bounds the memory of one generation of visitors.
const maxVisitors = 4096

// visitorMemory is longer than an empty bucket takes to fill.
const visitorMemory = 10 * time.Second

type bucket struct {
	tokens float64
	last   time.Time
}

// take spends a token if there is one.
func (b *bucket) take(r rate, now time.Time) bool {
	b.tokens = min(r.burst, b.tokens+now.Sub(b.last).Seconds()*r.perSecond)
	b.last = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

// limiter counts requests per visitor, where visitors are known, and overall.
type limiter struct {
	forwarded bool
	total     rate

	mu     sync.Mutex
	global bucket
	// Two generations instead of an eviction list: whoever comes back moves
	// to the young one, the old one is dropped as a whole.
	young, old map[string]*bucket
	turned     time.Time
}

func newLimiter(forwarded bool) *limiter {
	l := &limiter{forwarded: forwarded, total: sharedRate, young: map[string]*bucket{}}
	if forwarded {
		l.total = manyVisitorsRate
	}
	l.global = bucket{l.total.burst, time.Now()}
	return l
}

func (l *limiter) allow(r *http.Request) bool {
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	// The visitor first, so that one who is over the limit costs others nothing.
	if l.forwarded && !l.visitor(visitorOf(r), now).take(visitorRate, now) {
		return false
	}
	return l.global.take(l.total, now)
}

func (l *limiter) visitor(name string, now time.Time) *bucket {
	if len(l.young) >= maxVisitors || now.Sub(l.turned) > visitorMemory {
		l.young, l.old, l.turned = map[string]*bucket{}, l.young, now
	}
	b := l.young[name]
	if b == nil {
		if b = l.old[name]; b == nil {
			b = &bucket{visitorRate.burst, now}
		}
		l.young[name] = b
	}
	return b
}

// visitorOf is the right-most X-Forwarded-For address, the one that the proxy
// in front wrote itself, else the peer. A household of IPv6 addresses is one
// visitor.
func visitorOf(r *http.Request) string {
	name, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		name = r.RemoteAddr
	}
	if lines := r.Header.Values("X-Forwarded-For"); len(lines) > 0 {
		last := lines[len(lines)-1]
		name = strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])
	}
	addr, err := netip.ParseAddr(name)
	if err != nil {
		return name[:min(len(name), 64)]
	}
	if addr = addr.Unmap(); addr.Is6() {
		if net, err := addr.WithZone("").Prefix(64); err == nil {
			return net.String()
		}
	}
	return addr.String()
}
