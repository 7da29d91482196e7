package pages

import (
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"kakaotalk-mcp/auth/ground/porttest"
	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/kakao/sandbox"
	"kakaotalk-mcp/viewer"
	"kakaotalk-mcp/viewer/tunnel"
)

// TestLongMessageThroughOwnServer is what the README promises of the user's own
// server: a 20,000-character message opens through it, and an invited friend's
// callback is completed.
func TestLongMessageThroughOwnServer(t *testing.T) {
	t.Parallel()
	own := e2etest.StartOwnServer(t)
	kakao, env := e2etest.NewKakao(t)
	kakao.UpdateApp(func(a *sandbox.App) {
		a.WebDomains = []string{own.Base}
		a.RedirectURIs = append(a.RedirectURIs, own.Base+"/friends/callback")
	})
	home := t.TempDir()
	env = append(append(env, e2etest.Browser(t)...), own.Env(home)...)
	s := e2etest.Start(t, e2etest.BareEnv(t, env...))
	s.Initialize(nil) // the tunnel connects 2 s later: the first message waits for it
	text := e2etest.Prose(20_000)
	r := s.CallTool("send_message_to_me", e2etest.JSON(t, map[string]any{"message": text}))
	if r.IsError || r.Structured["delivery"] != "stored" {
		t.Fatalf("got %v %s", r.Structured, r.Text())
	}
	link := onlyLink(t, kakao)
	if got := readPage(t, link); got != text {
		t.Errorf("the page shows %d characters, want %d\n%.200s", len([]rune(got)), len([]rune(text)), got)
	}
	for path, text := range e2etest.Files(t, home) {
		if strings.Contains(text, "초안을 공유하고") {
			t.Errorf("%s holds message text", path)
		}
	}
	tooLong := s.CallTool("send_message_to_me", e2etest.JSON(t, map[string]any{"message": strings.Repeat("a", viewer.MaxStored+1)}))
	if tooLong.Structured["reason"] != "too_long" || tooLong.Structured["retry"] != "no" || len(kakao.Deliveries()) != 1 {
		t.Errorf("one byte more than a page holds: %v %s", tooLong.Structured, tooLong.Text())
	}

	inviteFriend(t, kakao, e2etest.BareEnv(t, env...))
	if code, _ := s.End(); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	e2etest.WaitUntil(t, "the tunnel going down", func() bool { return !e2etest.TunnelUp(home) })
}

// inviteFriend follows an invitation's link as the friend on their phone, and
// finds them in the friend list afterwards.
func inviteFriend(t *testing.T, kakao *sandbox.Sandbox, env []string) {
	t.Helper()
	guest := kakao.AddPerson(sandbox.Person{Nickname: "새친구", TalkUser: true})
	kakao.UpdateApp(func(a *sandbox.App) { a.Members = append(a.Members, guest) })
	kakao.Befriend(kakao.Owner().ID, guest, sandbox.Friendship{})
	kakao.Befriend(guest, kakao.Owner().ID, sandbox.Friendship{})
	out, errs, code := e2etest.Run(t, env, "", "invite")
	if code != e2etest.ExitOK {
		t.Fatalf("invite: exit code %d\n%s", code, errs)
	}
	link := strings.TrimSpace(out)
	insecure := http.DefaultTransport.(*http.Transport).Clone()
	insecure.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} // the proxy signs for itself
	page, err := (&sandbox.Visitor{Person: "새친구", Transport: insecure}).Visit(context.Background(), link)
	if err != nil || page.Status != http.StatusOK || !strings.Contains(page.Body, "고마워요") {
		t.Fatalf("the friend ended at %d %s: %v\n%.400s", page.Status, page.KOE, err, page.Body)
	}
	if out, errs, code := e2etest.Run(t, env, "", "friends", "새친구", "--json"); code != e2etest.ExitOK || !strings.Contains(out, "새친구") {
		t.Fatalf("friends: exit code %d\n%s%s", code, out, errs)
	}
}

