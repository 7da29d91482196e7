package messenger

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/auth/keychain"
	"kakaotalk-mcp/tools/compose"
	"kakaotalk-mcp/tools/kakao"
	"kakaotalk-mcp/tools/kakao/sandbox/sandboxtest"
)

// job tells another process what to send.
type job struct {
	Auth, API, Key, Home, ImageDir string
	Request                        SendRequest
}

// sendAsChild is the other process: it sends one message and prints the result.
func sendAsChild() int {
	var j job
	if err := json.NewDecoder(os.Stdin).Decode(&j); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	s := auth.New(auth.Config{ClientID: j.Key, AuthURL: j.Auth, APIURL: j.API, CallbackURL: "http://localhost:1", Home: j.Home,
		Store: keychain.NewFile(filepath.Join(j.Home, "secrets")), Lang: "ko", Command: "x",
		Open: func(string) error { return fmt.Errorf("no browser") }})
	defer s.Close()
	m := New(Config{Session: s, Kakao: &kakao.Client{BaseURL: j.API, HTTP: kakao.NewHTTPClient()}, Home: j.Home, Confirm: ConfirmNever, ImageDir: j.ImageDir})
	out, err := m.Send(context.Background(), j.Request, Nobody{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
		return 1
	}
	return 0
}

// shared is a world whose login other processes can use, with a gate between them
// and Kakao.
type shared struct {
	*world
	gate *gate
	job  job
}

// gate can hold requests to one path before or after they reach Kakao.
type gate struct {
	path          string // how it ends
	mu            sync.Mutex
	before, after chan struct{} // closed to let requests through; nil: open
	reached       chan struct{} // a request is held
}

func (g *gate) hold(before bool) (release func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	shut := make(chan struct{})
	if before {
		g.before = shut
	} else {
		g.after = shut
	}
	return sync.OnceFunc(func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.before, g.after = nil, nil
		close(shut)
	})
}

func (g *gate) wait(r *http.Request, before bool) {
	g.mu.Lock()
	shut := g.after
	if before {
		shut = g.before
	}
	g.mu.Unlock()
	if shut == nil || !strings.HasSuffix(r.URL.Path, g.path) {
		return
	}
	g.reached <- struct{}{}
	<-shut
}

func newShared(t *testing.T) *shared {
	t.Helper()
	w := newWorld(t)
	g := &gate{path: "/send", reached: make(chan struct{}, 8)}
	target, err := url.Parse(w.Server.APIURL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ErrorHandler = func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }
	front := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		g.wait(r, true)
		if r.Context().Err() != nil {
			panic(http.ErrAbortHandler) // its sender is gone
		}
		held := httptest.NewRecorder()
		proxy.ServeHTTP(held, r)
		g.wait(r, false)
		for k, v := range held.Header() {
			rw.Header()[k] = v
		}
		rw.WriteHeader(held.Code)
		rw.Write(held.Body.Bytes()) //nolint:errcheck // its reader may be gone
	}))
	front.Start()
	t.Cleanup(func() { front.Config.Close() }) // front.Close would cut connections of other tests too
	home := w.cfg.Home
	w.Session = w.NewSession(home, front.URL, keychain.NewFile(filepath.Join(home, "secrets")))
	if _, err := w.Session.Token(t.Context(), auth.Request{Purpose: auth.ForFriends}); err != nil {
		t.Fatal(err)
	}
	w.cfg.Session = w.Session
	w.cfg.Kakao = &kakao.Client{BaseURL: front.URL, HTTP: kakao.NewHTTPClient()}
	w.restart()
	return &shared{w, g, job{Auth: w.Server.AuthURL, API: front.URL, Key: w.Kakao.App().Key, Home: home}}
}

