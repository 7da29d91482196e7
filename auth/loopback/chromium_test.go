package loopback

import (
	"context"
	"net/url"
	"os/exec"
	"strings"
	"testing"
	"time"

	"kakaotalk-mcp/auth/ground/chromiumtest"
)

// A real browser opens spare connections and looks for an icon; closing at once
// after Complete must still leave it with the page.
func TestChromium(t *testing.T) {
	program := chromiumtest.Path(t)
	completed := make(chan url.Values, 1)
	l, origin := start(t, Config{Complete: func(ctx context.Context, q url.Values) Page {
		completed <- q
		return succeed(ctx, q)
	}})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	browser := exec.CommandContext(ctx, program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
		"--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--user-data-dir="+t.TempDir(), "--dump-dom", origin+"/auth/callback"+okQuery)
	browser.WaitDelay = time.Second
	type result struct {
		dom []byte
		err error
	}
	shown := make(chan result, 1)
	go func() {
		dom, err := browser.Output()
		shown <- result{dom, err}
	}()

	var r result
	select {
	case q := <-completed:
		began := time.Now()
		if err := l.Close(ctx); err != nil {
			t.Error(err)
		}
		t.Logf("closed after %v", time.Since(began))
		if q.Get("code") != "abc" {
			t.Errorf("query %v", q)
		}
		r = <-shown
	case r = <-shown:
		t.Error("the browser ended without a callback")
	}
	if r.err != nil || !strings.Contains(string(r.dom), "<h1>Logged in</h1>") {
		t.Errorf("the browser shows: %v\n%s", r.err, r.dom)
	}
}
