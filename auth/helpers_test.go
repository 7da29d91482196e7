package auth

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"kakaotalk-mcp/auth/ground/porttest"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/auth/keychain"
	"kakaotalk-mcp/tools/kakao/sandbox"
	"kakaotalk-mcp/tools/kakao/sandbox/leaktest"
)

// world is one Kakao, one person with a browser, one home and one store.
type world struct {
	*testing.T
	kakao    *sandbox.Sandbox
	server   *sandbox.Server
	store    *faultyStore
	home     string
	callback string
	lang     wording.Lang

	mu      sync.Mutex
	ahead   time.Duration
	tabs    []string
	visitor *sandbox.Visitor // nil: the person does not react
	pages   chan sandbox.Page
	visits  sync.WaitGroup
}

func newWorld(t *testing.T) *world {
	t.Helper()
	k := borrow(t)
	w := &world{T: t, kakao: k.Sandbox, server: k.server, ahead: time.Until(k.Now()).Round(time.Second),
		store: &faultyStore{Store: keychain.NewMemory()}, home: t.TempDir(), lang: "ko",
		visitor: &sandbox.Visitor{}, pages: make(chan sandbox.Page, 100)}
	t.Cleanup(func() {
		w.visits.Wait()
		found, _, err := leaktest.New(sandbox.SecretMark).Files(w.home, nil) // the store is elsewhere
		if len(found) > 0 || err != nil {
			t.Errorf("secrets in files: %q %v", found, err)
		}
	})
	w.callback = "http://127.0.0.1:" + porttest.Closed(t)
	w.kakao.UpdateApp(func(a *sandbox.App) {
		a.RedirectURIs = []string{w.callback + "/auth/callback", w.callback + "/friends/callback"}
	})
	return w
}

// kakaoServer is a sandbox that tests use one after another: making its keys
// takes longer than most tests.
type kakaoServer struct {
	*sandbox.Sandbox
	server *sandbox.Server
	app    sandbox.App
}

var idle = make(chan *kakaoServer, 100)

// borrow returns a sandbox in which nobody has logged in lately.
func borrow(t *testing.T) *kakaoServer {
	t.Helper()
	var k *kakaoServer
	select {
	case k = <-idle:
	default:
		k = &kakaoServer{Sandbox: sandbox.New()}
		k.app = k.App()
		var err error
		if k.server, err = k.Start(); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		k.SetFaults(sandbox.Faults{})
		k.TamperIDToken(nil)
		k.UpdateApp(func(a *sandbox.App) { *a = k.app })
		k.Unlink(k.Owner().ID)
		k.ResetRequests()
		k.Advance(25 * time.Hour) // rate limits and sessions of browsers are forgotten
		idle <- k
	})
	return k
}

// session is one process's Session; change edits its configuration.
func (w *world) session(change ...func(*Config)) *Session {
	w.Helper()
	c := Config{
		ClientID: w.kakao.App().Key,
		Secret:   func(context.Context) (string, error) { return w.kakao.App().Secret, nil },
		AuthURL:  w.server.AuthURL, APIURL: w.server.APIURL, CallbackURL: w.callback,
		Home: w.home, Store: w.store, Open: w.open, Lang: w.lang, Command: "kakaotalk-mcp",
	}
	for _, f := range change {
		f(&c)
	}
	s := New(c)
	s.http.Transport = &http.Transport{DisableKeepAlives: true}
	s.now = w.now
	w.Cleanup(s.Close)
	return s
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.ahead)
}

// advance lets time pass here and at Kakao.
func (w *world) advance(d time.Duration) {
	w.mu.Lock()
	w.ahead += d
	w.mu.Unlock()
	w.kakao.Advance(d)
}

// open is the browser: the person, if there is one, does what the pages say.
func (w *world) open(page string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tabs = append(w.tabs, page)
	if w.visitor == nil {
		return nil
	}
	v := *w.visitor // a fresh browser without cookies
	w.visits.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if p, err := v.Visit(ctx, page); err == nil {
			w.pages <- p
		}
	})
	return nil
}

func (w *world) person(v *sandbox.Visitor) {
	w.mu.Lock()
	w.visitor = v
	w.mu.Unlock()
}

func (w *world) opened() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.tabs)
}

// requests counts the requests to a path of the auth host.
func (w *world) requests(path string) int {
	n := 0
	for _, r := range w.kakao.Requests() {
		if r.Host == "auth" && r.Path == path {
			n++
		}
	}
	return n
}

// record returns what the store holds, nil if nothing.
func (w *world) record(s *Session) *Record {
	w.Helper()
	raw, err := w.store.Store.Get(context.Background(), s.recordName())
	if errors.Is(err, keychain.ErrNotFound) {
		return nil
	}
	var rec Record
	if err != nil || json.Unmarshal(raw, &rec) != nil {
		w.Fatalf("the stored record cannot be read: %v", err)
	}
	return &rec
}

// token gets a token within a call of ordinary length.
func (w *world) token(s *Session, p Purpose) (string, error) {
	return w.tokenWithin(s, p, 8*time.Second)
}

func (w *world) tokenWithin(s *Session, p Purpose, limit time.Duration) (string, error) {
	ctx, cancel := context.WithTimeout(w.Context(), limit)
	defer cancel()
	return s.Token(ctx, Request{Purpose: p})
}

// mustToken logs in or uses the login there is.
func (w *world) mustToken(s *Session, p Purpose) string {
	w.Helper()
	token, err := w.token(s, p)
	if err != nil {
		w.Fatalf("no token: %v", err)
	}
	return token
}

// works asks Kakao whether it takes the token.
func (w *world) works(token string) bool {
	w.Helper()
	r, err := http.NewRequestWithContext(w.Context(), http.MethodGet, w.server.APIURL+"/v2/user/me", nil)
	if err != nil {
		w.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	defer res.Body.Close()
	io.Copy(io.Discard, res.Body)
	return res.StatusCode == http.StatusOK
}

func (w *world) path(name string) string { return filepath.Join(w.home, name) }

// faultyStore is a Store whose nth call from now fails, before or after it took
// effect.
type faultyStore struct {
	keychain.Store

	mu     sync.Mutex
	calls  int
	failAt int
	after  bool
	err    error
}

func (f *faultyStore) fail(n int, after bool, err error) {
	f.mu.Lock()
	f.calls, f.failAt, f.after, f.err = 0, n, after, err
	f.mu.Unlock()
}

// always makes every call fail.
func (f *faultyStore) always(err error) { f.fail(-1, false, err) }

func (f *faultyStore) do(work func() error) error {
	f.mu.Lock()
	f.calls++
	hit, after, err := f.err != nil && (f.failAt < 0 || f.calls == f.failAt), f.after, f.err
	f.mu.Unlock()
	if hit && !after {
		return err
	}
	if werr := work(); werr != nil {
		return werr
	}
	if hit {
		return err
	}
	return nil
}

func (f *faultyStore) Get(ctx context.Context, name string) (value []byte, err error) {
	err = f.do(func() error { value, err = f.Store.Get(ctx, name); return err })
	if err != nil {
		return nil, err
	}
	return value, nil
}

func (f *faultyStore) Set(ctx context.Context, name string, value []byte) error {
	return f.do(func() error { return f.Store.Set(ctx, name, value) })
}

func (f *faultyStore) Delete(ctx context.Context, name string) error {
	return f.do(func() error { return f.Store.Delete(ctx, name) })
}

func (f *faultyStore) Probe(ctx context.Context) error {
	return f.do(func() error { return f.Store.Probe(ctx) })
}