// TestTunnelOutlivesItsHolder: when the process that holds the tunnel is killed,
// another one of the user takes over, and a link sent before opens again.
func TestTunnelOutlivesItsHolder(t *testing.T) {
	t.Parallel()
	own := e2etest.StartOwnServer(t)
	kakao, env := e2etest.NewKakao(t)
	kakao.UpdateApp(func(a *sandbox.App) { a.WebDomains = []string{own.Base} })
	home := t.TempDir()
	env = e2etest.BareEnv(t, append(append(env, e2etest.Browser(t)...), own.Env(home)...)...)
	first := e2etest.Start(t, env)
	first.Initialize(nil)
	e2etest.WaitUntil(t, "the tunnel coming up", func() bool { return e2etest.TunnelUp(home) })
	second := e2etest.Start(t, env)
	second.Initialize(nil)
	text := e2etest.Prose(10_000)
	if r := second.CallTool("send_message_to_me", e2etest.JSON(t, map[string]any{"message": text})); r.Structured["delivery"] != "stored" {
		t.Fatalf("got %v", r.Structured)
	}
	stop := readersOf(t, onlyLink(t, kakao))
	first.Kill()
	e2etest.WaitUntil(t, "the takeover", func() bool { return e2etest.TunnelUp(home) })
	stop()
	if got := readPage(t, onlyLink(t, kakao)); got != text {
		t.Errorf("after the takeover the page shows %.200s", got)
	}
}

// TestTunnelIsNotPassedOver: whatever sends a long message names the tunnel that would
// have carried it, and whether waiting helps.
func TestTunnelIsNotPassedOver(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	kakao, env := e2etest.NewKakao(t)
	env = e2etest.BareEnv(t, append(append(env, e2etest.Browser(t)...), "KAKAO_LANG=ko", "KAKAO_CONFIRM=never", "KAKAOTALK_MCP_HOME="+home, "KAKAO_BASE_URL=https://talk.example.com",
		"KAKAO_TUNNEL=ssh://me@127.0.0.1:"+porttest.Closed(t)+"?bind=127.0.0.1:9000")...)
	if _, errs, code := e2etest.Run(t, env, "", "login", "--friends"); code != e2etest.ExitOK {
		t.Fatalf("login: exit code %d\n%s", code, errs)
	}
	s := e2etest.Start(t, env)
	s.Initialize(nil)
	e2etest.WaitUntil(t, "an attempt to connect", func() bool { // Windows tries for two seconds
		state, err := tunnel.ReadState(home)
		return err == nil && state.LastError != ""
	})
	const down = "터널이 연결되어 있지 않아요: 서버에 연결하지 못했어요."
	send := func(tool string, arguments map[string]any) (id string) {
		return strconv.Itoa(s.Request("tools/call", map[string]any{"name": tool, "arguments": arguments}))
	}
	// All of them wait for the tunnel, at the same time.
	long := send(e2etest.ToolSend, map[string]any{"to": "홍길동", "message": e2etest.Prose(9_000)})
	fits := send(e2etest.ToolToMe, map[string]any{"message": e2etest.Prose(900)})
	if out, errs, code := e2etest.Run(t, env, "", "send", "홍길동", e2etest.Prose(9_001)); code != e2etest.ExitError || !strings.Contains(errs, down) || strings.Contains(errs, "level=") {
		t.Errorf("send: exit code %d\n%s%s", code, out, errs)
	}
	results := map[string]e2etest.ToolResult{}
	for len(results) < 2 {
		if m := s.Read(); m.Method == "" {
			results[string(m.ID)] = s.Result(m)
		}
	}
	if r := results[long]; r.Structured["reason"] != "tunnel_down" || r.Structured["retry"] != "later" || !strings.Contains(r.Text(), down) {
		t.Errorf("too long for parts: %v %s", r.Structured, r.Text())
	}
	if r := results[fits]; r.Structured["delivery"] != "parts" || !strings.Contains(r.Text(), down) {
		t.Errorf("fits parts: %v %s", r.Structured, r.Text())
	}
	for _, d := range kakao.Deliveries() {
		if d.To != kakao.Owner().ID {
			t.Errorf("sent to %d", d.To)
		}
	}
}

// readersOf lets 50 readers load a stored message over and over, at most 40
// times each. Whatever they get, it is the right content, or an honest failure.
func readersOf(t *testing.T, link string) (stop func()) {
	t.Helper()
	data, _, _ := strings.Cut(link, "#")
	client := &http.Client{Timeout: e2etest.Patience, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	load := func() (int, string) {
		res, err := client.Get(data + "/data")
		if err != nil {
			return 0, ""
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			return 0, "" // cut off, and the browser knows
		}
		return res.StatusCode, string(body)
	}
	status, right := load()
	if status != http.StatusOK {
		t.Fatalf("the message is not there: %d", status)
	}
	ended := make(chan struct{})
	var readers sync.WaitGroup
	for range 50 {
		readers.Go(func() {
			for range 40 {
				status, body := load()
				switch {
				case status == http.StatusOK && body != right:
					t.Error("a reader got wrong content")
				case status == http.StatusNotFound:
					t.Error("a reader was told that the message does not exist")
				}
				select {
				case <-ended:
					return
				case <-time.After(150 * time.Millisecond): // as people tap
				}
			}
		})
	}
	return func() { close(ended); readers.Wait() }
}
