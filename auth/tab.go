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

// tabFile holds when a login page was last put in front of the person, and which
// one: all processes together open a tab a minute at most, and whoever finds its
// page shown already waits for it.
const tabFile = "tab.json"

type shownTab struct {
	At   time.Time `json:"at"`
	Page string    `json:"page"` // digest of the address; "" if it could not be shown
}

func pageDigest(page string) string {
	sum := sha256.Sum256([]byte(page))
	return hex.EncodeToString(sum[:8])
}

// claimTab tells what a call that needs page may do: mine, put it in front of
// the person now; shown, it is there already, so wait. Neither: only tell the
// address. insist: the person asked for it this moment, so it is mine.
func (s *Session) claimTab(ctx context.Context, page string, insist bool) (mine, shown bool) {
	lock, err := s.lock(ctx, tabLock)
	if err != nil {
		return insist, false
	}
	defer lock.Release()
	// A file that cannot be read tells nothing: then the page counts as alive.
	if p := s.readPending(); p.URL != "" && (p.URL != page || p.Outcome != "") {
		return false, true // its owner is gone; what comes next will be told
	}
	var last shownTab
	raw, err := private.Read(s.tabPath(), maxPending)
	if !insist && err == nil && json.Unmarshal(raw, &last) == nil {
		if age := s.now().Sub(last.At); age >= 0 && age < tabInterval {
			return false, last.Page == pageDigest(page)
		}
	}
	err = s.writeTab(shownTab{At: s.now(), Page: pageDigest(page)})
	return insist || err == nil, false
}

// tabFailed notes that the page could not be shown: others need not wait for it.
func (s *Session) tabFailed() {
	s.withTab(func() error { return s.writeTab(shownTab{At: s.now()}) })
}

// resetTab allows the next page at once.
func (s *Session) resetTab() {
	s.withTab(func() error { return private.Remove(s.tabPath()) })
}

func (s *Session) withTab(change func() error) {
	lock, err := s.lock(s.life, tabLock)
	if err != nil {
		return
	}
	defer lock.Release()
	if err := change(); err != nil {
		s.cfg.Log.Warn("tab file not changed", "err", err)
	}
}

func (s *Session) tabPath() string { return filepath.Join(s.cfg.Home, tabFile) }

func (s *Session) writeTab(t shownTab) error {
	raw, err := json.Marshal(t)
	if err != nil {
		return err
	}
	return private.Write(s.tabPath(), raw)
}
