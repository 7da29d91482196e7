package attack

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"kakaotalk-mcp/auth/ground/porttest"
	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// listenersOf returns the TCP addresses that a process listens on (proc_net_tcp(5)).
func listenersOf(t *testing.T, pid int) (list []netip.AddrPort) {
	t.Helper()
	ours := map[string]bool{}
	links, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range links {
		if target, err := os.Readlink(link); err == nil {
			ours[target] = true
		}
	}
	for _, table := range []string{"tcp", "tcp6", "udp", "udp6"} {
		raw, _ := os.ReadFile(fmt.Sprintf("/proc/%d/net/%s", pid, table)) // no IPv6: no table
		for line := range strings.Lines(string(raw)) {
			words := strings.Fields(line)
			if len(words) < 10 || !ours["socket:["+words[9]+"]"] || strings.HasPrefix(table, "tcp") && words[3] != "0A" {
				continue
			}
			if strings.HasPrefix(table, "udp") {
				t.Errorf("a UDP socket is open: %s", words[1])
				continue
			}
			host, port, _ := strings.Cut(words[1], ":")
			b, err := hex.DecodeString(host)
			if err != nil {
				t.Fatal(err)
			}
			for i := 0; i+4 <= len(b); i += 4 { // each word is in the machine's order
				binary.BigEndian.PutUint32(b[i:], binary.NativeEndian.Uint32(b[i:]))
			}
			n, err := strconv.ParseUint(port, 16, 16)
			addr, ok := netip.AddrFromSlice(b)
			if err != nil || !ok {
				t.Fatalf("%q: %v", words[1], err)
			}
			list = append(list, netip.AddrPortFrom(addr, uint16(n)))
		}
	}
	return list
}

// TestEveryListener: whatever the program listens on while a login is open and
// the viewer is up is on loopback only, answers nobody under a foreign name,
// gives web pages nothing, and stands a crowd of silent connections.
func TestEveryListener(t *testing.T) {
	t.Parallel()
	for name, callback := range map[string]string{"own port": "", "forwarding port": "https://talk.example"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := e2etest.NewComputer(t)
			h.Leave() // the page stays open
			viewer, home := "127.0.0.1:"+porttest.Closed(t), t.TempDir()
			env := append(h.Env, "KAKAOTALK_MCP_HOME="+home, "KAKAO_TUNNEL=external", "KAKAO_BASE_URL=https://talk.example", "KAKAO_VIEWER_ADDR="+viewer)
			if callback != "" {
				env = append(env, "KAKAO_CALLBACK_URL="+callback)
			}
			s := e2etest.Start(t, env)
			s.Initialize(nil)
			s.Request("tools/call", map[string]any{"name": "send_message_to_me", "arguments": map[string]any{"message": "안녕"}})
			e2etest.WaitUntil(t, "the login page and the viewer", func() bool { return len(h.Opened()) == 1 && e2etest.TunnelUp(home) })
			keeper := e2etest.Keeper(t, home)
			listeners := append(listenersOf(t, s.Cmd.Process.Pid), listenersOf(t, keeper)...)
			if len(listeners) < 2 {
				t.Fatalf("listeners: %v", listeners)
			}
			for _, at := range listeners {
				if !at.Addr().IsLoopback() {
					t.Errorf("%v is not loopback", at)
				}
				attackListener(t, at)
			}
			memory := func() int { return resident(t, s.Cmd.Process.Pid) + resident(t, keeper) }
			before := memory()
			var crowd []net.Conn
			for range 200 {
				for _, at := range listeners {
					c, err := net.Dial("tcp", at.String())
					if err != nil {
						t.Fatal(err)
					}
					io.WriteString(c, "GET /"+strings.Repeat("x", 1<<10)) //nolint:errcheck // the server may have closed it
					crowd = append(crowd, c)
				}
			}
			for _, at := range listeners {
				attackListener(t, at)
			}
			if grown := memory() - before; grown > 64<<20 {
				t.Errorf("%d connections cost %d bytes", len(crowd), grown)
			}
			for _, c := range crowd {
				c.Close()
			}
			s.Send(`{"jsonrpc":"2.0","id":"alive","method":"tools/list"}`)
			for m := s.Read(); string(m.ID) != `"alive"`; m = s.Read() {
				if m.Error != nil {
					t.Errorf("%s", m.Error.Message)
				}
			}
		})
	}
}

// resident is the memory of a process, in bytes (proc_pid_statm(5)).
func resident(t *testing.T, pid int) int {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Fields(string(raw))
	pages, err := strconv.Atoi(words[1])
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}

// attackListener sends what a rebound name and a hostile page can send.
func attackListener(t *testing.T, at netip.AddrPort) {
	t.Helper()
	const page = "Origin: http://evil.example\r\nReferer: http://evil.example/\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n"
	for _, c := range []struct{ request, host string }{
		{"GET /auth/callback?code=x&state=x HTTP/1.1\r\n", fmt.Sprint("evil.example:", at.Port())},
		{"GET /message HTTP/1.1\r\n", "evil.example"},
		{"GET /healthz HTTP/1.1\r\n", fmt.Sprint("localhost.evil.example:", at.Port())},
		{"GET http://evil.example/message HTTP/1.1\r\n", at.String()},
		{"POST /auth/callback HTTP/1.1\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n" + page, fmt.Sprint("localhost:", at.Port())},
		{"POST /message HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 2\r\n" + page, "talk.example"},
		{"POST / HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 2\r\n" + page, at.String()},
		{"OPTIONS / HTTP/1.1\r\nAccess-Control-Request-Method: POST\r\nAccess-Control-Request-Private-Network: true\r\n" + page, at.String()},
		{"GET /auth/callback?error=access_denied&state= HTTP/1.1\r\n" + page, fmt.Sprint("localhost:", at.Port())},
	} {
		conn, err := net.Dial("tcp", at.String())
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(e2etest.Patience))
		fmt.Fprintf(conn, "%sHost: %s\r\nConnection: close\r\n\r\n{}", c.request, c.host)
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatalf("%v: %q: %v", at, c.request, err)
		}
		if res.StatusCode < 400 || res.StatusCode >= 500 || strings.Contains(c.host+c.request, "evil.example:") && res.StatusCode != http.StatusMisdirectedRequest {
			t.Errorf("%v under %s answers %q with %d", at, c.host, c.request, res.StatusCode)
		}
		for header := range res.Header {
			if strings.HasPrefix(header, "Access-Control-") || header == "Set-Cookie" || header == "Location" {
				t.Errorf("%v: %q is answered with %s", at, c.request, header)
			}
		}
		conn.Close()
	}
}
