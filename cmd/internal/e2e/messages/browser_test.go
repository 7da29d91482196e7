package messages

import (
	"context"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"kakaotalk-mcp/auth/ground/chromiumtest"
	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/viewer"
)

// reader has one tab for all that a test looks at: to open another costs a browser
// more than any page does.
type reader struct {
	tab    context.Context
	before page.ScriptIdentifier // what runs before the scripts of a page now
}

func browser(t *testing.T) *reader {
	t.Helper()
	return &reader{tab: chromiumtest.Tab(t)}
}

// site is the served page, a store behind it, and a static export beside it.
type site struct {
	store          *viewer.Store
	dir            string // of the store
	served, static string // addresses of the page
}

func newSite(t *testing.T) site {
	t.Helper()
	messages := filepath.Join(t.TempDir(), "messages")
	store, err := viewer.NewStore(messages, viewer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := viewer.Export(dir, false); err != nil {
		t.Fatal(err)
	}
	listen := func(handler func(host string) http.Handler) string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		server := &http.Server{Handler: handler(l.Addr().String())}
		done := make(chan struct{})
		go func() { defer close(done); _ = server.Serve(l) }()
		t.Cleanup(func() { _ = server.Close(); <-done })
		return "http://" + l.Addr().String()
	}
	return site{
		store: store,
		dir:   messages,
		served: listen(func(host string) http.Handler {
			return viewer.NewHandler(store, viewer.HandlerConfig{Host: host})
		}) + "/message",
		static: listen(func(string) http.Handler { return http.FileServer(http.Dir(dir)) }) + "/",
	}
}

func (s site) base() string { return strings.TrimSuffix(s.served, "/message") }

// view is how a reader meets the page.
type view struct {
	width, height int64
	dark          bool
	lang          string // of the browser; empty means ko-KR
	agent         string
	scriptOff     bool
	before        string // script to run before the page's own
}

var phone = view{width: 390, height: 844}

// visit is a reader on the page with what happened there, until the next visit.
type visit struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	requests []string
	errors   []string
}

func look(t *testing.T, reader *reader, v view, link string) *visit {
	t.Helper()
	ctx, stop := context.WithTimeout(reader.tab, e2etest.Patience)
	t.Cleanup(stop)
	s := &visit{t: t, ctx: ctx}
	// From one fragment to another would be the same page, with all that happened to it.
	s.run(chromedp.Navigate("about:blank"))
	if err := chromedp.Listen(ctx, s.record); err != nil {
		t.Fatalf("browser: %v", err)
	}
	if v.lang == "" {
		v.lang = "ko-KR"
	}
	agent := v.agent
	if agent == "" {
		agent = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"
	}
	scheme := "light"
	if v.dark {
		scheme = "dark"
	}
	command(s, network.Enable, network.EnableParams{})
	command(s, log.Enable, cdp.Empty{})
	command(s, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: v.width, Height: v.height, DeviceScaleFactor: 2, Mobile: v.width < 600})
	command(s, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: agent, AcceptLanguage: v.lang})
	command(s, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	command(s, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: v.scriptOff})
	if reader.before != "" {
		command(s, page.RemoveScriptToEvaluateOnNewDocument, page.RemoveScriptToEvaluateOnNewDocumentParams{Identifier: reader.before})
		reader.before = ""
	}
	if v.before != "" {
		reader.before = command(s, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: v.before}).Identifier
	}
	s.run(chromedp.Navigate(link))
	return s
}

func command[P, R any](s *visit, c cdp.Command[P, R], params P) R {
	s.t.Helper()
	result, err := chromedp.Call(s.ctx, c, params)
	if err != nil {
		s.t.Fatalf("browser: %s: %v", c.Method, err)
	}
	return result
}

func (s *visit) record(event any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		s.requests = append(s.requests, e.Request.URL)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError && e.Entry.Source != log.EntrySourceNetwork {
			s.errors = append(s.errors, e.Entry.Text)
		}
	case *runtime.EventExceptionThrown:
		s.errors = append(s.errors, e.ExceptionDetails.Text)
	}
}

func (s *visit) run(actions ...chromedp.Action[chromedp.Void]) {
	s.t.Helper()
	if err := chromedp.Do(s.ctx, actions...); err != nil {
		s.t.Fatalf("browser: %v", err)
	}
}

// eval returns the value of a script in the page.
func eval[T any](s *visit, script string) T {
	s.t.Helper()
	out, err := chromedp.Run(s.ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		s.t.Fatalf("browser: %v", err)
	}
	return out
}

// until waits for a script to be true.
func (s *visit) until(script string) {
	s.t.Helper()
	s.run(chromedp.Poll[chromedp.Void](script))
}

// settled waits until the page shows something other than "opening".
func (s *visit) settled() *visit {
	s.t.Helper()
	s.until(`(() => {
		const on = (id) => !document.getElementById(id).hidden;
		const opening = ["메시지를 여는 중이에요.", "Opening the message."];
		return on("paper") || on("test") || (on("status") && !opening.includes(document.getElementById("state").textContent));
	})()`)
	return s
}

func (s *visit) text() string { return eval[string](s, `document.getElementById("text").textContent`) }
func (s *visit) state() string {
	return eval[string](s, `document.getElementById("state").textContent`)
}

// clean asserts that the page asked nobody but its own origin and met no error.
func (s *visit) clean(origin string) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.requests {
		if !strings.HasPrefix(r, origin) && !strings.HasPrefix(r, "data:image/svg+xml,") {
			s.t.Errorf("request beyond the own origin: %.80s", r)
		}
	}
	for _, e := range s.errors {
		s.t.Errorf("error in the page: %s", e)
	}
}

// picture keeps a screenshot for people to look at.
func (s *visit) picture(name string) { s.t.Helper(); chromiumtest.Picture(s.t, s.ctx, name) }
