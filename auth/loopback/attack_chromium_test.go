package loopback

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kakaotalk-mcp/auth/ground/chromiumtest"
)

// TestHostilePageInABrowser: a page of another origin, in a real browser, tries
// to read the callback's answers, to post to it and to frame it.
func TestHostilePageInABrowser(t *testing.T) {
	program := chromiumtest.Path(t)
	var completed atomic.Int32
	_, origin := start(t, Config{Complete: func(context.Context, url.Values) Page { completed.Add(1); return success() }})
	callback := origin + "/auth/callback"
	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<!doctype html><img src="%[1]s?error=access_denied&state=x"><iframe id="framed" src="%[1]s?state=x"></iframe>
<iframe name="target"></iframe><form method="post" target="target" action="%[1]s%[2]s"><input name="state" value="%[3]s"></form><p id="said"></p><script>
document.forms[0].submit();
(async () => {
  for (const [name, address, how] of [
    ["read", "%[1]s?state=x", {}], ["post", "%[1]s%[2]s", {method: "POST", mode: "no-cors", body: "x"}],
    ["json", "%[1]s%[2]s", {method: "POST", headers: {"Content-Type": "application/json"}, body: "{}"}], ["put", "%[1]s%[2]s", {method: "PUT"}],
  ]) said.append(name + "=" + await fetch(address, how).then(r => r.type + r.status, () => "refused") + ";");
  let seen = "";
  for (let tries = 0; !seen && tries < 50; tries++) { // until the frame is there or refused
    try { seen = framed.contentDocument.body.textContent; } catch { seen = "nothing"; }
    await new Promise(done => setTimeout(done, 100));
  }
  said.append("frame=" + seen + ";end");
})();
</script>`, callback, okQuery, testState)
	}))
	defer evil.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	browser := exec.CommandContext(ctx, program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--user-data-dir="+t.TempDir(), "--virtual-time-budget=10000", "--dump-dom", evil.URL)
	browser.WaitDelay = time.Second
	dom, err := browser.Output()
	_, said, _ := strings.Cut(string(dom), `<p id="said">`)
	said, _, _ = strings.Cut(said, "</p>")
	if want := "read=refused;post=opaque0;json=refused;put=refused;frame=nothing;end"; err != nil || said != want {
		t.Errorf("the page achieved %q, want %q (%v)\n%.500s", said, want, err, dom)
	}
	if n := completed.Load(); n != 0 {
		t.Errorf("the login was completed %d times", n)
	}
	if got := get(t, callback+okQuery); got.Status != 200 || completed.Load() != 1 {
		t.Errorf("after it the real callback: %d, completed %d times", got.Status, completed.Load())
	}
}
