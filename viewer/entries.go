package viewer

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"kakaotalk-mcp/auth/ground/private"
)

// handleSize is how many hex digits of a file name are shown to people.
const handleSize = 8

// Entry describes a stored message without giving access to it.
type Entry struct {
	Handle  string // for Revoke; the id itself is not kept
	Created time.Time
	Expires time.Time
	Size    int64 // bytes on disk
}

// List returns the messages that have not expired, the newest first.
func (s *Store) List(ctx context.Context) ([]Entry, error) {
	var out []Entry
	err := s.walk(ctx, func(name string, h header, size int64) error {
		if s.now().Before(h.expires) {
			out = append(out, Entry{name[:handleSize], h.created, h.expires, size})
		}
		return nil
	})
	sort.SliceStable(out, func(a, b int) bool { return out[a].Created.After(out[b].Created) })
	return out, err
}

// Revoke deletes one message, named by its handle, its id or its whole link.
// ErrNotFound: there is none, or several share the handle.
func (s *Store) Revoke(ctx context.Context, ref string) error {
	name, err := s.find(ctx, strings.TrimSpace(ref))
	if err != nil {
		return err
	}
	path := filepath.Join(s.dir, name)
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		return ErrNotFound
	}
	if err := private.Remove(path); err != nil {
		return fmt.Errorf("revoking message: %w", err)
	}
	s.release(info.Size())
	return nil
}

func (s *Store) find(ctx context.Context, ref string) (name string, err error) {
	if _, rest, ok := strings.Cut(ref, pathPrefix); ok {
		ref, _, _ = strings.Cut(rest, "#")
	}
	if isID(ref) {
		return fileName(ref), nil
	}
	if !consists(ref, hexDigits, handleSize, 64) {
		return "", ErrNotFound
	}
	err = s.walk(ctx, func(candidate string, _ header, _ int64) error {
		if !strings.HasPrefix(candidate, ref) {
			return nil
		}
		if name != "" {
			return fmt.Errorf("several messages have this handle, use the link: %w", ErrNotFound)
		}
		name = candidate
		return nil
	})
	if err == nil && name == "" {
		err = ErrNotFound
	}
	return name, err
}

// Sweep deletes what has expired or was never finished and counts the rest
// anew. NewStore does it; a long-running caller repeats it hourly.
func (s *Store) Sweep(ctx context.Context) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	count, bytes := 0, int64(0)
	err := s.walk(ctx, func(name string, h header, size int64) error {
		if s.now().Before(h.expires) {
			count, bytes = count+1, bytes+size
			return nil
		}
		return private.Remove(filepath.Join(s.dir, name))
	})
	if err != nil {
		return fmt.Errorf("sweeping message store: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count, s.bytes, s.swept = count, bytes, s.now()
	return nil
}

// walk visits the message files; those of others and of later formats stay
// untouched.
func (s *Store) walk(ctx context.Context, visit func(name string, h header, size int64) error) error {
	files, err := os.ReadDir(s.dir)
	if err != nil {
		return fmt.Errorf("reading message store: %w", err)
	}
	for _, f := range files {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		info, err := f.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		path := filepath.Join(s.dir, f.Name())
		if !consists(f.Name(), hexDigits, 64, 64) {
			continue
		}
		start, err := readPlain(path, headerSize)
		if err != nil {
			continue
		}
		if h, err := parseHeader(start); err == nil {
			if err := visit(f.Name(), h, info.Size()); err != nil {
				return err
			}
		}
	}
	return nil
}
