package keychain

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/zalando/go-keyring"
)

const testTimeout = 3 * time.Second

// fakeKeychain is a Keychain whose library is a map.
func fakeKeychain() *Keychain {
	items := map[string]string{} // calls never overlap: the race detector would tell
	k := NewKeychain(testTimeout, func() {})
	k.prepare = func() error { return nil }
	k.get = func(service, name string) (string, error) {
		value, ok := items[service+"/"+name]
		if !ok {
			return "", keyring.ErrNotFound
		}
		return value, nil
	}
	k.set = func(service, name, value string) error {
		items[service+"/"+name] = value
		return nil
	}
	k.del = func(service, name string) error {
		if _, ok := items[service+"/"+name]; !ok {
			return keyring.ErrNotFound
		}
		delete(items, service+"/"+name)
		return nil
	}
	return k
}

func TestStores(t *testing.T) {
	for _, store := range []Store{
		NewMemory(),
		NewFile(filepath.Join(t.TempDir(), "home", "secrets")),
		fakeKeychain(),
	} {
		t.Run(store.Kind(), func(t *testing.T) { testStore(t, store) })
	}
}

// testStore checks what every Store promises. It leaves the store empty.
func testStore(t *testing.T, s Store) {
	ctx := t.Context()
	if _, err := s.Get(ctx, "login-a"); !errors.Is(err, ErrNotFound) {
		t.Errorf("get from an empty store: %v", err)
	}
	if err := s.Delete(ctx, "login-a"); err != nil {
		t.Errorf("delete from an empty store: %v", err)
	}
	if err := s.Probe(ctx); err != nil {
		t.Errorf("probe: %v", err)
	}

	every := make([]byte, 256) // every byte, newline and zero included
	for i := range every {
		every[i] = byte(i)
	}
	values := [][]byte{[]byte(`{"name":"홍길동"}`), every, bytes.Repeat([]byte{'x'}, MaxSize), {0}}
	for _, want := range values {
		if err := s.Set(ctx, "login-a", want); err != nil {
			t.Fatalf("set %d bytes: %v", len(want), err)
		}
		got, err := s.Get(ctx, "login-a")
		if err != nil {
			t.Fatalf("get %d bytes: %v", len(want), err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("read back (-want +got):\n%s", diff)
		}
	}

	if err := s.Set(ctx, "login-a", bytes.Repeat([]byte{'x'}, MaxSize+1)); !errors.Is(err, ErrTooBig) {
		t.Errorf("set too much: %v", err)
	}
	if err := s.Set(ctx, "login-a", nil); err == nil {
		t.Error("set nothing: no error")
	}
	if got, err := s.Get(ctx, "login-a"); err != nil || !bytes.Equal(got, []byte{0}) {
		t.Errorf("after refused sets: %q, %v", got, err)
	}
	if _, err := s.Get(ctx, "secret-a"); !errors.Is(err, ErrNotFound) {
		t.Errorf("another name: %v", err)
	}

	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	_, err := s.Get(cancelled, "login-a")
	for _, err := range []error{err, s.Set(cancelled, "login-a", every), s.Delete(cancelled, "login-a"), s.Probe(cancelled)} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
	}

	if err := s.Delete(ctx, "login-a"); err != nil {
		t.Errorf("delete: %v", err)
	}
	if _, err := s.Get(ctx, "login-a"); !errors.Is(err, ErrNotFound) {
		t.Errorf("get what was deleted: %v", err)
	}
	if err := s.Idle(ctx); err != nil {
		t.Errorf("idle: %v", err)
	}
}

// The largest value fits into the line that go-keyring writes for security -i of
// macOS, which ends at 4096 bytes, and into a credential of Windows (wincred.h).
func TestMaxSizeFitsEverySystem(t *testing.T) {
	line := fmt.Sprintf("add-generic-password -U -s kakaotalk-mcp -a %s -w 'go-keyring-base64:%s'\n",
		strings.Repeat("n", maxName), base64.StdEncoding.EncodeToString(make([]byte, MaxSize)))
	if len(line) > 4096 || MaxSize > 5*512 {
		t.Errorf("%d bytes in a line, %d in a credential", len(line), MaxSize)
	}
}

func TestNames(t *testing.T) {
	good := []string{"login-a", "secret-client_secret", "login-" + strings.Repeat("0", maxName-6)}
	bad := []string{"", "login-", "other-a", "login-A", "login-a/b", "login-..", `login-a\b`, "login-가", "login-a\n",
		"login-" + strings.Repeat("0", maxName-5)}
	for _, store := range []Store{NewMemory(), NewFile(filepath.Join(t.TempDir(), "secrets")), fakeKeychain()} {
		for _, name := range good {
			if err := store.Set(t.Context(), name, []byte("x")); err != nil {
				t.Errorf("%s: set %q: %v", store.Kind(), name, err)
			}
		}
		for _, name := range bad {
			_, err := store.Get(t.Context(), name)
			if err == nil || errors.Is(err, ErrNotFound) {
				t.Errorf("%s: get %q: %v", store.Kind(), name, err)
			}
			if store.Set(t.Context(), name, []byte("x")) == nil {
				t.Errorf("%s: set %q: no error", store.Kind(), name)
			}
			if store.Delete(t.Context(), name) == nil {
				t.Errorf("%s: delete %q: no error", store.Kind(), name)
			}
		}
	}
}

func TestProbeSeesSilentLoss(t *testing.T) {
	k := fakeKeychain()
	k.set = func(string, string, string) error { return nil } // as after a dismissed prompt
	err := k.Probe(t.Context())
	if !errors.Is(err, ErrUnavailable) || errors.Is(err, ErrNotFound) {
		t.Errorf("a write that vanishes: %v", err)
	}

	k = fakeKeychain()
	get := k.get
	k.get = func(service, name string) (string, error) {
		value, err := get(service, name)
		return strings.TrimSuffix(value, value[len(value)-1:]), err
	}
	if err := k.Probe(t.Context()); !errors.Is(err, ErrUnavailable) {
		t.Errorf("a value cut short: %v", err)
	}
}
