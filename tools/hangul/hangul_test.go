package hangul

import (
	_ "embed"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
)

//go:embed testdata/names.txt
var namesFile string

func names() []string { return strings.Split(strings.TrimSpace(namesFile), "\n") }

func TestSearch(t *testing.T) {
	list := names()
	if len(list) < 200 {
		t.Fatalf("%d names, want at least 200", len(list))
	}
	x := NewIndex(list)
	for _, tt := range []struct {
		query string
		want  []string
	}{
		{"홍길동", []string{"=홍길동", "=홍 길동"}},
		{"홍 길동", []string{"=홍길동", "=홍 길동"}},
		{" 홍길\t동\u3000", []string{"=홍길동", "=홍 길동"}},
		{norm.NFD.String("홍길동"), []string{"=홍길동", "=홍 길동"}},
		{"홍길", []string{"^홍길동", "^홍길순", "^홍 길동", "*김홍길"}},
		{"ㅎㄱㄷ", []string{"-홍길동", "-홍 길동", "-황금동"}},
		{"ᄒᄀᄃ", []string{"-홍길동", "-홍 길동", "-황금동"}},
		{"ﾾﾡﾧ", []string{"-홍길동", "-홍 길동", "-황금동"}},
		{"홍ㄱㄷ", []string{"-홍길동", "-홍 길동"}},
		{"ㅎ길ㄷ", []string{"-홍길동", "-홍 길동"}},
		{"홍ㄱ", []string{"-홍길동", "-홍길순", "-홍기범", "-홍 길동", "-김홍길", "-박홍기"}},
		{"홍기", []string{"^홍기범", "*박홍기", "~홍길동", "~홍길순", "~홍 길동", "~김홍길"}},
		{"홍길ㄷ", []string{"-홍길동", "-홍 길동"}},
		{"홍길도", []string{"~홍길동", "~홍 길동"}},
		{"ㅎㄱ도", []string{"~홍길동", "~홍 길동", "~황금동"}},
		{"홍긷", nil},
		{"지민", []string{"=지민", "^지민❤️", "^지민님", "^지민(회사)", "^지민아빠", "*김지민", "*박지민", "*이지민"}},
		{"지민이", nil},
		{"지민님", []string{"=지민님"}},
		{"햇님", []string{"=햇님"}},
		{"지민(회", []string{"^지민(회사)"}},
		{"김짐", []string{"=김짐", "~김지민", "~김지만"}},
		{"김지", []string{"^김지민", "^김지만", "^김지수", "^김지연", "~김짐", "~김진"}},
		{"kim", []string{"^Kim Alex", "^Kimberly", "*Alex Kim", "*alex kim"}},
		{"ALEX KIM", []string{"=Alex Kim", "=alex kim"}},
		{"alex", []string{"=ＡＬＥＸ", "^Alex Kim", "^alex kim", "*Kim Alex"}},
		{"E\u0301MILE", []string{"=Émile"}},
		{"박서준", []string{"=박서준", "^박서준2", "^박서준1"}},
		{"박서준1", []string{"=박서준1"}},
		{"010", []string{"^010 민수"}},
		{"민수", []string{"=민수", "^민수🎣낚시", "*010 민수"}},
		{"🎣", []string{"*민수🎣낚시"}},
		{"뽀삐", []string{"*🐶뽀삐🐶"}},
		{"👨‍👩‍👧‍👦", []string{"^👨‍👩‍👧‍👦우리집"}},
		{"ㅋㅋ", []string{"^ㅋㅋㅋ"}},
		{"ㄴㄱㅁ", []string{"-남궁민"}},
		{"제갈ㄱ", []string{"-제갈공명"}},
		{"값", []string{"^값싸다"}},
		{"갑ㅆ", nil},
		{"갑", []string{"~값싸다"}},
		{"갋", []string{"~닭갈비"}},
		{"감ㅅ", []string{"-감사해"}},
		{"닭", []string{"^닭갈비", "~달구지"}},
		{"달ㄱ", []string{"-달구지"}},
		{"닭가", []string{"~닭갈비"}},
		{"달", []string{"^달구지", "~닭갈비"}},
		{"달구", []string{"^달구지"}},
		{"최고", []string{"~최과장", "~최광수"}},
		{"ㅊㄱㅈ", []string{"-최과장"}},
		{"ㄱㅅㅎ", []string{"-감사해"}},
		{"ㄳㅎ", []string{"-감사해"}},
		{"윤구", []string{"~윤권"}},
		{"조으", []string{"~조의석"}},
		{"밖", []string{"^밖새"}},
		{"김ㄲ", []string{"-김까치"}},
		{"앟", nil},
		{"안ㅎ", []string{"-안현수"}},
		{"않", []string{"~안현수"}},
		{"안", []string{"^안중근", "^안창호", "^안보윤", "^안현수", "~아난다"}},
		{"서연", []string{"=서연", "^서연_2학년3반", "^서연이엄마", "*[동창] 서연", "*윤서연", "~서여니"}},
		{"이과장", []string{"*(주)한빛 이과장"}},
		{"혜진팀장", []string{"*김혜진 팀장님"}},
		{"o'b", []string{"^O'Brien 민준"}},
		{"", nil},
		{" \u200b\u3164", nil},
		{"없는사람", nil},
	} {
		var got []string
		for _, hit := range x.Search(tt.query) {
			got = append(got, string([]rune("?=^*-~")[hit.Rank])+list[hit.I])
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("Search(%q) (-want +got):\n%s", tt.query, diff)
		}
	}
}

