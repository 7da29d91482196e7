package sandbox

import (
	"crypto/rand"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"kakaotalk-mcp/tools/kakao/sandbox/calendar"
	"kakaotalk-mcp/tools/kakao/sandbox/quota"
)

const (
	maxRequests   = 20_000 // newest requests kept: a soak test must not eat the memory
	maxDeliveries = 20_000 // newest messages kept, for the same reason
)

// Sandbox is one Kakao with one app and its people. All methods are safe for
// concurrent use. Create it with New.
type Sandbox struct {
	mu              sync.Mutex
	offset          time.Duration // of the sandbox clock to the real one
	authURL, apiURL string        // set while a Server runs
	strict          bool
	variants        Variants
	english         atomic.Bool

	app         App
	members     map[int64]bool // app.Members as a set
	people      map[int64]*Person
	asAdded     map[int64]Person
	order       []int64        // people as they were added
	generated   map[int64]bool // made by Fill: not offered on the login page
	byUUID      map[string]int64
	uuidChanges map[int64]int
	friendships map[int64]map[int64]Friendship
	links       map[int64]*link
	listings    map[listingKey][]friend // cleared by every change of the world

	flows    map[string]*flow
	sessions map[string]session
	codes    map[string]*authCode
	access   map[string]*accessToken
	grants   map[string]*grant // by refresh token
	issues   map[issueKey][]time.Time
	keys     []signingKey // oldest first, the last one signs
	tamper   func(*IDToken)

	held       atomic.Int64 // requests
	faults     Faults
	matched    int // requests that matched faults.FailPath so far
	quota      *quota.Day
	deliveries []Delivery
	pictures   []Picture
	calendar   calendar.Calendar
	requests   []Request
	watchers   map[chan struct{}]bool // open chat-room pages
}

// New returns a sandbox with the sample world and one unreviewed app, everything
// switched on, strict, with the real time. The client secret is fresh each time.
func New() *Sandbox {
	s := &Sandbox{
		strict:      true,
		app:         defaultApp(),
		people:      map[int64]*Person{},
		asAdded:     map[int64]Person{},
		generated:   map[int64]bool{},
		byUUID:      map[string]int64{},
		uuidChanges: map[int64]int{},
		friendships: map[int64]map[int64]Friendship{},
		links:       map[int64]*link{},
		flows:       map[string]*flow{},
		sessions:    map[string]session{},
		codes:       map[string]*authCode{},
		access:      map[string]*accessToken{},
		grants:      map[string]*grant{},
		issues:      map[issueKey][]time.Time{},
		watchers:    map[chan struct{}]bool{},
	}
	s.quota = quota.New(s.now, func() bool { return s.app.Permission })
	s.populate()
	return s
}

// Now is the time of the sandbox: the real one plus everything advanced.
func (s *Sandbox) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now()
}

func (s *Sandbox) now() time.Time { return time.Now().Add(s.offset) }

// Advance moves the clock by d, which may be negative. Tokens, codes, sessions,
// counters and the times in ID tokens follow.
func (s *Sandbox) Advance(d time.Duration) {
	s.change(func() { s.offset += d })
}

// SetStrict chooses what happens where Kakao's documentation is silent. Strict (the
// default) answers -2 to a text of over 200 UTF-16 units, to unknown parameters and to
// bad paging values; lenient cuts the text at 200 and ignores the others.
func (s *Sandbox) SetStrict(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.strict = on
}

// Variants are the ways in which Kakao's SDKs and observers differ about Kakao. The
// zero value is the way that is not known to be wrong, or that is harder on a client.
type Variants struct {
	KOE205First  bool `json:"koe205_first"`  // a consent item that is not set up is told before the account login, not after it
	FailureInfos bool `json:"failure_infos"` // failures of several receivers come in failure_infos, not in failure_info
}

func (v Variants) failureField() string {
	if v.FailureInfos {
		return "failure_infos"
	}
	return "failure_info"
}

// SetVariants replaces all variants.
func (s *Sandbox) SetVariants(v Variants) {
	s.change(func() { s.variants = v })
}

// Variants returns the variants in force.
func (s *Sandbox) Variants() Variants {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.variants
}

// SetEnglish chooses the language of the pages, which are Korean otherwise.
func (s *Sandbox) SetEnglish(on bool) {
	s.english.Store(on)
}

// Request is one request to a Kakao endpoint or page. Status 0 means that the
// connection was cut without an answer.
type Request struct {
	Host   string     `json:"host"` // "auth" or "api"
	Method string     `json:"method"`
	Path   string     `json:"path"`
	Query  url.Values `json:"query"`
	Form   url.Values `json:"form"`
	Status int        `json:"status"`
	At     time.Time  `json:"at"`
}

// Requests returns the recorded requests, oldest first. A request is in the list
// before its answer reaches the client. Pages under /rooms and /_sandbox are not recorded.
func (s *Sandbox) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// ResetRequests forgets the recorded requests.
func (s *Sandbox) ResetRequests() {
	s.change(func() { s.requests = nil })
}

// Deliveries returns the messages that arrived, oldest first. Their templates must not
// be changed.
func (s *Sandbox) Deliveries() []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.deliveries)
}

// appendBounded appends and drops the oldest entries above limit. It drops a quarter
// at once so that the copying stays cheap.
func appendBounded[T any](list []T, v T, limit int) []T {
	if len(list) >= limit {
		list = slices.Clone(list[limit/4:])
	}
	return append(list, v)
}

// changed wakes everybody who watches the chat rooms.
func (s *Sandbox) changed() {
	for ch := range s.watchers {
		select {
		case ch <- struct{}{}:
		default: // already told
		}
	}
}

// Marks with which everything begins that must stay private, so that it is
// recognised wherever it turns up: a sandbox's client secret, codes, tokens and
// cookies, and its people's uuids. Nobody takes them for real ones either.
const (
	SecretMark = "SandboxSecret"
	UUIDMark   = "sandbox-uuid" // of base64url letters, as a uuid is
)

// secret returns a fresh unguessable string: n times 26 letters and digits behind
// the mark.
func secret(n int) string {
	text := SecretMark
	for range n {
		text += rand.Text()
	}
	return text
}
