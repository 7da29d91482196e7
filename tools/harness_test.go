package tools

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/server"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/auth/keychain"
	"kakaotalk-mcp/tools/kakao"
	"kakaotalk-mcp/tools/kakao/sandbox"
	"kakaotalk-mcp/tools/kakao/sandbox/leaktest"
)

// childEnv names what the test binary does instead of testing when a test starts
// it as another process.
const childEnv = "KAKAOTALK_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) == "send" {
		os.Exit(sendAsChild())
	}
	os.Exit(m.Run())
}

// world is a sandbox Kakao with one of our servers in front of it.
type world struct {
	t       testing.TB
	kakao   *sandbox.Sandbox
	server  *sandbox.Server
	session *auth.Session
	store   *seeded
	visitor *sandbox.Visitor
	m       *Messenger
	srv     *server.MCPServer
	cfg     Config
}

// newWorld starts one; the owner has not logged in yet.
func newWorld(t testing.TB, change ...func(*Config)) *world {
	t.Helper()
	w := &world{t: t, kakao: sandbox.New(), visitor: &sandbox.Visitor{}}
	var err error
	if w.server, err = w.kakao.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.server.Close() })
	home := t.TempDir()
	if err := os.Chmod(home, 0o700); err != nil {
		t.Fatal(err)
	}
	w.store = &seeded{Memory: keychain.NewMemory()}
	w.session = w.newSession(home, w.server.APIURL, w.store)
	w.cfg = Config{Session: w.session, Kakao: &kakao.Client{BaseURL: w.server.APIURL, HTTP: kakao.NewHTTPClient()},
		Home: home, Lang: "ko", Command: "/opt/kakaotalk-mcp", Confirm: ConfirmNever, LinkHosts: []string{"https://example.com"}}
	for _, c := range change {
		c(&w.cfg)
	}
	w.restart()
	t.Cleanup(func() { w.nothingWritten(home) })
	return w
}

// nothingWritten is asked after every test: a token only in a store of files, a
// uuid only in the list of aliases and approvals, and no text that was delivered.
// Texts that a test keeps too short to be told from chance are left out.
func (w *world) nothingWritten(home string) {
	w.t.Helper()
	secrets := []string{sandbox.SecretMark, sandbox.UUIDMark}
	for _, d := range w.kakao.Deliveries() {
		if len(d.Text) > 20 && len(secrets) < 50 {
			secrets = append(secrets, d.Text)
		}
	}
	found, _, err := leaktest.New(secrets...).Files(home, func(name string) bool { return name == peopleFile || name == "secrets" })
	if err != nil {
		w.t.Errorf("looking for secrets: %v", err)
	}
	for _, f := range found {
		w.t.Errorf("in a file: %s", f)
	}
}

func (w *world) newSession(home, api string, store keychain.Store) *auth.Session {
	callback := "http://localhost:" + freePort(w.t)
	w.kakao.UpdateApp(func(a *sandbox.App) {
		a.RedirectURIs = []string{callback + "/auth/callback", callback + "/friends/callback"}
	})
	app := w.kakao.App()
	var visits sync.Mutex
	s := auth.New(auth.Config{ClientID: app.Key, Secret: func(context.Context) (string, error) { return app.Secret, nil },
		AuthURL: w.server.AuthURL, APIURL: api, CallbackURL: callback, Home: home, Store: store,
		Lang: "ko", Command: "/opt/kakaotalk-mcp", Open: func(page string) error {
			visits.Lock()
			defer visits.Unlock()
			_, err := w.visitor.Visit(context.Background(), page)
			return err
		}})
	w.t.Cleanup(s.Close)
	return s
}

// typed makes it the commands' Messenger instead of the server's.
func typed(c *Config) { c.Typed = true }

// restart is a new process of the server: nothing in memory but the login.
func (w *world) restart() {
	w.m = New(w.cfg)
	w.srv = NewServer(w.m, "test", nil)
}

// loggedIn is a world whose owner has agreed to everything. The record is made by
// hand: an ID token would cost the sandbox an RSA key for each test.
func loggedIn(t testing.TB, change ...func(*Config)) *world {
	t.Helper()
	w := newWorld(t, change...)
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
	w.kakao.UpdateApp(func(a *sandbox.App) { a.RedirectURIs = append(a.RedirectURIs, redirect) })
	app := w.kakao.App()
	form := url.Values{"client_id": {app.Key}, "redirect_uri": {redirect}, "response_type": {"code"}, "scope": {"friends,talk_message"}}
	if _, err := w.visitor.Visit(t.Context(), w.server.AuthURL+"/oauth/authorize?"+form.Encode()); err != nil {
		t.Fatal(err)
	}
	form = url.Values{"grant_type": {"authorization_code"}, "client_id": {app.Key}, "client_secret": {app.Secret}, "redirect_uri": {redirect}, "code": {<-code}}
	rec := auth.Record{AuthURL: w.server.AuthURL, APIURL: w.server.APIURL, ClientID: app.Key, Subject: strconv.FormatInt(w.kakao.Owner().ID, 10)}
	access := exchange(t, form, &rec)
	if w.store.record, err = json.Marshal(rec); err != nil {
		t.Fatal(err)
	}
	if got, err := w.session.Token(t.Context(), auth.Request{Purpose: auth.ForFriends}); err != nil || got != access {
		t.Fatalf("the login was not taken: %v", err)
	}
	w.kakao.ResetRequests()
	return w
}

