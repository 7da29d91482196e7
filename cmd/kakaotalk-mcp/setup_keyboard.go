package main

import (
	"context"
	"io"
	"os"
	"strings"
	"sync"
)

// maxTyped bounds what is read at once; nothing a person answers comes near it.
const maxTyped = 4 << 10

// keyboard reads a terminal for one question after the other. Only it reads: a
// question that has ended may still wait in a read of its own and would swallow
// the first key of the next. What no question took is there for the next.
type keyboard struct {
	file *os.File

	mu     sync.Mutex
	typed  []byte
	ended  bool          // the last one was "\r"
	err    error         // why reading ended
	news   chan struct{} // closed and replaced when something changed
	begins sync.Once
}

func newKeyboard(file *os.File) *keyboard { return &keyboard{file: file, news: make(chan struct{})} }

// begin starts the reading on the first question. A read of a terminal cannot be
// interrupted, so the goroutine lives as long as the program.
func (k *keyboard) begin() {
	k.begins.Do(func() {
		go func() {
			for {
				chunk := make([]byte, maxTyped)
				n, err := k.file.Read(chunk)
				k.add(chunk[:n], err)
				if err != nil {
					return
				}
			}
		}()
	})
}

// add takes what one read brought. Enter is "\r\n" on a Windows console, also in
// two reads, and one answer.
func (k *keyboard) add(chunk []byte, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, c := range chunk {
		if c != '\n' || !k.ended {
			k.typed = append(k.typed, c)
		}
		k.ended = c == '\r'
	}
	k.err = err
	close(k.news)
	k.news = make(chan struct{})
}

// change says that the terminal's mode was changed: in raw mode Enter is "\r", and
// "\n" then the next one.
func (k *keyboard) change() {
	k.mu.Lock()
	k.ended = false
	k.mu.Unlock()
}

// take waits until want accepts a beginning of what was typed, and returns it.
// ended closes when nobody waits any more.
func (k *keyboard) take(ended <-chan struct{}, want func(typed []byte) int) ([]byte, error) {
	k.begin()
	for {
		k.mu.Lock()
		n, news, err := want(k.typed), k.news, k.err
		if n > 0 {
			got := k.typed[:n]
			k.typed = k.typed[n:]
			k.mu.Unlock()
			return got, nil
		}
		k.mu.Unlock()
		if err != nil {
			return nil, err
		}
		select {
		case <-news:
		case <-ended:
			return nil, io.EOF
		}
	}
}

// line reads one line, without its end. At the end of input the rest counts.
func (k *keyboard) line(ctx context.Context) (string, error) {
	got, err := k.take(ctx.Done(), func(typed []byte) int { return strings.IndexAny(string(typed), "\r\n") + 1 })
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	return strings.TrimRight(string(got), "\r\n"), err
}
