package viewer

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// Every link ever sent needs exactly these bytes.
func TestDictionariesNeverChange(t *testing.T) {
	for f, want := range map[Format]string{
		Format1: "83511cd5d09949ed1bfd9d056cd00bf6476c7b5e1de7bf46d862942541e92676",
		Format2: "9acd9cb43f06c0ac45fe2f35a34fd404e498ee215c9942b6c96e863e2251386b",
	} {
		text := map[Format]string{Format1: dictionary1, Format2: dictionary2}[f]
		sum := sha256.Sum256([]byte(text))
		if got := hex.EncodeToString(sum[:]); got != want {
			t.Errorf("dictionary of format %c has hash %s, want %s: links already sent would be unreadable", f, got, want)
		}
		if len(text) > maxDictionary {
			t.Errorf("dictionary of format %c has %d bytes, DEFLATE looks back %d", f, len(text), maxDictionary)
		}
		if strings.ContainsAny(text, "\r\x00") || !utf8.ValidString(text) {
			t.Errorf("dictionary of format %c holds what HTML does not carry through", f)
		}
	}
}

func TestLetters(t *testing.T) {
	seen := map[rune]bool{}
	for _, r := range letters() {
		if seen[r] || !unicode.Is(unicode.Hangul, r) || utf8.RuneLen(r) != letterSize {
			t.Errorf("%q is no letter of one byte", r)
		}
		seen[r] = true
	}
	if len(seen) != letterCount {
		t.Errorf("%d letters", len(seen))
	}
}

// goldenLink is a link with its text.
type goldenLink struct{ Fragment, Text string }

// oldLinks are made by the first release's encoder (commit 77db1b2).
func oldLinks(t testing.TB) []goldenLink {
	t.Helper()
	raw, err := os.ReadFile("testdata/links1.json")
	if err != nil {
		t.Fatal(err)
	}
	var links []goldenLink
	if err := json.Unmarshal(raw, &links); err != nil || len(links) < 6 {
		t.Fatalf("%d links, %v", len(links), err)
	}
	return links
}

// Links never expire: those made when a format was new still open.
func TestOldLinksOpen(t *testing.T) {
	for _, l := range append(oldLinks(t), goldenLink{"2glfUba_X73ndPUMRfPIZZJ92s8LrLWta9BQ-zJ_RBQjDod2e", "안녕하세요, 지민님! 내일 오후 3시에 봬요. 😊"}) {
		if got, err := decodeLink(l.Fragment); err != nil || got != l.Text {
			t.Errorf("%.20s…: %.40q, %v; want %.40q", l.Fragment, got, err, l.Text)
		}
	}
}

// Links are no longer than they were with an encoder of our own, on texts that no
// dictionary was made from. Korean ones have Hangul in them.
func TestLinksAreNoLonger(t *testing.T) {
	recorded, err := os.ReadFile("testdata/lengths.txt")
	if err != nil {
		t.Fatal(err)
	}
	texts := sampleTexts(t)
	type class struct {
		language string
		size     int
	}
	before, now := map[class]int{}, map[class]int{}
	for line := range strings.Lines(string(recorded)) {
		var name string
		var size, length int
		if strings.HasPrefix(line, "#") {
			continue
		}
		if _, err := fmt.Sscan(line, &name, &size, &length); err != nil {
			t.Fatal(err)
		}
		text := firstRunes(texts[name], size)
		fragment, err := Encode(text)
		if err != nil {
			t.Fatal(err)
		}
		c := class{"English", size}
		if strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Hangul, r) }) {
			c.language = "Korean"
		}
		before[c] += length
		now[c] += len(fragment)
	}
	if len(before) != 8 {
		t.Fatalf("%d classes of texts", len(before))
	}
	for c, was := range before {
		t.Logf("%-7s %4d characters: %.3f × as long", c.language, c.size, float64(now[c])/float64(was))
		if now[c] > was {
			t.Errorf("%s, %d characters: %d, was %d", c.language, c.size, now[c], was)
		}
	}
}

func sampleTexts(t testing.TB) map[string]string {
	t.Helper()
	files, err := filepath.Glob("testdata/texts/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no sample texts: %v", err)
	}
	texts := map[string]string{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		texts[strings.TrimSuffix(filepath.Base(f), ".txt")] = string(b)
	}
	return texts
}