func TestExact(t *testing.T) {
	x := NewIndex([]string{"Alex", "홍 길동", "홍길동", norm.NFD.String("홍길동"), "\u3164", "alex", "홍길동\u200b"})
	for query, want := range map[string][]int{
		"홍길동": {1, 2, 3, 6}, "ALEX": {0, 5}, "ale": nil, "": nil, "\u3164": nil,
	} {
		if diff := cmp.Diff(want, x.Exact(query)); diff != "" {
			t.Errorf("Exact(%q) (-want +got):\n%s", query, diff)
		}
	}
}

func TestTrimHonorific(t *testing.T) {
	for in, want := range map[string]string{
		"지민님": "지민", "지민 님": "지민", "지민씨 ": "지민", "햇님": "햇", "님": "님", " 씨": " 씨", "지민": "지민", "지민씨에게": "지민씨에게",
		"님님": "님", "선생님": "선생", norm.NFD.String("지민님"): "지민", "": "", "Alex 님": "Alex", "\u3164님": "\u3164님",
	} {
		if got := TrimHonorific(in); got != want {
			t.Errorf("TrimHonorific(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"ᄀ": "ㄱ", "ﾡ": "ㄱ", "ᆨ": "ㄱ", "ᅡ": "ㅏ", "ￂ": "ㅏ", "ￊ": "ㅕ", "ￒ": "ㅛ", "ￜ": "ㅣ", "ￚ": "ㅡ", "ￇ": "ㅔ", "ￏ": "ㅚ", "ￗ": "ㅠ", "ﾾ": "ㅎ",
		"가": "가", "Ａ１（": "a1(", "ſΣςK": "sσσk", "\u202e지\u2066민\n": "지민", "e \u0301": "é", "\xff": "\ufffd",
		"Mınsu": "mınsu", "Mİnsu": "mİnsu", "I\u0307": "İ", `"민수" ‘대표’`: "민수대표", "O’Brien": "obrien", "«″〝＂": "",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestFoldIsUnicodes: two letters are one only if Unicode's simple case folding says so, or
// if one is another width of the other, or a jamo that stands alone.
func TestFoldIsUnicodes(t *testing.T) {
	for r := rune(1); r <= unicode.MaxRune; r++ {
		if s := string(r); norm.NFC.String(s) != s || Fold(s) == "" || r >= 0xFF01 && r <= 0xFFDC || r >= 0x1100 && r <= 0x11FF || r >= 0xD800 && r < 0xE000 {
			continue
		}
		if folded := []rune(Fold(string(r))); len(folded) != 1 || folded[0] != r && !sameOrbit(folded[0], r) {
			t.Errorf("%U %c folds to %q", r, r, folded)
		}
		for o := unicode.SimpleFold(r); o != r; o = unicode.SimpleFold(o) {
			if Fold(string(o)) != Fold(string(r)) {
				t.Errorf("%c and %c fold to %q and %q", r, o, Fold(string(r)), Fold(string(o)))
			}
		}
	}
}

func sameOrbit(a, b rune) bool {
	for r := unicode.SimpleFold(a); r != a; r = unicode.SimpleFold(r) {
		if r == b {
			return true
		}
	}
	return false
}

// TestForms: quotation marks hide no honorific.
func TestForms(t *testing.T) {
	for in, want := range map[string][]string{
		"홍길동": {"홍길동"}, `"홍길동님"`: {"홍길동님", "홍길동"}, `'홍길동'님`: {"홍길동님", "홍길동"}, "“@홍 길동” 씨": {"@홍길동씨", "@홍길동", "홍길동"},
		"홍길동님\u200b씨": {"홍길동님씨", "홍길동님", "홍길동"}, "님": {"님"}, "@": {"@"}, "＠민수": {"@민수", "민수"}, `"`: {""},
	} {
		if got := Forms(in); !slices.Equal(got, want) {
			t.Errorf("Forms(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestLetters(t *testing.T) {
	for in, want := range map[string]string{"Ａlex Kim": "ａlexkim", `"ALEX" kim`: "alexkim", "ſam": "ſam", "ᄀ": "ᄀ", "홍 길동": "홍길동"} {
		if got := Letters(in); got != want {
			t.Errorf("Letters(%q) = %q, want %q", in, got, want)
		}
	}
}

// Every state that a two-set keyboard shows on the way to a name finds the name.
func TestEveryKeyStrokeFinds(t *testing.T) {
	list := names()
	x := NewIndex(list)
	for i, name := range list {
		keys := keyStrokes(Fold(name))
		for n := 1; n <= len(keys); n++ {
			shown := compose(keys[:n])
			if !slices.ContainsFunc(x.Search(shown), func(h Hit) bool { return h.I == i }) {
				t.Errorf("%q does not find %q", shown, name)
			}
		}
		if shown := compose(keys); shown != Fold(name) && !strings.ContainsAny(name, "ㅋㅎ") {
			t.Errorf("typing %q shows %q", name, shown)
		}
	}
}

func TestInitialsOfEveryNameFindIt(t *testing.T) {
	list := names()
	x := NewIndex(list)
	rnd := rand.New(rand.NewPCG(1, 2))
	for i, name := range list {
		var all, mixed strings.Builder
		for _, r := range Fold(name) {
			letter := r
			if c := initialOf(r); c != 0 {
				letter = c
			}
			all.WriteRune(letter)
			if rnd.IntN(2) == 0 {
				letter = r
			}
			mixed.WriteRune(letter)
		}
		for _, query := range []string{all.String(), mixed.String()} {
			if !slices.ContainsFunc(x.Search(query), func(h Hit) bool { return h.I == i && h.Rank <= Initials }) {
				t.Errorf("%q does not find %q", query, name)
			}
		}
	}
}

func FuzzSearch(f *testing.F) {
	for _, seed := range [][2]string{{"홍길동", "홍기"}, {"Alex Kim", "kim"}, {"👨‍👩‍👧", "ㅎㄱ"}, {norm.NFD.String("값"), "갑"}, {"\xff", "ᄀᆨ"}, {"ǰ \u0301", "ẞ"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, name, query string) {
		x := NewIndex([]string{"다른 사람", name + "둘", query, name})
		if once := Fold(query); Fold(once) != once {
			t.Errorf("Fold is not idempotent for %q: %q, %q", query, once, Fold(once))
		}
		hits := x.Search(query)
		exact := x.Exact(query)
		if Fold(query) == "" {
			if len(hits)+len(exact) > 0 {
				t.Fatalf("blank query %q has hits", query)
			}
			return
		}
		if !slices.Contains(exact, 2) {
			t.Errorf("%q is not found by itself", query)
		}
		for k, hit := range hits {
			if (hit.Rank == Exact) != (k < len(exact)) || hit.Rank == Exact && hit.I != exact[k] {
				t.Errorf("hit %d of %q is %+v, exact are %v", k, query, hit, exact)
			}
			if k > 0 && (hit.Rank < hits[k-1].Rank || hit.Rank == hits[k-1].Rank && hit.I <= hits[k-1].I) {
				t.Errorf("hits of %q out of order: %v", query, hits)
			}
		}
	})
}

func BenchmarkSearch(b *testing.B) {
	for _, n := range []int{100, 1_000, 10_000} {
		list := manyNames(n)
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		x := NewIndex(list)
		runtime.GC()
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(list)
		for _, query := range []string{"홍길동", "ㄱㅈㅁ", "김지", "이"} {
			b.Run(fmt.Sprintf("%d/%s", n, query), func(b *testing.B) {
				for b.Loop() {
					x.Search(query)
				}
				b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc), "index-bytes")
			})
		}
	}
}

func manyNames(n int) []string {
	rnd := rand.New(rand.NewPCG(3, 4))
	family, given := []rune("김이박최정강조윤장임한오서신권황안송류홍"), []rune("지민서연준우현수영진은혜길동하나예빈태희")
	list := make([]string, n)
	for i := range list {
		list[i] = string([]rune{family[rnd.IntN(len(family))], given[rnd.IntN(len(given))], given[rnd.IntN(len(given))]})
		if rnd.IntN(10) == 0 {
			list[i] += " (회사) 🎣"
		}
	}
	return list
}
