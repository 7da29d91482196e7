package chat

import (
	"bufio"
	"context"
	"io"
	"sync"
)

// keyboard decodes what a terminal in raw mode sends. Its goroutine reads to the
// end of the input, which for a terminal is the end of the program.
type keyboard struct {
	mu        sync.Mutex
	typed     []key
	err       error
	interrupt func()        // what Ctrl-C does; nil: it is a key like others
	more      chan struct{} // something was typed
}

// maxTyped bounds what is typed or pasted ahead, in keys.
const maxTyped = 1 << 16

func newKeyboard(in io.Reader) *keyboard {
	k := &keyboard{more: make(chan struct{}, 1)}
	go k.read(bufio.NewReader(in))
	return k
}

func (k *keyboard) read(in *bufio.Reader) {
	pasting := false
	for {
		press, err := decode(in, pasting)
		switch press.code {
		case keyPasteStart, keyPasteEnd:
			pasting = press.code == keyPasteStart
			press.code = keyNone
		}
		k.mu.Lock()
		interrupt := k.interrupt
		switch {
		case err != nil:
			k.err = err
		case press.code == keyStop && interrupt != nil:
			k.typed = nil
		case press.code != keyNone && len(k.typed) < maxTyped:
			k.typed = append(k.typed, press)
		}
		k.mu.Unlock()
		if press.code == keyStop && interrupt != nil {
			interrupt()
		}
		select {
		case k.more <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

// next waits for a key press.
func (k *keyboard) next(ctx context.Context) (key, error) {
	for {
		k.mu.Lock()
		if len(k.typed) > 0 {
			press := k.typed[0]
			k.typed = k.typed[1:]
			k.mu.Unlock()
			return press, nil
		}
		err := k.err
		k.mu.Unlock()
		if err != nil {
			return key{}, err
		}
		select {
		case <-k.more:
		case <-ctx.Done():
			return key{}, ctx.Err()
		}
	}
}

// ahead takes the next key press if it is there already and a character.
func (k *keyboard) ahead() (press key, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.typed) == 0 || k.typed[0].code != keyText {
		return key{}, false
	}
	press, k.typed = k.typed[0], k.typed[1:]
	return press, true
}

// forget drops what was typed ahead: it was not meant as an answer to a question
// that had not been asked yet.
func (k *keyboard) forget() {
	k.mu.Lock()
	k.typed = nil
	k.mu.Unlock()
}

// onStop sets what Ctrl-C does, nil for a key like others.
func (k *keyboard) onStop(f func()) {
	k.mu.Lock()
	k.interrupt = f
	k.mu.Unlock()
}