func firstRunes(s string, n int) string {
	return string([]rune(s)[:n])
}

func TestFifteenHundredKoreanCharactersFitALink(t *testing.T) {
	const prefix = "https://example.github.io/talk"
	if len(prefix) != 30 {
		t.Fatalf("prefix has %d characters", len(prefix))
	}
	for name, text := range sampleTexts(t) {
		if utf8.RuneCountInString(text) < 1500 {
			continue
		}
		link, fits, err := fragmentURL(prefix, firstRunes(text, 1500))
		if err != nil || !fits {
			t.Errorf("%s: %d characters of link, fits %v, %v", name, len(link), fits, err)
		}
		t.Logf("%-8s 1500 characters -> %d", name, len(link))
	}
}

func TestEncodeDecode(t *testing.T) {
	noise := make([]rune, 3000)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = rune(0xAC00 + random.IntN(11172))
	}
	cases := map[string]string{
		"one letter":         "a",
		"one byte repeated":  strings.Repeat("a", 5000),
		"syllable repeated":  strings.Repeat("가", 4000),
		"emoji":              "👨‍👩‍👧‍👦🇰🇷👋🏻" + strings.Repeat("😀😅", 200),
		"byte order mark":    "\ufeff안녕",
		"line ends":          "가\r\n나\r다\n",
		"NUL and controls":   "a\x00b\x01\u202e",
		"noise":              string(noise),
		"dictionary itself":  dictionary2[len(dictionary2)-6000:],
		"dictionary start":   dictionary2[:6000],
		"as long as allowed": strings.Repeat("가나다 ", maxDecoded/10),
		"letters":            letters(),
	}
	for name, text := range sampleTexts(t) {
		cases[name] = text
	}
	for name, text := range cases {
		text = strings.ToValidUTF8(text, "")
		t.Run(name, func(t *testing.T) {
			for _, f := range []Format{Format1, Format2} {
				fragment, err := f.encode(text)
				if err != nil {
					t.Fatal(err)
				}
				if strings.Trim(fragment, base64url) != "" {
					t.Error("fragment holds characters that are not base64url")
				}
				if got, err := decodeLink(fragment); err != nil || got != text {
					t.Errorf("format %c: %v, same %v", f, err, got == text)
				}
			}
		})
	}
}

func TestEncodeRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "invalid UTF-8": "가\xff", "too long": strings.Repeat("a", maxDecoded+1),
	} {
		if _, err := Encode(text); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := Encode(strings.Repeat("a", maxDecoded+1)); !errors.Is(err, ErrTooLong) {
		t.Errorf("too long: %v", err)
	}
}

