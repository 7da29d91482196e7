package demo

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// A sample that stops inside a word looks as if it had been cut.
func TestLongTextEndsWithASentence(t *testing.T) {
	for _, n := range []int{1, 200, 1000} {
		text := longText(n)
		if length := utf8.RuneCountInString(text); length < n || length > n+40 || !strings.HasSuffix(text, "요.") {
			t.Errorf("%d characters for %d: …%s", length, n, text[max(0, len(text)-60):])
		}
	}
}
