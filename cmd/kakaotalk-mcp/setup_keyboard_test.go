package main

import (
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOneEnterIsOneAnswer: a Windows console ends a line with "\r\n", a terminal
// in raw mode with "\r", a pipe with "\n"; the second half may come later.
func TestOneEnterIsOneAnswer(t *testing.T) {
	const mode = "the mode changes"
	for name, reads := range map[string][]string{
		"console":      {"1\r\n", "\r\n", "abc\r\n"},
		"two reads":    {"1\r", "\n\r", "\n", "ab", "c\r", "\n"},
		"raw terminal": {"1\r", "\r", "abc\r"},
		"a secret":     {"1\r", mode, "\n", "abc\n"},
		"pipe":         {"1\n\nabc\n"},
		"at once":      {"1\r\n\r\nabc\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			k := newKeyboard(nil)
			k.begins.Do(func() {}) // the reads come from here
			for _, read := range reads {
				if read == mode {
					k.change()
					continue
				}
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
