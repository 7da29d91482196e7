package sandbox

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
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

// control is one path under /_sandbox/. read answers GET, write answers POST with the
// decoded body; either may be nil.
type control struct {
	read  func() any
	write func(decode func(any) error) (any, error)
}

// command is the body of the POST controls; each reads the fields it needs.
type command struct {
	Person  int64    `json:"person"`
	To      int64    `json:"to"`
	Scopes  []string `json:"scopes"`
	N       int      `json:"n"`
	Advance string   `json:"advance"`
	Strict  bool     `json:"strict"`
	Access  bool     `json:"access"`
	Refresh bool     `json:"refresh"`
	Friendship
}

// take makes a write control out of a function of what the body holds.
func take[T any](f func(T) (any, error)) func(func(any) error) (any, error) {
	return func(decode func(any) error) (any, error) {
		var body T
		if err := decode(&body); err != nil {
			return nil, err
		}
		return f(body)
	}
}

// do is take for a command that cannot fail.
func do(f func(command) any) func(func(any) error) (any, error) {
	return take(func(c command) (any, error) { return f(c), nil })
}

const maxFill = 100_000 // friends per request

func (s *Sandbox) controlTable() map[string]control {
	ok := map[string]any{"ok": true}
	return map[string]control{
		"app":     {read: func() any { return s.App() }, write: s.controlApp},
		"answers": {read: func() any { return AnswerNames() }},
		"faults":  {read: s.readFaults, write: take(s.controlFaults)},
		"people": {
			read:  func() any { return s.People() },
			write: take(func(p Person) (any, error) { return map[string]any{"id": s.AddPerson(p)}, nil })},
		"person":  {write: take(s.controlPerson)},
		"newuuid": {write: do(func(c command) any { return map[string]any{"uuid": s.ChangeUUID(c.Person)} })},
		"variants": {
			read: func() any { return s.Variants() },
			write: take(func(v Variants) (any, error) {
				s.SetVariants(v)
				return v, nil
			})},
		"idtoken": {write: take(s.controlIDToken)},
		"clock": {
			read: func() any { return map[string]any{"now": s.Now()} },
			write: take(func(c command) (any, error) {
				d, err := time.ParseDuration(c.Advance)
				if err != nil {
					return nil, errors.New("advance must be a duration such as 24h")
				}
				s.Advance(d)
				return map[string]any{"now": s.Now()}, nil
			})},
		"pictures":   {read: func() any { return s.Pictures() }},
		"events":     {read: func() any { return s.CalendarEvents() }},
		"reminders":  {read: func() any { return s.Reminders() }},
		"deliveries": {read: func() any { return s.Deliveries() }},
		"requests": {
			read:  func() any { return s.Requests() },
			write: do(func(command) any { s.ResetRequests(); return ok })},
		"befriend": {write: do(func(c command) any { s.Befriend(c.Person, c.To, c.Friendship); return ok })},
		"connect":  {write: do(func(c command) any { s.Connect(c.Person, c.Scopes...); return ok })},
		"withdraw": {write: do(func(c command) any { s.WithdrawConsent(c.Person, c.Scopes...); return ok })},
		"unlink":   {write: do(func(c command) any { s.Unlink(c.Person); return ok })},
		"uuid":     {write: do(func(c command) any { return map[string]any{"uuid": s.UUID(c.Person)} })},
		"fill":     {write: do(func(c command) any { s.Fill(max(0, min(c.N, maxFill))); return ok })},
		"quota":    {write: do(func(c command) any { s.UseUpQuota(c.Person); return ok })},
		"reset": {write: do(func(command) any {
			s.SetFaults(Faults{})
			s.ResetQuota()
			s.RestorePeople()
			return ok
		})},
		"strict": {write: do(func(c command) any { s.SetStrict(c.Strict); return ok })},
		"rotate": {write: do(func(command) any { s.RotateKeys(); return ok })},
		"expire": {write: do(func(c command) any {
			if c.Access {
				s.ExpireAccessTokens()
			}
			if c.Refresh {
				s.ExpireRefreshTokens()
			}
			return ok
		})},
	}
}

func (s *Sandbox) controls() http.Handler {
	mux := http.NewServeMux()
	for name, c := range s.controlTable() {
		if c.read != nil {
			mux.HandleFunc("GET /_sandbox/"+name, func(w http.ResponseWriter, _ *http.Request) {
				success(c.read()).write(w)
			})
		}
		if c.write != nil {
			mux.HandleFunc("POST /_sandbox/"+name, func(w http.ResponseWriter, r *http.Request) {
				result, err := c.write(func(into any) error { return decodeControl(w, r, into) })
				if err != nil {
					http.Error(w, err.Error(), http.StatusBadRequest)
					return
				}
				success(result).write(w)
			})
		}
	}
	return mux
}

// decodeControl reads a JSON body; an empty one leaves into as it is.
func decodeControl(w http.ResponseWriter, r *http.Request, into any) error {
	if t := r.Header.Get("Content-Type"); !strings.HasPrefix(t, "application/json") {
		return errors.New("the body must be application/json")
	}
	return strictly(http.MaxBytesReader(w, r.Body, maxFormBytes), into)
}

func strictly(body io.Reader, into any) error {
	d := json.NewDecoder(body)
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil && err != io.EOF {
		return errors.New("the body is not the expected JSON object")
	}
	return nil
}
