package viewer

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
)

const (
	pathPage   = "/message"
	pathPrefix = pathPage + "/"
	pathData   = "/data"
	pathHealth = "/healthz"
)

// maxParallel is how many requests are answered at once; more would only
// share the owner's uplink.
const maxParallel = 64

// HandlerConfig says how the public handler is reached.
type HandlerConfig struct {
	// Host is the value of the Host header that is answered, with a port unless it
	// is the scheme's own. Others get 421, which stops DNS rebinding.
	Host string
	// Forwarded: a proxy in front adds each visitor's address to
	// X-Forwarded-For, so that they can be limited one by one. Without it
	// everybody shares one limit.
	Forwarded bool
	// Extra are further exact paths, such as a login callback, guarded like
	// the others: Host, GET and HEAD only, limits, headers. A handler may set
	// its own Content-Security-Policy. Its pages are shown at an address without
	// the query that they answer.
	Extra map[string]http.Handler
}

// NewHandler serves the public side and nothing else: the page at /message and
// /message/<id>, a blob at /message/<id>/data, /healthz, and the extra paths.
// s may be nil: then no message is found. Paths are compared as they were
// sent; whatever would need cleaning is 404.
func NewHandler(s *Store, c HandlerConfig) http.Handler {
	return &handler{
		store: s, config: c,
		page:    messagePage(true),
		limiter: newLimiter(c.Forwarded),
		slots:   make(chan struct{}, maxParallel),
	}
}

type handler struct {
	store   *Store
	config  HandlerConfig
	page    document
	limiter *limiter
	slots   chan struct{}
	shown   outcomes
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	setHeaders(w.Header())
	switch {
	case !strings.EqualFold(r.Host, h.config.Host):
		refuse(w, http.StatusMisdirectedRequest)
		return
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		refuse(w, http.StatusMethodNotAllowed)
		return
	case r.ContentLength != 0:
		w.Header().Set("Connection", "close")
		refuse(w, http.StatusBadRequest)
		return
	case !h.limiter.allow(r):
		w.Header().Set("Retry-After", "5")
		refuse(w, http.StatusTooManyRequests)
		return
	}
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	default:
		w.Header().Set("Retry-After", "1")
		refuse(w, http.StatusTooManyRequests)
		return
	}
	h.route(w, r, r.URL.EscapedPath())
}

func (h *handler) route(w http.ResponseWriter, r *http.Request, path string) {
	if extra := h.config.Extra[path]; extra != nil {
		h.shown.serve(w, r, extra)
		return
	}
	id, isMessage := strings.CutPrefix(path, pathPrefix)
	dataOf, isData := strings.CutSuffix(id, pathData)
	switch {
	case path == pathHealth:
		h.write(w, http.StatusOK, "text/plain; charset=utf-8", []byte("ok\n"))
	case path == pathPage:
		h.writePage(w, http.StatusOK)
	case isMessage && isID(id):
		h.writePage(w, h.statusOf(r.Context(), id))
	case isMessage && isData:
		h.writeData(w, r, dataOf)
	case isMessage && consists(id, base64url, 1, 64):
		// A link that lost or gained letters on the way: the page says so.
		h.writePage(w, http.StatusNotFound)
	default:
		refuse(w, http.StatusNotFound)
	}
}

// statusOf is that of a message's page. It is the same page, and 404 alike, for a
// message that never was, has expired or was revoked; its script tells the reader.
func (h *handler) statusOf(ctx context.Context, id string) int {
	if h.store == nil || errors.Is(h.store.has(ctx, id), ErrNotFound) {
		return http.StatusNotFound
	}
	return http.StatusOK
}

func (h *handler) writePage(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Security-Policy", h.page.policy+"; "+notFramed)
	h.write(w, status, "text/html; charset=utf-8", h.page.html)
}

func (h *handler) writeData(w http.ResponseWriter, r *http.Request, id string) {
	if h.store == nil {
		refuse(w, http.StatusNotFound)
		return
	}
	blob, err := h.store.Blob(r.Context(), id)
	switch {
	case errors.Is(err, ErrNotFound):
		refuse(w, http.StatusNotFound)
	case err != nil:
		refuse(w, http.StatusInternalServerError)
	default:
		h.write(w, http.StatusOK, "application/octet-stream", blob)
	}
}

func (h *handler) write(w http.ResponseWriter, status int, kind string, body []byte) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // of a HEAD request the server sends no body
}

func refuse(w http.ResponseWriter, status int) {
	http.Error(w, strings.ToLower(http.StatusText(status)), status)
}

func setHeaders(header http.Header) {
	for _, line := range safeHeaders {
		header.Set(line[0], line[1])
	}
	header.Set("Content-Security-Policy", closedPolicy)
	header.Set("Cache-Control", "no-store")
}
