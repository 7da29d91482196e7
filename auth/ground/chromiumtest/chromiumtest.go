// Package chromiumtest lends tabs of one real browser to all tests of a package, whose
// TestMain is
//
//	func TestMain(m *testing.M) { os.Exit(chromiumtest.Run(m)) }
//
// It is for tests only, may be imported by those of every package, and imports the
// ground only.
package chromiumtest

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"kakaotalk-mcp/auth/ground/componenttest"
)

// Path returns the path of a Chromium.
func Path(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	componenttest.Missing(t, "chromium")
	return ""
}

// Width and Height are the size of a tab, that of a telephone.
const (
	Width  = 390
	Height = 844
)

// tabTime bounds what a test does in a tab.
const tabTime = 2 * time.Minute

// shared is the browser of this process.
var shared struct {
	sync.Mutex
	ends bool // Run will end it
	ctx  context.Context
	stop func()
}

// Tab opens a tab with a profile of its own, which is closed when the test ends.
func Tab(t testing.TB) context.Context {
	t.Helper()
	browser := running(t)
	tab, stop := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(stop)
	if err := chromedp.Do(tab, chromedp.EmulateViewport(Width, Height)); err != nil {
		t.Fatalf("chromium: %v", err)
	}
	ctx, cancel := context.WithTimeout(tab, tabTime)
	t.Cleanup(cancel)
	return ctx
}

// running returns the browser, started for the first test that needs it.
func running(t testing.TB) context.Context {
	t.Helper()
	path := Path(t)
	shared.Lock()
	defer shared.Unlock()
	if !shared.ends {
		t.Fatal("this package of tests has no TestMain with chromiumtest.Run")
	}
	if shared.ctx != nil {
		return shared.ctx
	}
	profile, err := os.MkdirTemp("", "chromium-test-")
	if err != nil {
		t.Fatal(err)
	}
	options := []chromedp.ExecAllocatorOption{chromedp.ExecPath(path), chromedp.UserDataDir(profile),
		chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.WindowSize(Width, Height)}
	for _, name := range []string{"disable-quic", "disable-background-networking", "disable-component-update", "disable-sync", "disable-dev-shm-usage", "hide-scrollbars"} {
		options = append(options, chromedp.Flag(name, true))
	}
	// Processes for pages that nobody asked for, and for pages that were left: no test
	// goes back, and they cost as much as all the rest.
	options = append(options, chromedp.Flag("disable-features", "SpareRendererForSitePerProcess,BackForwardCache"))
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stop := chromedp.NewContext(allocator)
	shared.stop = func() {
		_ = chromedp.Cancel(ctx) // waits for the process
		stop()
		cancel()
		os.RemoveAll(profile)
	}
	if err := chromedp.Do(ctx); err != nil {
		shared.stop()
		t.Fatalf("starting chromium: %v", err)
	}
	shared.ctx = ctx
	return ctx
}

// Run runs the tests of a package and then ends the browser, if one was started. It
// returns the exit code.
func Run(m *testing.M) int {
	shared.Lock()
	shared.ends = true
	shared.Unlock()
	code := m.Run()
	if shared.ctx != nil {
		shared.stop()
	}
	return code
}

// Picture keeps a screenshot for people to look at, as name.png among the artifacts of
// the test. Without -artifacts nobody looks, and there is none.
func Picture(t testing.TB, tab context.Context, name string) {
	t.Helper()
	if kept := flag.Lookup("test.artifacts"); kept == nil || kept.Value.String() != "true" {
		return
	}
	png, err := chromedp.Run(tab, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(t.ArtifactDir(), name+".png"), png, 0o600)
	}
	if err != nil {
		t.Errorf("a screenshot: %v", err)
	}
}

// Violations are what axe-core, found through NODE_PATH or among npm's global packages,
// has against the page in a tab.
func Violations(t testing.TB, tab context.Context) (violations []string) {
	t.Helper()
	if err := chromedp.Do(tab, chromedp.Evaluate[chromedp.Void](axeCore(t))); err != nil {
		t.Fatalf("axe-core: %v", err)
	}
	found, err := chromedp.Run(tab, chromedp.Evaluate[string](`axe.run(document, {resultTypes: ["violations"]}).then((r) =>
		JSON.stringify(r.violations.map((v) => v.id + ": " + v.help + " " + v.nodes.map((n) => n.target + " " + n.failureSummary).join(" | "))))`, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("axe-core: %v", err)
	}
	if err := json.Unmarshal([]byte(found), &violations); err != nil {
		t.Fatal(err)
	}
	return violations
}

// script is that of axe-core, read once; empty where there is none.
var script = sync.OnceValue(func() string {
	folders := filepath.SplitList(os.Getenv("NODE_PATH"))
	if out, err := exec.Command("npm", "root", "-g").Output(); err == nil {
		folders = append(folders, strings.TrimSpace(string(out)))
	}
	for _, f := range folders {
		if b, err := os.ReadFile(filepath.Join(f, "axe-core", "axe.min.js")); err == nil {
			return string(b)
		}
	}
	return ""
})

func axeCore(t testing.TB) string {
	t.Helper()
	if script() == "" {
		componenttest.Missing(t, "axe-core")
	}
	return script()
}
