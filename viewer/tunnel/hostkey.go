package tunnel

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"kakaotalk-mcp/auth/ground/private"
)

// maxKnownHosts bounds the file; a line has a few hundred bytes.
const maxKnownHosts = 1 << 20

// Host key algorithms by key family, the preferred family first. A client must
// ask for the family it knows: left alone, the two sides agree on another one,
// and a known server looks like a stranger.
var keyFamilies = [][]string{
	{ssh.KeyAlgoED25519},
	{ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521},
	{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256},
}

// hostKeys decides about one server's key.
type hostKeys struct {
	addr string // host:port
	file string // known_hosts
	pin  string // fingerprint; decides alone when set
}

// IsFingerprint tells whether s is a server key's, as OpenSSH prints it: SHA256:…
func IsFingerprint(s string) bool {
	sum, err := base64.RawStdEncoding.DecodeString(strings.TrimPrefix(s, "SHA256:"))
	return strings.HasPrefix(s, "SHA256:") && err == nil && len(sum) == 32
}

// offers returns the lists of host key algorithms to try, one handshake each. A
// fingerprint does not say its key's family, so that takes up to three.
func (h *hostKeys) offers() ([][]string, error) {
	if h.pin != "" {
		return keyFamilies, nil
	}
	check, err := h.known()
	if err != nil {
		return nil, err
	}
	// A key that nobody can have makes the file tell which ones it knows.
	err = check(h.addr, noAddr, noKey{})
	unknown, ok := errors.AsType[*knownhosts.KeyError](err)
	if !ok {
		return nil, &stepError{StepKnownHosts, fmt.Errorf("known hosts: %w", err)}
	}
	var list []string
	for _, family := range keyFamilies {
		stored := slices.ContainsFunc(unknown.Want, func(k knownhosts.KnownKey) bool {
			return slices.Contains(family, k.Key.Type()) ||
				k.Key.Type() == ssh.KeyAlgoRSA && slices.Contains(family, ssh.KeyAlgoRSASHA512)
		})
		if stored || len(unknown.Want) == 0 {
			list = append(list, family...)
		}
	}
	if len(list) == 0 {
		return nil, &stepError{StepKnownHosts, fmt.Errorf("known hosts: the key of %s is of a kind no longer in use", h.addr)}
	}
	return [][]string{list}, nil
}

// check is the ssh.HostKeyCallback. It returns a *HostKeyError.
func (h *hostKeys) check(addr string, remote net.Addr, key ssh.PublicKey) error {
	fingerprint := ssh.FingerprintSHA256(key)
	bad := &HostKeyError{Host: h.addr, Fingerprint: fingerprint, Changed: true, Pinned: h.pin != "", key: key}
	if h.pin != "" {
		if fingerprint != h.pin {
			return bad
		}
		return nil
	}
	check, err := h.known()
	if err != nil {
		return err
	}
	if err = check(addr, remote, key); err == nil {
		return nil
	}
	if unknown, ok := errors.AsType[*knownhosts.KeyError](err); ok {
		bad.Changed = len(unknown.Want) > 0
	}
	return bad // also for revoked keys
}

// known reads the file anew: another process may have added to it.
func (h *hostKeys) known() (ssh.HostKeyCallback, error) {
	if _, err := os.Stat(h.file); errors.Is(err, fs.ErrNotExist) {
		if err := private.Write(h.file, nil); err != nil {
			return nil, &stepError{StepKnownHosts, fmt.Errorf("making known hosts: %w", err)}
		}
	}
	if _, err := h.content(); err != nil {
		return nil, &stepError{StepKnownHosts, fmt.Errorf("opening known hosts: %w", err)}
	}
	check, err := knownhosts.New(h.file)
	if err != nil {
		return nil, &stepError{StepKnownHosts, errors.New("known hosts: the file is damaged")}
	}
	return check, nil
}

// add records a key that a human accepted.
func (h *hostKeys) add(key ssh.PublicKey) error {
	old, err := h.content()
	if err == nil {
		// The line break in front ends a last line that has none.
		err = private.Write(h.file, append(old, "\n"+knownhosts.Line([]string{h.addr}, key)+"\n"...))
	}
	if err != nil {
		return &stepError{StepKnownHosts, fmt.Errorf("writing known hosts: %w", err)}
	}
	return nil
}

func (h *hostKeys) content() ([]byte, error) { return private.Read(h.file, maxKnownHosts) }

// noKey is a public key that no file can hold.
type noKey struct{}

func (noKey) Type() string                        { return "none" }
func (noKey) Marshal() []byte                     { return nil }
func (noKey) Verify([]byte, *ssh.Signature) error { return errors.New("not a key") }

var noAddr = &net.TCPAddr{IP: net.IPv4zero}
