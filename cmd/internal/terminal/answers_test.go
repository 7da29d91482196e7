package terminal

import (
	"slices"
	"testing"
)

// TestNumbered: Enter is all, 0 is none, and a slip is neither.
func TestNumbered(t *testing.T) {
	choices := []Choice{{Value: "a"}, {Value: "b"}, {Value: "c"}}
	for line, want := range map[string][]string{"": {"a", "b", "c"}, "0": {}, "2": {"b"}, "3, 1": {"c", "a"}, "1 2": {"a", "b"}, "1,1,2": {"a", "b"}, "３， １": {"c", "a"}, "０": {}, "1번, 2번": {"a", "b"}} {
		if got, ok := numbered(line, choices); !ok || !slices.Equal(got, want) {
			t.Errorf("%q: %q, %v, want %q", line, got, ok, want)
		}
	}
	for _, line := range []string{",", ", ,", "4", "-1", "0,1", "a", "1-2"} {
		if got, ok := numbered(line, choices); ok {
			t.Errorf("%q: %q", line, got)
		}
	}
}

// TestIndex: a number as people type it, and nothing else.
func TestIndex(t *testing.T) {
	choices := []Choice{{Value: "a"}, {Value: "b"}}
	for word, want := range map[string]int{"1": 0, "2": 1, "２": 1, "2번": 1, "2.": 1, "１번": 0} {
		if got, ok := index(word, choices); !ok || got != want {
			t.Errorf("%q: %d, %v, want %d", word, got, ok, want)
		}
	}
	for _, word := range []string{"0", "3", "-1", "번", "", "a", "1a", "２１"} {
		if got, ok := index(word, choices); ok {
			t.Errorf("%q: %d", word, got)
		}
	}
}

// TestIsYes: also from a keyboard that types Hangul or full-width letters.
func TestIsYes(t *testing.T) {
	for line, want := range map[string]bool{"y": true, "YES": true, "ㅛ": true, "ㅛㄷㄴ": true, "ｙ": true, "네": true, "n": false, "ㅜ": false, "아니요": false, "x": false} {
		if isYes(line) != want {
			t.Errorf("%q: %v", line, !want)
		}
	}
}
