package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// ownPage admits only this machine's programs and the sandbox's own pages: a web site
// open in the same browser must neither read nor steer the sandbox.
func ownPage(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		site, origin := r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Origin")
		opened := r.Method == http.MethodGet && r.URL.Path == "/rooms" && r.Header.Get("Sec-Fetch-Mode") == "navigate"
		foreign := site != "" && site != "same-origin" && site != "none" && !opened ||
			origin != "" && origin != "http://"+r.Host
		if !loopback(r.RemoteAddr) || !loopback(r.Host) || foreign {
			http.Error(w, "only this machine's own pages may come here", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// loopback tells whether host[:port] is this machine. A name other than localhost may
// have been pointed here by a stranger's name server.
func loopback(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = strings.Trim(hostport, "[]")
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// command is the body of most controls; each reads the fields it needs.
type command struct {
	Person  int64    `json:"person"`
	Scopes  []string `json:"scopes"`
	Advance string   `json:"advance"`
	Access  bool     `json:"access"`
	Refresh bool     `json:"refresh"`
}

// take makes a control of a function that takes the decoded body.
func take[T any](f func(T) error) func(body io.Reader) error {
	return func(body io.Reader) error {
		var v T
		if err := strictly(body, &v); err != nil {
			return err
		}
		return f(v)
	}
}

// do is take for a function that cannot fail.
func do(f func(command)) func(body io.Reader) error {
	return take(func(c command) error { f(c); return nil })
}

// writeControls are the controls that change something, by their names under /_sandbox/.
func (s *Sandbox) writeControls() map[string]func(body io.Reader) error {
	return map[string]func(io.Reader) error{
		"clock":    take(s.controlClock),
		"faults":   take(s.controlFaults),
		"newuuid":  do(func(c command) { s.ChangeUUID(c.Person) }),
		"person":   take(s.controlPerson),
		"quota":    do(func(c command) { s.UseUpQuota(c.Person) }),
		"withdraw": do(func(c command) { s.WithdrawConsent(c.Person, c.Scopes...) }),
		"expire": do(func(c command) {
			if c.Access {
				s.ExpireAccessTokens()
			}
			if c.Refresh {
				s.ExpireRefreshTokens()
			}
		}),
		"reset": do(func(command) {
			s.SetFaults(Faults{})
			s.ResetQuota()
			s.RestorePeople()
		}),
	}
}

// readControls are those that tell something.
func (s *Sandbox) readControls() map[string]func() any {
	return map[string]func() any{
		"deliveries": func() any { return s.Deliveries() },
		"people":     func() any { return s.People() },
	}
}

func (s *Sandbox) controls() http.Handler {
	mux := http.NewServeMux()
	for name, read := range s.readControls() {
		mux.HandleFunc("GET /_sandbox/"+name, func(w http.ResponseWriter, _ *http.Request) {
			answer{http.StatusOK, read()}.write(w)
		})
	}
	for name, write := range s.writeControls() {
		mux.HandleFunc("POST /_sandbox/"+name, func(w http.ResponseWriter, r *http.Request) {
			err := errors.New("the body must be application/json")
			if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
				err = write(http.MaxBytesReader(w, r.Body, maxFormBytes))
			}
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			answer{http.StatusOK, map[string]any{"ok": true}}.write(w)
		})
	}
	return mux
}

// strictly reads a JSON body; an empty one leaves into as it is.
func strictly(body io.Reader, into any) error {
	d := json.NewDecoder(body)
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil && err != io.EOF {
		return errors.New("the body is not the expected JSON object")
	}
	return nil
}

func (s *Sandbox) controlClock(c command) error {
	d, err := time.ParseDuration(c.Advance)
	if err != nil {
		return errors.New("advance must be a duration such as 24h")
	}
	s.Advance(d)
	return nil
}

// controlPerson changes the fields of somebody that are given.
func (s *Sandbox) controlPerson(body json.RawMessage) error {
	var who struct {
		ID int64 `json:"id"`
	}
	_ = json.Unmarshal(body, &who) // what is wrong with it is told below
	err := errors.New("id is nobody's")
	s.UpdatePerson(who.ID, func(p *Person) {
		changed := *p
		if err = strictly(bytes.NewReader(body), &changed); err == nil {
			*p = changed
		}
	})
	return err
}

// faultsJSON has the latency in a unit for people.
type faultsJSON struct {
	Faults
	LatencyMS int64 `json:"latency_ms"`
}

func jsonFaults(f Faults) faultsJSON { return faultsJSON{f, f.Latency.Milliseconds()} }

func (s *Sandbox) controlFaults(f faultsJSON) error {
	f.Latency = time.Duration(f.LatencyMS) * time.Millisecond
	if f.Answer != "" && !slices.Contains(AnswerNames(), f.Answer) {
		return errors.New("answer is none that Kakao is known to give")
	}
	if f.FailStatus != 0 && (f.FailStatus < 400 || f.FailStatus > 599) || f.Cut != "" && f.Cut != "before" && f.Cut != "after" {
		return errors.New("fail_status must be 400 to 599, cut must be before or after")
	}
	s.SetFaults(f.Faults)
	return nil
}
