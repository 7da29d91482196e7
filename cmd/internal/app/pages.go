package app

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"sync"
	"time"

	"kakaotalk-mcp/auth/ground/private"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/tools/bubble"
	"kakaotalk-mcp/viewer"
	"kakaotalk-mcp/viewer/tunnel"
)

// storedLife is how long a stored message can be read.
const storedLife = 7 * 24 * time.Hour

// Pages gives long messages their links: those of the static page, and stored
// ones while some process of the user holds the tunnel. It implements compose.Pages.
type Pages struct {
	URL  string      // of the static page, "" if there is none
	Kind tunnel.Kind // how stored messages are reached; tunnel.Off if they are not

	home, baseURL string
	lang          wording.Lang
	serving       bool // this process, or another that serves, may be about to connect it

	mu    sync.Mutex
	store *viewer.Store
}

// Pages are the links for long messages, nil when neither a page nor a tunnel is
// configured.
func (a *App) Pages() *Pages {
	p := &Pages{URL: a.Settings.PageURL, Kind: a.Settings.Tunnel.Kind, home: a.Settings.Home, baseURL: a.Settings.BaseURL, lang: a.Lang, serving: !a.interactive}
	if p.URL == "" && p.Kind == tunnel.Off {
		return nil
	}
	return p
}

// Page implements compose.Pages.
func (p *Pages) Page(text string, max int) []string {
	if p.URL == "" {
		return nil
	}
	links, err := viewer.Pages{URL: p.URL, Format: p.format(), Cut: bubble.Cut}.Links(text, max)
	if err != nil {
		return nil // too long for links: the next way is tried
	}
	return links
}

// format is what the static page reads. One that was seen to open and never since
// links got a newer format may have been exported before; it is not asked each time.
func (p *Pages) format() viewer.Format {
	if proven := readProven(p.home); proven.Page == p.URL && proven.PageFormat == 0 {
		return viewer.Format1
	}
	return viewer.Format2
}

// Up implements compose.Pages: the forward is granted, in whichever process.
func (p *Pages) Up() bool {
	if p.Kind == tunnel.Off {
		return false
	}
	state, err := tunnel.ReadState(p.home)
	return err == nil && state.Up
}

// Await implements compose.Pages. A command connects no tunnel: it waits only for
// one that another process is connecting.
func (p *Pages) Await(ctx context.Context, atMost time.Duration) (up bool, state string) {
	if p.Kind == tunnel.Off {
		return false, ""
	}
	s, err := tunnel.ReadState(p.home)
	if err == nil && !s.Up && (p.serving || s.Held) {
		s, err = tunnel.Await(ctx, p.home, atMost)
	}
	if err != nil {
		s = tunnel.State{Failed: tunnel.StepHome}
	}
	return s.Up, s.Sentence(p.lang)
}

// Limit implements compose.Pages.
func (p *Pages) Limit() int { return viewer.MaxStored }

// Store implements compose.Pages.
func (p *Pages) Store(ctx context.Context, text string) (string, time.Time, func(context.Context), error) {
	state, err := tunnel.ReadState(p.home)
	if err != nil || !state.Up {
		return "", time.Time{}, nil, errors.New("the tunnel is down")
	}
	store, err := p.open()
	if err != nil {
		return "", time.Time{}, nil, err
	}
	expires := time.Now().Add(storedLife)
	id, key, err := store.Put(ctx, text, storedLife)
	if err != nil {
		return "", time.Time{}, nil, err
	}
	discard := func(ctx context.Context) { _ = store.Revoke(ctx, id) } // it expires by itself otherwise
	return store.URL(state.URL, id, key), expires, discard, nil
}

// open opens the message store on first use: it lists a folder.
func (p *Pages) open() (*viewer.Store, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.store != nil {
		return p.store, nil
	}
	store, err := viewer.NewStore(filepath.Join(p.home, "messages"), viewer.Options{})
	if err != nil {
		return nil, err
	}
	p.store = store
	return store, nil
}

// provenFile says which addresses a person has seen open from KakaoTalk.
const (
	provenFile = "proven.json"
	maxProven  = 64 << 10
)

type provenAddresses struct {
	Format int    `json:"v"`
	Page   string `json:"page,omitempty"`
	Stored string `json:"stored,omitempty"`
	// PageFormat is the format of links that Page read then; absent: the first.
	PageFormat int `json:"page_format,omitempty"`
}

func readProven(home string) provenAddresses {
	var p provenAddresses
	raw, err := private.Read(filepath.Join(home, provenFile), maxProven)
	if err != nil || json.Unmarshal(raw, &p) != nil || p.Format > 1 {
		return provenAddresses{}
	}
	return p
}

// Proven implements compose.Pages: only the very address that was tried counts.
func (p *Pages) Proven(delivery string) bool {
	proven := readProven(p.home)
	if delivery == "page" {
		return p.URL != "" && proven.Page == p.URL
	}
	return proven.Stored != "" && proven.Stored == p.PublicURL()
}

// PublicURL is the tunnel's address: configured, or told by its holder.
func (p *Pages) PublicURL() string {
	if p.baseURL != "" {
		return p.baseURL
	}
	state, _ := tunnel.ReadState(p.home)
	return state.URL
}

// Prove writes down that an address opened.
func (p *Pages) Prove(delivery string) error {
	proven := readProven(p.home)
	proven.Format = 1
	if delivery == "page" {
		proven.Page, proven.PageFormat = p.URL, 2
	} else {
		proven.Stored = p.PublicURL()
	}
	raw, _ := json.Marshal(proven) // strings and numbers
	return private.Write(filepath.Join(p.home, provenFile), raw)
}
