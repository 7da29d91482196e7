package terminal

import (
	"context"
	"errors"
	"io"
	"testing"
	"unicode/utf16"
)

// typed is a console on which these pieces are typed, one a read, and then what last does.
func typed(last func() (int, error), pieces ...string) *keyboard {
	return &keyboard{news: make(chan struct{}), from: &console{read: func(units []uint16) (int, error) {
		if len(pieces) == 0 {
			return last()
		}
		n := copy(units, utf16.Encode([]rune(pieces[0])))
		pieces = pieces[1:]
		return n, nil
	}}}
}

var errOver = errors.New("nothing more is typed")

func over() (int, error) { return 0, errOver }

// A read that Ctrl-C broke off brings nothing, a moment before the signal comes or after.
func TestCtrlCIsNoEndOfInput(t *testing.T) {
	ctx, signal := context.WithCancel(t.Context())
	reads := 0
	k := typed(func() (int, error) {
		if reads++; reads == 2 {
			signal()
		}
		return 0, nil
	}, "회의 3시\r\n")
	if text, err := k.all(ctx, 100); len(text) > 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("%q, %v", text, err)
	}
}

func TestCtrlZEndsTheInput(t *testing.T) {
	for _, pieces := range [][]string{{"회의 3시\r\n", "\x1a\r\n"}, {"회의 3시\r\n\x1a\r\n"}} {
		if text, err := typed(over, pieces...).all(t.Context(), 100); string(text) != "회의 3시\r\n" || err != nil {
			t.Errorf("%q: %q, %v", pieces, text, err)
		}
	}
	k := typed(over, "\x1a\r\n", "다음\r\n")
	if line, err := k.line(t.Context()); !errors.Is(err, io.EOF) {
		t.Errorf("%q, %v", line, err)
	}
	if line, err := k.line(t.Context()); line != "다음" || err != nil {
		t.Errorf("then %q, %v", line, err)
	}
}

func TestLettersInTwoHalves(t *testing.T) {
	units := utf16.Encode([]rune("네😀\r\n"))
	k := &keyboard{news: make(chan struct{}), from: &console{read: func(p []uint16) (int, error) {
		if len(units) == 0 {
			return over()
		}
		p[0], units = units[0], units[1:]
		return 1, nil
	}}}
	if line, err := k.line(t.Context()); line != "네😀" || err != nil {
		t.Errorf("%q, %v", line, err)
	}
	if _, err := k.line(t.Context()); !errors.Is(err, errOver) {
		t.Errorf("then %v", err)
	}
}
