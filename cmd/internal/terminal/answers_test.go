package terminal

import (
	"slices"
	"testing"
)

// TestNumbered: Enter is all, 0 is none, and a slip is neither.
func TestNumbered(t *testing.T) {
	choices := []Choice{{Value: "a"}, {Value: "b"}, {Value: "c"}}
	for line, want := range map[string][]string{"": {"a", "b", "c"}, "0": {}, "2": {"b"}, "3, 1": {"c", "a"}, "1 2": {"a", "b"}, "1,1,2": {"a", "b"}} {
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
