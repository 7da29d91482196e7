package commands

import (
	"net"
	"runtime"
	"strings"
	"testing"

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
		"program ends":    {"exec:" + map[bool]string{true: "hostname", false: "true"}[runtime.GOOS == "windows"], "", "터널 프로그램이 끝났거나"},
		"nobody there":    {"ssh://me@127.0.0.1:" + e2etest.ClosedPort(t) + "?bind=127.0.0.1:9000", "", "서버에 연결하지 못했어요"},
		"no SSH server":   {"ssh://me@" + taken + "?bind=127.0.0.1:9000", "", "서버와 SSH 연결을 맺지 못했어요"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			viewer := c.viewer
			if viewer == "" {
				viewer = "127.0.0.1:" + e2etest.ClosedPort(t)
			}
			s := e2etest.Start(t, e2etest.BareEnv(t, "KAKAO_LANG=ko", "KAKAO_LOG_LEVEL=error", "KAKAO_TUNNEL="+c.setting, "KAKAO_BASE_URL=https://talk.example.com", "KAKAO_VIEWER_ADDR="+viewer), "tunnel")
			e2etest.WaitUntil(t, "a word about it", func() bool { return strings.Contains(s.Stderr.String(), "다시 연결할게요.\n") })
			if line, _, _ := strings.Cut(s.Stderr.String(), "\n"); !strings.HasPrefix(line, "! "+c.want) || strings.Contains(line, ": ") {
				t.Errorf("%q does not begin with %q, or has the system's words", line, c.want)
			}
		})
	}
}
