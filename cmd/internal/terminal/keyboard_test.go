package terminal

import (
	"io"
	"os"
	"testing"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/cli"

	"github.com/google/go-cmp/cmp"
)

// TestOneEnterIsOneAnswer: a Windows console ends a line with "\r\n", a terminal
// in raw mode with "\r", a pipe with "\n"; the second half may come later.
func TestOneEnterIsOneAnswer(t *testing.T) {
	for name, reads := range map[string][]string{
		"console":      {"1\r\n", "\r\n", "abc\r\n"},
		"two reads":    {"1\r", "\n\r", "\n", "ab", "c\r", "\n"},
		"raw terminal": {"1\r", "\r", "abc\r"},
		"pipe":         {"1\n\nabc\n"},
		"at once":      {"1\r\n\r\nabc\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			k := newKeyboard(nil)
			for _, read := range reads {
				k.add([]byte(read), nil)
			}
			k.add(nil, io.EOF)
			var got []string
			for {
				line, err := k.line(t.Context())
				if err != nil {
					break
				}
				got = append(got, line)
			}
			if diff := cmp.Diff([]string{"1", "", "abc"}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestEnterAfterSecret: raw mode ends a line with "\r" alone; the "\n" that comes
// next is an answer of its own.
func TestEnterAfterSecret(t *testing.T) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	term := New(&cli.Env{Stdin: null, Stderr: null}, wording.Korean)
	term.keyboard.add([]byte("secret\r"), nil)
	if got, err := term.rawLine(t.Context()); got != "secret" || err != nil {
		t.Fatalf("%q, %v", got, err)
	}
	term.keyboard.add([]byte("\n"), nil)
	term.keyboard.add([]byte("2\n"), nil)
	for _, want := range []string{"", "2"} {
		if got, err := term.Line(t.Context()); got != want || err != nil {
			t.Errorf("%q, %v; want %q", got, err, want)
		}
	}
}