// start begins a send in another process.
func (s *shared) start(r SendRequest) (cmd *exec.Cmd, result func() SendResult) {
	s.T.Helper()
	j := s.job
	j.Request = r
	raw, err := json.Marshal(j)
	if err != nil {
		s.T.Fatal(err)
	}
	cmd = exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"=send")
	cmd.Stdin = strings.NewReader(string(raw))
	cmd.Stderr = os.Stderr
	var out strings.Builder
	cmd.Stdout = &out
	if err := cmd.Start(); err != nil {
		s.T.Fatal(err)
	}
	s.T.Cleanup(func() { _ = cmd.Process.Kill() })
	return cmd, func() (result SendResult) {
		s.T.Helper()
		if err := cmd.Wait(); err != nil {
			s.T.Fatalf("the other process: %v %s", err, out.String())
		}
		if err := json.Unmarshal([]byte(out.String()), &result); err != nil {
			s.T.Fatal(err)
		}
		return result
	}
}

func (s *shared) held() {
	s.T.Helper()
	select {
	case <-s.gate.reached:
	case <-time.After(10 * time.Second):
		s.T.Fatal("no request came")
	}
}

func TestTwoProcessesSendTheSame(t *testing.T) {
	t.Parallel()
	for _, r := range []SendRequest{
		{ToMe: true, Content: compose.Content{Message: "안녕"}},
		{To: []string{"홍길동"}, Content: compose.Content{Message: sandboxtest.Letters(900)}},
	} {
		s := newShared(t)
		var results []func() SendResult
		for range 3 {
			_, result := s.start(r)
			results = append(results, result)
		}
		status := map[string]int{}
		for _, result := range results {
			status[result().Status]++
		}
		if status[StatusSent]+status[StatusAlreadySent] != 3 {
			t.Errorf("got %v", status)
		}
		if r.ToMe {
			s.WantArrived("me: 안녕")
		} else {
			s.wantParts(5)
		}
	}
}

func TestKilledBetweenJournalAndSend(t *testing.T) { killed(t, true) }

func TestKilledBetweenSendAndAnswer(t *testing.T) { killed(t, false) }

// killed kills a process whose message is on its way, before or after it took
// effect. Nobody can know: a repeat must not send again.
func killed(t *testing.T, before bool) {
	t.Parallel()
	s := newShared(t)
	r := SendRequest{To: []string{"홍길동"}, Content: compose.Content{Message: "안녕"}}
	release := s.gate.hold(before)
	cmd, _ := s.start(r)
	s.held()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	s.m.settle = time.Hour // nobody is waited for who is gone
	out, err := s.m.Send(t.Context(), r, Nobody{})
	if err != nil || out.Status != StatusUnknown || out.Retry != problem.No {
		t.Errorf("after the kill: %+v %v", out, err)
	}
	n := len(s.Arrived())
	release()
	if want := 1; !before && n != want || before && n != 0 {
		t.Errorf("%d deliveries", n)
	}
	other := r
	other.Message = "다른 말"
	if out, err := s.m.Send(t.Context(), other, Nobody{}); err != nil || out.Status != StatusSent {
		t.Errorf("another message: %+v %v", out, err)
	}
}

// TestKilledAfterAPart: what may have arrived stops the rest, until the user asks.
func TestKilledAfterAPart(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	r := SendRequest{To: []string{"홍길동"}, Content: compose.Content{Message: sandboxtest.Letters(900)}}
	release := s.gate.hold(false)
	cmd, _ := s.start(r)
	s.held() // part 1 arrived, its answer is held
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	release()
	s.m.settle = time.Hour // nobody is waited for who is gone
	out, err := s.m.Send(t.Context(), r, Nobody{})
	if err != nil || out.Status != StatusUnknown {
		t.Errorf("got %+v %v", out, err)
	}
	s.wantParts(1)
	r.Resend = true // the user looked, and asks for it
	if out, err := s.m.Send(t.Context(), r, Nobody{}); err != nil || out.Status != StatusSent {
		t.Errorf("got %+v %v", out, err)
	}
	if n := len(s.Arrived()); n != 6 {
		t.Errorf("%d deliveries, want 6", n)
	}
}
