package main

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"kakaotalk-mcp/viewer/tunnel"
)

// choices are the settings with a fixed set of values; "" stands for unset.
var choices = []struct {
	name   string
	values []string
}{
	{"KAKAO_CONFIRM", []string{"friends", "always", "never"}},
	{"KAKAO_TOKEN_STORE", []string{"keychain", "file"}},
	{"KAKAO_LANG", []string{"", "ko", "en"}},
	{"KAKAO_LOG_LEVEL", []string{"debug", "info", "warn", "error"}},
	{"KAKAO_READ_ONLY", []string{"", "on", "off", "true", "false", "1", "0"}},
}

// settingProblem is a value or settings file nothing can work with, in both
// languages: which one to use is a setting too. It never holds a secret's value.
type settingProblem struct {
	ko, en string
	cause  error // or nil
}

func (p *settingProblem) Error() string { return p.en }

func (p *settingProblem) Unwrap() error { return p.cause }

// problemf words a settingProblem with the same arguments in both languages.
func problemf(ko, en string, args ...any) error {
	return &settingProblem{fmt.Sprintf(ko, args...), fmt.Sprintf(en, args...), nil}
}

// worded puts a settingProblem in the language of its reader.
func worded(err error, say sayer) error {
	if p, ok := errors.AsType[*settingProblem](err); ok {
		return errors.New(say(p.ko, p.en))
	}
	return err
}

// check refuses values nothing can work with, the first one in a fixed order.
func (s settings) check() error {
	for _, name := range []string{"KAKAO_AUTH_URL", "KAKAO_API_URL"} {
		if u, ok := address(s.get(name)); !ok || u.Path != "" || !isSafe(u) {
			return problemf("%s에는 https://로 시작하는 주소를 적어 주세요(http://는 이 컴퓨터의 주소만 돼요)", "%s must be https://HOST, or http:// on this computer only", name)
		}
	}
	if base := s.get("KAKAO_BASE_URL"); base != "" {
		if u, ok := address(base); !ok || u.Scheme != "https" {
			return problemf("KAKAO_BASE_URL에는 https://로 시작하는 공개 주소를 적어 주세요", "KAKAO_BASE_URL must be a public https:// address")
		}
	}
	if page := s.get("KAKAO_PAGE_URL"); page != "" {
		if u, ok := address(page); !ok || !isSafe(u) {
			return problemf("KAKAO_PAGE_URL에는 https://로 시작하는 메시지 페이지 주소를 적어 주세요", "KAKAO_PAGE_URL must be the https:// address of the message page")
		}
	}
	callback := s.get("KAKAO_CALLBACK_URL")
	if u, ok := address(callback); callback != s.get("KAKAO_BASE_URL") && (!ok || u.Scheme != "http" || !isLoopback(u.Hostname()) || !isPort(u.Port()) || u.Path != "") {
		return problemf("KAKAO_CALLBACK_URL에는 http://localhost:17654 같은 주소나 KAKAO_BASE_URL과 같은 주소를 적어 주세요", "KAKAO_CALLBACK_URL must be like http://localhost:17654, or equal to KAKAO_BASE_URL")
	}
	if host, port, err := net.SplitHostPort(s.get("KAKAO_VIEWER_ADDR")); err != nil || host == "localhost" || !isLoopback(host) || !isPort(port) {
		return problemf("KAKAO_VIEWER_ADDR에는 127.0.0.1:17655처럼 이 컴퓨터의 주소와 포트를 적어 주세요", "KAKAO_VIEWER_ADDR must be like 127.0.0.1:17655, on this computer only")
	}
	for _, c := range choices {
		if !contains(c.values, strings.ToLower(s.get(c.name))) {
			return problemf("%s 값은 이 중 하나여야 해요: %s", "%s must be one of: %s", c.name, strings.TrimPrefix(strings.Join(c.values, ", "), ", "))
		}
	}
	for _, origin := range s.list("KAKAO_LINK_HOSTS") {
		if u, err := url.Parse(origin); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			return problemf("KAKAO_LINK_HOSTS에는 https://example.com 같은 주소를 쉼표로 나누어 적어 주세요", "KAKAO_LINK_HOSTS must list origins such as https://example.com, separated by commas")
		}
	}
	if setting := s.get("KAKAO_TUNNEL"); setting != "" {
		_, err := tunnel.Parse(setting)
		if p := commandProblem("KAKAO_TUNNEL", err); p != nil {
			return p
		}
		if errors.Is(err, tunnel.ErrPassword) {
			return problemf("KAKAO_TUNNEL: ssh:// 주소에는 비밀번호를 적지 않아요. 로그인에는 키(KAKAO_TUNNEL_KEY)를 써요", "KAKAO_TUNNEL: no password in an ssh:// address: a key (KAKAO_TUNNEL_KEY) logs in")
		}
		if err != nil {
			return problemf("KAKAO_TUNNEL은 off, external, srv.us, ssh://사용자@서버?bind=127.0.0.1:9000(또는 ?socket=/절대/경로), exec:프로그램 중 하나여야 해요",
				"KAKAO_TUNNEL must be off, external, srv.us, ssh://user@host?bind=127.0.0.1:9000 (or ?socket=/absolute/path) or exec:PROGRAM")
		}
	}
	if pin := s.get("KAKAO_TUNNEL_HOSTKEY"); pin != "" {
		digest, isSHA256 := strings.CutPrefix(pin, "SHA256:")
		if sum, err := base64.RawStdEncoding.DecodeString(digest); !isSHA256 || err != nil || len(sum) != sha256.Size {
			return problemf("KAKAO_TUNNEL_HOSTKEY에는 서버 키의 지문을 SHA256:으로 시작하게 적어 주세요(서버에서 ssh-keygen -lf 키파일)", "KAKAO_TUNNEL_HOSTKEY must be the server key's fingerprint, SHA256:… (on the server: ssh-keygen -lf KEYFILE)")
		}
	}
	// A list without a name would otherwise allow everybody.
	if s.get("KAKAO_ALLOW") != "" && len(s.list("KAKAO_ALLOW")) == 0 {
		return problemf("KAKAO_ALLOW에는 별칭이나 uuid를 쉼표로 나누어 적어 주세요", "KAKAO_ALLOW must list aliases or uuids, separated by commas")
	}
	return nil
}

// commandProblem words why the command that name holds cannot be taken apart; nil
// for other errors.
func commandProblem(name string, err error) error {
	switch {
	case errors.Is(err, tunnel.ErrNoProgram):
		return problemf("%s: 실행할 프로그램을 적어 주세요", "%s: name the program to run", name)
	case errors.Is(err, tunnel.ErrOpenQuote):
		return problemf("%s: 명령의 따옴표가 닫히지 않았어요", "%s: a quote in the command is not closed", name)
	case errors.Is(err, tunnel.ErrLineBreak):
		return problemf("%s: 명령은 한 줄로 적어 주세요", "%s: the command must be one line", name)
	}
	return nil
}

// address parses an address that paths are appended to: no query, no fragment,
// nobody's password.
func address(text string) (*url.URL, bool) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return nil, false
	}
	return u, true
}

// isSafe reports whether nobody on the way can read along.
func isSafe(u *url.URL) bool {
	return u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname())
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func isPort(text string) bool {
	n, err := strconv.ParseUint(text, 10, 16)
	return err == nil && n > 0
}
