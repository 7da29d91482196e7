// Package sandboxtest sets up a sandbox Kakao whose owner is logged in, for tests
// of what stands in front of it, and asks after each test that no secret was left
// in a file. It knows nothing of the program's own types above auth.
package sandboxtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/ground/porttest"
	"kakaotalk-mcp/auth/keychain"
	"kakaotalk-mcp/tools/kakao/sandbox"
	"kakaotalk-mcp/tools/kakao/sandbox/leaktest"
)

// World is a sandbox Kakao and the login of its owner.
type World struct {
	T       testing.TB
	Kakao   *sandbox.Sandbox
	Server  *sandbox.Server
	Session *auth.Session
	Store   *Seeded
	Visitor *sandbox.Visitor
	Home    string

	NoBrowser bool // none can be opened
}

// New starts one; the owner has not logged in yet.
func New(t testing.TB) *World {
	t.Helper()
	w := &World{T: t, Kakao: sandbox.New(), Visitor: &sandbox.Visitor{}, Home: t.TempDir(), Store: &Seeded{Memory: keychain.NewMemory()}}
	var err error
	if w.Server, err = w.Kakao.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Server.Close() })
	if err := os.Chmod(w.Home, 0o700); err != nil {
		t.Fatal(err)
	}
	w.Session = w.NewSession(w.Home, w.Server.APIURL, w.Store)
	t.Cleanup(w.nothingWritten)
	return w
}

// nothingWritten is asked after every test: a token only in a store of files, a
// uuid only in the list of aliases and approvals, and no text that was delivered.
// Texts that a test keeps too short to be told from chance are left out.
func (w *World) nothingWritten() {
	w.T.Helper()
	secrets := []string{sandbox.SecretMark, sandbox.UUIDMark}
	for _, d := range w.Kakao.Deliveries() {
		if len(d.Text) > 20 && len(secrets) < 50 {
			secrets = append(secrets, d.Text)
		}
	}
	found, _, err := leaktest.New(secrets...).Files(w.Home, func(name string) bool { return name == "friends.json" || name == "secrets" })
	if err != nil {
		w.T.Errorf("looking for secrets: %v", err)
	}
	for _, f := range found {
		w.T.Errorf("in a file: %s", f)
	}
}

// NewSession is the login as another process would find it.
func (w *World) NewSession(home, api string, store keychain.Store) *auth.Session {
	callback := "http://localhost:" + porttest.Closed(w.T)
	w.Kakao.UpdateApp(func(a *sandbox.App) {
		a.RedirectURIs = []string{callback + "/auth/callback", callback + "/friends/callback"}
	})
	app := w.Kakao.App()
	var visits sync.Mutex
	s := auth.New(auth.Config{ClientID: app.Key, Secret: func(context.Context) (string, error) { return app.Secret, nil },
		AuthURL: w.Server.AuthURL, APIURL: api, CallbackURL: callback, Home: home, Store: store,
		Lang: "ko", Command: "/opt/kakaotalk-mcp", Open: func(page string) error {
			visits.Lock()
			defer visits.Unlock()
			if w.NoBrowser {
				return errors.New("no graphical session")
			}
			_, err := w.Visitor.Visit(context.Background(), page)
			return err
		}})
	w.T.Cleanup(s.Close)
	return s
}

// LogIn makes the owner one who has agreed to everything. The record is made by
// hand: an ID token would cost the sandbox an RSA key for each test.
func (w *World) LogIn() {
	w.T.Helper()
	t := w.T
	code := make(chan string, 1)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	// Not httptest.Server: its Close cuts connections of other tests too.
	callback := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { code <- r.URL.Query().Get("code") })}
	go callback.Serve(listener) //nolint:errcheck // Close ends it
	defer callback.Close()
	redirect := "http://" + listener.Addr().String() + "/callback"
	w.Kakao.UpdateApp(func(a *sandbox.App) { a.RedirectURIs = append(a.RedirectURIs, redirect) })
	app := w.Kakao.App()
	form := url.Values{"client_id": {app.Key}, "redirect_uri": {redirect}, "response_type": {"code"}, "scope": {"friends,talk_message"}}
	if _, err := w.Visitor.Visit(t.Context(), w.Server.AuthURL+"/oauth/authorize?"+form.Encode()); err != nil {
		t.Fatal(err)
	}
	form = url.Values{"grant_type": {"authorization_code"}, "client_id": {app.Key}, "client_secret": {app.Secret}, "redirect_uri": {redirect}, "code": {<-code}}
	rec := auth.Record{AuthURL: w.Server.AuthURL, APIURL: w.Server.APIURL, ClientID: app.Key, Subject: strconv.FormatInt(w.Kakao.Owner().ID, 10)}
	access := Exchange(t, form, &rec)
	if w.Store.Record, err = json.Marshal(rec); err != nil {
		t.Fatal(err)
	}
	if got, err := w.Session.Token(t.Context(), auth.Request{Purpose: auth.ForFriends}); err != nil || got != access {
		t.Fatalf("the login was not taken: %v", err)
	}
	w.Kakao.ResetRequests()
}

