package tunnel

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/crypto/ssh"
)

// HostKeyError means that the server's key is not the one expected, or that
// nobody vouches for it yet. It is never retried.
type HostKeyError struct {
	Host        string // host:port
	Fingerprint string // of the offered key, SHA256:…; empty if it offers no key of the known kind
	Changed     bool   // another key is on record; false: the server is unknown
	Pinned      bool   // the record is Config.HostKey, not the known hosts file
	key         ssh.PublicKey
}

func (e *HostKeyError) Error() string {
	switch {
	case e.Pinned:
		return fmt.Sprintf("server key of %s is not the one with the configured fingerprint: now %s", e.Host, cmp.Or(e.Fingerprint, "of another kind"))
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
	// Line is the whole line for the server's authorized_keys: with it the key opens
	// the tunnel and nothing else.
	Line string
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

// Step is where a tunnel failed, for those who word it for people.
type Step string

const (
	StepHome       Step = "home"       // the folder of lock and state cannot be used
	StepKey        Step = "key"        // no usable private key
	StepKnownHosts Step = "knownhosts" // the known hosts file cannot be used
	StepListen     Step = "listen"     // the viewer's address cannot be opened
	StepStart      Step = "start"      // the tunnel program does not start
	StepProgram    Step = "program"    // it ended, or announced no address
	StepConnect    Step = "connect"    // the server cannot be reached
	StepHostKey    Step = "hostkey"    // its key is unknown, or another one than before
	StepLogin      Step = "login"      // it does not accept our key
	StepSSH        Step = "ssh"        // it does not speak SSH with us
	StepForward    Step = "forward"    // it refused the forward
	StepAddress    Step = "address"    // another address than the configured one was announced
	StepLine       Step = "line"       // the server is silent, or the connection ended
)

// stepError adds the step to an error, whose text stays as it is.
type stepError struct {
	step Step
	error
}

func (e *stepError) Unwrap() error { return e.error }

// StepOf returns where err comes from; "" for whatever does not tell.
func StepOf(err error) Step {
	var (
		hostKey *HostKeyError
		auth    *AuthError
		address *AddressError
		s       *stepError
	)
	switch {
	case errors.As(err, &hostKey):
		return StepHostKey
	case errors.As(err, &auth):
		return StepLogin
	case errors.As(err, &address):
		return StepAddress
	case errors.As(err, &s):
		return s.step
	}
	return ""
}

// errRefused: the server said no to the forward. Usual after a break, while it
// still holds the old one.
var errRefused error = &stepError{StepForward, errors.New("the server refused the forward")}

// final reports whether only a human can help.
func final(err error) bool {
	return slices.Contains([]Step{StepHostKey, StepLogin, StepKnownHosts}, StepOf(err))
}
