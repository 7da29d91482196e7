package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"kakaotalk-mcp/auth/ground/private"
	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/auth/loopback"
)

// pendingFile tells all processes of the user about the login under way: its page,
// and the loopback port where its keeper awaits the callback; afterwards, how it
// ended. It is a file beside login.lock because a locked file cannot be read on
// Windows. The verifier never leaves the keeper, so the file is worth nothing to a
// thief. Only the holder of the login lock writes it.
const pendingFile = "login.json"

type pendingLogin struct {
	ID      string    `json:"id"`
	URL     string    `json:"url"`  // "" until the keeper listens
	Port    int       `json:"port"` // likewise 0
	Path    string    `json:"path"`
	Purpose Purpose   `json:"purpose,omitempty"` // two of them share a path
	Switch  bool      `json:"switch,omitempty"`
	PID     int       `json:"pid"` // of the keeper
	Started time.Time `json:"started"`
	Outcome string    `json:"outcome,omitempty"` // "" while it runs or if its keeper died
	Ended   time.Time `json:"ended,omitzero"`
	Failure *failure  `json:"failure,omitempty"` // with outcomeFailed
}

// failure is a problem.Problem on its way to other processes.
type failure struct {
	Reason string        `json:"reason"`
	What   string        `json:"what"`
	Next   string        `json:"next"`
	Retry  problem.Retry `json:"retry"`
}

// Outcomes of a login.
const (
	outcomeDone     = "done"
	outcomeDeclined = "declined"
	outcomePartly   = "partly" // logged in, but an item was unticked
	outcomeFailed   = "failed"
	outcomeExpired  = "expired"
	outcomeLeft     = "left" // the keeper was ended
)

// lost tells of a login that ended with its keeper, before the person was done.
func (p pendingLogin) lost() bool {
	return p.ID != "" && (p.Outcome == "" || p.Outcome == outcomeLeft)
}

// alive reports whether somebody keeps this login.
func (s *Session) alive(p pendingLogin) bool {
	return p.ID != "" && p.Outcome == "" && s.now().Sub(p.Started) < attemptLife && (s.starting(p) || s.held(loginLock))
}

// starting reports whether the login's keeper was started a moment ago and may not
// hold the login lock yet.
func (s *Session) starting(p pendingLogin) bool {
	age := s.now().Sub(p.Started)
	return p.ID != "" && p.Outcome == "" && p.PID == 0 && age >= 0 && age < keeperStarts
}

func outcomeOf(err error) string {
	switch {
	case err == nil:
		return outcomeDone
	case reasonOf(err) == "consent_missing":
		return outcomePartly
	case errors.Is(err, ErrDeclined):
		return outcomeDeclined
	case errors.Is(err, context.DeadlineExceeded):
		return outcomeExpired
	case errors.Is(err, context.Canceled):
		return outcomeLeft
	}
	return outcomeFailed
}

const maxPending = 16 << 10 // a login address takes about 500 bytes

func (s *Session) readPending() pendingLogin {
	var p pendingLogin
	raw, err := private.Read(filepath.Join(s.cfg.Home, pendingFile), maxPending)
	if err != nil || json.Unmarshal(raw, &p) != nil {
		return pendingLogin{}
	}
	return p
}

// glancePending is readPending for calls that wait, as old as firstPoll at most: many
// that read the file one after another would keep it from its writer on Windows.
func (s *Session) glancePending() pendingLogin {
	s.glancing.Lock()
	defer s.glancing.Unlock()
	if time.Since(s.glance) >= firstPoll {
		s.glanced, s.glance = s.readPending(), time.Now()
	}
	return s.glanced
}

func (s *Session) writePending(p pendingLogin) error {
	defer func() {
		s.glancing.Lock()
		defer s.glancing.Unlock()
		s.glance = time.Time{}
	}()
	raw, _ := json.Marshal(p) // strings, numbers and times
	if err := private.WriteBriefly(filepath.Join(s.cfg.Home, pendingFile), raw); err != nil {
		return s.homeProblem(err)
	}
	return nil
}

// stamp changes with every login of any process: who has one in memory then
// looks into the store again, for the account may be another one.
type stamp struct {
	modified time.Time
	size     int64
}

func (s *Session) stamp() stamp {
	fi, err := os.Stat(filepath.Join(s.cfg.Home, pendingFile))
	if err != nil {
		return stamp{}
	}
	return stamp{fi.ModTime(), fi.Size()}
}

// under returns the login under way, the zero value if there is none.
func (s *Session) under() pendingLogin {
	if p := s.readPending(); s.alive(p) {
		return p
	}
	return pendingLogin{}
}

// Pending returns the address of the login page that is open at the moment, whoever
// opened it, or "".
func (s *Session) Pending() string { return s.under().URL }

// Forward hands a callback that arrived elsewhere (the tunnel, a pasted
// address) to the process that owns the login, and returns its result page with the
// headers without which it would not be shown as it is meant: status 200 for a login
// that succeeded, 400 for a callback that is not of this login, 403 for a login that
// failed. The error matches ErrLoginNeeded when no login is waiting.
func (s *Session) Forward(ctx context.Context, path, rawQuery string) (status int, header http.Header, page []byte, err error) {
	p := s.under()
	if p.Port == 0 || p.Path != path {
		return 0, nil, nil, fmt.Errorf("no login is waiting: %w", ErrLoginNeeded)
	}
	base := s.cfg.CallbackURL
	if _, local := s.publicCallback(); local == "" {
		base = "http://127.0.0.1:" + strconv.Itoa(p.Port)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+path+"?"+rawQuery, nil)
	if err != nil {
		return 0, nil, nil, errors.New("the address is not a callback of ours")
	}
	transport := &http.Transport{Proxy: nil, DisableKeepAlives: true}
	client := &http.Client{Timeout: exchangeTimeout + kakaoTimeout, Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil { // its text would hold the code
		return 0, nil, nil, fmt.Errorf("no login is waiting: %w", ErrLoginNeeded)
	}
	defer res.Body.Close()
	page, err = io.ReadAll(io.LimitReader(res.Body, maxPage))
	if err != nil {
		return 0, nil, nil, fmt.Errorf("reading the owner's answer: %w", err)
	}
	return res.StatusCode, res.Header, page, nil
}

// maxPage is far above the size of a result page.
const maxPage = 1 << 20

// ServeCallback answers a callback that arrived at the public address with the
// page of the process that owns the login.
func (s *Session) ServeCallback(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet || loopback.Prefetch(r.Header) {
		w.WriteHeader(http.StatusNoContent) // looking ahead must not spend the callback
		return
	}
	// Closing the tab must not undo the login.
	status, header, page, err := s.Forward(context.WithoutCancel(r.Context()), r.URL.Path, r.URL.RawQuery)
	if err != nil {
		notOurs := s.callbackPages().WrongState
		loopback.Page{Status: http.StatusBadRequest, Lang: string(s.cfg.Lang), Title: notOurs.Title, Body: notOurs.Body}.Write(w)
		return
	}
	for _, name := range []string{"Content-Type", "Content-Security-Policy", "Cache-Control", "Referrer-Policy"} {
		w.Header().Set(name, header.Get(name))
	}
	w.WriteHeader(status)
	_, _ = w.Write(page) // a browser that went away is no failure of the login
}
