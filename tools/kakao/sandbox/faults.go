package sandbox

import (
	"net/http"
	"strings"
	"time"
)

// Faults is what goes wrong. A request "matches" when its path begins with FailPath. From the FailNth-th
// match on (counted from SetFaults, 1 = the next), FailCount matches fail. A fault needs
// Answer, FailStatus or Cut. Pages under /rooms and /_sandbox never fail.
type Faults struct {
	Latency         time.Duration `json:"-"` // before every request
	FailPath        string        `json:"fail_path"`
	FailNth         int           `json:"fail_nth"`
	Answer          Answer        `json:"answer"`      // matches requests to its own host and path only; ignored with Cut
	FailStatus      int           `json:"fail_status"` // 400–599, ignored with Cut and Answer
	FailBody        string        `json:"fail_body"`   // "" = Kakao's -1
	FailCount       int           `json:"fail_count"`  // 0 = once, -1 = for ever
	FailAfter       bool          `json:"fail_after"`  // the request takes effect before FailStatus (not Answer) is given
	Cut             string        `json:"cut"`         // connection cut "before" or "after" the request took effect
	NoDomains       bool          `json:"no_domains"`  // no web domain counts as registered
	RateLimitStatus int           `json:"rate_limit_status"`
}

// SetFaults replaces all faults; the zero value ends them.
func (s *Sandbox) SetFaults(f Faults) {
	s.change(func() { s.faults, s.matched = f, 0 })
}

// Held is how many requests have arrived and wait out Faults.Latency.
func (s *Sandbox) Held() int { return int(s.held.Load()) }

// nextFault counts the request and returns the faults that hit it.
func (s *Sandbox) nextFault(host, path string) (latency time.Duration, hit Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.faults
	if !strings.HasPrefix(path, f.FailPath) || f.FailStatus == 0 && f.Cut == "" && f.Answer == "" {
		return f.Latency, Faults{}
	}
	if a := s.answers()[f.Answer]; f.Answer != "" && (a.host != host || !strings.HasPrefix(path, a.path)) {
		return f.Latency, Faults{}
	}
	s.matched++
	first := max(f.FailNth, 1)
	if s.matched < first || f.FailCount >= 0 && s.matched >= first+max(f.FailCount, 1) {
		return f.Latency, Faults{}
	}
	return f.Latency, f
}

// kakao wraps a host's handler with form parsing, faults and the request record.
func (s *Sandbox) kakao(host string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		most := int64(maxFormBytes)
		if r.URL.Path == uploadPath {
			most = maxUploadBytes
		}
		r.Body = http.MaxBytesReader(w, r.Body, most)
		bad := r.ParseForm() // leaves PostForm empty for any other content type
		w = &recorder{ResponseWriter: w, s: s, req: Request{
			Host: host, Method: r.Method, Path: r.URL.Path, Query: r.URL.Query(), Form: r.PostForm,
		}}
		latency, f := s.nextFault(host, r.URL.Path)
		if latency > 0 {
			s.held.Add(1)
			select {
			case <-time.After(latency):
			case <-r.Context().Done():
			}
			s.held.Add(-1)
			if r.Context().Err() != nil {
				panic(http.ErrAbortHandler)
			}
		}
		if f.Cut == "before" {
			cut(w)
		}
		if f.Cut == "after" || f.FailAfter && f.Answer == "" {
			next.ServeHTTP(&discarded{header: http.Header{}}, r)
		}
		switch {
		case f.Cut != "":
			cut(w)
		case f.Answer != "":
			s.serveAnswer(w, r, f.Answer, next)
		case f.FailStatus != 0:
			fail(w, f)
		case bad != nil:
			badParameter("failed to parse parameters.").write(w)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// cut closes the connection without an answer.
func cut(w http.ResponseWriter) {
	w.(*recorder).record(0)
	panic(http.ErrAbortHandler)
}

func fail(w http.ResponseWriter, f Faults) {
	body := f.FailBody
	if body == "" {
		body = `{"msg":"internal error","code":-1}`
	}
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(f.FailStatus)
	w.Write([]byte(body)) //nolint:errcheck // the reader is gone
}

// recorder adds the request to the record once its status is known, which is before
// the client can see it: who has an answer finds its request in the record.
type recorder struct {
	http.ResponseWriter
	s    *Sandbox
	req  Request
	done bool
}

func (w *recorder) record(status int) {
	if w.done {
		return
	}
	w.done = true
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	w.req.Status, w.req.At = status, w.s.now()
	w.s.requests = appendBounded(w.s.requests, w.req, maxRequests)
}

func (w *recorder) WriteHeader(status int) {
	w.record(status)
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(b []byte) (int, error) {
	w.record(http.StatusOK)
	return w.ResponseWriter.Write(b)
}

// discarded takes an answer that nobody will see.
type discarded struct{ header http.Header }

func (d *discarded) Header() http.Header         { return d.header }
func (d *discarded) Write(p []byte) (int, error) { return len(p), nil }
func (d *discarded) WriteHeader(int)             {}
