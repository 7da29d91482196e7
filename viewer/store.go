package viewer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"kakaotalk-mcp/auth/ground/private"
)

// MaxStored is how much text Put takes, in bytes. A message is text for people:
// 256 KB is a book.
const MaxStored = 256 << 10

// Further limits of the store.
const (
	maxStoredFile   = MaxStored + 4<<10 // incompressible text grows a little
	defaultTTL      = 7 * 24 * time.Hour
	maxTTL          = 30 * 24 * time.Hour
	defaultMaxCount = 10_000
	defaultMaxBytes = 256 << 20
	sweepPause      = time.Minute // a full store looks for room at most this often
)

// ErrNotFound is returned alike for a message that never was, has expired or
// was revoked: which of them it is concerns nobody outside.
var ErrNotFound = errors.New("no such message")

// ErrFull is returned when a cap of the store is reached.
var ErrFull = errors.New("message store is full")

// Options are the caps of a store. Zero means the default: 10,000 messages,
// 256 MB.
type Options struct {
	MaxCount int
	MaxBytes int64
}

// Store keeps encrypted messages in a folder, one file each, until they
// expire. It keeps neither ids nor keys nor text. Several processes may use
// one folder; what others add counts against the caps at the next Sweep.
type Store struct {
	dir     string
	options Options
	now     func() time.Time

	writing sync.RWMutex // a sweep counts while nobody writes

	mu    sync.Mutex
	count int
	bytes int64
	swept time.Time
}

// NewStore opens the folder dir, makes it (0700) if it is missing, and sweeps
// it. A symbolic link in place of the folder is refused.
func NewStore(dir string, o Options) (*Store, error) {
	if o.MaxCount <= 0 {
		o.MaxCount = defaultMaxCount
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = defaultMaxBytes
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("opening message store: %w", err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return nil, fmt.Errorf("opening message store: %w", err)
	}
	if !info.IsDir() {
		return nil, errors.New("opening message store: not a folder of its own")
	}
	if info.Mode().Perm() != 0o700 {
		if err := os.Chmod(dir, 0o700); err != nil {
			return nil, fmt.Errorf("opening message store: %w", err)
		}
	}
	s := &Store{dir: dir, options: o, now: time.Now}
	return s, s.Sweep(context.Background())
}

// Put encrypts and keeps text, at most 256 KB, for ttl: zero means 7 days, 30
// days are the most. id and key make the link and are not kept. Text that is
// too long is ErrTooLong, a store at its caps ErrFull.
func (s *Store) Put(ctx context.Context, text string, ttl time.Duration) (id, key string, err error) {
	if ttl == 0 {
		ttl = defaultTTL
	}
	switch {
	case ctx.Err() != nil:
		return "", "", ctx.Err()
	case len(text) > MaxStored:
		return "", "", fmt.Errorf("storing message: %w", ErrTooLong)
	case ttl < time.Second || ttl > maxTTL:
		return "", "", errors.New("storing message: time to live must be between 1 second and 30 days")
	}
	id, key, blob, err := seal(text)
	if err != nil {
		return "", "", err
	}
	now := s.now()
	file := append(header{now, now.Add(ttl)}.append(nil), blob...)
	full, err := s.add(fileName(id), file)
	if full && s.now().Sub(s.lastSweep()) >= sweepPause {
		// Messages that expired since may have left room.
		if err := s.Sweep(ctx); err != nil {
			return "", "", err
		}
		full, err = s.add(fileName(id), file)
	}
	switch {
	case full:
		return "", "", fmt.Errorf("storing message: %w", ErrFull)
	case err != nil:
		return "", "", fmt.Errorf("storing message: %w", err)
	}
	return id, key, nil
}

// add books room before it writes; full says that there was none.
func (s *Store) add(name string, file []byte) (full bool, err error) {
	s.writing.RLock()
	defer s.writing.RUnlock()
	size := int64(len(file))
	s.mu.Lock()
	full = s.count+1 > s.options.MaxCount || s.bytes+size > s.options.MaxBytes
	if !full {
		s.count, s.bytes = s.count+1, s.bytes+size
	}
	s.mu.Unlock()
	if full {
		return true, nil
	}
	if err := private.Write(filepath.Join(s.dir, name), file); err != nil {
		s.release(size)
		return false, err
	}
	return false, nil
}

func (s *Store) lastSweep() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.swept
}

func (s *Store) release(size int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count, s.bytes = max(0, s.count-1), max(0, s.bytes-size)
}

// Blob returns what the page decrypts for id, or ErrNotFound.
func (s *Store) Blob(ctx context.Context, id string) ([]byte, error) {
	file, err := s.read(ctx, id, maxStoredFile)
	if err != nil {
		return nil, err
	}
	return file[headerSize:], nil
}

// has is Blob without reading the message itself.
func (s *Store) has(ctx context.Context, id string) error {
	_, err := s.read(ctx, id, headerSize)
	return err
}

// read returns at most limit bytes of a message's file, header included.
func (s *Store) read(ctx context.Context, id string, limit int64) ([]byte, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if !isID(id) {
		return nil, ErrNotFound
	}
	file, err := readPlain(filepath.Join(s.dir, fileName(id)), limit)
	if err != nil {
		return nil, err
	}
	h, err := parseHeader(file)
	if err != nil || !s.now().Before(h.expires) {
		return nil, ErrNotFound
	}
	return file, nil
}

// readPlain reads at most limit bytes of a regular file; a symbolic link, or
// anything else that is not one, is ErrNotFound.
func readPlain(path string, limit int64) ([]byte, error) {
	info, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("reading stored message: %w", err)
	}
	f, err := private.Open(path)
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, private.ErrIrregular) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("reading stored message: %w", err)
	}
	defer f.Close()
	// What was opened must be what was looked at.
	if opened, err := f.Stat(); err != nil || !os.SameFile(info, opened) {
		return nil, ErrNotFound
	}
	file, err := io.ReadAll(io.LimitReader(f, limit))
	if err != nil {
		return nil, fmt.Errorf("reading stored message: %w", err)
	}
	return file, nil
}

// URL is the link to a stored message under base, an address without a slash
// at its end.
func (s *Store) URL(base, id, key string) string {
	return strings.TrimSuffix(base, "/") + pathPrefix + id + "#" + key
}
