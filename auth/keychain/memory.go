package keychain

import (
	"bytes"
	"context"
	"errors"
	"sync"
)

// Memory is a Store that forgets everything at the end of the process. It keeps
// the same rules as the others and serves tests.
type Memory struct {
	mu    sync.Mutex
	items map[string][]byte
}

var _ Store = (*Memory)(nil)

// NewMemory returns an empty store.
func NewMemory() *Memory { return &Memory{items: map[string][]byte{}} }

// Kind implements Store.
func (m *Memory) Kind() string { return "memory" }

// Get implements Store.
func (m *Memory) Get(ctx context.Context, name string) ([]byte, error) {
	if err := errors.Join(ctx.Err(), checkName(name)); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	value, ok := m.items[name]
	if !ok {
		return nil, ErrNotFound
	}
	return bytes.Clone(value), nil
}

// Set implements Store.
func (m *Memory) Set(ctx context.Context, name string, value []byte) error {
	if err := errors.Join(ctx.Err(), checkName(name), checkValue(value)); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.items[name] = bytes.Clone(value)
	return nil
}

// Delete implements Store.
func (m *Memory) Delete(ctx context.Context, name string) error {
	if err := errors.Join(ctx.Err(), checkName(name)); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.items, name)
	return nil
}

// Probe implements Store.
func (m *Memory) Probe(ctx context.Context) error { return ctx.Err() }

// Idle implements Store.
func (m *Memory) Idle(context.Context) error { return nil }
