package bubble

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
)

func TestParts(t *testing.T) {
	s := strings.Repeat
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"one", s("가", 30), []string{s("가", 30)}},
		{"one with white space around", " 가\n", []string{" 가\n"}},
		{"paragraph before sentence", s("가", 10) + "\n\n" + s("나", 5) + "다. " + s("라", 20),
			[]string{s("가", 10) + "\n\n" + s("나", 5) + "다.", s("라", 20)}},
		{"paragraph full enough", s("가", 14) + "\r\n\r\n" + "나다. " + s("라", 20),
			[]string{s("가", 14), "나다. " + s("라", 20)}},
		{"sentence before line", s("가", 12) + "요. 나나\n나나 " + s("라", 10), []string{s("가", 12) + "요.", "나나\n나나 " + s("라", 10)}},
		{"line before word", s("가", 12) + "\n나나나 나나나 " + s("라", 20), []string{s("가", 12), "나나나 나나나", s("라", 20)}},
		{"no space after a Korean ending", s("가", 12) + "다.나나 나나" + s("라", 15), []string{s("가", 12) + "다.", "나나 나나" + s("라", 15)}},
		{"closing quote", s("가", 12) + `요!" 나나 나나` + s("라", 15), []string{s("가", 12) + `요!"`, "나나 나나" + s("라", 15)}},
		{"ideographic full stop", s("가", 14) + "。나나 나나" + s("라", 15), []string{s("가", 14) + "。", "나나 나나" + s("라", 15)}},
		{"number is no end", s("가", 11) + " 3.14 " + s("라", 15), []string{s("가", 11) + " 3.14", s("라", 15)}},
		{"list number is no end", s("가", 13) + "\n1. " + s("라", 20), []string{s("가", 13), "1. " + s("라", 20)}},
		{"word", s("가나 ", 10) + "라라라", []string{"가나 가나 가나 가나 가나 가나 가나 가나", "가나 가나 라라라"}},
		{"long word moves", s("가", 8) + " " + s("x", 23), []string{s("가", 8), s("x", 23)}},
		{"grapheme", s("가", 31), []string{s("가", 24), s("가", 7)}},
		{"indentation stays", s("가", 14) + "\n\n  - " + s("라", 15), []string{s("가", 14), "  - " + s("라", 15)}},
		{"too much indentation", s("가", 14) + "\n" + s(" ", 24) + s("라", 15), []string{s("가", 14), s("라", 15)}},
		{"blank middle", "가" + s(" ", 99) + "나", []string{"가", "나"}},
		{"invisible middle", "가" + s("\u200b", 99) + "나", []string{"가", "나"}},
	} {
		got, err := Parts(tt.text, 30, 99)
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if n := len(tt.want); n > 1 {
			for i := range tt.want {
				tt.want[i] = fmt.Sprintf("(%d/%d)\n%s", i+1, n, tt.want[i])
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// TestPartsOfClosingQuotes: a text of nothing else takes no longer than another one of its
// length. Where it took the square of it, this ran for longer than a test may.
func TestPartsOfClosingQuotes(t *testing.T) {
	const n = 200_000
	_, err := Parts(strings.Repeat(")", n), Limit, 20)
	if long := (ErrTooLong{}); !errors.As(err, &long) || long.Needed < n/Limit {
		t.Error(err)
	}
}

func TestCut(t *testing.T) {
	s := strings.Repeat
	for _, tt := range []struct{ name, text, want string }{
		{"paragraph", "가나다라마바사아자.\n\n차 카타파. 하하하하", "가나다라마바사아자.\n\n"},
		{"sentence", "가나다라마바사 3.5배예요. 아자 차카타파하", "가나다라마바사 3.5배예요. "},
		{"quoted sentence", "가나다라마바사 “그래요!” 아자 차카타파하하", "가나다라마바사 “그래요!” "},
		{"line", "가나다라마바사아자차\n카 타파하하하하", "가나다라마바사아자차\n"},
		{"indentation goes on", "가나다라마바사아자차카\n  - 타파하하하하", "가나다라마바사아자차카\n"},
		{"word", "가나다라마바사 아자차 카타파하하하하", "가나다라마바사 아자차 "},
		{"too early", "가 나다라마바사아자차카타파하하하하", "가 나다라마바사아자차카타파"},
		{"nothing but letters", "가나다라마바사아자차카타파하가나", "가나다라마바사아자차카타파하"},
		{"flag", s("가", 12) + "🇰🇷🇺🇸", s("가", 12)},
		{"family", s("가", 11) + "👨‍👩‍👧‍👦", s("가", 11)},
		{"decomposed syllable", s("가", 13) + "\u1112\u1161\u11ab", s("가", 13)},
		{"line end", s("a", 41) + "\r\nb", s("a", 41)},
		{"endless cluster", "a" + s("\u0301", 40), "a" + s("\u0301", 20)},
		{"white space", s(" ", 50) + "가", s(" ", 42)},
		{"short", "가나", "가나"},
	} {
		if got := tt.text[:Cut(tt.text, 42)]; got != tt.want {
			t.Errorf("%s: cut behind %q, want %q", tt.name, got, tt.want)
		}
	}
	for limit, want := range map[int]int{-1: 0, 0: 0, 2: 0, 3: 3, 5: 3, 6: 6} {
		if got := Cut("가나", limit); got != want {
			t.Errorf("limit %d: %d, want %d", limit, got, want)
		}
	}
}

func TestPartsErrors(t *testing.T) {
	if _, err := Parts(strings.Repeat("가", 24*3+1), 30, 3); !errors.Is(err, ErrTooLong{4}) {
		t.Errorf("four parts of three: %v", err)
	}
	if got, err := Parts(strings.Repeat("가", 24*3), 30, 3); err != nil || len(got) != 3 {
		t.Errorf("three parts of three: %d, %v", len(got), err)
	}
	if _, err := Parts(strings.Repeat("x", longestText+1), 200, 1e6); !errors.Is(err, ErrTooLong{5243}) {
		t.Errorf("a text over 1 MiB: %v", err)
	}
	for text, want := range map[string]error{" \n": ErrBlank, "\xff": ErrInvalidUTF8} {
		if _, err := Parts(text, 30, 3); !errors.Is(err, want) {
			t.Errorf("Parts(%q): %v, want %v", text, err, want)
		}
	}
	for _, tiny := range [][2]int{{smallestLimit - 1, 3}, {30, 0}} {
		if got, err := Parts("가", tiny[0], tiny[1]); err == nil {
			t.Errorf("limit %d, max %d: %q", tiny[0], tiny[1], got)
		}
	}
}

// A text that fits only when every part is full is not refused for the sake of nice borders.
func TestPartsFillUpWhenNeeded(t *testing.T) {
	text := strings.TrimSpace(strings.Repeat(strings.Repeat("가", 13)+"다. ", 25))
	nice, err := Parts(text, 50, 99)
	if err != nil {
		t.Fatal(err)
	}
	tight, err := Parts(text, 50, len(nice)-1)
	if err != nil || len(tight) >= len(nice) {
		t.Errorf("%d nice parts, %d tight ones, %v", len(nice), len(tight), err)
	}
	check(t, text, 50, tight)
}

var pieces = []string{"가", "나다. ", "했어요.", "요? ", "…", " ", "  ", "\n", "\n\n", "\r\n", "\t", "word ", "https://example.com/a?b=c", "3.14", "1. ",
	"👨‍👩‍👧‍👦", "👩🏽‍🚒", "🇰🇷", "🇺", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "❤️", "1️⃣", norm.NFD.String("각"), "ㄱ", "e\u0301", "a" + strings.Repeat("\u0316", 7), "\u200d", "\u200b",
	"\u3164", "\u2028", "\u0600", "\u0301", "क्षि", "𝒳", `"`, ")", "!", "\x00", strings.Repeat("x", 40), strings.Repeat(" ", 40), "z" + strings.Repeat("\u0301", 250)}

func TestPartsOfEverything(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	for range 1000 {
		var b strings.Builder
		for range 1 + rnd.IntN(120) {
			b.WriteString(pieces[rnd.IntN(len(pieces))])
		}
		limit := smallestLimit + rnd.IntN(Limit)
		parts, err := Parts(b.String(), limit, 1000)
		if errors.Is(err, ErrBlank) && blank(b.String()) {
			continue
		}
		if err != nil {
			t.Fatalf("%q: %v", b.String(), err)
		}
		check(t, b.String(), limit, parts)
	}
}

func FuzzParts(f *testing.F) {
	for _, piece := range pieces {
		f.Add(strings.Repeat(piece, 40)+"끝", uint8(30), uint8(5))
	}
	f.Fuzz(func(t *testing.T, text string, extra, max uint8) {
		limit := smallestLimit + int(extra)
		parts, err := Parts(text, limit, int(max)+1)
		var long ErrTooLong
		switch {
		case errors.As(err, &long):
			if again, err := Parts(text, limit, long.Needed); err != nil || len(again) > long.Needed || long.Needed <= int(max)+1 {
				t.Fatalf("needed %d, got %d, %v", long.Needed, len(again), err)
			}
		case err != nil:
			if Check(text) == nil {
				t.Fatal(err)
			}
		default:
			check(t, text, limit, parts)
		}
	})
}

// check compares parts with what Parts promises.
func check(t *testing.T, text string, limit int, parts []string) {
	t.Helper()
	if len(parts) == 1 && parts[0] == text {
		return
	}
	border, long := clusterBorders(text, limit-len("(/)\n")-2*len(fmt.Sprint(len(parts))))
	at := 0
	for i, part := range parts {
		if Len(part) > limit {
			t.Fatalf("part of %d units, limit is %d: %q", Len(part), limit, part)
		}
		body, ok := strings.CutPrefix(part, fmt.Sprintf("(%d/%d)\n", i+1, len(parts)))
		if len(parts) == 1 {
			body, ok = part, true
		}
		if !ok || blank(body) {
			t.Fatalf("part %d is %q", i+1, part)
		}
		for !strings.HasPrefix(text[at:], body) {
			r, size := utf8.DecodeRuneInString(text[at:])
			if size == 0 || !invisible(r) {
				t.Fatalf("%q is lost before part %d %q of %q", r, i+1, body, text)
			}
			at += size
		}
		for _, cut := range []int{at, at + len(body)} {
			if !border[cut] && !long[cut] {
				t.Fatalf("part %d %q of %q is cut inside a grapheme", i+1, body, text)
			}
		}
		at += len(body)
	}
	if !blank(text[at:]) {
		t.Fatalf("%q is lost at the end of %q", text[at:], text)
	}
}

// clusterBorders returns the places between graphemes, and those inside graphemes of more than max units.
func clusterBorders(text string, max int) (border, long map[int]bool) {
	border, long = map[int]bool{0: true}, map[int]bool{}
	for g := graphemes.FromString(text); g.Next(); {
		from, to := g.Start(), g.End()
		border[to] = true
		if Len(g.Value()) > max {
			for i := from; i < to; i++ {
				long[i] = utf8.RuneStart(text[i])
			}
		}
	}
	return border, long
}

func BenchmarkParts(b *testing.B) {
	text := strings.Repeat("오늘 회의에서 정한 내용을 정리해서 보내 드려요. ", 60)
	for b.Loop() {
		if _, err := Parts(text, Limit, 20); err != nil {
			b.Fatal(err)
		}
	}
}
