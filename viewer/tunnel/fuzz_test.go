package tunnel

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// Whatever known_hosts holds: a key that is not in it is never accepted, one
// that a human accepted is from then on, unless the file is damaged, which is
// told without quoting it.
func FuzzKnownHosts(f *testing.F) {
	const addr = "talk.example.com:2222"
	key := func() ssh.PublicKey {
		public, _, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			f.Fatal(err)
		}
		k, err := ssh.NewPublicKey(public)
		if err != nil {
			f.Fatal(err)
		}
		return k
	}
	ours, other := key(), key()
	line := knownhosts.Line([]string{addr}, other)
	f.Add([]byte(line))
	f.Add([]byte(line + "\n# SE-CRET\n\n" + knownhosts.Line([]string{knownhosts.HashHostname(knownhosts.Normalize(addr))}, other) + "\r\n"))
	f.Add([]byte("@revoked * " + strings.SplitN(line, " ", 2)[1]))
	f.Add([]byte("@cert-authority *.example.com,!talk.example.com " + strings.SplitN(line, " ", 2)[1]))
	f.Add([]byte("* ssh-ed25519 AAAA SE-CRET\n"))
	f.Add([]byte("|1|SE-CRET|x= ssh-rsa AAAA\n"))
	f.Add([]byte("[talk.example.com]:2222 ssh-rsa"))
	f.Add([]byte{})
	remote := &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 2222}
	f.Fuzz(func(t *testing.T, file []byte) {
		path := filepath.Join(t.TempDir(), "known_hosts")
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		h := &hostKeys{addr: addr, file: path}
		var bad *HostKeyError
		err := h.check(addr, remote, ours)
		switch {
		case err == nil:
			t.Fatal("a key that nobody knows is accepted")
		case strings.Contains(err.Error(), "SE-CRET"):
			t.Errorf("the error quotes the file: %v", err)
		case StepOf(err) == StepKnownHosts:
			if _, err := h.offers(); err == nil {
				t.Error("a damaged file offers keys")
			}
			return
		case !errors.As(err, &bad) || bad.Fingerprint != ssh.FingerprintSHA256(ours):
			t.Fatalf("error %v", err)
		}
		if families, err := h.offers(); err == nil && (len(families) != 1 || len(families[0]) == 0) {
			t.Errorf("offers %v", families)
		}
		if err := h.add(ours); err != nil {
			t.Fatal(err)
		}
		if after, err := os.ReadFile(path); err != nil || !strings.HasPrefix(string(after), string(file)) {
			t.Errorf("the file is now %q (%v)", after, err)
		}
		if err := h.check(addr, remote, ours); err != nil {
			t.Errorf("an accepted key: %v", err)
		}
		if err := h.check(addr, remote, key()); err == nil {
			t.Error("then any key is accepted")
		}
	})
}

// Whatever tunnel.json holds, without a living holder nothing is up, and what is
// read can be written and read again.
func FuzzStateFile(f *testing.F) {
	f.Add([]byte(`{"format":1,"up":true,"url":"https://a.srv.us","since":"2026-01-02T03:04:05Z","last_error":"x"}`))
	f.Add([]byte(`{"format":2,"Up":true,"new":{"a":1}}`))
	f.Add([]byte(`{"format":3}`))
	f.Add([]byte(`{"format":-1}`))
	f.Add([]byte(`{"format":1,"url":"` + strings.Repeat("x", maxState) + `"}`))
	f.Add([]byte(`{"format":1,"url":"` + strings.Repeat("\xff", maxState-100) + `"}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, file []byte) {
		home := t.TempDir()
		if err := os.WriteFile(filepath.Join(home, stateFile), file, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := ReadState(home)
		if err != nil {
			if s != (State{}) {
				t.Errorf("%v with %+v", err, s)
			}
			return
		}
		if s.Up || len(s.URL)+len(s.LastError) > 3*maxState { // a byte that is no UTF-8 is read as three
			t.Errorf("state %+v", s)
		}
		if writeState(home, s); len(file) > maxState/8 {
			return // escaped, it may be too large
		}
		if again, err := ReadState(home); err != nil || !cmp.Equal(s, again) {
			t.Errorf("%v\n%s", err, cmp.Diff(s, again))
		}
	})
}

// A server's word about who visits is an address on one line, or "unknown".
func FuzzOriginator(f *testing.F) {
	type forwarded struct {
		Addr       string
		Port       uint32
		Origin     string
		OriginPort uint32
	}
	f.Add(ssh.Marshal(forwarded{"a", 1, "192.0.2.1", 2}))
	f.Add(ssh.Marshal(forwarded{"a", 1, "a\r\nX-Forwarded-For: 1", 2}))
	f.Add(ssh.Marshal(forwarded{"a", 1, strings.Repeat("x", 300), 2}))
	f.Add(ssh.Marshal(struct{ Path, Reserved string }{"/run/a.sock", ""}))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, payload []byte) {
		who := originator(payload)
		if who == "unknown" {
			return
		}
		if len(who) > 255+8 || strings.ContainsFunc(string(who), func(r rune) bool { return r <= ' ' || r > '~' }) {
			t.Errorf("visitor %q", who)
		}
		if _, _, err := net.SplitHostPort(string(who)); err != nil && !strings.ContainsAny(string(who), "[]") {
			t.Errorf("visitor %q: %v", who, err)
		}
	})
}
