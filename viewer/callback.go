package viewer

import (
	"bytes"
	"crypto/rand"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"
)

// The address of a login callback holds a code, and browsers remember addresses.
// So the page that answers it is shown at another one, to which the browser is
// sent (303) and where it can be reloaded without spending the code again.
const (
	shownQuery = "shown="
	// shownFor is as long as a login may take.
	shownFor = 10 * time.Minute
	// The newest few are kept. Ours take about 3 KB; a larger one is answered where
	// it was asked.
	maxShown     = 64
	maxShownPage = 16 << 10
)

// outcomes are pages of callbacks, the oldest first.
type outcomes struct {
	mu   sync.Mutex
	kept []outcome
}

type outcome struct {
	address string // path and query
	at      time.Time
	page    *recorder
}

// serve lets callback answer and moves the page of a success to a clean address.
func (o *outcomes) serve(w http.ResponseWriter, r *http.Request, callback http.Handler) {
	query := r.URL.RawQuery
	if strings.HasPrefix(query, shownQuery) {
		if page := o.find(r.URL.Path + "?" + query); page != nil {
			page.replay(w)
			return
		}
	}
	if r.Method != http.MethodGet || query == "" {
		callback.ServeHTTP(w, r)
		return
	}
	answer := &recorder{status: http.StatusOK, header: w.Header().Clone()}
	callback.ServeHTTP(answer, r)
	// The address of a login that did not succeed opens nothing; and whoever has none
	// cannot push the pages of others out.
	if answer.status != http.StatusOK || !strings.HasPrefix(answer.header.Get("Content-Type"), "text/html") || answer.body.Len() > maxShownPage {
		answer.replay(w)
		return
	}
	w.Header().Set("Location", o.keep(r.URL.Path, answer))
	w.WriteHeader(http.StatusSeeOther)
}

// keep returns the address at which page is found from now on.
func (o *outcomes) keep(path string, page *recorder) string {
	kept := outcome{path + "?" + shownQuery + rand.Text(), time.Now(), page}
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.kept) >= maxShown {
		o.kept = append(o.kept[:0], o.kept[1:]...)
	}
	o.kept = append(o.kept, kept)
	return kept.address
}

func (o *outcomes) find(address string) *recorder {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(o.kept) > 0 && time.Since(o.kept[0].at) > shownFor {
		o.kept = o.kept[1:]
	}
	for _, k := range o.kept {
		if k.address == address {
			return k.page
		}
	}
	return nil
}

// recorder is an answer that has not been sent.
type recorder struct {
	status int
	header http.Header
	body   bytes.Buffer
	begun  bool
}

func (a *recorder) Header() http.Header { return a.header }

func (a *recorder) WriteHeader(status int) {
	if !a.begun {
		a.begun, a.status = true, status
	}
}

func (a *recorder) Write(b []byte) (int, error) {
	a.begun = true
	return a.body.Write(b)
}

func (a *recorder) replay(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body.Bytes()) // a browser that went away is no failure of the login
}
