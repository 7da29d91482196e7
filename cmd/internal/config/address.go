package config

import (
	"net"
	"net/url"
	"strconv"
	"strings"

	"kakaotalk-mcp/viewer/tunnel"
)

// Address parses an address that paths are appended to: no query, no fragment,
// nobody's password, no port beyond 65535.
func Address(text string) (*url.URL, bool) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil || u.Port() != "" && !isPort(u.Port()) {
		return nil, false
	}
	return u, true
}

// OriginOf is what is registered of an address: scheme, host and port.
func OriginOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Scheme + "://" + u.Host)
}

// IsSafe reports whether nobody on the way can read along.
func IsSafe(u *url.URL) bool {
	return u.Scheme == "https" || u.Scheme == "http" && IsLoopback(u.Hostname())
}

// IsLoopback reports whether host is this computer.
func IsLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func isPort(text string) bool {
	n, err := strconv.ParseUint(text, 10, 16)
	return err == nil && n > 0
}

func parseHostKey(s *Settings, text string) *Problem {
	s.TunnelHostKey = text
	if text != "" && !tunnel.IsFingerprint(text) {
		return problemf("KAKAO_TUNNEL_HOSTKEY에는 서버 키의 지문을 SHA256:으로 시작하게 적어 주세요(서버에서 ssh-keygen -lf 키파일)", "KAKAO_TUNNEL_HOSTKEY must be the server key's fingerprint, SHA256:… (on the server: ssh-keygen -lf KEYFILE)")
	}
	return nil
}