// TestRefusedLinks: testdata/refused.json, which a browser is shown too, holds links
// that Encode would not make.
func TestRefusedLinks(t *testing.T) {
	raw, err := os.ReadFile("testdata/refused.json")
	if err != nil {
		t.Fatal(err)
	}
	var links map[string]string
	if err := json.Unmarshal(raw, &links); err != nil {
		t.Fatal(err)
	}
	bomb := strings.Repeat("a", maxDecoded+1)
	inside := map[string]struct {
		f    Format
		text string
	}{
		"bomb":             {Format2, bomb},
		"bomb, old format": {Format1, bomb},
		"bomb of letters":  {Format2, strings.Repeat("\x80", maxDecoded/letterSize+1)},
		"not UTF-8":        {Format2, "가\xf0"},
		"half a character": {Format2, "\xed\x80\x80\xec"},
	}
	if len(links) != len(inside) {
		t.Errorf("%d links, want %d", len(links), len(inside))
	}
	for name, c := range inside {
		link := links[name]
		if _, err := decodeLink(link); !errors.Is(err, errDamaged) {
			t.Errorf("%s: %v", name, err)
		}
		packed, err := decode(strings.TrimPrefix(link, string(c.f)))
		if err != nil || len(packed) < checkSize {
			t.Fatalf("%s: %d bytes, %v", name, len(packed), err)
		}
		data := append(bytes.Clone(packed[:len(packed)-checkSize]), c.f.tail()...)
		got, err := io.ReadAll(flate.NewReaderDict(bytes.NewReader(data), c.f.dictionary()))
		if err != nil || string(got) != c.text || binary.BigEndian.Uint32(packed[len(data)-len(c.f.tail()):]) != c.f.checksum(got) {
			t.Errorf("%s unfolds to %d bytes, %v; want %d: %s", name, len(got), err, len(c.text), string(c.f)+encode(newPacker(c.f).compress([]byte(c.text))))
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	fragment, err := Encode("내일 오후 두 시에 만나요. 장소는 그대로예요.")
	if err != nil {
		t.Fatal(err)
	}
	packed, err := decode(fragment[1:])
	if err != nil {
		t.Fatal(err)
	}
	again := func(f Format, packed []byte) string { return string(f) + encode(packed) }
	both := func(f Format, b string) string { return again(f, newPacker(f).compress([]byte(b))) }
	bomb := strings.Repeat("a", maxDecoded+1)
	cases := map[string]string{
		"nothing":                "",
		"digit only":             "2",
		"other format":           "1" + fragment[1:],
		"format to come":         "3" + fragment[1:],
		"padding":                fragment + "=",
		"line break":             fragment[:8] + "\n" + fragment[8:],
		"plain base64":           "2+/" + fragment[1:],
		"trailing byte":          again(Format2, append(bytes.Clone(packed), 0)),
		"no check":               again(Format2, packed[:len(packed)-checkSize]),
		"invalid UTF-8, 1":       both(Format1, "\xff\xfe"),
		"letter in format 1":     both(Format1, "\x80"),
		"invalid UTF-8":          both(Format2, "\xff\xfe"),
		"half a character":       both(Format2, "\xed\x95"),
		"half, then a letter":    both(Format2, "\xeda\x80"),
		"empty text":             both(Format2, ""),
		"unfolds too far":        both(Format2, bomb),
		"unfolds too far, 1":     both(Format1, bomb),
		"letters unfold too far": both(Format2, strings.Repeat("\x80", maxDecoded/letterSize+1)),
		"too long":               strings.Repeat("2", maxPayload+1),
		"mark of page 0":         fragment + ".0.2",
		"mark beyond":            fragment + ".3.2",
		"mark with sign":         fragment + ".+1.2",
		"mark with zero":         fragment + ".01.2",
		"half a mark":            fragment + ".1",
		"empty mark":             fragment + ".",
		"three numbers":          fragment + ".1.2.3",
		"too many pages":         fragment + ".1.100",
	}
	for i := 1; i < len(fragment); i++ {
		cases[fmt.Sprintf("cut at %d", i)] = fragment[:i]
	}
	for i := range packed {
		if i == len(packed)-checkSize-1 {
			continue // the end of the last DEFLATE block may leave bits of its byte unused
		}
		altered := bytes.Clone(packed)
		altered[i] ^= 0x10
		cases[fmt.Sprintf("altered at %d", i)] = again(Format2, altered)
	}
	for name, p := range cases {
		if text, err := decodeLink(p); !errors.Is(err, errDamaged) || text != "" {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
	if text, err := decodeLink(fragment + ".1.2"); err != nil || text == "" {
		t.Errorf("page mark: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	for _, text := range []string{"a", "안녕하세요! 반갑습니다.", strings.Repeat("가나다", 100)} {
		fragment, err := Encode(text)
		if err != nil {
			f.Fatal(err)
		}
		old, err := Format1.encode(text)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(old)
		f.Add(fragment)
		f.Add(fragment + ".1.2")
		f.Add(fragment[:len(fragment)/2])
	}
	f.Fuzz(func(t *testing.T, s string) {
		if text, err := decodeLink(s); err == nil {
			if text == "" || len(text) > maxDecoded || !utf8.ValidString(text) {
				t.Errorf("accepted a text of %d bytes", len(text))
			}
		}
		// Any text comes back as it was.
		if s == "" || !utf8.ValidString(s) {
			return
		}
		fragment, err := Encode(s)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := decodeLink(fragment); err != nil || back != s {
			t.Errorf("round trip: %v", err)
		}
	})
}
