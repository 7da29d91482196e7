package bubble

import (
	"errors"
	"iter"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"

	"github.com/clipperhouse/uax29/v2/graphemes"
	"golang.org/x/text/unicode/norm"

	"kakaotalk-mcp/tools/hangul"
)

func TestLen(t *testing.T) {
	for s, want := range map[string]int{"": 0, "가a": 2, "😀": 2, "🇰🇷": 4, "\xff가": 2, norm.NFD.String("각"): 3} {
		if got := Len(s); got != want {
			t.Errorf("Len(%q) = %d, want %d", s, got, want)
		}
	}
}

func TestCheck(t *testing.T) {
	for text, want := range map[string]error{
		"": ErrBlank, " \t\r\n": ErrBlank, "\x00\x1b": ErrBlank, "\u200b\u2060\ufeff\u200d": ErrBlank, "\u3164\u2800\u3000\u00a0": ErrBlank,
		"\ufe0f\u202e\u00ad": ErrBlank, "\U000e0041": ErrBlank, "가\xff": ErrInvalidUTF8, "\xed\xa0\x80": ErrInvalidUTF8,
		".": nil, " 가": nil, "😀": nil, "\u0301": nil, "\u0600": nil, "\x00a": nil,
	} {
		if err := Check(text); !errors.Is(err, want) {
			t.Errorf("Check(%q) = %v, want %v", text, err, want)
		}
	}
}

func TestKorean(t *testing.T) {
	for text, want := range map[string]bool{"Hi 지민": true, "ㅋ": true, norm.NFD.String("가"): true, "Hello": false, "漢字かな": false, "\u3164": false, "": false} {
		if got := Korean(text); got != want {
			t.Errorf("Korean(%q) = %v", text, got)
		}
	}
}

func TestBeginning(t *testing.T) {
	for _, tt := range []struct {
		text  string
		limit int
		want  string
	}{
		{"짧아요", 10, "짧아요"},
		{" 짧아요 ", 5, " 짧아요 "},
		{"   짧아요   ", 5, "짧아요"},
		{"   짧아요", 3, "짧아요"},
		{"   짧아요", 2, "짧…"},
		{"내일 회의 자료를 보내요", 10, "내일 회의 자료를…"},
		{"내일 회의 자료를 보내요", 9, "내일 회의…"},
		{"내일 회의 자료를 보내요", 6, "내일 회의…"},
		{"내일, 회의 자료", 5, "내일…"},
		{"공지 - 회의 자료", 7, "공지…"},
		{"가나다라마바사", 5, "가나다라…"},
		{"가 나다라마바사아자차카타", 10, "가 나다라마바사아…"},
		{"안녕👨‍👩‍👧‍👦가족", 10, "안녕…"},
		{"안녕👨‍👩‍👧‍👦가족", 14, "안녕👨‍👩‍👧‍👦…"},
		{"🇰🇷🇰🇷", 7, "🇰🇷…"},
		{"가❤️나다", 4, "가❤️…"},
		{strings.Repeat(".", 9), 5, "....…"},
		{"가a" + strings.Repeat("\u0301", 9), 5, "가…"},
		{"가나", 1, "…"}, {"가나", 0, ""}, {"", 0, ""},
		{strings.Repeat(" ", 9), 5, ""},
	} {
		if got := Beginning(tt.text, tt.limit); got != tt.want {
			t.Errorf("Beginning(%q, %d) = %q, want %q", tt.text, tt.limit, got, tt.want)
		}
	}
}

