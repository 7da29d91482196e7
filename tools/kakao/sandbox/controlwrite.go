package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"
)

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
func (s *Sandbox) controlPerson(body json.RawMessage) (any, error) {
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

func (s *Sandbox) controlFaults(f faultsJSON) (any, error) {
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

// tampering is what to overwrite in ID tokens; null removes a field, an empty object
// ends it.
type tampering struct {
	Header    map[string]any `json:"header"`
	Claims    map[string]any `json:"claims"`
	Signature Signature      `json:"signature"`
	Missing   bool           `json:"missing"`
}

func (s *Sandbox) controlIDToken(c tampering) (any, error) {
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
