package tunnel

import (
	"errors"
	"fmt"

	"golang.org/x/crypto/ssh"
)

// HostKeyError means that the server's key is not the one expected, or that
// nobody vouches for it yet. It is never retried.
type HostKeyError struct {
	Host        string // host:port
	Fingerprint string // of the offered key, SHA256:…; empty if it offers no key of the known kind
	Changed     bool   // another key is on record; false: the server is unknown
	key         ssh.PublicKey
}

func (e *HostKeyError) Error() string {
	switch {
	case !e.Changed:
		return fmt.Sprintf("server key of %s is unknown: %s", e.Host, e.Fingerprint)
	case e.Fingerprint == "":
		return fmt.Sprintf("server key of %s has changed: the known one is not offered", e.Host)
	}
	return fmt.Sprintf("server key of %s has changed: now %s", e.Host, e.Fingerprint)
}

// AuthError means that the server does not accept our key. It is never retried.
type AuthError struct {
	User, Host string
	// PublicKey is the line for the server's authorized_keys, without options.
	PublicKey string
}

func (e *AuthError) Error() string {
	return fmt.Sprintf("logging in to %s as %s: the key is not accepted", e.Host, e.User)
}

// AddressError means that the tunnel's host is not the configured one.
type AddressError struct {
	Want, Got string // host[:port]
}

func (e *AddressError) Error() string {
	return fmt.Sprintf("the tunnel's address is %s, but %s is configured", e.Got, e.Want)
}

// setupError is a local file that stays unusable until somebody repairs it.
type setupError struct{ err error }

func (e *setupError) Error() string { return e.err.Error() }

// errRefused: the server said no to the forward. Usual after a break, while it
// still holds the old one.
var errRefused = errors.New("the server refused the forward")

// final reports whether only a human can help.
func final(err error) bool {
	var (
		hostKey *HostKeyError
		auth    *AuthError
		setup   *setupError
	)
	return errors.As(err, &hostKey) || errors.As(err, &auth) || errors.As(err, &setup)
}
