package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
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

// do makes a write control out of a function that cannot fail once its body is read.
func do(f func(command) any) func(func(any) error) (any, error) {
	return func(decode func(any) error) (any, error) {
		var c command
		if err := decode(&c); err != nil {
			return nil, err
		}
		return f(c), nil
	}
}

const maxFill = 100_000 // friends per request

func (s *Sandbox) controlTable() map[string]control {
	ok := map[string]any{"ok": true}
	return map[string]control{
		"app":     {read: func() any { return s.App() }, write: s.controlApp},
		"answers": {read: func() any { return AnswerNames() }},
		"faults":  {read: s.readFaults, write: s.controlFaults},
		"people": {
			read: func() any { return s.People() },
			write: func(decode func(any) error) (any, error) {
				var p Person
				if err := decode(&p); err != nil {
					return nil, err
				}
				return map[string]any{"id": s.AddPerson(p)}, nil
			}},
		"person":  {write: s.controlPerson},
		"newuuid": {write: do(func(c command) any { return map[string]any{"uuid": s.ChangeUUID(c.Person)} })},
		"variants": {
			read: func() any { return s.Variants() },
			write: func(decode func(any) error) (any, error) {
				var v Variants
				if err := decode(&v); err != nil {
					return nil, err
				}
				s.SetVariants(v)
				return v, nil
			}},
		"idtoken": {write: s.controlIDToken},
		"clock": {
			read: func() any { return map[string]any{"now": s.Now()} },
			write: func(decode func(any) error) (any, error) {
				var c command
				if err := decode(&c); err != nil {
					return nil, err
				}
				d, err := time.ParseDuration(c.Advance)
				if err != nil {
					return nil, errors.New("advance must be a duration such as 24h")
				}
				s.Advance(d)
				return map[string]any{"now": s.Now()}, nil
			}},
		"pictures":   {read: func() any { return s.Pictures() }},
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
		"reset":    {write: do(func(command) any { s.SetFaults(Faults{}); s.ResetQuota(); return ok })},
		"strict":   {write: do(func(c command) any { s.SetStrict(c.Strict); return ok })},
		"rotate":   {write: do(func(command) any { s.RotateKeys(); return ok })},
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
				answer{http.StatusOK, c.read()}.write(w)
			})
		}
		if c.write != nil {
			mux.HandleFunc("POST /_sandbox/"+name, func(w http.ResponseWriter, r *http.Request) {
				result, err := c.write(func(into any) error { return decodeControl(w, r, into) })
				if err != nil {
					http.Error(w, err.Error(), http.StatusBadRequest)
					return
				}
				answer{http.StatusOK, result}.write(w)
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

// controlApp changes the fields that are given.
func (s *Sandbox) controlApp(decode func(any) error) (any, error) {
	app := s.App()
	app.Items = nil // the decoder would merge into the map; a given one replaces
	if err := decode(&app); err != nil {
		return nil, err
	}
	s.UpdateApp(func(a *App) {
		if app.Items == nil {
			app.Items = a.Items
		}
		*a = app
	})
	return s.App(), nil
}

// controlPerson changes the fields of somebody that are given.
func (s *Sandbox) controlPerson(decode func(any) error) (any, error) {
	var body json.RawMessage
	if err := decode(&body); err != nil {
		return nil, err
	}
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
	return map[string]any{"ok": true}, err
}

// faultsJSON has the latency in a unit for people.
type faultsJSON struct {
	Faults
	LatencyMS int64 `json:"latency_ms"`
}

func jsonFaults(f Faults) faultsJSON { return faultsJSON{f, f.Latency.Milliseconds()} }

func (s *Sandbox) readFaults() any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return jsonFaults(s.faults)
}

func (s *Sandbox) controlFaults(decode func(any) error) (any, error) {
	var f faultsJSON
	if err := decode(&f); err != nil {
		return nil, err
	}
	f.Latency = time.Duration(f.LatencyMS) * time.Millisecond
	if f.Answer != "" && !slices.Contains(AnswerNames(), f.Answer) {
		return nil, errors.New("answer is none of those in the list of GET /_sandbox/answers")
	}
	if f.FailStatus != 0 && (f.FailStatus < 400 || f.FailStatus > 599) || f.Cut != "" && f.Cut != "before" && f.Cut != "after" {
		return nil, errors.New("fail_status must be 400 to 599, cut must be before or after")
	}
	s.SetFaults(f.Faults)
	return s.readFaults(), nil
}

// controlIDToken overwrites the given header fields and claims; null removes one, an
// empty object ends the tampering.
func (s *Sandbox) controlIDToken(decode func(any) error) (any, error) {
	var c struct {
		Header    map[string]any `json:"header"`
		Claims    map[string]any `json:"claims"`
		Signature Signature      `json:"signature"`
		Missing   bool           `json:"missing"`
	}
	if err := decode(&c); err != nil {
		return nil, err
	}
	replace := func(into, from map[string]any) {
		maps.Copy(into, from)
		maps.DeleteFunc(into, func(_ string, v any) bool { return v == nil })
	}
	s.TamperIDToken(func(t *IDToken) {
		replace(t.Header, c.Header)
		replace(t.Claims, c.Claims)
		t.Signature, t.Missing = c.Signature, c.Missing
	})
	return map[string]any{"ok": true}, nil
}
