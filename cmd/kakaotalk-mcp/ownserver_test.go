package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"kakaotalk-mcp/tools/kakao/sandbox"
	"kakaotalk-mcp/viewer"
	"kakaotalk-mcp/viewer/tunnel"
)

// ownServer is a user's own server as the README describes it: OpenSSH, and an
// https proxy in front of the forwarded port.
type ownServer struct {
	setting     string // KAKAO_TUNNEL
	fingerprint string // KAKAO_TUNNEL_HOSTKEY
	base        string // KAKAO_BASE_URL
	key         string // private key file of the tunnel
}

func writeKey(t *testing.T, path string) ssh.PublicKey {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func startOwnServer(t *testing.T) ownServer {
	t.Helper()
	sshd, err := exec.LookPath("/usr/sbin/sshd")
	if err != nil {
		missing(t, "sshd")
	}
	if os.Getuid() == 0 { // as the distributions' start scripts do
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	host := writeKey(t, filepath.Join(dir, "host_key"))
	mine := writeKey(t, filepath.Join(dir, "tunnel_key"))
	forwarded, port := "127.0.0.1:"+closedPort(t), closedPort(t)
	line := `restrict,port-forwarding,permitlisten="` + forwarded + `",command="/bin/false" ` + string(ssh.MarshalAuthorizedKey(mine))
	config := fmt.Sprintf("Port %s\nListenAddress 127.0.0.1\nHostKey %[2]s/host_key\nAuthorizedKeysFile %[2]s/authorized_keys\nPidFile none\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nAllowTcpForwarding remote\nGatewayPorts no\n", port, dir)
	for name, text := range map[string]string{"authorized_keys": line, "sshd_config": config} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(sshd, "-D", "-f", filepath.Join(dir, "sshd_config"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	waitUntil(t, "sshd answering", func() bool {
		c, err := net.Dial("tcp", "127.0.0.1:"+port)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
	back, err := url.Parse("http://" + forwarded)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewTLSServer(&httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(back); r.Out.Host = r.In.Host; r.SetXForwarded() },
		Transport: &http.Transport{DisableKeepAlives: true},
		ErrorLog:  log.New(io.Discard, "", 0), // the tunnel is down at times: that is what is tested
	})
	t.Cleanup(proxy.Close)
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	return ownServer{
		setting:     "ssh://" + me.Username + "@127.0.0.1:" + port + "?bind=" + forwarded,
		fingerprint: ssh.FingerprintSHA256(host), base: proxy.URL, key: filepath.Join(dir, "tunnel_key"),
	}
}

func (o ownServer) env(home string) []string {
	return []string{"KAKAO_TUNNEL=" + o.setting, "KAKAO_TUNNEL_HOSTKEY=" + o.fingerprint, "KAKAO_TUNNEL_KEY=" + o.key,
		"KAKAO_BASE_URL=" + o.base, "KAKAOTALK_MCP_HOME=" + home}
}

func tunnelUp(home string) bool {
	state, err := tunnel.ReadState(home)
	return err == nil && state.Up
}

// TestLongMessageThroughOwnServer is what the README promises of the user's own
// server: a 20,000-character message opens through it, and an invited friend's
// callback is completed.
func TestLongMessageThroughOwnServer(t *testing.T) {
	t.Parallel()
	own := startOwnServer(t)
	kakao, env := practiceKakao(t)
	kakao.UpdateApp(func(a *sandbox.App) {
		a.WebDomains = []string{own.base}
		a.RedirectURIs = append(a.RedirectURIs, own.base+"/friends/callback")
	})
	home := t.TempDir()
	env = append(append(env, withBrowser(t)...), own.env(home)...)
	s := startServer(t, bareEnv(t, env...))
	s.initialize(nil)
	waitUntil(t, "the tunnel coming up", func() bool { return tunnelUp(home) })
	text := proseOf(20_000)
	r := s.callTool("send_message_to_me", asArguments(t, map[string]any{"message": text}))
	if r.IsError || r.Structured["delivery"] != "stored" {
		t.Fatalf("got %v %s", r.Structured, r.text())
	}
	link := onlyLink(t, kakao)
	if got := readPage(t, link); got != text {
		t.Errorf("the page shows %d characters, want %d\n%.200s", len([]rune(got)), len([]rune(text)), got)
	}
	assertNoText(t, home, "초안을 공유하고")
	tooLong := s.callTool("send_message_to_me", asArguments(t, map[string]any{"message": strings.Repeat("a", viewer.MaxStored+1)}))
	if tooLong.Structured["reason"] != "too_long" || tooLong.Structured["retry"] != "no" || len(kakao.Deliveries()) != 1 {
		t.Errorf("one byte more than a page holds: %v %s", tooLong.Structured, tooLong.text())
	}

	inviteFriend(t, kakao, bareEnv(t, env...))
	if code, _ := s.end(); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	waitUntil(t, "the tunnel going down", func() bool { return !tunnelUp(home) })
}

// inviteFriend follows an invitation's link as the friend on their phone, and
// finds them in the friend list afterwards.
func inviteFriend(t *testing.T, kakao *sandbox.Sandbox, env []string) {
	t.Helper()
	guest := kakao.AddPerson(sandbox.Person{Nickname: "새친구", TalkUser: true})
	kakao.UpdateApp(func(a *sandbox.App) { a.Members = append(a.Members, guest) })
	kakao.Befriend(kakao.Owner().ID, guest, sandbox.Friendship{})
	kakao.Befriend(guest, kakao.Owner().ID, sandbox.Friendship{})
	invite := exec.Command(program(t), "invite")
	invite.Env = env
	out, err := invite.Output()
	if err != nil {
		t.Fatalf("invite: %v", err)
	}
	link := strings.TrimSpace(string(out))
	insecure := http.DefaultTransport.(*http.Transport).Clone()
	insecure.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} // the proxy signs for itself
	page, err := (&sandbox.Visitor{Person: "새친구", Transport: insecure}).Visit(context.Background(), link)
	if err != nil || page.Status != http.StatusOK || !strings.Contains(page.Body, "고마워요") {
		t.Fatalf("the friend ended at %d %s: %v\n%.400s", page.Status, page.KOE, err, page.Body)
	}
	friends := exec.Command(program(t), "friends", "새친구", "--json")
	friends.Env = env
	if out, err := friends.Output(); err != nil || !strings.Contains(string(out), "새친구") {
		t.Fatalf("friends: %v %s", err, out)
	}
}

// assertNoText fails if any file below dir holds the text in clear.
func assertNoText(t *testing.T, dir, text string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		raw, err := io.ReadAll(f)
		if strings.Contains(string(raw), text) {
			t.Errorf("%s holds message text", filepath.Base(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestTunnelOutlivesItsHolder: when the process that holds the tunnel is killed,
// another one of the user takes over, and a link sent before opens again.
func TestTunnelOutlivesItsHolder(t *testing.T) {
	t.Parallel()
	own := startOwnServer(t)
	kakao, env := practiceKakao(t)
	kakao.UpdateApp(func(a *sandbox.App) { a.WebDomains = []string{own.base} })
	home := t.TempDir()
	env = bareEnv(t, append(append(env, withBrowser(t)...), own.env(home)...)...)
	first := startServer(t, env)
	first.initialize(nil)
	waitUntil(t, "the tunnel coming up", func() bool { return tunnelUp(home) })
	second := startServer(t, env)
	second.initialize(nil)
	text := proseOf(10_000)
	if r := second.callTool("send_message_to_me", asArguments(t, map[string]any{"message": text})); r.Structured["delivery"] != "stored" {
		t.Fatalf("got %v", r.Structured)
	}
	stop := readersOf(t, onlyLink(t, kakao))
	if err := first.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	first.exit()
	waitUntil(t, "the takeover", func() bool { return tunnelUp(home) })
	stop()
	if got := readPage(t, onlyLink(t, kakao)); got != text {
		t.Errorf("after the takeover the page shows %.200s", got)
	}
}

// readersOf lets 50 readers load a stored message over and over, at most 40
// times each. Whatever they get, it is the right content, or an honest failure.
func readersOf(t *testing.T, link string) (stop func()) {
	t.Helper()
	data, _, _ := strings.Cut(link, "#")
	client := &http.Client{Timeout: patience, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
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
