package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"kakaotalk-mcp/viewer"
	"kakaotalk-mcp/viewer/tunnel"
)

// storedLife is how long a stored message can be read.
const storedLife = 7 * 24 * time.Hour

// pages gives long messages their links: those of the static page, and stored
// ones while some process of the user holds the tunnel. It implements messenger.Pages.
type pages struct {
	home    string
	pageURL string
	tunnel  tunnel.Kind
	baseURL string

	mu    sync.Mutex
	store *viewer.Store
}

// newPages returns nil when neither a page nor a tunnel is configured.
func (a *app) newPages() *pages {
	p := &pages{home: a.settings.home, pageURL: a.settings.get("KAKAO_PAGE_URL"), tunnel: a.tunnelSpec().Kind, baseURL: a.settings.get("KAKAO_BASE_URL")}
	if p.pageURL == "" && p.tunnel == tunnel.Off {
		return nil
	}
	return p
}

// tunnelSpec is KAKAO_TUNNEL. A wrong value, which the settings' check tells, is off.
func (a *app) tunnelSpec() tunnel.Spec {
	spec, err := tunnel.Parse(cmp.Or(a.settings.get("KAKAO_TUNNEL"), a.settings.unset("KAKAO_TUNNEL")))
	if err != nil {
		return tunnel.Spec{Kind: tunnel.Off}
	}
	return spec
}

// Page implements messenger.Pages.
func (p *pages) Page(text string, max int) []string {
	if p.pageURL == "" {
		return nil
	}
	links, err := viewer.PageLinks(p.pageURL, text, max)
	if err != nil {
		return nil // too long for links: the next way is tried
	}
	return links
}

// Up implements messenger.Pages: the forward is granted, in whichever process.
func (p *pages) Up() bool {
	if p.tunnel == tunnel.Off {
		return false
	}
	state, err := tunnel.ReadState(p.home)
	return err == nil && state.Up
}

// Limit implements messenger.Pages.
func (p *pages) Limit() int { return viewer.MaxStored }

// Store implements messenger.Pages.
func (p *pages) Store(ctx context.Context, text string) (string, time.Time, func(context.Context), error) {
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
func (p *pages) open() (*viewer.Store, error) {
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
const provenFile = "proven.json"

type provenAddresses struct {
	Format int    `json:"v"`
	Page   string `json:"page,omitempty"`
	Stored string `json:"stored,omitempty"`
}

func readProven(home string) provenAddresses {
	var p provenAddresses
	raw, err := os.ReadFile(filepath.Join(home, provenFile))
	if err != nil || json.Unmarshal(raw, &p) != nil || p.Format > 1 {
		return provenAddresses{}
	}
	return p
}

// Proven implements messenger.Pages: only the very address that was tried counts.
func (p *pages) Proven(delivery string) bool {
	proven := readProven(p.home)
	if delivery == "page" {
		return p.pageURL != "" && proven.Page == p.pageURL
	}
	return proven.Stored != "" && proven.Stored == p.publicURL()
}

// publicURL is the tunnel's address: configured, or told by its holder.
func (p *pages) publicURL() string {
	if p.baseURL != "" {
		return p.baseURL
	}
	state, _ := tunnel.ReadState(p.home)
	return state.URL
}

// prove writes down that an address opened.
func (p *pages) prove(delivery string) error {
	proven := readProven(p.home)
	proven.Format = 1
	if delivery == "page" {
		proven.Page = p.pageURL
	} else {
		proven.Stored = p.publicURL()
	}
	raw, err := json.Marshal(proven)
	if err != nil {
		return fmt.Errorf("encoding %s: %w", provenFile, err)
	}
	return replaceFile(filepath.Join(p.home, provenFile), raw)
}