func TestBeginningOfEverything(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	for range 1000 {
		var b strings.Builder
		for range 1 + rnd.IntN(60) {
			b.WriteString(pieces[rnd.IntN(len(pieces))])
		}
		text, limit := b.String(), 1+rnd.IntN(Limit)
		got := Beginning(text, limit)
		if Len(got) > limit {
			t.Fatalf("Beginning(%q, %d) has %d units", text, limit, Len(got))
		}
		trimmed := text
		for g := graphemes.FromString(text); g.Next() && blank(g.Value()); {
			trimmed = text[g.End():]
		}
		trimmed = strings.TrimRightFunc(trimmed, unicode.IsSpace)
		if got == text || got == trimmed {
			continue
		}
		head, cut := strings.CutSuffix(got, ellipsis)
		if border, _ := clusterBorders(trimmed, Limit); !cut || !strings.HasPrefix(trimmed, head) || !border[len(head)] {
			t.Fatalf("Beginning(%q, %d) = %q is cut inside a grapheme", text, limit, got)
		}
		for g := graphemes.FromString(head); g.Next(); {
			if g.End() == len(head) && blank(g.Value()) {
				t.Fatalf("Beginning(%q, %d) = %q has white space before the ellipsis", text, limit, got)
			}
		}
	}
}

func TestClean(t *testing.T) {
	for _, tt := range []struct {
		in   string
		max  int
		want string
	}{
		{"  홍\t\n 길동 ", 20, "홍 길동"},
		{"지민\u202egnp.exe\u2066", 20, "지민gnp.exe"},
		{"a\x00\x1b[31mb", 20, "a[31mb"},
		{"가\u2028나\u0085다", 20, "가 나 다"},
		{"지\u200b민\ufeff\u00ad", 20, "지민"},
		{"\u3164\u2800 ", 20, ""},
		{"김\u3164지민", 20, "김 지민"},
		{"👨‍👩‍👧‍👦 ❤️‍🔥 👩🏽‍🚒 🇰🇷 1️⃣", 20, "👨‍👩‍👧‍👦 ❤️‍🔥 👩🏽‍🚒 🇰🇷 1️⃣"},
		{"지\u200d민\u200d\ufe0f", 20, "지민"},
		{"지민\U000e0049\U000e0100", 20, "지민"},
		{"👨‍👩‍👧‍👦👨‍👩‍👧‍👦가나", 3, "👨‍👩‍👧‍👦👨‍👩‍👧‍👦…"},
		{"가 나다", 3, "가…"},
		{"가나다", 3, "가나다"},
		{"z" + strings.Repeat("\u0301", 99) + "a", 3, "za"},
		{"가\xff나", 3, "가나"},
		{"가나", 1, "…"}, {"가나", 0, ""}, {"", 0, ""},
	} {
		if got := Clean(tt.in, tt.max); got != tt.want {
			t.Errorf("Clean(%q, %d) = %q, want %q", tt.in, tt.max, got, tt.want)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, piece := range pieces {
		f.Add(strings.Repeat(piece, 3)+" 지민\u202e", uint8(9))
	}
	f.Fuzz(func(t *testing.T, s string, max uint8) {
		got := Clean(s, int(max))
		n := 0
		for range clusters(got) {
			n++
		}
		if n > int(max) {
			t.Fatalf("Clean(%q, %d) = %q has %d graphemes", s, max, got, n)
		}
		if strings.TrimSpace(got) != got || strings.Contains(got, "  ") {
			t.Fatalf("Clean(%q, %d) = %q has white space to spare", s, max, got)
		}
		for _, r := range got {
			if invisible(r) && !strings.ContainsRune(" \u200d\ufe0e\ufe0f", r) {
				t.Fatalf("Clean(%q, %d) = %q keeps %U", s, max, got, r)
			}
		}
	})
}

// A name copied from the screen finds the friend: what Clean removes, comparing names ignores.
func TestCleanNamesCompareEqual(t *testing.T) {
	for _, name := range []string{"지\u200b민", " 홍\u3164길동\u2800", "❤️지민👨‍👩‍👧‍👦", "\u202eabc", "지\u034f민\U000e0041", "Alex\tKim"} {
		if got := Clean(name, 40); hangul.Fold(got) != hangul.Fold(name) {
			t.Errorf("%q is shown as %q, which compares as another name", name, got)
		}
	}
}

// clusters yields the grapheme clusters of text.
func clusters(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for g := graphemes.FromString(text); g.Next() && yield(g.Value()); {
		}
	}
}

func TestInk(t *testing.T) {
	for text, want := range map[string]int{"": 0, " a\n b ": 2, "가 나": 2, "😀 ": 2, "\u3164\u200b\u2800": 0} {
		if got := Ink(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}
