// Package keychain keeps a few small named secrets: in the keychain of the
// operating system, in private files, or in memory.
//
// It owns the deadlines around the keychain, the search for the session bus on
// Linux and the meaning of errors. It may import auth/ground and go-keyring, and
// reads the environment only to find that bus. What the values
// mean, and the locks that several processes need, belong to its caller.
package keychain

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// MaxSize is the largest value in bytes. Windows takes 2,560, macOS somewhat
// more; one limit for all keeps a record portable.
const MaxSize = 2500

// maxName bounds names: on macOS name and value share one command line.
const maxName = 64

var (
	// ErrNotFound: the store works and has no such secret.
	ErrNotFound = errors.New("secret not found")
	// ErrUnavailable: there is no usable store. It says nothing about the
	// secret: whoever sees it must neither delete nor log out.
	ErrUnavailable = errors.New("secret store unavailable")
	// ErrNoCollection: a Secret Service runs and has no place for secrets, such as
	// KeePassXC when no database shares a group. It matches ErrUnavailable.
	ErrNoCollection = fmt.Errorf("%w: the service has no collection", ErrUnavailable)
	// ErrLocked: the store is locked, the owner dismissed its prompt, or it did
	// not answer in time.
	ErrLocked = errors.New("secret store locked or not answering")
	// ErrTooBig: the value exceeds MaxSize.
	ErrTooBig = errors.New("secret too big")
)

// Store keeps small secrets. Names begin with "login-" or "secret-", followed
// by lower-case letters, digits, '-' or '_', 64 bytes at most. Values are any
// 1 to MaxSize bytes. All methods may be called concurrently; their errors
// match the sentinels of this package, or the context's if that was cancelled.
type Store interface {
	// Get returns the secret: ErrNotFound, ErrUnavailable, ErrLocked.
	Get(ctx context.Context, name string) ([]byte, error)
	// Set creates or replaces the secret: ErrTooBig, ErrUnavailable, ErrLocked.
	// After ErrLocked or a cancelled context the write may still happen: see Idle.
	Set(ctx context.Context, name string, value []byte) error
	// Delete removes the secret; deleting what is not there is no error. The
	// remark on late writes holds here too.
	Delete(ctx context.Context, name string) error
	// Probe proves that a value of MaxSize can be written, read and deleted, with
	// an item of its own. Errors as of Set.
	Probe(ctx context.Context) error
	// Idle returns nil once no earlier call is under way any more, else the
	// context's error. A timed-out write keeps its lock: whoever guards the store
	// with a lock calls Idle before giving it back.
	Idle(ctx context.Context) error
	// Kind is "keychain", "file" or "memory".
	Kind() string
}

// checkName also lets through what Probe makes.
func checkName(name string) error {
	kind, rest, _ := strings.Cut(name, "-")
	known := slices.Contains([]string{"login", "secret", probe}, kind)
	// Lower case only: file names and Windows credentials ignore case.
	if !known || rest == "" || len(name) > maxName || strings.Trim(rest, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
		return errors.New("secret store: malformed name")
	}
	return nil
}

func checkValue(value []byte) error {
	if len(value) == 0 {
		return errors.New("secret store: empty value") // not every keychain can hold one
	}
	if len(value) > MaxSize {
		return fmt.Errorf("storing %d bytes, %d allowed: %w", len(value), MaxSize, ErrTooBig)
	}
	return nil
}

// probe is the kind of items that Probe makes.
const probe = "probe"

// IsProbe reports whether an item, or its file, is one that Probe makes and removes.
func IsProbe(name string) bool { return strings.HasPrefix(name, probe+"-") }

// roundTrip is the work of Probe. The name is random, so that processes that
// probe at the same time do not see each other's item.
func roundTrip(get func(string) ([]byte, error), set func(string, []byte) error, del func(string) error) error {
	name := probe + "-" + strings.ToLower(rand.Text())
	value := bytes.Repeat([]byte(rand.Text()), MaxSize)[:MaxSize]
	if err := set(name, value); err != nil {
		return err
	}
	got, err := get(name)
	if errDelete := del(name); err == nil {
		err = errDelete
	}
	// Some services report success for a write whose prompt was dismissed.
	if errors.Is(err, ErrNotFound) || err == nil && !bytes.Equal(got, value) {
		return fmt.Errorf("probing the secret store: what was written is not there: %w", ErrUnavailable)
	}
	return err
}
