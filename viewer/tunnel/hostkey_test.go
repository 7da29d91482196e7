package tunnel

import (
	"errors"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

func TestHostKeys(t *testing.T) {
	ed, ec, rsa := newSigner(t, "ed25519"), newSigner(t, "ecdsa"), newSigner(t, "rsa")
	stranger := newSigner(t, "ed25519")
	tests := []struct {
		name   string
		server []ssh.Signer
		known  ssh.Signer // in known_hosts
		pin    ssh.Signer
		yes    bool
		want   *HostKeyError // nil: up
	}{
		{name: "known among three kinds: ed25519", server: []ssh.Signer{ec, rsa, ed}, known: ed},
		{name: "known among three kinds: rsa", server: []ssh.Signer{ed, ec, rsa}, known: rsa},
		{name: "rsa only", server: []ssh.Signer{rsa}, yes: true},
		{name: "accepted by a human", server: []ssh.Signer{ed, ec}, yes: true},
		{name: "declined by a human", server: []ssh.Signer{ed},
			want: &HostKeyError{Fingerprint: ssh.FingerprintSHA256(ed.PublicKey())}},
		{name: "changed", server: []ssh.Signer{ed}, known: stranger, yes: true,
			want: &HostKeyError{Fingerprint: ssh.FingerprintSHA256(ed.PublicKey()), Changed: true}},
		{name: "known kind gone", server: []ssh.Signer{rsa}, known: ed, yes: true, want: &HostKeyError{Changed: true}},
		{name: "fingerprint of the last kind", server: []ssh.Signer{ed, ec, rsa}, pin: rsa},
		{name: "fingerprint wins over known_hosts", server: []ssh.Signer{ed}, known: stranger, pin: ed},
		{name: "fingerprint of another", server: []ssh.Signer{ed}, known: ed, pin: stranger, yes: true,
			want: &HostKeyError{Fingerprint: ssh.FingerprintSHA256(ed.PublicKey()), Changed: true, Pinned: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSSHServer(t, quirks{}, tt.server...)
			cfg := sshConfig(t, s, tcpBind)
			asked := 0
			cfg.AskHostKey = func(host, _ string) bool {
				asked++
				return tt.yes && host == s.ln.Addr().String()
			}
			if tt.known != nil {
				line := knownhosts.Line([]string{s.ln.Addr().String()}, tt.known.PublicKey())
				if err := os.WriteFile(cfg.KnownHosts, []byte(line), 0o600); err != nil { // no line break at the end
					t.Fatal(err)
				}
			}
			if tt.pin != nil {
				cfg.HostKey = ssh.FingerprintSHA256(tt.pin.PublicKey())
			}
			r := start(t, cfg, quick())
			if tt.want == nil {
				r.awaitUp()
				s.dropAll()
				r.awaitDown()
				r.awaitUp() // with what is on record now
				r.cancel()
				if err := r.ended(); err != nil {
					t.Error(err)
				}
			} else {
				tt.want.Host = s.ln.Addr().String()
				var got *HostKeyError
				if err := r.ended(); !errors.As(err, &got) {
					t.Fatalf("error %v", err)
				}
				if diff := cmp.Diff(tt.want, got, cmpopts.IgnoreUnexported(HostKeyError{})); diff != "" {
					t.Error(diff)
				}
			}
			wantAsked := 0
			if tt.known == nil && tt.pin == nil {
				wantAsked = 1
			}
			if asked != wantAsked {
				t.Errorf("asked %d times, want %d", asked, wantAsked)
			}
		})
	}
}

func TestHostKeyChangesWhileUp(t *testing.T) {
	s := newSSHServer(t, quirks{}, newSigner(t, "ed25519"))
	r := start(t, sshConfig(t, s, tcpBind), quick())
	r.awaitUp()
	s.setKeys(newSigner(t, "ed25519"))
	s.dropAll()
	var got *HostKeyError
	if err := r.ended(); !errors.As(err, &got) || !got.Changed {
		t.Errorf("error %v", err)
	}
}
