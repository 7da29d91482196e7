package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"path/filepath"
	"time"

	"kakaotalk-mcp/auth/ground/private"
)

// tabFile holds what all processes together put in front of the person: when a login
// page was last shown, and which; and who waits for the login, so that one call
// knows whether an earlier one gave up.
const tabFile = "tab.json"

type tab struct {
	At   time.Time `json:"at"`
	Page string    `json:"page"` // digest of the address; "" if it could not be shown

	Login   string            `json:"login,omitempty"` // its name: what follows is about it
	GivenUp bool              `json:"given_up,omitempty"`
	Waits   map[string]string `json:"waits,omitempty"` // file that a waiting call holds → its Request.Key
}

const (
	// maxWaits bounds the calls that are written down, about 100 bytes each.
	maxWaits = 500
	maxTab   = 256 << 10
	// leaveWait bounds what is written when a program ends.
	leaveWait = time.Second
)

func pageDigest(page string) string {
	sum := sha256.Sum256([]byte(page))
	return hex.EncodeToString(sum[:8])
}

// part is what one call does about the page of a login.
type part struct {
	mine  bool // it puts the page in front of the person now
	shown bool // the page is there already
	late  bool // an earlier call gave up waiting

	s     *Session
	login string
	file  string // in home, held while the call waits
	held  *private.Lock
}

// join makes the call one of those that wait for p. All processes together open a
// tab a minute at most, unless insist: the person asked for it this moment. A call
// that was given up is one that ended without the login, whose process died, or
// that the same client makes once more.
func (s *Session) join(ctx context.Context, p pendingLogin, key string, insist bool) *part {
	mine := &part{s: s, login: p.ID, mine: insist}
	lock, err := s.lock(ctx, tabLock)
	if err != nil {
		return mine
	}
	defer lock.Release()
	// A file that cannot be read tells nothing: then the page counts as alive.
	if now := s.readPending(); now.ID != "" && (now.ID != p.ID || now.Outcome != "") {
		return &part{shown: true} // over; what comes next will be told
	}
	t, readable := s.readTab()
	if t.Login != p.ID {
		t.Login, t.GivenUp, t.Waits = p.ID, false, nil
	}
	waits := map[string]string{}
	for file, other := range t.Waits {
		switch {
		case filepath.Base(file) != file || !private.IsLeftover(file):
			continue // not one of ours
		case !s.held(file): // its process died
			t.GivenUp = true
			_ = private.Remove(filepath.Join(s.cfg.Home, file))
			continue
		case key != "" && key == other:
			t.GivenUp = true
		}
		waits[file] = other
	}
	if len(waits) >= maxWaits {
		// Nobody sits before so many programs.
	} else if file, held, err := private.Hold(s.cfg.Home); err == nil {
		mine.file, mine.held, waits[file] = file, held, key
	}
	t.Waits = waits
	mine.late = t.GivenUp
	if age := s.now().Sub(t.At); !insist && readable && age >= 0 && age < tabInterval {
		mine.shown = t.Page == pageDigest(p.URL)
		s.writeTab(t)
		return mine
	}
	t.At, t.Page = s.now(), pageDigest(p.URL)
	err = s.writeTab(t)
	mine.mine = insist || err == nil
	return mine
}

// leave ends a call's part; gaveUp: without the login. It is short, because it comes
// when a program ends.
func (p *part) leave(gaveUp bool) {
	if p == nil || p.held == nil {
		return
	}
	defer p.held.Release()
	ctx, cancel := context.WithTimeout(context.Background(), leaveWait)
	defer cancel()
	p.s.withTab(ctx, func(t *tab) {
		if t.Login == p.login {
			delete(t.Waits, p.file)
			t.GivenUp = t.GivenUp || gaveUp
		}
	})
}

// tabFailed notes that the page could not be shown: others need not wait for it.
func (s *Session) tabFailed() {
	s.withTab(s.life, func(t *tab) { t.At, t.Page = s.now(), "" })
}

// resetTab allows the next page at once.
func (s *Session) resetTab() {
	lock, err := s.lock(s.life, tabLock)
	if err != nil {
		return
	}
	defer lock.Release()
	s.removeTab()
}

// removeTab is resetTab for the holder of the tab lock.
func (s *Session) removeTab() {
	if err := private.Remove(s.tabPath()); err != nil {
		s.cfg.Log.Warn("tab file not removed", "err", err)
	}
}

func (s *Session) withTab(ctx context.Context, change func(*tab)) {
	lock, err := s.lock(ctx, tabLock)
	if err != nil {
		return
	}
	defer lock.Release()
	t, _ := s.readTab()
	change(&t)
	if err := s.writeTab(t); err != nil {
		s.cfg.Log.Warn("tab file not changed", "err", err)
	}
}

func (s *Session) readTab() (t tab, ok bool) {
	raw, err := private.Read(s.tabPath(), maxTab)
	if err != nil || json.Unmarshal(raw, &t) != nil {
		return tab{}, false
	}
	return t, true
}

func (s *Session) tabPath() string { return filepath.Join(s.cfg.Home, tabFile) }

func (s *Session) writeTab(t tab) error {
	raw, _ := json.Marshal(t) // strings, flags and a time
	return private.WriteBriefly(s.tabPath(), raw)
}
