package bubble

import (
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// TestRevealShowsWhatLeavesNoInk: every ignorable code point and blank letter, alone,
// in a row and after an emoji that another one belongs to.
func TestRevealShowsWhatLeavesNoInk(t *testing.T) {
	n := 0
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !invisible(r) || unicode.IsSpace(r) || r >= 0xD800 && r < 0xE000 {
			continue
		}
		n++
		for _, text := range []string{"a" + string(r) + "b", "가" + string(r), string(r), strings.Repeat("나"+string(r), 3), "👍🏽" + strings.Repeat(string(r), 2)} {
			got := Reveal(text)
			if !strings.Contains(got, "\uFFFD") {
				t.Errorf("%U is hidden in %q", r, got)
			}
			if rest := strings.ReplaceAll(strings.Map(keepInk, text), "\uFFFD", ""); rest != strings.ReplaceAll(strings.Map(keepInk, got), "\uFFFD", "") {
				t.Errorf("%U: %q lost what is seen: %q", r, text, got)
			}
		}
	}
	if n < 4000 {
		t.Errorf("only %d code points", n)
	}
}

func keepInk(r rune) rune {
	if invisible(r) {
		return -1
	}
	return r
}

// TestRevealLeavesWhatIsMeant: signs that change the one before them, and white space.
func TestRevealLeavesWhatIsMeant(t *testing.T) {
	for _, text := range []string{"", "한 줄\n두 줄\t끝", "👩\u200d👩\u200d👧 ❤️ 1️⃣ #️⃣ ‼️ 🏳️\u200d🌈 ☎︎", "می\u200cخواهم", "क्\u200dष"} {
		if got := Reveal(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
	if got := Reveal("a\r\nb\rc"); got != "a\nb\uFFFDc" {
		t.Errorf("line ends: %q", got)
	}
	if got := Reveal("a\xffb"); got != "a\uFFFDb" {
		t.Errorf("no UTF-8: %q", got)
	}
}

// TestOneSelector: a hidden text cannot ride on a row of emoji signs.
func TestOneSelector(t *testing.T) {
	for _, text := range []string{"❤️️", "❤️︎️︎", "a️", "가\u200d나", ".️", "!\u200d!", "👩\u200da", "م\u200ca", "a\u200cم"} {
		if got := Reveal(text); !strings.Contains(got, "\uFFFD") {
			t.Errorf("%q hides in %q", text, got)
		}
	}
	if got := Clean("❤️️︎ 안녕", 20); got != "❤️ 안녕" {
		t.Errorf("cleaned: %q", got)
	}
}

// TestWords: what a reader cannot tell apart is one text, what leaves a gap is a gap.
func TestWords(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !invisible(r) || r >= 0xD800 && r < 0xE000 {
			continue
		}
		want := "ab"
		if unicode.IsSpace(r) || isBlankLetter(r) {
			want = "a b"
		}
		if got := Words(string(r) + "a" + string(r) + string(r) + "b" + string(r)); got != want {
			t.Errorf("%U: %q", r, got)
		}
	}
	for text, want := range map[string]string{"": "", " \u3164": "", "한 줄\r\n둘": "한 줄 둘", "아버지 가방에": "아버지 가방에", "1️⃣": "1⃣", norm.NFD.String("과\u200b일"): "과일"} {
		if got := Words(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestSeen: what Reveal shows as � is gone, blank letters aside, and nothing else.
func TestSeen(t *testing.T) {
	for text, want := range map[string]string{"": "", "한 줄\r\n두 줄\t끝": "한 줄\r\n두 줄\t끝", "a\u200bb\u034f\x00": "ab", "❤️️": "❤️", "👩\u200d👧": "👩\u200d👧", "⠁⠀⠁\u3164": "⠁⠀⠁\u3164", "می\u200cخ": "می\u200cخ", "가\u200d나": "가나"} {
		if got := Seen(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
