package commands

import (
	"net"
	"runtime"
	"strings"
	"testing"

	"kakaotalk-mcp/auth/ground/porttest"
	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// TestTunnelSaysWhyItIsDown: each cause as it really comes about, in the owner's
// language and without the system's words, which are for the log.
func TestTunnelSaysWhyItIsDown(t *testing.T) {
	t.Parallel()
	listen := func(serve func(net.Conn)) string {
		l, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				serve(c)
			}
		}()
		return l.Addr().String()
	}
	taken := listen(func(c net.Conn) { c.Close() })
	for name, c := range map[string]struct {
		setting, viewer string
		want            string
	}{
		"address taken":   {"external", taken, "KAKAO_VIEWER_ADDR의 주소를 열 수 없어요"},
		"no such program": {"exec:/no/such/program {port}", "", "터널 프로그램을 실행하지 못했어요"},
		"program ends":    {"exec:" + map[bool]string{true: "hostname", false: "true"}[runtime.GOOS == "windows"], "", "터널 프로그램이 종료됐거나"},
		"nobody there":    {"ssh://me@127.0.0.1:" + porttest.Closed(t) + "?bind=127.0.0.1:9000", "", "서버에 연결하지 못했어요"},
		"no SSH server":   {"ssh://me@" + taken + "?bind=127.0.0.1:9000", "", "서버에 SSH로 연결하지 못했어요"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			viewer := c.viewer
			if viewer == "" {
				viewer = "127.0.0.1:" + porttest.Closed(t)
			}
			s := e2etest.Start(t, e2etest.BareEnv(t, "KAKAO_LANG=ko", "KAKAO_LOG_LEVEL=error", "KAKAO_TUNNEL="+c.setting, "KAKAO_BASE_URL=https://talk.example.com", "KAKAO_VIEWER_ADDR="+viewer), "tunnel")
			e2etest.WaitUntil(t, "a word about it", func() bool { return strings.Contains(s.Stderr.String(), "다시 연결할게요.\n") })
			if line, _, _ := strings.Cut(s.Stderr.String(), "\n"); !strings.HasPrefix(line, "! "+c.want) || strings.Contains(line, ": ") {
				t.Errorf("%q does not begin with %q, or has the system's words", line, c.want)
			}
		})
	}
}

// TestTunnelNamesTheRightRecord: where a fingerprint is configured, known_hosts has
// no say, and nobody may be sent there to remove a line.
func TestTunnelNamesTheRightRecord(t *testing.T) {
	t.Parallel()
	server := e2etest.StartOwnServer(t)
	for lang, want := range map[string]string{"ko": "KAKAO_TUNNEL_HOSTKEY에 적은 지문과 달라요", "en": "does not match KAKAO_TUNNEL_HOSTKEY"} {
		env := e2etest.BareEnv(t, "KAKAO_LANG="+lang, "KAKAO_TUNNEL="+server.Setting, "KAKAO_BASE_URL="+server.Base,
			"KAKAO_TUNNEL_KEY="+server.Key, "KAKAO_TUNNEL_HOSTKEY=SHA256:"+strings.Repeat("A", 43))
		_, stderr, code := e2etest.Run(t, env, "", "tunnel")
		if code != 1 || !strings.Contains(stderr, want) || strings.Contains(stderr, "known_hosts") {
			t.Errorf("exit code %d: %s", code, stderr)
		}
	}
}

// TestTunnelShowsTheLineForTheServer: a bare key in authorized_keys would hand out a shell.
func TestTunnelShowsTheLineForTheServer(t *testing.T) {
	t.Parallel()
	server := e2etest.StartOwnServer(t)
	env := e2etest.BareEnv(t, "KAKAO_LANG=ko", "KAKAO_TUNNEL="+server.Setting, "KAKAO_BASE_URL="+server.Base, "KAKAO_TUNNEL_HOSTKEY="+server.Fingerprint)
	_, stderr, code := e2etest.Run(t, env, "", "tunnel") // with a key of its own, which the server does not know
	_, bind, _ := strings.Cut(server.Setting, "?bind=")
	if want := `restrict,port-forwarding,permitlisten="` + bind + `",command="/bin/false" ssh-ed25519 `; code != 1 || !strings.Contains(stderr, "\n"+want) {
		t.Errorf("exit code %d, without %s:\n%s", code, want, stderr)
	}
}
