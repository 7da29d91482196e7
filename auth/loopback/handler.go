package loopback

import (
	"context"
	"crypto/subtle"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	// maxQuery is generous: a code and a state take about 200 bytes, an error
	// with a Korean description under 1,000.
	maxQuery = 4096
	// secondWait is how long a second request (an impatient reload) waits for the
	// first one's page before it is told that the login is in progress.
	secondWait = 10 * time.Second
)

// handler answers requests. Its order of checks is deliberate: Host, path and
// method tell whether this is our page at all; then the state, before any other
// parameter is looked at, tells whether it is our login.
type handler struct {
	cfg   Config
	hosts []string
	done  chan struct{} // closed when outcome is set

	mu      sync.Mutex
	claimed bool // the one use is taken, or the listener is closing
	outcome Page // readable once done is closed
}

func newHandler(cfg Config, hosts []string) *handler {
	return &handler{cfg: cfg, hosts: hosts, done: make(chan struct{})}
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case !slices.Contains(h.hosts, r.Host):
		h.explain(w, http.StatusMisdirectedRequest, h.cfg.Pages.NotFound)
	// The path as sent: an encoded spelling of ours is not ours.
	case !slices.Contains(h.cfg.Paths, r.URL.EscapedPath()):
		h.explain(w, http.StatusNotFound, h.cfg.Pages.NotFound)
	case r.Method != http.MethodGet:
		w.Header().Set("Allow", http.MethodGet)
		h.explain(w, http.StatusMethodNotAllowed, h.cfg.Pages.NotFound)
	case len(r.URL.RawQuery) > maxQuery:
		h.explain(w, http.StatusRequestURITooLong, h.cfg.Pages.NotFound)
	default:
		h.callback(w, r)
	}
}

// callback handles a request for one of our pages. Whatever does not carry the
// state is answered and forgotten: a stale tab or a hostile page must not end
// the login.
func (h *handler) callback(w http.ResponseWriter, r *http.Request) {
	q, ok := parseQuery(r.URL.RawQuery)
	if !ok || subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(h.cfg.State)) != 1 {
		h.explain(w, http.StatusBadRequest, h.cfg.Pages.WrongState)
		return
	}
	if Prefetch(r.Header) {
		setHeaders(w.Header())
		w.WriteHeader(http.StatusNoContent) // the browser asks again when the page is really wanted
		return
	}
	if q.Get("error") != "" {
		q.Del("code")
	} else if q.Get("code") == "" {
		h.explain(w, http.StatusBadRequest, h.cfg.Pages.WrongState)
		return
	}
	if h.claim() {
		h.complete(r.Context(), q)
		h.outcome.Write(w)
		return
	}
	h.later(w, r)
}

// claim takes the one use. Only its first caller gets true.
func (h *handler) claim() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	first := !h.claimed
	h.claimed = true
	return first
}

func (h *handler) complete(ctx context.Context, q url.Values) {
	defer close(h.done)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), completeTimeout)
	defer cancel()
	h.outcome = h.cfg.Complete(ctx, q)
}

// later answers a callback that is not the first: with the outcome, marked as
// old if it was there already.
func (h *handler) later(w http.ResponseWriter, r *http.Request) {
	if h.finished() {
		page := h.outcome
		page.Body = slices.Concat(h.cfg.Pages.AlreadyUsed, page.Body)
		page.Write(w)
		return
	}
	timer := time.NewTimer(secondWait)
	defer timer.Stop()
	select {
	case <-h.done:
		h.outcome.Write(w)
	case <-timer.C:
		h.explain(w, http.StatusAccepted, h.cfg.Pages.InProgress)
	case <-r.Context().Done():
	}
}

// stop makes sure that Complete does not begin any more.
func (h *handler) stop() {
	if h.claim() {
		h.outcome = h.cfg.Pages.page(http.StatusGone, h.cfg.Pages.WrongState)
		close(h.done)
	}
}

// finished tells whether the outcome is known.
func (h *handler) finished() bool {
	select {
	case <-h.done:
		return true
	default:
		return false
	}
}

func (h *handler) explain(w http.ResponseWriter, status int, t Text) {
	h.cfg.Pages.page(status, t).Write(w)
}

// parseQuery reports false for a malformed query and for repeated names (RFC
// 6749, 3.1, forbids them): of two states it would be unclear which one counts.
func parseQuery(raw string) (url.Values, bool) {
	q, err := url.ParseQuery(raw)
	for _, values := range q {
		if len(values) > 1 {
			return nil, false
		}
	}
	return q, err == nil
}

// Prefetch recognises a browser that loads pages on suspicion.
func Prefetch(header http.Header) bool {
	for _, name := range []string{"Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"} {
		value := strings.ToLower(header.Get(name))
		if strings.Contains(value, "prefetch") || strings.Contains(value, "prerender") || strings.Contains(value, "preview") {
			return true
		}
	}
	return false
}
