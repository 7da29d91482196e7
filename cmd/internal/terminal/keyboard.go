package terminal

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"sync"
)

const (
	// chunk is how much is read at once.
	chunk = 4 << 10
	// maxLine bounds a line, in bytes; nothing a person pastes comes near it.
	maxLine = 1 << 20
)

// keyboard reads a file for one question after the other, and only while one
// waits. Nobody else may read it: a read of a terminal cannot be interrupted, so
// that of a question that was given up still waits, and what it gets is for the
// next one.
type keyboard struct {
	file *os.File

	mu      sync.Mutex
	from    io.Reader // the file, once it is read
	typed   []byte
	half    bool  // the last line ended with "\r": a "\n" may belong to it
	err     error // why the last read ended, until a question was told
	reading bool
	news    chan struct{} // closed and replaced when a read has ended
}

func newKeyboard(file *os.File) *keyboard { return &keyboard{file: file, news: make(chan struct{})} }

// read starts one read unless one is under way. The caller holds the lock.
func (k *keyboard) read() {
	if k.reading {
		return
	}
	k.reading = true
	if k.from == nil {
		k.from = input(k.file)
	}
	go func() {
		piece := make([]byte, chunk)
		n, err := k.from.Read(piece)
		k.add(piece[:n], err)
	}()
}

// add takes in what one read brought.
func (k *keyboard) add(piece []byte, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.typed, k.err, k.reading = append(k.typed, piece...), err, false
	close(k.news)
	k.news = make(chan struct{})
}

// take waits until want accepts a beginning of what was typed, of which it gives
// the length, and returns it. ended tells want that no more comes; if it still
// wants nothing, take returns the reason, which is io.EOF as a rule.
func (k *keyboard) take(ctx context.Context, want func(typed []byte, ended bool) int) ([]byte, error) {
	for {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		k.mu.Lock()
		if k.half && len(k.typed) > 0 {
			k.typed, k.half = bytes.TrimPrefix(k.typed, []byte("\n")), false
		}
		if n := want(k.typed, k.err != nil); n > 0 {
			got := bytes.Clone(k.typed[:n])
			k.typed = k.typed[n:]
			k.mu.Unlock()
			return got, nil
		}
		if err := k.err; err != nil {
			k.err = nil // a terminal goes on after Ctrl-D
			k.mu.Unlock()
			return nil, err
		}
		k.read()
		news := k.news
		k.mu.Unlock()
		select {
		case <-news:
		case <-ctx.Done():
		}
	}
}

var errTooLong = errors.New("the line is too long")

// line reads one line, without its end, which is "\r\n" on a Windows console. At
// the end of input the rest counts.
func (k *keyboard) line(ctx context.Context) (string, error) {
	got, err := k.take(ctx, func(typed []byte, ended bool) int {
		if i := bytes.IndexAny(typed, "\r\n"); i >= 0 {
			return i + 1
		}
		if ended || len(typed) > maxLine {
			return len(typed)
		}
		return 0
	})
	if len(got) > maxLine {
		err = errTooLong
	}
	k.mu.Lock()
	k.half = bytes.HasSuffix(got, []byte("\r"))
	k.mu.Unlock()
	return string(bytes.TrimRight(got, "\r\n")), err
}

// all reads to the end of the input, but no more than limit bytes.
func (k *keyboard) all(ctx context.Context, limit int) ([]byte, error) {
	got, err := k.take(ctx, func(typed []byte, ended bool) int {
		if ended || len(typed) >= limit {
			return min(len(typed), limit)
		}
		return 0
	})
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	return got, err
}
