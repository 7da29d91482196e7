package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
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

// check refuses values nothing can work with, the first one in a fixed order.
// Messages name the setting, never a secret's value.
func (s settings) check() error {
	for _, name := range []string{"KAKAO_AUTH_URL", "KAKAO_API_URL"} {
		if u, ok := address(s.get(name)); !ok || u.Path != "" || !isSafe(u) {
			return fmt.Errorf("%s must be https://HOST, or http:// on this computer only", name)
		}
	}
	if base := s.get("KAKAO_BASE_URL"); base != "" {
		if u, ok := address(base); !ok || u.Scheme != "https" {
			return errors.New("KAKAO_BASE_URL must be a public https:// address")
		}
	}
	if page := s.get("KAKAO_PAGE_URL"); page != "" {
		if u, ok := address(page); !ok || !isSafe(u) {
			return errors.New("KAKAO_PAGE_URL must be the https:// address of the message page")
		}
	}
	callback := s.get("KAKAO_CALLBACK_URL")
	if u, ok := address(callback); callback != s.get("KAKAO_BASE_URL") && (!ok || u.Scheme != "http" || !isLoopback(u.Hostname()) || !isPort(u.Port()) || u.Path != "") {
		return errors.New("KAKAO_CALLBACK_URL must be like http://localhost:17654, or equal to KAKAO_BASE_URL")
	}
	if host, port, err := net.SplitHostPort(s.get("KAKAO_VIEWER_ADDR")); err != nil || !isLoopback(host) || !isPort(port) {
		return errors.New("KAKAO_VIEWER_ADDR must be like 127.0.0.1:17655, on this computer only")
	}
	for _, c := range choices {
		if !contains(c.values, strings.ToLower(s.get(c.name))) {
			return fmt.Errorf("%s must be one of: %s", c.name, strings.TrimPrefix(strings.Join(c.values, ", "), ", "))
		}
	}
	for _, origin := range s.list("KAKAO_LINK_HOSTS") {
		if u, err := url.Parse(origin); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			return errors.New("KAKAO_LINK_HOSTS must list origins such as https://example.com, separated by commas")
		}
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