// exchange spends a code and completes rec with what it brings.
func exchange(t testing.TB, form url.Values, rec *auth.Record) (access string) {
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

// seeded is a store that has a record under whatever name it is first asked for.
type seeded struct {
	*keychain.Memory
	mu     sync.Mutex
	record []byte
}

// Get implements keychain.Store.
func (s *seeded) Get(ctx context.Context, name string) ([]byte, error) {
	s.mu.Lock()
	record := s.record
	s.record = nil
	s.mu.Unlock()
	if record != nil {
		if err := s.Set(ctx, name, record); err != nil {
			return nil, err
		}
	}
	return s.Memory.Get(ctx, name)
}

func freePort(t testing.TB) string {
	t.Helper()
	for range 20 {
		l, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		port := l.Addr().(*net.TCPAddr).Port
		six, err := net.Listen("tcp6", "[::1]:"+strconv.Itoa(port))
		l.Close()
		if err == nil {
			six.Close()
			return strconv.Itoa(port)
		}
		if !strings.Contains(err.Error(), "in use") {
			return strconv.Itoa(port) // no IPv6 here
		}
	}
	t.Fatal("no free port")
	return ""
}

func (w *world) id(name string) int64 {
	w.t.Helper()
	for _, p := range w.kakao.People() {
		if p.Nickname == name {
			return p.ID
		}
	}
	w.t.Fatalf("nobody is called %s", name)
	return 0
}

func (w *world) uuid(name string) string { w.t.Helper(); return w.kakao.UUID(w.id(name)) }

// friend adds a friend who has done everything.
func (w *world) friend(nickname string) (id int64) {
	id = w.kakao.AddPerson(sandbox.Person{Nickname: nickname, TalkUser: true})
	owner := w.kakao.Owner().ID
	w.kakao.Befriend(owner, id, sandbox.Friendship{})
	w.kakao.Befriend(id, owner, sandbox.Friendship{})
	w.kakao.Connect(id, "profile_nickname", "friends", "talk_message")
	w.kakao.UpdateApp(func(a *sandbox.App) { a.Members = append(a.Members, id) })
	return id
}

// arrived lists what is in the chat rooms, as "receiver: text".
func (w *world) arrived() []string {
	names := map[int64]string{}
	for _, p := range w.kakao.People() {
		names[p.ID] = p.Nickname
	}
	list := []string{}
	for _, d := range w.kakao.Deliveries() {
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

// want checks the essentials of an answer.
func (w *world) want(a answer, status, reason string, retry problem.Retry) {
	w.t.Helper()
	failed := status != StatusSent && status != StatusAlreadySent
	if a.str("status") != status || a.str("reason") != reason || a.str("retry") != string(retry) || a.IsError != failed {
		w.t.Errorf("got status %q reason %q retry %q isError %v, want %q %q %q %v\n%s",
			a.str("status"), a.str("reason"), a.str("retry"), a.IsError, status, reason, retry, failed, a.text())
	}
}

func (w *world) wantArrived(want ...string) {
	w.t.Helper()
	if want == nil {
		want = []string{}
	}
	if got := w.arrived(); !slices.Equal(got, want) {
		w.t.Errorf("arrived:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func itoa(n int) string { return strconv.Itoa(n) }

func atoi(s string) int { n, _ := strconv.Atoi(s); return n }

// letters is readable Korean of exactly n characters.
func letters(n int) string {
	const sentence = "오늘 회의에서 정한 내용을 정리해 드려요. 다음 주 월요일까지 초안을 공유하기로 했어요. "
	r := []rune(strings.Repeat(sentence, n/20+1))
	return strings.TrimRight(string(r[:n-1]), " ") + "끝"
}

// refusing is a network without connections, a few times.
type refusing struct {
	next http.RoundTripper
	left int
}

func (r *refusing) RoundTrip(req *http.Request) (*http.Response, error) {
	if r.left--; r.left >= 0 {
		return nil, &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	}
	return r.next.RoundTrip(req)
}