// Exchange spends a code and completes rec with what it brings.
func Exchange(t testing.TB, form url.Values, rec *auth.Record) (access string) {
	t.Helper()
	res, err := http.PostForm(rec.AuthURL+"/oauth/token", form)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var token struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
		Scope   string `json:"scope"`
	}
	if err := json.NewDecoder(res.Body).Decode(&token); err != nil || token.Access == "" {
		t.Fatalf("no token: %v", err)
	}
	now := time.Now()
	rec.Format, rec.Consented, rec.Scopes = 1, now, strings.Fields(token.Scope)
	rec.Access, rec.AccessExpiry = token.Access, now.Add(6*time.Hour)
	rec.Refresh, rec.RefreshExpiry = token.Refresh, now.Add(1000*time.Hour)
	return token.Access
}

// Seeded is a store that has a record under whatever name it is first asked for.
type Seeded struct {
	*keychain.Memory
	mu     sync.Mutex
	Record []byte
}

// Get implements keychain.Store.
func (s *Seeded) Get(ctx context.Context, name string) ([]byte, error) {
	s.mu.Lock()
	record := s.Record
	s.Record = nil
	s.mu.Unlock()
	if record != nil {
		if err := s.Set(ctx, name, record); err != nil {
			return nil, err
		}
	}
	return s.Memory.Get(ctx, name)
}

// ID is the user id of somebody.
func (w *World) ID(name string) int64 {
	w.T.Helper()
	for _, p := range w.Kakao.People() {
		if p.Nickname == name {
			return p.ID
		}
	}
	w.T.Fatalf("nobody is called %s", name)
	return 0
}

// UUID is what the app calls somebody.
func (w *World) UUID(name string) string { w.T.Helper(); return w.Kakao.UUID(w.ID(name)) }

// Friend adds a friend who has done everything.
func (w *World) Friend(nickname string) (id int64) {
	id = w.Kakao.AddPerson(sandbox.Person{Nickname: nickname, TalkUser: true})
	owner := w.Kakao.Owner().ID
	w.Kakao.Befriend(owner, id, sandbox.Friendship{})
	w.Kakao.Befriend(id, owner, sandbox.Friendship{})
	w.Kakao.Connect(id, "profile_nickname", "friends", "talk_message")
	w.Kakao.UpdateApp(func(a *sandbox.App) { a.Members = append(a.Members, id) })
	return id
}

// Lonely takes all friends from the list.
func (w *World) Lonely() {
	for _, p := range w.Kakao.People()[1:] {
		w.Kakao.Befriend(w.Kakao.Owner().ID, p.ID, sandbox.Friendship{Hidden: true})
	}
}

// Fault makes Kakao misbehave.
func (w *World) Fault(f sandbox.Faults) { w.Kakao.SetFaults(f) }

var placeholder = regexp.MustCompile(`"([@#])([^"]+)"`)

// Fill completes a call's arguments: "@name" becomes that friend's uuid and "#n"
// a text of n characters.
func (w *World) Fill(args string) string {
	return placeholder.ReplaceAllStringFunc(args, func(s string) string {
		m := placeholder.FindStringSubmatch(s)
		text := ""
		if m[1] == "@" {
			text = w.UUID(m[2])
		} else {
			n, _ := strconv.Atoi(m[2])
			text = Letters(n)
		}
		quoted, _ := json.Marshal(text)
		return string(quoted)
	})
}

// Arrived lists what is in the chat rooms, as "receiver: text".
func (w *World) Arrived() []string {
	names := map[int64]string{}
	for _, p := range w.Kakao.People() {
		names[p.ID] = p.Nickname
	}
	list := []string{}
	for _, d := range w.Kakao.Deliveries() {
		to := names[d.To]
		if d.To == d.From {
			to = "me"
		}
		text := d.Text
		if d.TemplateID != 0 {
			text = fmt.Sprintf("template %d", d.TemplateID)
		}
		list = append(list, to+": "+text)
	}
	return list
}

// WantArrived checks what is in the chat rooms.
func (w *World) WantArrived(want ...string) {
	w.T.Helper()
	if want == nil {
		want = []string{}
	}
	if got := w.Arrived(); !slices.Equal(got, want) {
		w.T.Errorf("arrived:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Letters is readable Korean of exactly n characters.
func Letters(n int) string {
	const sentence = "오늘 회의에서 정한 내용을 정리해 드려요. 다음 주 월요일까지 초안을 공유하기로 했어요. "
	r := []rune(strings.Repeat(sentence, n/20+1))
	return strings.TrimRight(string(r[:n-1]), " ") + "끝"
}

// Refusing is a network without connections, Left times.
type Refusing struct {
	Next http.RoundTripper
	Left int
}

// RoundTrip implements http.RoundTripper.
func (r *Refusing) RoundTrip(req *http.Request) (*http.Response, error) {
	if r.Left--; r.Left >= 0 {
		return nil, &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	}
	return r.Next.RoundTrip(req)
}

// maxNameBytes is far above what is shown of a name in any language.
const maxNameBytes = 2560

// CheckName reports a shown name that strangers could use to write elsewhere.
func CheckName(t testing.TB, what, name string) {
	t.Helper()
	if !utf8.ValidString(name) || len(name) > maxNameBytes || strings.ContainsFunc(name, func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
	}) {
		t.Errorf("%s is shown as %q", what, name)
	}
}
