package chat

import "testing"

// TestClean: what a model or a tool says cannot steer the terminal or hide text;
// emoji made of several and words with joiners stay.
func TestClean(t *testing.T) {
	for text, want := range map[string]string{
		"\x1b[31m빨강\x1b[0m\x07\u009b2J": "[31m빨강[0m2J", "a\r\nb\tc": "a\nb\tc", "\u202eabc\u202c\u2066d\u2069": "abcd",
		"a\u200b\u200e\u200f\u061c\u2060\ufeff\u00adb": "ab", "a\u2028b\u2029c\u0085d": "abcd", "\U000e0041\U000e007ftag": "tag",
		"👩\u200d👩\u200d👧 ❤\ufe0f 가나다 é": "👩\u200d👩\u200d👧 ❤\ufe0f 가나다 é", "می\u200cخواهم": "می\u200cخواهم",
	} {
		if got := clean(text); got != want {
			t.Errorf("clean(%q) = %q, want %q", text, got, want)
		}
	}
}
