package tunnel

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"
)

const (
	maxLine   = 4 << 10   // of one output line; announcements are far shorter
	maxOutput = 256 << 10 // of a stream that is read for announcements; the rest is dropped
)

// announcement waits for the configured host to appear in the output of a
// program or SSH session.
type announcement struct {
	want    string
	foreign func(host string) bool
	ready   string // when not empty, its appearance stands for want's, unless other came first

	mu     sync.Mutex
	other  string        // the first foreign host
	seen   chan struct{} // closed when want appeared
	strays chan struct{} // closed when other appeared
}

// newAnnouncement: foreign tells hosts that can only be a tunnel's address from
// others a program may print (its manual, terms of service).
func newAnnouncement(want string, foreign func(string) bool) *announcement {
	return &announcement{want: want, foreign: foreign, seen: make(chan struct{}), strays: make(chan struct{})}
}

func (a *announcement) line(line string) {
	line = stripANSI(line)
	a.mu.Lock()
	defer a.mu.Unlock()
	match := a.ready != "" && a.other == "" && strings.Contains(line, a.ready)
	for _, host := range httpsHosts(line) {
		if host == a.want {
			match = true
		} else if a.other == "" && a.foreign(host) {
			a.other = host
			close(a.strays)
		}
	}
	if match {
		select {
		case <-a.seen:
		default:
			close(a.seen)
		}
	}
}

// wait returns nil once the wanted host was announced, an *AddressError if only
// another one was, and another error on silence or when over is closed.
func (a *announcement) wait(ctx context.Context, silence, grace time.Duration, over <-chan struct{}) error {
	limit := time.NewTimer(silence)
	defer limit.Stop()
	strays := a.strays
	for {
		select {
		case <-a.seen:
			return nil
		case <-strays:
			strays = nil
			limit.Reset(grace) // some programs print several addresses
		case <-limit.C:
			return a.verdict("no address was announced")
		case <-over:
			return a.verdict("it ended before its address was announced")
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (a *announcement) verdict(otherwise string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.other != "" {
		return &AddressError{Want: a.want, Got: a.other}
	}
	return errors.New(otherwise)
}

// lineScanner is a writer that passes lines on, with bounds on one line and on
// all of them. It never fails, so a talkative program is never blocked.
type lineScanner struct {
	to   *announcement
	buf  []byte
	rest int
}

func newLineScanner(to *announcement) *lineScanner { return &lineScanner{to: to, rest: maxOutput} }

func (s *lineScanner) Write(p []byte) (int, error) {
	n := len(p)
	if len(p) > s.rest {
		p = p[:s.rest]
	}
	s.rest -= len(p)
	for _, c := range p {
		if c == '\n' || c == '\r' {
			s.to.line(string(s.buf))
			s.buf = s.buf[:0]
		} else if len(s.buf) < maxLine {
			s.buf = append(s.buf, c)
		}
	}
	if s.rest == 0 {
		s.buf = nil
	}
	return n, nil
}

// ansi matches terminal sequences (ECMA-48): CSI, OSC with its text, and the
// short ones.
var ansi = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile("\x1b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\)?|[ -/]*[0-~])")
})

func stripANSI(s string) string { return ansi().ReplaceAllString(s, "") }

var httpsURL = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)https://[^\s"'<>|()\\,]+`)
})

// httpsHosts returns the hosts of the https addresses in a line.
func httpsHosts(line string) []string {
	var hosts []string
	for _, match := range httpsURL().FindAllString(line, -1) {
		u, err := url.Parse(match)
		if err == nil && u.User == nil && plainHost(u.Hostname()) {
			hosts = append(hosts, normalHost(u.Host))
		}
	}
	return hosts
}

// plainHost: letters, digits, dots and hyphens, as every public name has.
func plainHost(host string) bool {
	return host != "" && host[0] != '.' && host[0] != '-' && !strings.ContainsFunc(host, func(r rune) bool {
		return !(r == '.' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	})
}

// normalHost makes hosts comparable: lower case, without https' own port and
// final dots.
func normalHost(host string) string {
	host = strings.TrimSuffix(strings.ToLower(host), ":443")
	return strings.TrimRight(host, ".")
}
