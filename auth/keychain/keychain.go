package keychain

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/zalando/go-keyring"
)

// slowAfter is how long a call may take before somebody is told.
const slowAfter = 2 * time.Second

// Keychain is the Store of the operating system: Keychain on macOS, Credential
// Manager on Windows, Secret Service on Linux.
//
// Library calls have no deadline and cannot be stopped. Each runs in its own
// goroutine, one at a time, and is abandoned when its time is over; until it
// returns, every other call fails at once with ErrLocked.
type Keychain struct {
	service string
	timeout time.Duration
	slow    func()

	prepare func() error // runs before the first library call, until it succeeds; under mu
	get     func(service, name string) (string, error)
	set     func(service, name, value string) error
	del     func(service, name string) error

	mu       sync.Mutex
	prepared bool
	running  *call // the library call under way, nil when idle
}

type call struct {
	done      chan struct{} // closed when the library returned
	abandoned bool          // its caller went away; guarded by Keychain.mu
}

var _ Store = (*Keychain)(nil)

// NewKeychain returns the system's keychain. Nothing is touched before the
// first method call. timeout bounds one method: seconds where nobody is in front of
// it, for a healthy keychain answers in milliseconds, and a minute or more where
// somebody may be typing a password. slow is called, once, when a method takes 2 s:
// somebody may wonder what is waited for.
func NewKeychain(timeout time.Duration, slow func()) *Keychain {
	return &Keychain{
		service: "kakaotalk-mcp",
		timeout: timeout,
		slow:    sync.OnceFunc(slow),
		prepare: func() error { return useSessionBus(userRunDir) },
		get:     keyring.Get,
		set:     keyring.Set,
		del:     keyring.Delete,
	}
}

// Kind implements Store.
func (k *Keychain) Kind() string { return "keychain" }

// Get implements Store.
func (k *Keychain) Get(ctx context.Context, name string) ([]byte, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	var value []byte
	err := k.do(ctx, func() (err error) {
		value, err = k.read(name)
		return err
	})
	if err != nil {
		return nil, err // value may still be written to
	}
	return value, nil
}

// Set implements Store.
func (k *Keychain) Set(ctx context.Context, name string, value []byte) error {
	if err := errors.Join(checkName(name), checkValue(value)); err != nil {
		return err
	}
	secret := string(value) // copied: the call may outlive ours
	return k.do(ctx, func() error { return k.write(name, secret) })
}

// Delete implements Store.
func (k *Keychain) Delete(ctx context.Context, name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	return k.do(ctx, func() error { return k.remove(name) })
}

// Probe implements Store. The three steps are one call: a probe that the owner
// unlocks too late still removes its item.
func (k *Keychain) Probe(ctx context.Context) error {
	return k.do(ctx, func() error {
		write := func(name string, value []byte) error { return k.write(name, string(value)) }
		return roundTrip(k.read, write, k.remove)
	})
}

// Idle implements Store.
func (k *Keychain) Idle(ctx context.Context) error {
	for {
		k.mu.Lock()
		running := k.running
		k.mu.Unlock()
		if running == nil {
			return nil
		}
		select {
		case <-running.done:
		case <-ctx.Done():
			return fmt.Errorf("waiting for the keychain: %w", ctx.Err())
		}
	}
}

func (k *Keychain) read(name string) ([]byte, error) {
	value, err := k.get(k.service, name)
	if err != nil {
		return nil, translate("reading", err)
	}
	return []byte(value), nil
}

func (k *Keychain) write(name, value string) error {
	return translate("writing", k.set(k.service, name, value))
}

func (k *Keychain) remove(name string) error {
	// Other tools may have filed items under the same names, with more beside them:
	// each deletion uncovers the next. Some services report success although the
	// owner dismissed their question; then the same item stays.
	var last []byte
	for range maxItems {
		value, err := k.read(name)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err == nil && bytes.Equal(value, last) {
			return fmt.Errorf("deleting from the keychain: the item is still there: %w", ErrLocked)
		}
		if last = value; err == nil {
			err = translate("deleting", k.del(k.service, name))
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	return fmt.Errorf("deleting from the keychain: items of this name keep coming: %w", ErrUnavailable)
}

// maxItems is how many items of one name are deleted.
const maxItems = 20

// do runs work as the one library call and waits for it until ctx ends or the
// timeout is over.
func (k *Keychain) do(ctx context.Context, work func() error) error {
	ctx, cancel := context.WithTimeout(ctx, k.timeout)
	defer cancel()
	defer time.AfterFunc(slowAfter, k.slow).Stop()
	c, err := k.begin(ctx)
	if err != nil {
		return err
	}
	result := make(chan error, 1) // buffered: nobody may be listening any more
	go func() {
		err := guarded(work)
		k.end(c)
		result <- err
	}()
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		k.mu.Lock()
		c.abandoned = true
		k.mu.Unlock()
		return gaveUp(ctx)
	}
}

// begin waits for its turn. Behind an abandoned call it does not wait: that one
// may be stuck for ever.
func (k *Keychain) begin(ctx context.Context) (*call, error) {
	for {
		if ctx.Err() != nil {
			return nil, gaveUp(ctx)
		}
		c, running, err := k.claim()
		if running == nil {
			return c, err
		}
		select {
		case <-running.done:
		case <-ctx.Done():
		}
	}
}

// claim returns a new call or, if another is under way, that one to wait for.
func (k *Keychain) claim() (c, running *call, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case k.running == nil:
		if !k.prepared {
			if err := k.prepare(); err != nil {
				return nil, nil, err
			}
			k.prepared = true
		}
		k.running = &call{done: make(chan struct{})}
		return k.running, nil, nil
	case k.running.abandoned:
		return nil, nil, fmt.Errorf("an earlier keychain call has not returned: %w", ErrLocked)
	}
	return nil, k.running, nil
}

func (k *Keychain) end(c *call) {
	k.mu.Lock()
	k.running = nil
	k.mu.Unlock()
	close(c.done)
}

// guarded turns a panic of the library into an error: it dereferences the answer
// to a prompt even if the bus went away meanwhile.
func guarded(work func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = fmt.Errorf("keychain library broke down: %w", ErrUnavailable)
		}
	}()
	return work()
}

func gaveUp(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return fmt.Errorf("waiting for the keychain: %w", ctx.Err())
	}
	return fmt.Errorf("the keychain did not answer in time: %w", ErrLocked)
}
